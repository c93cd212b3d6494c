"""A Facebook Page through the Graph API: link cards, photos, and what its refusals mean.

facebook-sdk only builds the requests. It takes a 5xx, a list or a redirect for success, so every reply is judged here.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar, Literal, NamedTuple

from pydantic import Field
from requests import JSONDecodeError, Response

from adapters import contract
from adapters.contract import (
    Account,
    Adapter,
    AdapterError,
    CannotTellError,
    CredentialError,
    Draft,
    DuplicateError,
    InDoubtError,
    Limits,
    Post,
    Receipt,
    RejectedError,
    TransientError,
)
from adapters.http.replies import Seen, is_other, json_of, retry_after, scrub, turning, verdict
from adapters.http.session import CONNECT, READ, PlatformSession, telling_doubt
from adapters.text.counting import visible
from adapters.text.links import same_page
from adapters.text.plain import same_text, shorten
from adapters.wording.posts import written

with warnings.catch_warnings():
    # An escape in the library is a SyntaxWarning: where warnings are errors it could not be imported otherwise.
    warnings.simplefilter("ignore")
    import facebook

SKEW = timedelta(minutes=2)
"""How far Facebook's clock and ours may differ; its times are whole seconds besides."""
PAGES = 5
"""Pages of 100 posts that are read at most when looking for one."""


class Meaning(NamedTuple):
    """What a code of Facebook's means for the delivery; `wait` is the pause where Facebook names none."""

    error: type[AdapterError]
    reason: str
    wait: timedelta | None = None


def _token(what: str) -> Meaning:
    return Meaning(CredentialError, f"{what}: make a new Page token and store it for this channel.")


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UNSURE = Meaning(InDoubtError, "Facebook failed in the middle of the request.")
REFUSED = Meaning(RejectedError, "Facebook refused it.")
ROWS: Mapping[str, Meaning] = {
    "1 2": UNSURE,
    "4 17 32 341 613 80001 http429": Meaning(TransientError, "Facebook asks for fewer requests.", HOUR),
    "368 1390008": Meaning(TransientError, "Facebook limits how often the Page may post.", DAY),
    "1609005": Meaning(TransientError, "Facebook could not read the page behind the link.", HOUR / 4),
    "506 1366051 1404082": Meaning(DuplicateError, "Facebook says that the Page has this post already."),
    "1346003 1404102 1609008 2061006": Meaning(RejectedError, "Facebook refused the link."),
    "459 464 1404078 4854002": Meaning(CredentialError, "Facebook wants a person to log in and confirm who they are."),
    "3": Meaning(CredentialError, "The Facebook app may not post to Pages: give it the Pages permissions."),
    "33": Meaning(CredentialError, "Facebook has no such Page or post, or hides it from this token: check both."),
    "10 http403 " + " ".join(map(str, range(200, 300))): _token(
        "The token lacks pages_manage_posts or a role on the Page"
    ),
    "190 467 http401": _token("Facebook does not accept the Page token"),
    "102 463": _token("The Page token has expired"),
    "458": _token("The app was removed from the Facebook account"),
    "460": _token("The Facebook password was changed, which ended the token"),
    "492": _token("The person behind the token has no role on the Page any more"),
}
MEANINGS = {code: meaning for codes, meaning in ROWS.items() for code in codes.split()}
"""By subcode, else by code, else by status. Source: Graph API docs, Handling Errors; the longest as others saw them."""


