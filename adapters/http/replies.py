"""Reading what platforms reply: JSON and waiting times. No requests are made here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from requests import Response

from adapters.contract import AdapterError, CannotTellError

IN_ADDRESSES = "!#$%&'()*+,/:;=?@[]~"
"""What `requests` leaves as it is in an address."""


def retry_after(response: Response) -> timedelta | None:
    """The time a `Retry-After` header names, in seconds or as a date (RFC 9110, section 10.2.3)."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return timedelta(seconds=min(int(value), 30 * 86_400))
    try:
        told = parsedate_to_datetime(value) - datetime.now(UTC) if value else None
        return None if told is None else min(max(told, timedelta(0)), timedelta(days=30))
    except (TypeError, ValueError):
        return None


def json_of(response: Response | None) -> Any:
    """The reply's JSON value, or None when it is not JSON."""
    try:
        return None if response is None else response.json()
    except (ValueError, RecursionError):
        return None


def inside(value: Any, *path: str) -> Any:
    """What stands at this path in a JSON value, or None."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def scrub(text: str, secrets: Iterable[str]) -> str:
    """The text without any of the secrets, also as they stand in an address."""
    for secret in secrets:
        if len(secret) >= 4:
            for form in (secret, quote(secret, safe=""), quote(secret, safe=IN_ADDRESSES)):
                text = text.replace(form, "•••")
    return text


@contextmanager
def turning(error: type[AdapterError], into: type[AdapterError]) -> Iterator[None]:
    """Where a request makes nothing public, the same trouble means something else."""
    try:
        yield
    except error as raised:
        turned = into(str(raised))
        if isinstance(turned, CannotTellError):
            turned.because = raised
        raise turned from None
