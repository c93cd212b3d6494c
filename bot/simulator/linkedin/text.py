"""LinkedIn's little text format: what a reader sees of it, and how the API gives it back.

Written from Microsoft Learn, "little Text Format". That an unescaped reserved character cuts the text silently
is not in the document; it was seen by several (n8n issue 10179, Pipedream issue 17353).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

RESERVED = r"\|{}@[]()<>#*_~"
_PIECE = re.compile(
    r"\\(?P<escaped>[\\|{}@\[\]()<>#*_~])"
    r"|\{hashtag\|\\?#\|(?P<template>(?:\\[\\|{}@\[\]()<>#*_~]|[^\\|{}@\[\]()<>#*_~])+)\}"
    r"|#(?P<hashtag>[^\W_]+)"
    r"|@\[(?P<name>[^\]]+)\]\((?P<urn>urn:li:(?:person|organization):[\w-]+)\)"
    r"|(?P<plain>[^\\|{}@\[\]()<>#*_~]+)"
    r"|(?P<backslash>\\)(?=[^\\|{}@\[\]()<>#*_~])"
)


@dataclass(frozen=True)
class Piece:
    """A stretch of text, a hashtag, or a mention with its URN."""

    kind: Literal["text", "hashtag", "mention"]
    text: str
    urn: str = ""

    @property
    def shown(self) -> str:
        """What a reader sees."""
        return f"#{self.text}" if self.kind == "hashtag" else self.text

    @property
    def returned(self) -> str:
        """How the API writes it."""
        if self.kind == "hashtag":
            return rf"{{hashtag|\#|{escaped(self.text)}}}"
        return f"@[{self.text}]({self.urn})" if self.kind == "mention" else escaped(self.text)


def escaped(text: str) -> str:
    """Plain text with its reserved characters escaped."""
    return "".join(f"\\{character}" if character in RESERVED else character for character in text)


def read(commentary: str) -> list[Piece]:
    """The pieces of a commentary, up to the first reserved character that is not escaped."""
    pieces, place = [], 0
    while found := _PIECE.match(commentary, place):
        pieces.append(_piece(found))
        place = found.end()
    return pieces


def _piece(found: re.Match[str]) -> Piece:
    if hashtag := found["template"] or found["hashtag"]:
        return Piece("hashtag", re.sub(r"\\(.)", r"\1", hashtag))
    if found["urn"]:
        return Piece("mention", found["name"], found["urn"])
    return Piece("text", found["escaped"] or found["plain"] or found["backslash"])


def shown(pieces: list[Piece]) -> str:
    """What a reader sees of a commentary."""
    return "".join(piece.shown for piece in pieces)


def returned(pieces: list[Piece]) -> str:
    """A commentary as the API gives it back."""
    return "".join(piece.returned for piece in pieces)
