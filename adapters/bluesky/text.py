"""What Bluesky makes of a text: its clickable pieces, counted in bytes, its languages, and the keys that tell a time.

No requests are made here.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.http.replies import inside
from adapters.text.graphemes import graphemes
from adapters.text.plain import is_hashtag
from adapters.wording.posts import END, MENTION, unmarked

FACET = "app.bsky.richtext.facet"
TAG, TAG_BYTES = 64, 640
"""Graphemes and bytes of a hashtag. Source: the lexicon of app.bsky.richtext.facet."""
SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
_PIECES = re.compile(
    rf"{MENTION}(?P<name>[^{MENTION}{END}]+){END}"
    rf"|(?<!\S)#(?P<tag>[^\s{MENTION}{END}]+)"
    rf"|(?P<link>https?://[^\s<>\"“”«»{MENTION}{END}]+)"
)
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?", re.IGNORECASE)


def facets(words: str, link: str, did: str) -> list[dict[str, Any]]:
    """What a reader can click in the text that `written` wrote: hashtags, addresses, and the marked name of `did`.

    Nothing is clickable on Bluesky but by these. Places are counted in bytes of UTF-8 (lexicon of richtext.facet).
    """
    found = []
    for piece in _PIECES.finditer(words):
        shown, feature = _feature(piece, link, did)
        if feature:
            start = len(unmarked(words[: piece.start()]).encode())
            index = {"byteStart": start, "byteEnd": start + len(shown.encode())}
            found.append({"index": index, "features": [feature]})
    return found


def _feature(piece: re.Match[str], link: str, did: str) -> tuple[str, dict[str, str]]:
    """What of a piece is clickable, and what it then does; nothing where it is not what it looks like."""
    if name := piece["name"]:
        return name, {"$type": f"{FACET}#mention", "did": did} if did.startswith("did:") else {}
    if piece["tag"]:
        tag = piece["tag"].rstrip(".,;:!?…)")
        fits = is_hashtag(tag) and graphemes(tag) <= TAG and len(tag.encode()) <= TAG_BYTES
        return f"#{tag}", {"$type": f"{FACET}#tag", "tag": tag} if fits else {}
    address = _without_punctuation(piece["link"])
    if piece["link"].startswith(link) and address == _without_punctuation(link):
        address = link
    return address, {"$type": f"{FACET}#link", "uri": address} if re.match(r"https?://[\w\[]", address) else {}


def _without_punctuation(address: str) -> str:
    """An address as it stands in a sentence, without what belongs to the sentence."""
    address = address.rstrip(".,;:!?…'’")
    if address.endswith(")") and "(" not in address:
        return _without_punctuation(address[:-1])
    return address


def links(record: Mapping[str, Any]) -> list[str]:
    """Where a post leads: by its card, also beside a quoted post, by its facets, and by the addresses in its words."""
    embed = record.get("embed")
    cards = [embed, embed.get("media")] if isinstance(embed, dict) else []
    shown = [inside(card, "external", "uri") for card in cards]
    shown += [inside(feature, "uri") for feature in _features(record)]
    return [link for link in shown if isinstance(link, str)] + [
        _without_punctuation(piece["link"]) for piece in _PIECES.finditer(str(record.get("text"))) if piece["link"]
    ]


def _features(record: Mapping[str, Any]) -> Iterator[Any]:
    all_facets = record.get("facets")
    for facet in all_facets if isinstance(all_facets, list) else ():
        features = inside(facet, "features")
        yield from features if isinstance(features, list) else ()


def langs(language: str) -> list[str]:
    """The language as a post names it (BCP 47), or nothing: a tag that is not well formed would be refused."""
    tag = language.strip().replace("_", "-")
    whole = _LANGUAGE.fullmatch(tag) or re.match(r"([a-z]{2,3})(?=-)", tag, re.IGNORECASE)
    return [whole[1].lower() + whole[0][len(whole[1]) :]] if whole else []


def new_key(at: datetime) -> str:
    """A record key for a moment, like no other: a TID of its millisecond, with 20 random bits below.

    Source: atproto.com/specs/tid (a TID is microseconds above a clock identifier of 10 bits).
    """
    # A million keys for one millisecond: two daemons, or a clock that stands still, will not choose the same.
    number = (int(at.timestamp() * 1000) * 1000 + secrets.randbelow(1000)) << 10 | secrets.randbelow(1024)
    return "".join(SORTABLE[number >> shift & 31] for shift in range(60, -1, -5))


def time_of(key: str) -> datetime | None:
    """The moment that a record key tells, in UTC; None where it is no TID."""
    if not re.fullmatch(rf"[234567a-j][{SORTABLE}]{{12}}", key):
        return None
    number = 0
    for char in key:
        number = number << 5 | SORTABLE.index(char)
    seconds = (number >> 10) / 1_000_000
    return datetime.fromtimestamp(seconds, UTC) if seconds < 2**33 else None