class Facebook(Adapter):
    """One Facebook Page."""

    class Options(contract.Options):
        """What a Facebook Page is told."""

        secrets: ClassVar[Mapping[str, str]] = {
            "access_token": "A Page token that does not expire: exchange a user token for a long-lived one "
            "(Graph API docs, Get Long-Lived Tokens), then read the Page's own from /me/accounts.",
        }
        base_url: contract.BaseURL = "https://graph.facebook.com"
        page: str = Field(pattern=r"^[0-9]+$")
        version: str = Field("v26.0", pattern=r"^v[0-9]+\.[0-9]+$")
        style: Literal["card", "photo"] = "card"

    kind = "facebook"
    title = "Facebook Page"
    real = "https://graph.facebook.com"
    template = "{{ title }}\n\n{{ summary }}\n\n{{ byline }}\n\n{{ hashtags }}"
    # Alternative text: Facebook names no limit, this one is ours. Pictures: below the 4 MB that it recommends.
    limits = Limits(
        characters=63_206,
        counted="characters, most emoji 2; in a card the link is not among them",
        find_after=timedelta(seconds=60),
        image_bytes=4_000_000,
        alt_text=1_000,
        doubt="The Page's own list of posts is searched for the same words and link.",
    )
    options: Options
    session: PlatformSession

    @cached_property
    def graph(self) -> Any:
        """The library, without the token: it would write it into addresses, the header keeps it out of them."""
        self.session.headers["Authorization"] = f"Bearer {self.credentials['access_token']}"
        graph = facebook.GraphAPI(session=self.session, timeout=(CONNECT, READ))
        graph.version = self.options.version  # its constructor knows only versions that are long dead
        return graph

    def compose(self, post: Post) -> Draft:
        """A card, whose link needs not stand in the text; or a photo with the link in the text."""
        image = post.image if self.options.style == "photo" else None
        text = written(post, self.template, self.limits.characters, visible, on_card=image is None)
        body = {"message": text} if image else {"message": text, "link": post.link}
        return Draft(self.kind, text, post.link, visible(text), body, image)

    def prepare(self, draft: Draft) -> Draft:
        """Upload the photo, unpublished."""
        if draft.image is None or "photo" in draft.prepared:
            return draft
        alt = shorten(draft.image.alt, self.limits.alt_text, len)
        file = ("picture", self.picture(draft.image.sha256), draft.image.media_type)
        fields = {"published": "false", "alt_text_custom": alt}
        with turning(InDoubtError, TransientError):
            photo = self._ask("POST", f"{self.options.page}/photos", fields, {"source": file})
            return draft.with_prepared(photo=_id(photo))

    def publish(self, draft: Draft, key: str) -> Receipt:
        """Post to the Page's feed, and read the permalink in the same request."""
        fields = {**draft.body, "published": "true", "fields": "id,permalink_url"}
        if draft.image is not None:
            fields["attached_media[0]"] = json.dumps({"media_fbid": draft.prepared["photo"]})
        return _receipt(self._ask("POST", f"{self.options.page}/feed", fields))

    def find(self, draft: Draft, since: datetime, hint: str = "", known: Collection[str] = ()) -> Receipt | None:
        """Look through published_posts: the Page's feed is ranked, so absence from it proves nothing."""
        others = (post for post in self._published(since - SKEW) if not is_other(post["id"], known))
        return verdict("Facebook", (_beside(draft, post) for post in others))

    def withdraw(self, receipt: Receipt) -> None:
        """Delete the post."""
        self._change("DELETE", receipt.id, {})

    def revise(self, receipt: Receipt, draft: Draft) -> None:
        """Change the words; a card keeps its link."""
        self._change("POST", receipt.id, {"message": draft.text})

    def check(self) -> Account:
        """The Page's name, when the token ends, and whether Facebook still speaks the version that was asked for."""
        with turning(RejectedError, CredentialError), turning(InDoubtError, TransientError):
            page = self._ask("GET", self.options.page, {"fields": "id,name,link"})
            number, notes = _id(page), self._notes()
        return Account(number, str(page.get("name", "")), str(page.get("link", "")), self._ends(), notes)

    def _notes(self) -> tuple[str, ...]:
        asked, headers = self.options.version, self.session.last.headers if self.session.last else {}
        if (spoken := headers.get("facebook-api-version", asked)) == asked:
            return ()
        return (f"Facebook answered in version {spoken} because {asked} is over: set version to a newer one.",)

    def _ends(self) -> datetime | None:
        """When the token ends, in UTC; None where it never does, or where Facebook does not say."""
        # A POST that asks to be read as a GET: the token to look at must not stand in an address.
        fields = {"method": "get", "input_token": self.credentials["access_token"]}
        with suppress(AdapterError):
            data = self._ask("POST", "debug_token", fields).get("data")
            ends = data.get("expires_at") if isinstance(data, dict) else None
            return datetime.fromtimestamp(ends, UTC) if isinstance(ends, int) and 0 < ends < 2**33 else None
        return None

    def _published(self, since: datetime) -> Iterator[dict[str, Any]]:
        """The posts of the Page since then. Source: Graph API docs, Page Published Posts."""
        fields = {
            "fields": "id,message,created_time,permalink_url,attachments{unshimmed_url}",
            "since": str(int(since.timestamp())),
            "limit": "100",
        }
        for _ in range(PAGES):
            with turning(AdapterError, CannotTellError):
                page = self._ask("GET", f"{self.options.page}/published_posts", fields)
            posts, paging = page.get("data"), page.get("paging") or {}
            if not isinstance(posts, list) or not all(isinstance(post, dict) and post.get("id") for post in posts):
                raise CannotTellError("Facebook's list of the Page's posts could not be read.")
            yield from (post for post in posts if (at := _at(post)) is None or at >= since.replace(microsecond=0))
            if not paging.get("next"):
                return
            fields["after"] = str(paging.get("cursors", {}).get("after", ""))
        raise CannotTellError("The Page has more posts since then than were read: look there for this one.")

    def _change(self, method: str, id: str, fields: Mapping[str, str]) -> None:
        if self._ask(method, id, fields).get("success") is not True:
            raise InDoubtError("Facebook did not say whether it changed the post: look at it there.")

    def _ask(
        self, method: str, path: str, fields: Mapping[str, Any], files: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The JSON object of a clear yes; everything else is an AdapterError."""
        self.session.last = None
        sent = {"post_args" if method == "POST" else "args": dict(fields)}
        with telling_doubt(), suppress(facebook.GraphAPIError, KeyError, TypeError, JSONDecodeError):
            self.graph.request(f"{self.options.version}/{path}", method=method, files=files, **sent)
        reply = self.session.last
        told = json_of(reply)
        if reply is not None and 200 <= reply.status_code < 300 and isinstance(told, dict) and "error" not in told:
            return told
        raise _refusal(reply, told, self.credentials)


def _refusal(reply: Response | None, told: Any, credentials: Mapping[str, str]) -> AdapterError:
    """The error for a reply that is no clear yes."""
    status = 0 if reply is None else reply.status_code
    if reply is None or not 400 <= status < 500 or status == 408:
        return InDoubtError(f"Facebook's reply (HTTP {status}) does not say whether it was done.")
    error = told.get("error") if isinstance(told, dict) else None
    error = error if isinstance(error, dict) else {}
    code = str(error.get("code"))
    meaning = MEANINGS.get(str(error.get("error_subcode"))) or MEANINGS.get(code)
    if meaning is None:
        meaning = UNSURE if error.get("is_transient") is True else MEANINGS.get(f"http{status}", REFUSED)
    if meaning.error is TransientError:
        return TransientError(meaning.reason, _regained(reply) or retry_after(reply) or meaning.wait)
    words = scrub(str(error.get("message", "none")), credentials.values())[:300]
    return meaning.error(f"{meaning.reason} Facebook's words: {words} (HTTP {status}, code {code})")


def _regained(reply: Response) -> timedelta | None:
    """The longest pause the reply names, in minutes there. Source: Graph API docs, Rate Limiting, headers."""
    usage = reply.headers.get("X-Business-Use-Case-Usage", "")
    named = re.findall(r'"estimated_time_to_regain_access"\s*:\s*(\d{1,5})\b', usage)
    return timedelta(minutes=max(map(int, named), default=0)) or None


def _id(told: Mapping[str, Any]) -> str:
    if not isinstance(id := told.get("id"), str) or not id:
        raise InDoubtError("Facebook answered without an id.")
    return id


def _receipt(post: Mapping[str, Any]) -> Receipt:
    url = post.get("permalink_url")
    known = isinstance(url, str) and url.startswith("https://")
    return Receipt(_id(post), str(url) if known else f"https://www.facebook.com/{_id(post)}", _at(post))


def _at(post: Mapping[str, Any]) -> datetime | None:
    with suppress(ValueError):
        return datetime.strptime(str(post.get("created_time")), "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)
    return None


def _links(post: Mapping[str, Any]) -> list[str]:
    """Where a post leads: its card, by its own address and not Facebook's detour, and the links in its words."""
    attachments = post.get("attachments")
    cards = attachments.get("data", []) if isinstance(attachments, dict) else []
    shown = [str(card["unshimmed_url"]) for card in cards if isinstance(card, dict) and card.get("unshimmed_url")]
    return shown + [link.rstrip(".,;:!?)") for link in re.findall(r"https?://\S+", str(post.get("message")))]


def _beside(draft: Draft, post: Mapping[str, Any]) -> Seen:
    """A published post, compared with the draft."""
    links = _links(post)
    words = same_text(str(post.get("message", "")), draft.text)
    own = words and bool(draft.link) and draft.link in draft.text
    return Seen(_receipt(post), words, own or any(same_page(each, draft.link) for each in links), bare=not links)
