"""What Facebook's replies mean: its error codes, its posts, and their addresses and times."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

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
from adapters.http.replies import retry_after, scrub
from adapters.looks import Seen
from adapters.text.links import same_page
from adapters.text.plain import same_text


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


def refusal(reply: Response | None, told: Any, credentials: Mapping[str, str]) -> AdapterError:
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


def id_in(told: Mapping[str, Any]) -> str:
    if not isinstance(id := told.get("id"), str) or not id:
        raise InDoubtError("Facebook answered without an id.")
    return id


def receipt_of(post: Mapping[str, Any]) -> Receipt:
    url = post.get("permalink_url")
    known = isinstance(url, str) and url.startswith("https://")
    return Receipt(id_in(post), str(url) if known else f"https://www.facebook.com/{id_in(post)}", time_of(post))


def time_of(post: Mapping[str, Any]) -> datetime | None:
    with suppress(ValueError):
        return datetime.strptime(str(post.get("created_time")), "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)
    return None


def _links(post: Mapping[str, Any]) -> list[str]:
    """Where a post leads: its card, by its own address and not Facebook's detour, and the links in its words."""
    attachments = post.get("attachments")
    cards = attachments.get("data", []) if isinstance(attachments, dict) else []
    shown = [str(card["unshimmed_url"]) for card in cards if isinstance(card, dict) and card.get("unshimmed_url")]
    return shown + [link.rstrip(".,;:!?)") for link in re.findall(r"https?://\S+", str(post.get("message")))]


def beside(draft: Draft, post: Mapping[str, Any]) -> Seen:
    """A published post, compared with the draft."""
    links = _links(post)
    words = same_text(str(post.get("message", "")), draft.text)
    own = words and bool(draft.link) and draft.link in draft.text
    return Seen(receipt_of(post), words, own or any(same_page(each, draft.link) for each in links), bare=not links)
