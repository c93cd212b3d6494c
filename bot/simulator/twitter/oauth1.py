"""Checks the signature of an OAuth 1.0a request, written from RFC 5849 and X's page on creating a signature."""

from __future__ import annotations

import base64
import hmac
from datetime import timedelta
from urllib.parse import parse_qsl, quote, unquote

from bot.simulator.network import Access
from bot.simulator.server import Request

CONSUMER_KEY, CONSUMER_SECRET = "simulated-consumer-key", "simulated-consumer-secret"
TOKEN, TOKEN_SECRET = "1700000000-simulated-access-token", "simulated-access-secret"
ACCESS = Access(
    "x",
    "twitter",
    secrets={
        "consumer_key": CONSUMER_KEY,
        "consumer_secret": CONSUMER_SECRET,
        "access_token": TOKEN,
        "access_token_secret": TOKEN_SECRET,
    },
)
REAL_HOSTS = ("https://api.x.com", "https://api.twitter.com")
_NEEDED = {"consumer_key", "token", "signature", "signature_method", "timestamp", "nonce"}
_PATIENCE = timedelta(minutes=5)


def parameters(authorization: str) -> dict[str, str]:
    """The parameters of an OAuth header, or nothing where it is none."""
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() != "oauth":
        return {}
    pairs = (part.strip().partition("=") for part in rest.split(","))
    return {unquote(name): unquote(value.strip('"')) for name, _, value in pairs}


def signature(request: Request, origin: str, given: dict[str, str]) -> str:
    """The signature this request must carry if it was made for `origin`."""
    pairs = [(name, value) for name, value in given.items() if name not in ("oauth_signature", "realm")]
    pairs += parse_qsl(request.raw_query, keep_blank_values=True)
    if request.media_type == "application/x-www-form-urlencoded":
        pairs += parse_qsl(request.body.decode(), keep_blank_values=True)
    normalized = "&".join(f"{name}={value}" for name, value in sorted((_encode(n), _encode(v)) for n, v in pairs))
    base = "&".join((request.method, _encode(origin + request.path), _encode(normalized)))
    key = f"{_encode(CONSUMER_SECRET)}&{_encode(TOKEN_SECRET)}"
    return base64.b64encode(hmac.new(key.encode(), base.encode(), "sha1").digest()).decode()


class Guard:
    """Lets each well signed request in once."""

    def __init__(self) -> None:
        self._nonces: set[tuple[str, str]] = set()

    def admits(self, request: Request) -> bool:
        """Whether header, keys, clock, nonce and signature are all in order.

        A signature made for the real host is as good as one made for this one.
        """
        given = parameters(request.headers.get("Authorization", ""))
        plain = {name.removeprefix("oauth_"): value for name, value in given.items()}
        if (
            not plain.keys() >= _NEEDED
            or plain["signature_method"] != "HMAC-SHA1"
            or plain.get("version", "1.0") != "1.0"
        ):
            return False
        known = (plain["consumer_key"], plain["token"]) == (CONSUMER_KEY, TOKEN)
        if not known or not self._is_fresh(request, plain["timestamp"], plain["nonce"]):
            return False
        origins = (f"http://{request.headers.get('Host', '')}", *REAL_HOSTS)
        return any(hmac.compare_digest(signature(request, origin, given), plain["signature"]) for origin in origins)

    def _is_fresh(self, request: Request, timestamp: str, nonce: str) -> bool:
        if not timestamp.isdecimal() or not nonce or (timestamp, nonce) in self._nonces:
            return False
        self._nonces.add((timestamp, nonce))
        return abs(request.at.timestamp() - int(timestamp)) <= _PATIENCE.total_seconds()


def _encode(text: str) -> str:
    return quote(text, safe="-._~")
