"""Facebook's Graph API: which versions live, the forms of its errors, and how it writes usage and fields.

Sources: Graph API changelog (versions), guides/error-handling, overview/rate-limiting.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.simulator.server import Refused, Reply, json_reply, now

_LIVES_UNTIL = {
    20: datetime(2026, 9, 24, tzinfo=UTC),
    21: datetime(2027, 1, 21, tzinfo=UTC),
    22: datetime(2027, 5, 20, tzinfo=UTC),
    23: datetime(2027, 10, 8, tzinfo=UTC),
    24: datetime(2028, 2, 18, tzinfo=UTC),
    25: datetime(2028, 7, 29, tzinfo=UTC),
}
NEWEST = 26
_RATE = "For more info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting."
_TEXTS: Mapping[str, str] = {
    "1": "An unknown error has occurred.",
    "2": "An unexpected error has occurred. Please retry your request later.",
    "100": "(#100) Invalid parameter",
    "100/1609005": "(#100) The link could not be scraped.",
    "100/1609008": "(#100) Links to Facebook cannot be posted like this.",
    "100/1366046": "(#100) Photos should be smaller than 4 MB and saved as JPG, PNG, GIF, TIFF, HEIF or WebP files.",
    "100/1366051": "(#100) These photos were already posted.",
    "190": "Invalid OAuth access token - Cannot parse access token",
    "190/458": "Error validating access token: The user has not authorized application 1000.",
    "190/459": "Error validating access token: You cannot access the app till you log in and follow the instructions.",
    "190/460": "Error validating access token: The session has been invalidated because the user changed the password.",
    "190/463": "Error validating access token: Session has expired on Saturday, 21-Nov-26 08:00:00 PST.",
    "200": "(#200) Requires pages_manage_posts permission.",
    "368": "The action attempted has been deemed abusive or is otherwise disallowed",
    "368/1390008": "We limit how often you can post, comment or do other things in a given amount of time.",
    "368/1404082": "You've already posted this.",
    "368/4854002": "Confirm your identity before you can publish as this Page.",
    "506": "(#506) Duplicate status message",
    "80001": f"(#80001) There have been too many calls to this Page account. Wait a bit and try again. {_RATE}",
}
_FOR_PEOPLE = {
    "506": (
        1455006,
        "Duplicate Status Update",
        "This status update is identical to the last one you posted. Try posting something different.",
    )
}
_USUAL = {400: "100", 403: "200", 429: "80001", 500: "1"}


def effective_version(asked: str | None) -> int:
    """The version that answers: the one asked for, or the oldest that lives where that one is gone."""
    oldest = min((version for version, end in _LIVES_UNTIL.items() if now() < end), default=NEWEST)
    version = int(asked.partition(".")[0]) if asked else oldest
    if version > NEWEST:
        raise refused("2500", f"Unknown path components: /v{asked}")
    return max(version, oldest)


def error(status: int, code: str, text: str | None = None) -> Reply:
    """An error in the Graph API's form; `code` is "code" or "code/subcode"."""
    number, _, subcode = code.partition("/")
    content: dict[str, Any] = {
        "message": text or _TEXTS.get(code) or _TEXTS.get(number, f"(#{number}) An error occurred"),
        "type": "OAuthException",
        "code": int(number),
    }
    if subcode:
        content["error_subcode"] = int(subcode)
    if code in _FOR_PEOPLE:
        content["error_subcode"], content["error_user_title"], content["error_user_msg"] = _FOR_PEOPLE[code]
    if number in ("1", "2"):
        content["is_transient"] = True
    return json_reply(status, {"error": {**content, "fbtrace_id": "AsimulatedTraceId"}})


def refused(code: str, text: str | None = None, status: int = 400) -> Refused:
    """A refusal; nearly all of Facebook's carry status 400."""
    return Refused(error(status, code, text))


def usual_error(status: int, code: str | None) -> Reply:
    """The error a status most often stands for."""
    return error(status, code or _USUAL.get(status, "2" if status >= 500 else "190/463" if status == 401 else "100"))


def usage(page: str, minutes: int, calls: int) -> dict[str, str]:
    """The headers that tell how much of the quota is used; `minutes` is how long to wait."""
    percent = 100 if minutes else min(99, calls // 100)
    share = {"call_count": percent, "total_cputime": 1, "total_time": 1}
    business = {page: [{"type": "pages", **share, "estimated_time_to_regain_access": minutes}]}
    return {"X-App-Usage": json.dumps(share), "X-Business-Use-Case-Usage": json.dumps(business)}


def minutes_until(until: datetime) -> int:
    """The whole minutes to wait, as the usage header counts them."""
    return max(1, math.ceil((until - now()).total_seconds() / 60))


def fields(text: str) -> dict[str, dict[str, Any]]:
    """The fields asked for, nested ones in braces: `id,attachments{url,type}`."""
    found: dict[str, dict[str, Any]] = {}
    for match in re.finditer(r"(\w+)(?:\.limit\(\d+\))?(?:\{((?:[^{}]|\{[^{}]*\})*)\})?", text):
        found[match[1]] = fields(match[2]) if match[2] else {}
    return found


def pick(whole: Mapping[str, Any], wanted: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """The wanted fields of an object, and its id; what it does not have is left out, what it cannot have refused."""
    for name in wanted.keys() - whole.keys():
        raise refused("100", f"(#100) Tried accessing nonexisting field ({name}) on node type ({kind})")
    chosen = {name: whole[name] for name in (*wanted, "id") if whole[name] is not None}
    for name, inner in wanted.items():
        if inner and isinstance(chosen.get(name), dict):
            rows = chosen[name]["data"]
            chosen[name] = {"data": [{key: row[key] for key in inner if key in row} for row in rows]}
    return chosen


def moment(text: str) -> datetime:
    """A time in `since` or `until`: Unix seconds or a date."""
    try:
        found = datetime.fromtimestamp(int(text), UTC) if text.isdecimal() else datetime.fromisoformat(text)
    except ValueError:
        raise refused("100", "(#100) since and until must be Unix timestamps or dates") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
