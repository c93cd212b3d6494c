"""The words that every face shares: states and holds, times and numbers, and text from outside made harmless."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from bot.model import Hold, State

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x9b[0-?]*[ -/]*[@-~]"
)
"""Escape sequences of terminals (ECMA-48, section 5.4), and the strings that some of them begin."""


_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of what follows them (Unicode, annex 9): they can make a line read as another."""


def several_lines(text: str) -> str:
    """Text without escape sequences and control characters; line breaks stay."""
    text = _TURNING.sub("", _ESCAPES.sub("", text.replace("\r\n", "\n")))
    return "".join(
        char for char in text.replace("\t", " ") if char == "\n" or unicodedata.category(char) not in ("Cc", "Cs")
    )


def one_line(text: str) -> str:
    """Text without escape sequences and control characters, on one line."""
    return " ".join(several_lines(text).split())


def first_line(text: str) -> str:
    """The first line of a text that may have several, such as the reasons why a channel is paused."""
    first, more, _ = text.partition("\n")
    return one_line(first) + (" …" if more else "")


_INNER = str.maketrans("“”", "‘’")


def quoted(name: str) -> str:
    """A title from outside, in quotation marks; its own become single ones, so that it ends where ours do."""
    return f"“{one_line(name).translate(_INNER)}”"


def local(at: datetime | None) -> str:
    """A time as the clock on this machine's wall shows it, to the minute."""
    return "" if at is None else f"{at.astimezone():%Y-%m-%d %H:%M}"


def counted(number: int, single: str, more: str = "") -> str:
    """A number with its word."""
    return f"{number} {single if number == 1 else more or single + 's'}"


def dollars(amount: float) -> str:
    """A price in US dollars, with the tenth of a cent that some have."""
    return f"${amount:.3f}".removesuffix("0") if amount else "free"


STATES = {
    State.HELD: "held",
    State.PENDING: "waiting",
    State.SENDING: "being sent",
    State.IN_DOUBT: "in doubt",
    State.HANDED_OVER: "to be shared by hand",
    State.FAILED: "failed",
    State.PUBLISHED: "published",
    State.CANCELLED: "cancelled",
}
"""What a person calls them."""


HOLDS = {
    Hold.PAGE: "its page is looked at first",
    Hold.NOT_PUBLIC: "its page is not public",
    Hold.GUARD: "too many came at once",
    Hold.LATE: "it is older than the feed's first sight, or may be another entry",
    Hold.APPROVAL: "a person must see it first",
    Hold.LEDGER: "the ledger may be older than the world",
}
