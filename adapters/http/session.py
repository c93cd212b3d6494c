"""HTTP as every adapter speaks it: one deadline, no retries, no redirects, no proxies from the environment."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from requests import PreparedRequest, RequestException, Response, Session
from requests.adapters import HTTPAdapter

from adapters.contract import InDoubtError, TransientError
from adapters.http import wire

# It writes whole addresses, in warnings too, and on some platforms a secret stands in each of them.
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)

CONNECT, READ = 5.0, 20.0
"""Seconds: to connect, and for the next bytes to arrive."""
REPLY_CAP = 4_000_000
"""Bytes of a reply that are read at most."""


class _Adapter(wire.Wire, HTTPAdapter):
    tls = wire.trusting()


class PlatformSession(Session):
    """A session that speaks to `base_url` wherever the code, or a client library, says `real`.

    `last` is the latest reply: client libraries are judged by it, not by their word.
    """

    def __init__(self, real: str, base_url: str = "") -> None:
        super().__init__()
        self.trust_env = False
        self.real, self.base_url = real.rstrip("/"), (base_url or real).rstrip("/")
        self.last: Response | None = None
        self.headers.update({"User-Agent": "Oncecast/0.1", "Connection": "close"})
        self.mount("http://", _Adapter(max_retries=0))
        self.mount("https://", _Adapter(max_retries=0))

    def prepare_request(self, request: Any) -> PreparedRequest:
        """Puts the base URL in the place of the real host, before anything is signed."""
        if request.url.startswith(self.real + "/"):
            request.url = self.base_url + request.url[len(self.real) :]
        return super().prepare_request(request)

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """Send within the attempt's time, and read the whole reply within it too."""
        self.last = None
        begun = wire.under_way.get()
        with nullcontext(begun) if begun else wire.attempt(READ) as current:
            current.sent = False
            left = max(current.left(), 0.001)
            kwargs |= {"timeout": (min(CONNECT, left), min(READ, left)), "allow_redirects": False, "stream": True}
            try:
                response = super().send(request, **kwargs)
                response._content = _whole(response)
            except wire.TooLateError:
                raise TransientError("The time for this attempt was over; nothing was sent.") from None
            finally:  # a connection kept alive may be dead when it is used next, and that would be doubt for nothing
                self.get_adapter(str(request.url)).close()
            if current.over:
                raise InDoubtError("The reply did not arrive whole in time.")
        self.last = response
        return response


def _whole(response: Response) -> bytes:
    pieces, size = [], 0
    for piece in response.iter_content(65_536):
        pieces.append(piece)
        size += len(piece)
        if size > REPLY_CAP:
            raise InDoubtError("The reply was too long to be read.")
    return b"".join(pieces)


@contextmanager
def telling_doubt() -> Iterator[None]:
    """Turns what `requests` raises into TransientError when nothing had left, else into InDoubtError."""
    try:
        yield
    except (RequestException, OSError) as error:
        # Its words, and those of what caused it, tell the whole address.
        error.args, error.__cause__, error.__context__ = (), None, None
        current = wire.under_way.get()
        if current is not None and not current.sent:
            raise TransientError(f"The platform could not be reached ({type(error).__name__}).") from None
        raise InDoubtError(f"The reply did not arrive ({type(error).__name__}).") from None
