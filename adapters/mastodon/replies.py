"""What the replies of a Mastodon server mean: its refusals, its statuses beside a draft, and its limits.

Nothing is sent here. A status is hostile HTML of any length: all of it is read in linear time, and none is rendered.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from requests import Response

from adapters.contract import (
    AdapterError,
    CredentialError,
    Draft,
    DuplicateError,
    InDoubtError,
    Receipt,
    RejectedError,
    TransientError,
)
from adapters.http.replies import inside, json_of, retry_after, scrub
from adapters.looks import Seen
from adapters.text.links import same_page
from adapters.text.plain import plain

PAUSE = timedelta(minutes=5)
"""How long to wait where a server asks for it and names no time: the window in which Mastodon counts its calls."""
LONGEST = timedelta(days=1)
MOST_LINKS = 200
"""Links of one status that are looked at."""

_TOKEN = "make a new application with the scopes named in the example configuration, and store its token."  # noqa: S105
_BAD_TOKEN = r"(?i)\b(?:invalid|unknown|revoked|expired)\b.{0,20}\btoken\b"  # noqa: S105
_REFUSALS: tuple[tuple[int, str, type[AdapterError], str], ...] = (
    (400, _BAD_TOKEN, CredentialError, f"The server does not know the token: {_TOKEN}"),
    (401, "", CredentialError, f"The server does not accept the token: {_TOKEN}"),
    (403, "", CredentialError, f"The account may not do this: see whether it is limited there, or {_TOKEN}"),
    (404, r"(?i)\brecord not found\b", RejectedError, "The server had this post before, and it was deleted there."),
    (422, r"(?i)\balready attached\b", DuplicateError, "The server says that the picture is in a post already."),
    (404, "", CredentialError, "The address is not that of a Mastodon server: check base_url."),
)
"""Status, words, what it means, and what a person reads; the first that fits, else it is a refusal of the post.

Sources: Mastodon docs, methods statuses and media; a bad token is a 400 on Takahe, as seen there; the words of 404, to
a key whose status was deleted, and of 422 are those of mastodon/mastodon, `post_status_service.rb`.
"""
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/blockquote|/h[1-6])\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_ENDLESS = re.compile(r"&#[0-9]{8,};?")
_HREF = re.compile(r"""\bhref=["']([^"'<>]{1,4096})""", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S{1,4096}")
_DOMAIN = re.compile(r"(?<![\w/])(@[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)(?:@[\w.-]*\w)+")


def refusal(reply: Response, secrets: Iterable[str]) -> AdapterError:
    """What a reply means that is no 2xx; anything but a definite 4xx may have taken effect."""
    status = reply.status_code
    if not 400 <= status < 500 or status == 408:
        where = " It points to another address: check base_url." if 300 <= status < 400 else ""
        return InDoubtError(f"The server's reply (HTTP {status}) does not say whether it was done.{where}")
    if status == 429:
        return TransientError("The server asks for fewer requests.", _reset(reply) or retry_after(reply) or PAUSE)
    words = scrub(_words(reply), secrets)[:300]
    fitting = (row for row in _REFUSALS if row[0] == status and re.search(row[1], words))
    _, _, error, reason = next(fitting, (0, "", RejectedError, "The server refused it."))
    return error(f"{reason} Its words: {words or 'none'} (HTTP {status})")


def _words(reply: Response) -> str:
    """Why it refused: the error of Mastodon's form, or plain text; a web page says nothing."""
    told = json_of(reply)
    if isinstance(told, dict):
        said = (inside(told, "error"), inside(told, "error", "message"))
        return next((words for words in said if isinstance(words, str)), "")
    is_plain = reply.headers.get("Content-Type", "").startswith("text/plain")
    return plain(reply.content[:1000].decode("utf-8", "replace")) if is_plain else ""


def _reset(reply: Response) -> timedelta | None:
    """How long until the time of `X-RateLimit-Reset`, as ISO 8601 (Mastodon docs, Rate limits), or in Unix seconds."""
    told = reply.headers.get("X-RateLimit-Reset", "").strip()
    with suppress(ValueError, OverflowError, OSError):
        at = datetime.fromtimestamp(int(told), UTC) if told.isdecimal() else datetime.fromisoformat(told)
        return min(max(at.astimezone(UTC) - datetime.now(UTC), timedelta(0)), LONGEST)
    return None


def id_of(told: Any) -> str:
    """The id in a reply. Raises InDoubtError where there is none."""
    identity = inside(told, "id")
    if type(identity) not in (str, int) or not identity:
        raise InDoubtError("The server's reply has no id in it.")
    return str(identity)


def ids_of(page: Any) -> list[str]:
    """The ids in a list. Raises InDoubtError where it is no list, or one of them is missing."""
    if not isinstance(page, list):
        raise InDoubtError("The server's list of the account's posts could not be read.")
    return [id_of(status) for status in page]


def receipt_of(status: Any, server: str) -> Receipt:
    """The receipt for a status. Raises InDoubtError where it has no id."""
    identity = id_of(status)
    addresses = (str(inside(status, name)) for name in ("url", "uri"))
    url = next((address for address in addresses if address.startswith("https://")), f"{server}/statuses/{identity}")
    return Receipt(identity, url, at_of(status))


def at_of(status: Any) -> datetime | None:
    """When a status was made, in UTC, if it says so."""
    with suppress(ValueError, OverflowError):
        return datetime.fromisoformat(str(inside(status, "created_at"))).astimezone(UTC)
    return None


def text_of(content: str) -> str:
    """What a reader sees of a status, in one line; the hidden parts of a link's address are read too."""
    text = _TAG.sub("", _BREAK.sub(" ", content))
    return plain(html.unescape(_ENDLESS.sub("\ufffd", text)))


def beside(draft: Draft, status: Mapping[str, Any], server: str) -> Seen:
    """A status, compared with the draft; of a mention only the name counts, as servers leave its domain out."""
    content = str(status.get("content") or "")
    text = text_of(content)
    links = list(_links(content, text, inside(status, "card", "url")))
    words = _DOMAIN.sub(r"\1", text) == _DOMAIN.sub(r"\1", plain(draft.text))
    return Seen(receipt_of(status, server), words, any(same_page(each, draft.link) for each in links), bare=not links)


def _links(content: str, text: str, card: Any) -> Iterator[str]:
    """Where a status leads: its card, its links, and the addresses that stand in it as text."""
    if isinstance(card, str):
        yield card
    yield from (html.unescape(found[1]) for found in islice(_HREF.finditer(content), MOST_LINKS))
    yield from (found[0].rstrip(".,:;!?)") for found in islice(_ADDRESS.finditer(text), MOST_LINKS))


def notes_on(server: Any, characters: int, per_link: int) -> Iterator[str]:
    """What a person should change where the server's limits are not the configured ones (Mastodon docs, Instance)."""
    most, link = (
        inside(server, "configuration", "statuses", name) for name in ("max_characters", "characters_reserved_per_url")
    )
    if isinstance(most, int) and most != characters:
        why = "to use them" if most > characters else "or it refuses what is longer"
        yield f"This server allows {most:,} characters: set characters = {most}, {why}."
    if isinstance(link, int) and link > per_link:
        yield f"This server counts {link} characters for a link: set characters_per_link = {link}, or it may refuse."
