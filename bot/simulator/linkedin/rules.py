"""LinkedIn's manners: versions, Rest.li keys and lists, and the forms of its errors.

Sources: Microsoft Learn, LinkedIn docs: versioning and migrations, api-guide/concepts (error-handling,
protocol-version, rate-limits).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from bot.simulator.server import Refused, Reply, Request, json_reply, now

_SUNSET_DAYS = {(2025, 11): 16, (2026, 3): 16}
_USUAL_SUNSET_DAY = 15
_TEXTS = {
    "ACCESS_DENIED": "Not enough permissions to access: {what}",
    "CONFLICT": "A write conflict occurred. Retry the request.",
    "EMPTY_ACCESS_TOKEN": "Empty oauth2_access_token",
    "EXPIRED_ACCESS_TOKEN": "The token used in the request has expired",
    "INVALID_ACCESS_TOKEN": "Invalid access token",
    "REVOKED_ACCESS_TOKEN": "The token used in the request has been revoked by the user",
    "INTERNAL_SERVER_ERROR": "Internal Server Error",
    "NOT_FOUND": "Entity not found",
    "VERSION_MISSING": "A version must be present. Please specify a version by adding the Linkedin-Version header.",
}
_NUMBERS = {"ACCESS_DENIED": 100, "REVOKED_ACCESS_TOKEN": 65601, "EXPIRED_ACCESS_TOKEN": 65602}
_USUAL = {
    400: "INVALID_VALUE_FOR_FIELD",
    401: "REVOKED_ACCESS_TOKEN",
    403: "ACCESS_DENIED",
    404: "NOT_FOUND",
    409: "CONFLICT",
    426: "NONEXISTENT_VERSION",
    500: "INTERNAL_SERVER_ERROR",
    503: "SERVICE_UNAVAILABLE",
}


def error(status: int, code: str | None = None, text: str = "", what: str = "resource") -> Reply:
    """An error in LinkedIn's form."""
    code = code or _USUAL.get(status, "UNKNOWN")
    content: dict[str, Any] = {"status": status, "code": code}
    if code in _NUMBERS:
        content["serviceErrorCode"] = _NUMBERS[code]
    content["message"] = text or _TEXTS.get(code, code).format(what=what)
    return json_reply(status, content)


def refused(status: int, code: str | None = None, text: str = "", what: str = "resource") -> Refused:
    """A refusal in LinkedIn's form."""
    return Refused(error(status, code, text, what))


def throttled() -> Reply:
    """The refusal of one call too many; LinkedIn documents no header that would say until when."""
    text = "Resource level throttle limit for calls to this resource is reached."
    return json_reply(429, {"message": text, "serviceErrorCode": 429, "status": 429})


def duplicate(urn: str) -> Reply:
    """The refusal of what was posted lately, naming what it repeats."""
    text = f"Content is a duplicate of {urn}"
    detail = {"description": text, "input": {"inputPath": {"fieldPath": "commentary"}}, "code": "DUPLICATE_POST"}
    content = {"status": 422, "code": "DUPLICATE_POST", "message": text, "errorDetails": {"inputErrors": [detail]}}
    return json_reply(422, content)


def check_headers(request: Request) -> None:
    """Refuse a request without the headers that /rest/ and /v2/ugcPosts ask for."""
    if request.path.startswith("/rest/"):
        _check_version(request.headers.get("LinkedIn-Version", ""))
    elif not request.path.startswith("/v2/ugcPosts"):
        return
    if request.headers.get("X-Restli-Protocol-Version") != "2.0.0":
        raise refused(400, "ILLEGAL_ARGUMENT", "X-Restli-Protocol-Version must be 2.0.0")


def _check_version(version: str) -> None:
    if not version:
        raise refused(400, "VERSION_MISSING")
    if not is_active(version):
        raise refused(426, "NONEXISTENT_VERSION", f"Requested version {version[:6]}01 is not active")


def is_active(version: str) -> bool:
    """Whether a version YYYYMM is released and not yet sunset: each lives for a year, to the middle of a month."""
    if not re.fullmatch(r"20\d\d(0[1-9]|1[0-2])", version):
        return False
    year, month = int(version[:4]), int(version[4:])
    sunset = datetime(year + 1, month, _SUNSET_DAYS.get((year, month), _USUAL_SUNSET_DAY), tzinfo=UTC)
    return datetime(year, month, 1, tzinfo=UTC) <= now() < sunset


def key(encoded: str) -> str:
    """A URN used as a key in a path, which Rest.li 2.0 wants percent-encoded."""
    if ":" in encoded:
        raise refused(400, "ILLEGAL_ARGUMENT", "Syntax exception in path variables")
    return unquote(encoded)


def parameter(request: Request, name: str) -> str:
    """A URN in the query, percent-encoded as well."""
    found = re.search(rf"(?:^|&){name}=([^&]*)", request.raw_query)
    if found is None or ":" in found[1]:
        raise refused(400, "ILLEGAL_ARGUMENT", "Invalid query parameters passed to request")
    return unquote(found[1])


def listed(request: Request, name: str) -> list[str]:
    """The URNs of a `List(…)` in the query: they are percent-encoded, its parentheses are not."""
    found = re.search(rf"(?:^|&){name}=List\(([^()&]*)\)", request.raw_query)
    if found is None or ":" in found[1]:
        raise refused(400, "ILLEGAL_ARGUMENT", "Invalid query parameters passed to request")
    return [unquote(part) for part in found[1].split(",")]


def page(elements: list[dict[str, Any]], request: Request) -> Reply:
    """A page of a finder's results."""
    given = request.query
    start, count = given.get("start", "0"), given.get("count", "10")
    if not start.isdecimal() or not count.isdecimal() or not 1 <= int(count) <= 100:
        raise refused(400, "ILLEGAL_ARGUMENT", "start and count must be numbers, count at most 100")
    chosen = elements[int(start) : int(start) + int(count)]
    paging = {"start": int(start), "count": int(count), "links": [], "total": len(elements)}
    return json_reply(200, {"paging": paging, "elements": chosen})


def named(urn: str, collection: str) -> dict[str, str]:
    """The headers that tell the id of what was made."""
    return {"x-restli-id": urn, "x-linkedin-id": urn, "Location": collection + urn.replace(":", "%3A")}
