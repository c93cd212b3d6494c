"""Reading a feed over the network: conditionally, whole or not at all. What is new in it is for others to say."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from bot.blog.documents import DocumentError, parse
from bot.blog.fetching import Fetched, FetchError, fetch, place
from bot.model import Document, Entry

ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
PAST_THE_END = frozenset({400, 404, 410})
"""How blogs answer for a page of the feed that there is not; WordPress says 404."""


class FeedError(Exception):
    """The feed could not be read this time; `gone` means for good (410)."""

    def __init__(self, reason: str, retry_after: timedelta | None = None, gone: bool = False) -> None:
        super().__init__(reason)
        self.retry_after, self.gone = retry_after, gone


@dataclass(frozen=True, slots=True)
class Validators:
    """By what an unchanged feed is known again: the server's words for it, and the SHA-256 of its body."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a read gave: the document, or None where nothing has changed, and what to send next time."""

    document: Document | None
    validators: Validators
    moved_to: str = ""
    """The feed's new address when it has moved for good, else empty."""


def read(url: str, validators: Validators, loopback: bool = False, unconditional: bool = False) -> Reading:
    """Read a feed; `unconditional` asks for the whole of it, and still knows an unchanged body by its hash.

    Raises FeedError for a refusal, and for anything that is not a whole feed.
    """
    asked = {} if unconditional else _conditions(validators)
    fetched = _fetch(url, asked, loopback)
    if fetched.status == 304 and asked:
        return Reading(None, validators, fetched.moved_to)
    if fetched.status != 200:
        raise _refusal(url, fetched)
    fresh = _validators(fetched)
    if fresh.body_hash == validators.body_hash:
        return Reading(None, fresh, fetched.moved_to)
    return Reading(_document(fetched), fresh, fetched.moved_to)


def further_pages(
    url: str,
    document: Document,
    is_known: Callable[[Entry], bool],
    loopback: bool = False,
    at_most: int = 20,
) -> tuple[Entry, ...]:
    """The unknown entries on the pages behind a document whose entries are all unknown, newest first.

    WordPress shows ten at a time, and the pages behind at `?paged=2` and on. Reading ends with a page that shows a
    known entry, nothing, or nothing else than before (a blog that knows no `paged`), and after `at_most` pages.
    Raises FeedError: what came so far is then not to be believed to be all.
    """
    seen, found, latest = {entry.guid for entry in document.entries}, [], document.entries
    for number in range(2, at_most + 1):
        if not latest or any(is_known(entry) for entry in latest):
            break
        fetched = _fetch(_page(url, number), {}, loopback)
        if fetched.status in PAST_THE_END:
            break
        if fetched.status != 200:
            raise _refusal(url, fetched)
        latest = tuple(entry for entry in _document(fetched).entries if entry.guid not in seen)
        seen.update(entry.guid for entry in latest)
        found += [entry for entry in latest if not is_known(entry)]
    return tuple(found)


def _page(url: str, number: int) -> str:
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "paged"]
    return parts._replace(query=urlencode([*query, ("paged", str(number))])).geturl()


def _conditions(validators: Validators) -> dict[str, str]:
    """Both conditions together: WordPress moves Last-Modified back when its newest post goes, but not the ETag.

    nginx weakens the ETag when it packs the reply, and WordPress knows only the strong form: `W/` is left out.
    """
    conditions = {
        "If-None-Match": validators.etag.removeprefix("W/"),
        "If-Modified-Since": validators.last_modified,
    }
    return {name: value for name, value in conditions.items() if value}


def _validators(fetched: Fetched) -> Validators:
    """What to ask with next time; nothing yet where the feed changed a moment ago.

    WordPress tells times in whole seconds, and makes its ETag of them: a second post within one looks the same.
    """
    body_hash = hashlib.sha256(fetched.body).hexdigest()
    told, changed = _time(fetched.headers.get("Date")), _time(fetched.headers.get("Last-Modified"))
    if told and changed and told - changed < timedelta(seconds=2):
        return Validators(body_hash=body_hash)
    return Validators(fetched.headers.get("ETag", ""), fetched.headers.get("Last-Modified", ""), body_hash)


def _time(header: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(header) if header else None
    except (TypeError, ValueError):
        return None


def _fetch(url: str, headers: dict[str, str], loopback: bool) -> Fetched:
    try:
        return fetch(url, {"Accept": ACCEPT, **headers}, loopback=loopback)
    except FetchError as error:
        raise FeedError(str(error), error.retry_after) from None


def _document(fetched: Fetched) -> Document:
    try:
        return parse(fetched.body, fetched.headers.get("Content-Type", ""), fetched.url)
    except DocumentError as error:
        raise FeedError(str(error)) from None


def _refusal(url: str, fetched: Fetched) -> FeedError:
    if fetched.status == 410:
        return FeedError(f"{place(url)} says that the feed is gone for good (410).", gone=True)
    words = {401: "asks for a login", 403: "refuses to be read", 404: "is not there", 429: "asks for patience"}
    said = words.get(fetched.status, "has a fault" if fetched.status >= 500 else "gave an answer that is no feed")
    return FeedError(f"{place(url)} {said} ({fetched.status}).", fetched.retry_after)
