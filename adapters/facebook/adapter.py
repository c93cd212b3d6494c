"""A Facebook Page through the Graph API: link cards and photos.

facebook-sdk only builds the requests. It takes a 5xx, a list or a redirect for success, so every reply is judged here.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar, Literal

from pydantic import Field
from requests import JSONDecodeError

from adapters import contract
from adapters.contract import (
    Account,
    Adapter,
    AdapterError,
    CannotTellError,
    CredentialError,
    Draft,
    InDoubtError,
    Post,
    Receipt,
    RejectedError,
    TransientError,
)
from adapters.facebook.replies import beside, id_in, receipt_of, refusal, time_of
from adapters.http.replies import json_of, turning
from adapters.http.session import CONNECT, READ, PlatformSession, telling_doubt
from adapters.looks import is_other, verdict
from adapters.text.counting import visible
from adapters.text.plain import shorten
from adapters.traits import Limits
from adapters.wording.posts import written

with warnings.catch_warnings():
    # An escape in the library is a SyntaxWarning: where warnings are errors it could not be imported otherwise.
    warnings.simplefilter("ignore")
    import facebook

SKEW = timedelta(minutes=2)
"""How far Facebook's clock and ours may differ; its times are whole seconds besides."""
PAGES = 5
"""Pages of 100 posts that are read at most when looking for one."""


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
    known_as = ("fb",)
    real = "https://graph.facebook.com"
    template = "{{ title }}\n\n{{ summary }}\n\n{{ byline }}\n\n{{ hashtags }}"
    # Alternative text: Facebook names no limit, this one is ours. Pictures: below the 4 MB that it recommends.
    limits = Limits(
        characters=63_206,
        counted="characters, most emoji 2; in a card the link is not among them",
        find_after=timedelta(seconds=60),
        image_bytes=4_000_000,
        alt_text=1_000,
        refuses_duplicates=True,
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
        text = written(post, self.template, self.limit_for(post), visible, on_card=image is None)
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
            return draft.with_prepared(photo=id_in(photo))

    def publish(self, draft: Draft, key: str) -> Receipt:
        """Post to the Page's feed, and read the permalink in the same request."""
        fields = {**draft.body, "published": "true", "fields": "id,permalink_url"}
        if draft.image is not None:
            fields["attached_media[0]"] = json.dumps({"media_fbid": draft.prepared["photo"]})
        return receipt_of(self._ask("POST", f"{self.options.page}/feed", fields))

    def find(self, draft: Draft, since: datetime, hint: str = "", others: Collection[str] = ()) -> Receipt | None:
        """Look through published_posts: the Page's feed is ranked, so absence from it proves nothing."""
        ours = (post for post in self._published(since - SKEW) if not is_other(post["id"], others))
        return verdict("Facebook", (beside(draft, post) for post in ours))

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
            number, notes = id_in(page), self._notes()
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
            yield from (post for post in posts if (at := time_of(post)) is None or at >= since.replace(microsecond=0))
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
        raise refusal(reply, told, self.credentials)
