"""The connections under every session of ours: cut when their time is over, marked when the first byte leaves."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Any

import certifi
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

WHOLE = 60.0
"""Seconds for a whole attempt with its uploads."""


class TooLateError(Exception):
    """The time was over before the first byte; nothing was sent."""


class Attempt:
    """What is known of the attempt under way: when it must end, and whether its latest request has left."""

    def __init__(self, seconds: float, until: datetime | None = None) -> None:
        over = datetime.now(UTC) + timedelta(seconds=seconds)
        self.seconds, self.ends = seconds, time.monotonic() + seconds
        self.until = min(over, until or over)  # the monotonic clock may stand still while a machine sleeps
        self.sent = self.over = False
        self._wires: list[socket.socket] = []

    def left(self) -> float:
        """Seconds left; zero or less when the time is over on either clock."""
        return min(self.ends - time.monotonic(), (self.until - datetime.now(UTC)).total_seconds())

    def watch(self, wire: socket.socket) -> None:
        """Keep a second handle on a connection (TLS takes the first one over), so that it can be cut."""
        self._wires.append(wire.dup())
        if self.over:
            self.cut()

    def cut(self) -> None:
        """Cut every connection, however slowly bytes still trickle in."""
        self.over = True
        for wire in self._wires:
            with contextlib.suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the handles back."""
        for wire in self._wires:
            wire.close()


under_way: ContextVar[Attempt | None] = ContextVar("attempt", default=None)
"""The attempt under way in this thread, if any."""


@contextlib.contextmanager
def attempt(seconds: float = WHOLE, until: datetime | None = None) -> Iterator[Attempt]:
    """All requests inside end within `seconds`, and none begins at or after `until` (aware)."""
    begun = Attempt(seconds, until)
    timer = threading.Timer(max(begun.left(), 0), begun.cut)
    timer.daemon = True
    token = under_way.set(begun)
    timer.start()
    try:
        yield begun
    finally:
        timer.cancel()
        under_way.reset(token)
        begun.close()


class _Watched:
    """Reports the connection when it is made, and marks the attempt right before the first byte."""

    def _new_conn(self) -> socket.socket:
        wire: socket.socket = super()._new_conn()  # type: ignore[misc]
        if begun := under_way.get():
            begun.watch(wire)
        return wire

    def send(self, data: Any) -> None:
        connection: Any = self
        if connection.sock is None:
            connection.connect()
        if (begun := under_way.get()) and not begun.sent:
            if begun.over or begun.left() <= 0:
                raise TooLateError
            begun.sent = True
        super().send(data)  # type: ignore[misc]


class _Connection(_Watched, HTTPConnection): ...


class _TLSConnection(_Watched, HTTPSConnection): ...


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


class Wire:
    """Puts these connections under an adapter of `requests`; `tls` is the context that all of its kind share."""

    tls: ssl.SSLContext

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Build the pools on connections of ours."""
        above: Any = super()
        above.init_poolmanager(*args, **kwargs, ssl_context=self.tls)
        manager: Any = self
        manager.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Leave the authorities to the shared context."""
        conn.cert_reqs = "CERT_REQUIRED"


def trusting() -> ssl.SSLContext:
    """A context with the usual authorities; to be shared, because building one costs ten times a request."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
