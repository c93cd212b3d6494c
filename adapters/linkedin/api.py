"""How LinkedIn is spoken to: its little text format, what its refusals mean, and how a post is found again.

The kinds that are published to, the page and the group, are in `adapter` and `group` beside this.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain, takewhile
from typing import Any, ClassVar, NamedTuple
from urllib.parse import quote, unquote

from requests import Response

from adapters.contract import (
    Adapter,
    AdapterError,
    CannotTellError,
    CredentialError,
    Draft,
    DuplicateError,
    InDoubtError,
    Post,
    Receipt,
    RejectedError,
    TransientError,
)
from adapters.http.replies import inside, json_of, retry_after, scrub, turning
from adapters.http.session import telling_doubt
from adapters.looks import Seen, is_other, verdict
from adapters.text.counting import visible
from adapters.text.links import same_page
from adapters.text.plain import is_hashtag, same_text
from adapters.wording.posts import END, MENTION, unmarked, written

SKEW = timedelta(minutes=2)
"""How far LinkedIn's clock and ours may differ."""
COUNT, PAGES = 50, 4
"""Posts in one reply, and replies that are read at most when looking for one."""
RESERVED = r"\\|{}@\[\]()<>#*_~"
URN = re.compile(r"urn:li:(?:share|ugcPost|activity|groupPost):[0-9-]+")


class Meaning(NamedTuple):
    """What a refusal means for the delivery; `wait` is the pause where LinkedIn names none."""

    error: type[AdapterError]
    reason: str
    wait: timedelta | None = None


MINUTE = timedelta(minutes=1)
REFUSED = Meaning(RejectedError, "LinkedIn refused it.")
ROWS: Mapping[str, Meaning] = {
    "426 VERSION_MISSING": Meaning(CredentialError, "LinkedIn has ended this version: set version to a newer month."),
    "EXPIRED_ACCESS_TOKEN": Meaning(CredentialError, "The LinkedIn token has expired: connect the channel again."),
    "REVOKED_ACCESS_TOKEN": Meaning(CredentialError, "The LinkedIn token was withdrawn: connect the channel again."),
    "401": Meaning(CredentialError, "LinkedIn does not accept the token: connect the channel again."),
    "403": Meaning(CredentialError, "LinkedIn does not allow this: check the application's products and your role."),
    "409": Meaning(TransientError, "LinkedIn was busy with another change.", MINUTE),
    "429": Meaning(TransientError, "LinkedIn asks for fewer requests.", 15 * MINUTE),
    "MEDIA_ASSET_WAITING_UPLOAD MEDIA_ASSET_PROCESSING": Meaning(
        TransientError, "LinkedIn is still working on the picture.", MINUTE / 2
    ),
    "INVALID_IMAGE_ID EXPIRED_UPLOAD_URL MEDIA_ASSET_PROCESSING_FAILED": Meaning(
        RejectedError, "LinkedIn does not take the uploaded picture: publish with another one, or without."
    ),
}
MEANINGS = {code: meaning for codes, meaning in ROWS.items() for code in codes.split()}
"""By code, else by status. Source: LinkedIn docs, Error Handling and Posts API; the media codes as others saw them."""


def escape(text: str) -> str:
    """Plain text in little text format; a `#word` that stands alone becomes a hashtag in the form of a template.

    Source: LinkedIn docs, Little Text Format. A reserved character that is not escaped silently ends the text; and of
    `#word`, unlike of a template, LinkedIn does not say where it ends: in scripts whose letters have marks, too early.
    """
    parts = re.split(r"(?<!\S)(#\S+)", text)
    return "".join(_hashtag(part) if place % 2 else _plain(part) for place, part in enumerate(parts))


def _hashtag(word: str) -> str:
    tag = word[1:]
    if not is_hashtag(tag):
        tag = "".join(takewhile(lambda char: char == "_" or is_hashtag(f"a{char}"), tag))
    return rf"{{hashtag|\#|{_plain(tag)}}}{_plain(word[1 + len(tag) :])}" if is_hashtag(tag) else _plain(word)


def _plain(text: str) -> str:
    return re.sub(f"[{RESERVED}]", r"\\\g<0>", text)


def little_text(text: str, urn: str) -> str:
    """The text that `words` wrote, escaped, with the marked name as a mention of its owner.

    A name with a reserved character stays plain: whether LinkedIn reads escapes inside a mention is not documented.
    """
    parts = re.split(f"{MENTION}([^{MENTION}{END}]+){END}", text)
    for place, part in enumerate(parts):
        mentioned = place % 2 and not re.search(f"[{RESERVED}]", part)
        parts[place] = f"@[{part}]({urn})" if mentioned else escape(unmarked(part))
    return "".join(parts)


def unescape(commentary: str) -> str:
    """What a reader sees of little text; hashtags come back as templates, mentions with their URN."""
    form = r"\{hashtag\|\\?#\|(?P<tag>(?:\\.|[^|{}\\])+)\}|\\(?P<one>.)|@\[(?P<name>[^\]]+)\]\(urn:li:[\w:-]+\)"
    return re.sub(form, _read, commentary, flags=re.DOTALL)


def _read(found: re.Match[str]) -> str:
    return found["one"] or found["name"] or f"#{unescape(found['tag'])}"


class Listed(NamedTuple):
    """A post as LinkedIn shows it, in either of its interfaces."""

    id: str
    author: str
    text: str
    link: str
    at: datetime | None
    changed: datetime | None


