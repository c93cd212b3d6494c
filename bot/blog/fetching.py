"""The guarded session: every address that came from outside (feeds, pages, pictures) is read here.

It refuses private addresses at every hop and bounds the time and the size of a reply; what the reply means is for
others to say. No cookies, no retries, no proxies from the environment.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

from requests import RequestException, Response, Session
from requests.exceptions import SSLError
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.exceptions import HTTPError

from adapters.http import wire
from adapters.http.replies import retry_after
from adapters.http.session import CONNECT

REDIRECTS = 5
"""Redirects that are followed at most."""
PERMANENT = frozenset({301, 308})


class FetchError(Exception):
    """The address could not be read; the reason is one sentence without secrets."""

    def __init__(self, reason: str, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole reply, whatever its status; `headers` are read without regard to case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    """The address that answered, after redirects."""
    moved_to: str = ""
    """The same address, without user and password, when every redirect was permanent (301, 308), else empty."""
    retry_after: timedelta | None = None


def place(url: str) -> str:
    """Host and path of an address, as errors name it: without user, password and query."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.hostname or ''}{port}{parts.path}"[:200] or "An empty address"
    except ValueError:
        return "An address that cannot be read"


def fetch(
    url: str,
    headers: Mapping[str, str] | None = None,
    cap: int = 10_000_000,
    seconds: float = 30.0,
    loopback: bool = False,
) -> Fetched:
    """Read an address, following at most five redirects: `cap` bytes when unpacked, `seconds` for all together.

    `loopback` lets this machine's own addresses through, for the rehearsal. Raises FetchError, never for a status.
    """
    with wire.attempt(seconds) as deadline, _session(loopback) as session:
        at, permanent = url, True
        for hop in range(REDIRECTS + 1):
            with _one_sentence(at, deadline), _ask(session, at, headers, deadline) as response:
                target = session.get_redirect_target(response)
                if target is None:
                    moved = _without_login(at) if hop and permanent else ""
                    body = _body(response, cap, deadline)
                    return Fetched(response.status_code, response.headers, body, at, moved, retry_after(response))
                permanent = permanent and response.status_code in PERMANENT
                at = urljoin(at, target)
    raise FetchError(f"{place(url)} redirects more than {REDIRECTS} times.")


def _without_login(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


class _Adapter(wire.Wire, IPFilterAdapter):  # type: ignore[misc]
    """Its TLS context is shared with no others: urllib3 turns the context's own check of names off and makes that check
    itself, because the connection goes to an address and not to a name."""

    tls = wire.trusting()


def _session(loopback: bool) -> Session:
    session = Session()
    session.trust_env = False
    session.headers.update({"User-Agent": "Oncecast/0.1", "Accept-Encoding": "gzip, deflate", "Connection": "close"})
    session.mount("http://", _Adapter(is_https_proto=False, allow_loopback=loopback))
    session.mount("https://", _Adapter(is_https_proto=True, allow_loopback=loopback))
    return session


def _ask(session: Session, at: str, headers: Mapping[str, str] | None, deadline: wire.Attempt) -> Response:
    if urlsplit(at).scheme not in ("http", "https"):
        raise FetchError(f"{place(at)} is not an http or https address, and only those are read.")
    session.cookies.clear()
    deadline.sent = False
    left = max(deadline.left(), 0.001)
    return session.get(at, headers=headers, timeout=(min(CONNECT, left), left), allow_redirects=False, stream=True)


def _body(response: Response, cap: int, deadline: wire.Attempt) -> bytes:
    pieces, size = [], 0
    for piece in response.iter_content(65_536):
        pieces.append(piece)
        size += len(piece)
        if size > cap:
            raise FetchError(f"{place(response.url)} is larger than {cap:,} bytes and was not read.")
    if deadline.over:
        raise TimeoutError  # a reply without a length seems to end where it was cut
    return b"".join(pieces)


@contextlib.contextmanager
def _one_sentence(at: str, deadline: wire.Attempt) -> Iterator[None]:
    """Turns what the network raises into a FetchError that names the place and nothing secret."""
    try:
        yield
    except InvalidIPAddress:
        raise FetchError(f"{place(at)} is at a private or reserved address, and those are never read.") from None
    except (wire.TooLateError, RequestException, HTTPError, OSError, ValueError) as error:
        if deadline.over or deadline.left() <= 0:
            raise FetchError(f"{place(at)} did not answer whole within {deadline.seconds:g} seconds.") from None
        if isinstance(error, SSLError):
            raise FetchError(
                f"{place(at)} could not be reached securely: its certificate or its TLS was refused."
            ) from None
        raise FetchError(f"{place(at)} could not be read ({type(error).__name__}).") from None
