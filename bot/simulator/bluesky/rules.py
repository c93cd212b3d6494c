"""What a Bluesky server says and refuses: its errors, its rate limits, and the lexicon of a post.

Sources: the lexicons of app.bsky.feed.post, app.bsky.richtext.facet and app.bsky.embed.external; atproto.com/specs;
the server's own source, bluesky-social/atproto, packages/pds.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.simulator.server import Refused, Reply, json_reply, now

POST = "app.bsky.feed.post"
FACET, EXTERNAL = "app.bsky.richtext.facet", "app.bsky.embed.external"
LONGEST, MOST_BYTES = 300, 3_000
LONGEST_TAG, MOST_BYTES_OF_A_TAG = 64, 640
THUMB = 1_000_000
"""Bytes of a card's picture."""

NAMES: Mapping[int, tuple[str, str]] = {
    400: ("InvalidRequest", "Invalid Request"),
    401: ("AuthenticationRequired", "Authentication Required"),
    403: ("Forbidden", "Forbidden"),
    404: ("XRPCNotSupported", "XRPC Not Supported"),
    413: ("PayloadTooLarge", "Payload Too Large"),
    429: ("RateLimitExceeded", "Rate Limit Exceeded"),
    500: ("InternalServerError", "Internal Server Error"),
    501: ("MethodNotImplemented", "Method Not Implemented"),
    502: ("UpstreamFailure", "Upstream Failure"),
    503: ("NotEnoughResources", "Not Enough Resources"),
    504: ("UpstreamTimeout", "Upstream Timeout"),
}
MESSAGES: Mapping[str, str] = {
    "AccountDeactivated": "Account is deactivated",
    "AccountTakedown": "Account has been taken down",
    "AuthMissing": "Authentication Required",
    "ExpiredToken": "Token has expired",
    "InvalidToken": "Token could not be verified",
}

_TID = re.compile(r"[234567a-j][234567a-z]{12}")
_SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
_URI = re.compile(r"\w+:(?://)?[^\s/]\S*")
_DID = re.compile(r"did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]")
_LANGUAGE = re.compile(r"(?:i|[a-z]{2,3})(?:-[a-zA-Z0-9]+)*")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,20})?(?:Z|[+-]\d\d:\d\d)")


def error(status: int, name: str | None = None, message: str | None = None) -> Reply:
    """A refusal or a failure in the form of every XRPC method."""
    usual, words = NAMES.get(status, ("Unknown", "Unknown"))
    name = name or usual
    return json_reply(status, {"error": name, "message": message or MESSAGES.get(name, words)})


def refused(message: str, name: str | None = None, status: int = 400) -> Refused:
    """The exception that ends a request with an error."""
    return Refused(error(status, name, message))


def is_tid(text: object) -> bool:
    """Whether this is a TID. Source: atproto.com/specs/tid."""
    return isinstance(text, str) and bool(_TID.fullmatch(text))


def tid(microseconds: int) -> str:
    """The TID of a time, with the clock identifier 0."""
    number = microseconds << 10
    return "".join(_SORTABLE[number >> shift & 31] for shift in range(60, -1, -5))


def cid(data: bytes, codec: int) -> str:
    """The content identifier of some bytes: version 1, SHA-256, in base32."""
    raw = bytes([1, codec, 0x12, 0x20]) + hashlib.sha256(data).digest()
    return "b" + base64.b32encode(raw).decode().lower().rstrip("=")


def cid_of_record(record: Any) -> str:
    """The identifier of a record's content; it is made from JSON here, and from CBOR by a real server."""
    return cid(json.dumps(record, sort_keys=True, separators=(",", ":")).encode(), 0x71)


@dataclass
class Window:
    """So many points in so many seconds."""

    points: int
    seconds: int

    def __post_init__(self) -> None:
        self._spent: list[tuple[datetime, int]] = []

    def spend(self, points: int) -> dict[str, str]:
        """Count a request, and return the headers that tell of it; refuses it where too many came."""
        since = now() - timedelta(seconds=self.seconds)
        self._spent = [*((at, each) for at, each in self._spent if at > since), (now(), points)]
        left = self.points - sum(each for _, each in self._spent)
        headers = self.headers(max(left, 0), self._spent[0][0] + timedelta(seconds=self.seconds))
        if left < 0:
            raise Refused(Reply(429, error(429).body, {**error(429).headers, **headers}))
        return headers

    def headers(self, left: int, until: datetime) -> dict[str, str]:
        """The headers of the rate limits, in the spelling of the IETF's draft."""
        told = {"Limit": self.points, "Remaining": left, "Reset": int(until.timestamp())}
        return {f"RateLimit-{name}": str(value) for name, value in told.items()} | {
            "RateLimit-Policy": f"{self.points};w={self.seconds}"
        }