class LinkedInAdapter(Adapter):
    """What pages and groups share: the token, the manners of replies, and how to look for a post."""

    real = "https://api.linkedin.com"
    collection: ClassVar[str]
    template = "{{ title }}\n\n{{ summary }}\n\n{{ byline }}\n\n{{ hashtags }}"
    author: str
    listing: str
    """The query that lists the latest posts."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        if token := self.credentials.get("access_token"):
            self.session.headers["Authorization"] = f"Bearer {token}"
        self.session.headers["X-Restli-Protocol-Version"] = "2.0.0"

    def seen(self, post: Any) -> Listed:
        """A post out of a reply."""
        raise NotImplementedError

    def words(self, post: Post, on_card: bool = True) -> str:
        """The text of a post, with marks around a name that is to be a mention; its card carries the link."""
        return written(post, self.template, self.limit_for(post), visible, on_card)

    def find(self, draft: Draft, since: datetime, hint: str = "", others: Collection[str] = ()) -> Receipt | None:
        """Look at the post a refusal as duplicate named, which may be long deleted, then through the latest ones."""
        posts = chain(self._named(hint), self._latest(since - SKEW))
        return verdict("LinkedIn", (_beside(draft, post) for post in posts if self._may_be_ours(post, since, others)))

    def _may_be_ours(self, post: Listed, since: datetime, others: Collection[str]) -> bool:
        early = post.at is not None and post.at < since - SKEW
        return not early and not is_other(post.id, others) and post.author == self.author

    def create(self, body: Mapping[str, Any]) -> Receipt:
        """The one request that counts; the URN comes in a header. Source: LinkedIn docs, Posts API."""
        headers = self.ask("POST", self.collection, body).headers
        urn = URN.fullmatch(unquote(headers.get("x-restli-id") or headers.get("x-linkedin-id") or ""))
        if urn is None or not _is_of_now(urn[0]):
            raise InDoubtError("LinkedIn took the post but did not say its whole id.")
        return _receipt(urn[0])

    def ask(self, method: str, path: str, body: Any = None, restli: str = "") -> Response:
        """The reply of a clear yes; everything else is an AdapterError. Bytes go as they are, to a whole address."""
        headers = {"X-RestLi-Method": restli} if restli else {}
        with telling_doubt():
            if isinstance(body, bytes):
                reply = self.session.request(method, path, data=body, headers=headers)
            else:
                reply = self.session.request(method, self.real + path, json=body, headers=headers)
        if 200 <= reply.status_code < 300:
            return reply
        raise _refusal(reply, self.credentials)

    def _named(self, hint: str) -> Iterator[Listed]:
        if not URN.fullmatch(hint):
            return
        with turning(AdapterError, CannotTellError):
            try:
                post = json_of(self.ask("GET", f"{self.collection}/{quote(hint, safe='')}"))
            except RejectedError:
                return
        yield self.seen(post)

    def _latest(self, since: datetime) -> Iterator[Listed]:
        """The posts back to then; the end is believed only where they come in the order of their last change."""
        changes: list[datetime] = []
        for start in range(0, PAGES * COUNT, COUNT):
            path = f"{self.collection}?{self.listing}&start={start}&count={COUNT}"
            with turning(AdapterError, CannotTellError):
                posts = inside(json_of(self.ask("GET", path, restli="FINDER")), "elements")
            if not isinstance(posts, list) or not all(inside(post, "id") for post in posts):
                raise CannotTellError("LinkedIn's list of posts could not be read.")
            yield from (page := [self.seen(post) for post in posts])
            changes += [post.changed or datetime.now(UTC) for post in page]
            if not posts or (changes[-1] < since and changes == sorted(changes, reverse=True)):
                return
        raise CannotTellError("LinkedIn has more posts since then than were read: look there for this one.")


def at_ms(milliseconds: Any) -> datetime | None:
    """A time of LinkedIn's, in milliseconds there, in UTC here."""
    usable = isinstance(milliseconds, int) and 0 < milliseconds < 2**43
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if usable else None


def _beside(draft: Draft, post: Listed) -> Seen:
    """A post as LinkedIn shows it, compared with the draft."""
    links = [post.link] * bool(post.link) + re.findall(r"https?://\S+", post.text)
    link = any(same_page(each, draft.link) for each in links)
    return Seen(_receipt(post.id, post.at), same_text(post.text, draft.text), link, bare=not links)


def _is_of_now(urn: str) -> bool:
    """Whether an id was made within a day of now: its upper bits tell the time, and a head cut off tells half an id."""
    made = at_ms(int(re.split(r"[:-]", urn)[-1]) >> 22)
    return made is not None and abs(datetime.now(UTC) - made) < timedelta(days=1)


def _receipt(urn: str, at: datetime | None = None) -> Receipt:
    return Receipt(urn, f"https://www.linkedin.com/feed/update/{urn}/", at)


def _refusal(reply: Response, credentials: Mapping[str, str]) -> AdapterError:
    """The error for a reply that is no clear yes."""
    status, told = reply.status_code, json_of(reply)
    if not 400 <= status < 500 or status == 408:
        return InDoubtError(f"LinkedIn's reply (HTTP {status}) does not say whether it was done.")
    code, words = str(inside(told, "code")), scrub(str(inside(told, "message")), credentials.values())[:300]
    if code == "DUPLICATE_POST" or (status in (409, 422) and "duplicate" in words.lower()):
        named = URN.search(words)
        return DuplicateError("LinkedIn says that it has this post already.", named[0] if named else "")
    meaning = MEANINGS.get(code) or MEANINGS.get(str(status), REFUSED)
    if meaning.error is TransientError:
        return TransientError(meaning.reason, retry_after(reply) or meaning.wait)
    return meaning.error(f"{meaning.reason} LinkedIn's words: {words} (HTTP {status}, {code})")
