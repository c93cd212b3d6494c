"""HTTP as every adapter speaks it: one deadline, no retries, no redirects, no proxies from the environment.

It knows one thing that no client library tells: whether the first byte of the request had left when it failed.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import certifi
from requests import PreparedRequest, RequestException, Response, Session
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from adapters.contract import InDoubtError, TransientError

CONNECT, READ, WHOLE = 5.0, 20.0, 60.0
"""Seconds: to connect, for the next bytes to arrive, and for a whole attempt with its uploads."""
REPLY_CAP = 4_000_000
"""Bytes of a reply that are read at most."""


@dataclass
class Attempt:
    """What is known of the attempt under way: when it must end, and whether its latest request has left."""

    ends: float
    """On the monotonic clock, in seconds."""
    until: datetime
    """On the wall clock too: the monotonic one may stand still while a machine sleeps."""
    sent: bool = False

    def left(self) -> float:
        """Seconds left; zero or less when the time is over on either clock."""
        return min(self.ends - time.monotonic(), (self.until - datetime.now(UTC)).total_seconds())


_attempt: ContextVar[Attempt | None] = ContextVar("attempt", default=None)


@contextmanager
def attempt(seconds: float = WHOLE, until: datetime | None = None) -> Iterator[Attempt]:
    """All requests inside must have begun within `seconds`, and before `until` (aware), or they are not sent at all."""
    over = datetime.now(UTC) + timedelta(seconds=seconds)
    current = Attempt(time.monotonic() + seconds, min(over, until or over))
    token = _attempt.set(current)
    try:
        yield current
    finally:
        _attempt.reset(token)


class _Marking:
    """Marks the attempt right before the first byte of a request, and refuses when its time is over."""

    def send(self, data: Any) -> None:
        connection: Any = self
        if connection.sock is None:
            connection.connect()
        if (current := _attempt.get()) is not None and not current.sent:
            if current.left() <= 0:
                raise TransientError("The time for this attempt was over before the first byte; nothing was sent.")
            current.sent = True
        super().send(data)  # type: ignore[misc]


class _Connection(_Marking, HTTPConnection):
    pass


class _TLSConnection(_Marking, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


@cache
def _tls() -> ssl.SSLContext:
    """One context for all connections: building one costs ten times a request."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class _Wire(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=_tls())
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        conn.cert_reqs = "CERT_REQUIRED"  # the shared context holds the authorities


class PlatformSession(Session):
    """A session for one channel. `last` is the latest reply: client libraries are judged by it, not by their word."""

    def __init__(self, real: str, base_url: str) -> None:
        super().__init__()
        self.trust_env = False
        self.real, self.base_url = real.rstrip("/"), base_url.rstrip("/")
        self.last: Response | None = None
        # A connection kept alive may be dead when it is used next, and that would be doubt for nothing.
        self.headers.update({"User-Agent": "Oncecast/0.1", "Connection": "close"})
        self.mount("http://", _Wire(max_retries=0))
        self.mount("https://", _Wire(max_retries=0))

    def prepare_request(self, request: Any) -> PreparedRequest:
        """Puts the base URL in the place of the real host, before anything is signed."""
        if request.url.startswith(self.real + "/"):
            request.url = self.base_url + request.url[len(self.real) :]
        return super().prepare_request(request)

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """Send within the attempt's time, and read the whole reply within it too."""
        self.last = None
        current = _attempt.get() or Attempt(time.monotonic() + READ, datetime.now(UTC) + timedelta(seconds=READ))
        current.sent = False
        left = max(current.left(), 0.001)
        kwargs |= {"timeout": (min(CONNECT, left), min(READ, left)), "allow_redirects": False, "stream": True}
        response = super().send(request, **kwargs)
        response._content = b"".join(_chunks(response, current))
        self.last = response
        return response


def _chunks(response: Response, current: Attempt) -> Iterator[bytes]:
    """The body, piece by piece, within the attempt's time and the cap."""
    size = 0
    for chunk in response.iter_content(65_536):
        size += len(chunk)
        if size > REPLY_CAP or current.left() <= 0:
            response.close()
            raise InDoubtError("The reply was too long or too slow to be read whole.")
        yield chunk


def open_session(real: str, base_url: str = "") -> PlatformSession:
    """A session that speaks to `base_url` wherever the code, or a client library, says `real`."""
    return PlatformSession(real, base_url or real)


@contextmanager
def telling_doubt() -> Iterator[None]:
    """Turns what `requests` raises into TransientError when nothing had left, else into InDoubtError."""
    try:
        yield
    except (RequestException, OSError) as error:
        current = _attempt.get()
        if current is not None and not current.sent:
            raise TransientError(f"The platform could not be reached ({type(error).__name__}).") from None
        raise InDoubtError(f"The reply did not arrive ({type(error).__name__}).") from None


def retry_after(response: Response) -> timedelta | None:
    """The time a `Retry-After` header names, in seconds or as a date (RFC 9110, section 10.2.3)."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdigit():
        return timedelta(seconds=min(int(value), 30 * 86_400))
    try:
        return max(parsedate_to_datetime(value) - datetime.now(UTC), timedelta(0)) if value else None
    except (TypeError, ValueError):
        return None


def json_of(response: Response | None) -> Any:
    """The reply's JSON value, or None when it is not JSON."""
    try:
        return None if response is None else response.json()
    except ValueError:
        return None


def scrub(text: str, secrets: Iterable[str]) -> str:
    """The text without any of the secrets."""
    for secret in secrets:
        if len(secret) >= 4:
            text = text.replace(secret, "•••")
    return text