def graphemes(text: str) -> int:
    """How many characters a reader sees, by the standard library alone; where that is unsure, fewer and never more."""
    count, joined, flags = 0, False, 0
    for char in text.replace("\r\n", "\n"):
        flags = flags + 1 if "\U0001f1e6" <= char <= "\U0001f1ff" else 0
        count += not (joined or _extends(char) or (flags and flags % 2 == 0))
        joined = char == "\u200d" or unicodedata.combining(char) == 9 or unicodedata.category(char) == "Cf"
    return count


def _extends(char: str) -> bool:
    return (
        unicodedata.category(char) in ("Mn", "Mc", "Me", "Cf")
        or char in "\u0e33\u0eb3\uff9e\uff9f"
        or "\u1160" <= char <= "\u11ff"
        or "\ud7b0" <= char <= "\ud7ff"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
    )


def _need(good: object, path: str, what: str) -> None:
    if not good:
        raise refused(f"Invalid {POST} record: Record{path} {what}")


def _string(value: Any, path: str, longest: int = 0, most_bytes: int = 0) -> None:
    _need(isinstance(value, str), path, "must be a string")
    _need(not most_bytes or len(value.encode()) <= most_bytes, path, f"must not be longer than {most_bytes} characters")
    _need(not longest or graphemes(value) <= longest, path, f"must not be longer than {longest} graphemes")


def check_post(record: Any) -> None:
    """Refuse what is no post by its lexicon. Unknown fields are taken, as by every server."""
    _need(isinstance(record, dict), "", "must be an object")
    if record.get("$type") != POST:
        raise refused(f"Invalid $type: expected {POST}, got {record.get('$type')}")
    _string(record.get("text"), "/text", LONGEST, MOST_BYTES)
    _need(_matches(_DATETIME, record.get("createdAt")), "/createdAt", "must be an valid atproto datetime")
    langs = record.get("langs", [])
    _need(isinstance(langs, list) and len(langs) <= 3, "/langs", "must not have more than 3 elements")
    _need(all(_matches(_LANGUAGE, lang) for lang in langs), "/langs", "must be a well-formed BCP 47 language tag")
    for place, facet in enumerate(record.get("facets", [])):
        _check_facet(facet, f"/facets/{place}")
    if (embed := record.get("embed")) is not None:
        _check_embed(embed)


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and bool(pattern.fullmatch(value))


def _check_facet(facet: Any, path: str) -> None:
    """An index beyond the text is taken, and then shows nothing, or something else."""
    index = facet.get("index") if isinstance(facet, dict) else None
    ends = [index.get(name) for name in ("byteStart", "byteEnd")] if isinstance(index, dict) else []
    _need(ends and all(isinstance(end, int) and end >= 0 for end in ends), f"{path}/index", "must be a byte slice")
    features = facet.get("features")
    _need(isinstance(features, list), f"{path}/features", "must be an array")
    for feature in features:
        kind = feature.get("$type") if isinstance(feature, dict) else None
        _need(isinstance(kind, str), f"{path}/features", "must be an object which includes the “$type” property")
        if kind == f"{FACET}#link":
            _need(_matches(_URI, feature.get("uri")), f"{path}/features/0/uri", "must be a uri")
        elif kind == f"{FACET}#mention":
            _need(_matches(_DID, feature.get("did")), f"{path}/features/0/did", "must be a valid did")
        elif kind == f"{FACET}#tag":
            _string(feature.get("tag"), f"{path}/features/0/tag", LONGEST_TAG, MOST_BYTES_OF_A_TAG)


def _check_embed(embed: Any) -> None:
    _need(isinstance(embed, dict) and isinstance(embed.get("$type"), str), "/embed", "must have a “$type”")
    if embed["$type"] != EXTERNAL:
        return
    card = embed.get("external")
    _need(isinstance(card, dict), "/embed/external", "must be an object")
    _need(_matches(_URI, card.get("uri")), "/embed/external/uri", "must be a uri")
    for name in ("title", "description"):
        _string(card.get(name), f"/embed/external/{name}")
    if (thumb := card.get("thumb")) is not None:
        _check_thumb(thumb)


def _check_thumb(thumb: Any) -> None:
    whole = isinstance(thumb, dict) and thumb.get("$type") == "blob" and isinstance(thumb.get("ref"), dict)
    _need(whole, "/embed/external/thumb", "should be a blob ref")
    if not str(thumb.get("mimeType")).startswith("image/"):
        raise refused(
            f"Wrong type of file. It is {thumb.get('mimeType')} but it must match image/*.", "InvalidMimeType"
        )
    if not isinstance(thumb.get("size"), int) or thumb["size"] > THUMB:
        raise refused(f"This file is too large. The maximum size is {THUMB} bytes.", "BlobTooLarge")


def links(record: Mapping[str, Any]) -> Iterable[str]:
    """Where a post leads: its card first, then the links in its text."""
    card = (record.get("embed") or {}).get("external") or {}
    if card.get("uri"):
        yield card["uri"]
    for facet in record.get("facets", []):
        yield from (feature["uri"] for feature in facet["features"] if feature["$type"] == f"{FACET}#link")
