"""What Mastodon's interface offers and takes: its addresses, what a request wants, its refusals and its rate limits.

Sources: Mastodon's documentation, methods and rate limits; mastodon/mastodon, `config/initializers/rack_attack.rb`
and `app/controllers/concerns/api/error_handling.rb`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.simulator.faults import Purpose
from bot.simulator.server import Refused, Reply, Request, json_reply, now

WINDOW, CALLS = timedelta(minutes=5), 300
VISIBILITIES = ("public", "unlisted", "private", "direct")

_ROUTES: tuple[tuple[str, str, str, Purpose], ...] = (
    ("POST", r"/api/v1/statuses", "_create", "publish"),
    ("GET", r"/api/v1/statuses/(\w+)", "_show", "read"),
    ("PUT", r"/api/v1/statuses/(\w+)", "_edit", "change"),
    ("DELETE", r"/api/v1/statuses/(\w+)", "_delete", "change"),
    ("GET", r"/api/v1/statuses/(\w+)/source", "_source", "read"),
    ("POST", r"/api/v2/media", "_upload", "upload"),
    ("GET", r"/api/v1/media/(\w+)", "_picture", "read"),
    ("GET", r"/api/v1/accounts/verify_credentials", "_me", "read"),
    ("GET", r"/api/v1/accounts/(\w+)/statuses", "_list", "read"),
    ("GET", r"/api/v2/instance", "_instance", "read"),
)
_WORDS: Mapping[int, str] = {
    400: "Bad Request",
    401: "The access token is invalid",
    403: "This action is not allowed",
    404: "Record not found",
    422: "Validation failed: Text can't be blank",
    429: "Too many requests",
    503: "There was a temporary problem serving your request, please try again",
}
_BY_CODE: Mapping[str, str] = {
    "processing": "Cannot attach files that have not finished processing. Try again in a moment!",
    "revoked": "The access token was revoked",
}


@dataclass(frozen=True)
class Wanted:
    """What a request says of a status."""

    text: str
    spoiler: str
    sensitive: bool
    visibility: str
    language: str
    media: tuple[str, ...]
    reply_to: str


def route(request: Request) -> tuple[str, Purpose, tuple[str, ...]]:
    """What does it here (nothing: nobody), what it is for, and what its path names."""
    for method, path, does, purpose in _ROUTES:
        found = re.fullmatch(path, request.path)
        if found and method == request.method:
            return does, purpose, found.groups()
    return "", "read", ()


def wanted(request: Request) -> Wanted:
    """The status that a request asks for, in JSON or in a form."""
    body = request.json() if request.media_type == "application/json" else None
    given: Mapping[str, Any] = body if isinstance(body, dict) else request.form
    words = {name: str(given.get(name) or "") for name in ("spoiler_text", "visibility", "language", "in_reply_to_id")}
    named = given.get("media_ids") or given.get("media_ids[]") or []
    return Wanted(
        text=str(given.get("status") or "").strip(),
        spoiler=words["spoiler_text"],
        sensitive=given.get("sensitive") in (True, "true", "1"),
        visibility=words["visibility"],
        language=words["language"],
        media=tuple(map(str, named)) if isinstance(named, list) else (str(named),),
        reply_to=words["in_reply_to_id"],
    )


def failure(status: int, code: str | None = None) -> Reply:
    """A refusal as it is written; the code "token" is Takahe's to a token that it does not know."""
    if code == "token":
        return Reply(status, b"Invalid Bearer token", {"Content-Type": "text/plain; charset=utf-8"})
    return json_reply(status, {"error": _BY_CODE.get(code or "") or _WORDS.get(status, "Error")})


def refused(status: int, code: str | None = None) -> Refused:
    """The same as an exception."""
    return Refused(failure(status, code))


def unprocessable(reason: str) -> Refused:
    """422, for this reason."""
    return Refused(json_reply(422, {"error": reason}))


def invalid(reason: str) -> Refused:
    """422, because a value is not as it must be."""
    return unprocessable(f"Validation failed: {reason}")


def usage(reset: datetime, remaining: int) -> dict[str, str]:
    """The headers of the rate limit; times are ISO 8601."""
    numbers = {"X-RateLimit-Limit": str(CALLS), "X-RateLimit-Remaining": str(remaining)}
    return {**numbers, "X-RateLimit-Reset": f"{reset:%Y-%m-%dT%H:%M:%S.%f}Z"}


def used(requests: list[Request]) -> dict[str, str]:
    """The headers after these requests; the windows begin at fixed times."""
    at = now()
    begun = at - timedelta(seconds=at.timestamp() % WINDOW.total_seconds())
    calls = sum(request.at >= begun for request in requests[-CALLS:])
    return usage(begun + WINDOW, max(CALLS - calls, 1))
