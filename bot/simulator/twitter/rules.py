"""What X counts and charges: rate limits, prices, and the forms of its refusals.

Sources: X docs, x-api/fundamentals/rate-limits, getting-started/pricing and response-codes-and-errors; the two
families of 24-hour headers are not documented but seen (plhery/node-twitter-api-v2 issues 495 and 553).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.simulator.faults import Purpose
from bot.simulator.server import Refused, Reply, json_reply, now

WINDOW = timedelta(minutes=15)
DAY = timedelta(hours=24)
A_DAY_S_POSTS = 10_000
POST, POST_WITH_LINK, OWN_POST_READ, USER_READ, DELETION, ALT_TEXT = 15, 200, 1, 10, 10, 5
"""Prices in thousandths of a dollar, as they have been since 2026-04-20."""

_TYPES = "https://api.twitter.com/2/problems/"
_TITLES = {400: "Invalid Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found Error"} | {
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
}
_APP_ONLY = (
    "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  Supported authentication types "
    "are [OAuth 1.0a User Context, OAuth 2.0 User Context]."
)
_PROBLEMS: Mapping[str, tuple[str, str, str]] = {
    "duplicate": ("Forbidden", "You are not allowed to create a Tweet with duplicate content.", "about:blank"),
    "not-permitted": ("Forbidden", "You are not permitted to perform this action.", "about:blank"),
    "oauth1-permissions": (
        "Forbidden",
        "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.",
        "https://api.x.com/2/problems/oauth1-permissions",
    ),
    "unsupported-authentication": ("Unsupported Authentication", _APP_ONLY, _TYPES + "unsupported-authentication"),
    "client-forbidden": ("Client Forbidden", "This app may not use this endpoint.", _TYPES + "client-forbidden"),
    "user-suspended": ("Forbidden", "User is suspended.", _TYPES + "user-suspended"),
}


@dataclass(frozen=True)
class Route:
    """An endpoint: what it does here, what it is for, and how many calls a user has in 15 minutes."""

    method: str
    path: re.Pattern[str]
    does: str
    purpose: Purpose
    limit: int


ROUTES = (
    Route("POST", re.compile(r"/2/tweets"), "_create", "publish", 100),
    Route("GET", re.compile(r"/2/tweets/(\d+)"), "_show", "read", 900),
    Route("DELETE", re.compile(r"/2/tweets/(\d+)"), "_delete", "change", 50),
    Route("GET", re.compile(r"/2/users/me"), "_me", "read", 75),
    Route("GET", re.compile(r"/2/users/(\d+)/tweets"), "_timeline", "read", 900),
    Route("POST", re.compile(r"/2/media/upload"), "_upload", "upload", 500),
    Route("POST", re.compile(r"/2/media/metadata"), "_describe", "upload", 500),
)


@dataclass
class Rates:
    """Counts the calls of the one user; a window opens with its first call."""

    windows: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    day: tuple[datetime, int] | None = None
    day_is_over_until: datetime | None = None

    def count(self, route: Route) -> None:
        """Take one call from what is left; raises Refused when nothing is."""
        opened, used = self._window(route)
        if used >= route.limit or (route.purpose == "publish" and self.day_is_over):
            raise Refused(too_many())
        self.windows[route.does] = (opened, used + 1)
        if route.purpose == "publish":
            started, posts = self._day()
            self.day = (started, posts + 1)

    @property
    def day_is_over(self) -> bool:
        """Whether the posts of 24 hours are used up."""
        return self.day_is_over_until is not None and now() < self.day_is_over_until

    def headers(self, route: Route) -> dict[str, str]:
        """Both families of headers, as X sends them with every reply."""
        opened, used = self._window(route)
        started, posts = self._day()
        left = 0 if self.day_is_over else A_DAY_S_POSTS - posts
        ends = self.day_is_over_until if self.day_is_over and self.day_is_over_until else started + DAY
        found = _family("x-rate-limit", route.limit, route.limit - used, opened + WINDOW)
        if route.purpose == "publish":
            found |= _family("x-user-limit-24hour", A_DAY_S_POSTS, left, ends)
            found |= _family("x-app-limit-24hour", A_DAY_S_POSTS, A_DAY_S_POSTS - posts, started + DAY)
        return found

    def _window(self, route: Route) -> tuple[datetime, int]:
        opened, used = self.windows.get(route.does, (now(), 0))
        return (opened, used) if now() < opened + WINDOW else (now(), 0)

    def _day(self) -> tuple[datetime, int]:
        started, posts = self.day or (now(), 0)
        return (started, posts) if now() < started + DAY else (now(), 0)


def _family(name: str, limit: int, remaining: int, reset: datetime) -> dict[str, str]:
    values = {"limit": limit, "remaining": max(0, remaining), "reset": int(reset.timestamp())}
    return {f"{name}-{part}": str(value) for part, value in values.items()}


def limited_until(until: datetime, route: Route) -> dict[str, str]:
    """The headers of a limit that ends at a given time."""
    return _family("x-rate-limit", route.limit, 0, until)


def problem(status: int, code: str | None = None) -> Reply:
    """A problem document; `code` is the last part of its type, or a name of ours where the type is about:blank."""
    title = _TITLES.get(status, "Error")
    title, detail, kind = _PROBLEMS.get(code or "", (title, title, f"{_TYPES}{code}" if code else "about:blank"))
    content = {"title": title, "detail": detail, "type": kind, "status": status}
    return json_reply(status, content, {"Content-Type": "application/problem+json"})


def too_many() -> Reply:
    """The refusal of one call too many."""
    return problem(429)


def invalid(parameters: Mapping[str, list[str]], text: str) -> Refused:
    """The refusal of parameters that are not valid."""
    content = {
        "errors": [{"parameters": parameters, "message": text}],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": _TYPES + "invalid-request",
    }
    return Refused(json_reply(400, content, {"Content-Type": "application/problem+json"}))


def no_credits(account: int) -> Reply:
    """The refusal when the credits are used up."""
    content = {
        "account_id": account,
        "title": "CreditsDepleted",
        "detail": f"Your enrolled account [{account}] does not have any credits to fulfill this request.",
        "type": _TYPES + "credits",
    }
    return json_reply(402, content, {"Content-Type": "application/problem+json"})


def not_found(resource: str, identity: str) -> dict[str, Any]:
    """The body of a look-up that finds nothing; X sends it with 200."""
    error = {
        "value": identity,
        "detail": f"Could not find {resource} with id: [{identity}].",
        "title": "Not Found Error",
        "resource_type": resource,
        "parameter": "id",
        "resource_id": identity,
        "type": _TYPES + "resource-not-found",
    }
    return {"errors": [error]}
