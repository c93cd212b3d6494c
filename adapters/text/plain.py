"""Plain text for every platform: cleaning, shortening, and what makes a hashtag.

It knows nothing of escaping: each adapter does its platform's own.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator

from adapters.text.counting import composed
from adapters.text.graphemes import grapheme_ends

Count = Callable[[str], int]

_JOINERS = re.compile(r"(?<![\u200c\u200d])(?:(?<![^\x00-\x7f\s])[\u200c\u200d]++|[\u200c\u200d]++(?![^\x00-\x7f\s]))")
_RUBBISH = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u180e\u200b\u202a-\u202e\u2060-\u2064\u206a-\u206f\u3164\ufeff"
    r"\uffa0\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_ODD = re.compile("[\u115f\u1160\u180b-\u180d\u180f\u2800\U000e0000-\U000e007f]")
_UNUSED = re.compile(
    "(?P<flag>\U0001f3f4[\U000e0020-\U000e007e]{1,20}\U000e007f)|[\U000e0000-\U000e007f]"  # letters of a region's flag
    "|(?<![\u1820-\u18aa])[\u180b-\u180d\u180f]"  # forms of Mongolian letters
    "|\u115f(?![\u1160-\u11a7])|(?<![\u1100-\u115f])\u1160"  # places in a Korean syllable
    "|(?P<blank>\u2800)"
)
"""What nobody sees but where it is used as it was meant."""
_AT_END = re.compile("(?<![\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u200c-\u200e ])[\u200c-\u200e ]++\\Z")
"""A mark that the text goes on from left to right, where nothing was from right to left."""
_IN_HASHTAG = {"Mn", "Mc", "Nd"}
_UNSEEN = re.compile("[\u034f\u115f\u1160\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")

_WORD_ENDS = re.compile(r"(?<=.)(?=\s)|(?<=[\u2e80-\U0003ffff])(?=.)", re.DOTALL)


def plain(text: str) -> str:
    """The text in one line, in NFC, without control and zero-width characters.

    Kept are the joiners that Persian, Indic scripts and emoji need, and the marks and isolates of right-to-left text.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    text = _RUBBISH.sub("", composed(text))
    if _ODD.search(text):
        text = _UNUSED.sub(lambda found: " " if found["blank"] else found["flag"] or "", text)
    text = composed(" ".join(_JOINERS.sub("", text).split()))
    return _AT_END.sub("", text) if text.endswith("\u200e") else text


def same_text(left: str, other: str) -> bool:
    """Whether a reader would see the same words: HTML escapes, spacing and Unicode's ways to write a letter aside."""
    return plain(_unescaped(left)) == plain(_unescaped(other))


def _unescaped(text: str) -> str:
    while (shorter := html.unescape(text)) != text:
        text = shorter
    return text


def shorten(text: str, limit: int, count: Count) -> str:
    """The text if it fits, else its beginning with “…”, cut between words; "" when nothing fits.

    Only where the first word alone is too long, as in scripts without spaces, is a word cut: between graphemes.
    """
    if count(text) <= limit:
        return text
    words = [found.start() for found in _WORD_ENDS.finditer(text) if _between_words(text, found.start())]
    if short := _longest(text, words, limit, count):
        return short
    first = text[: words[0]] if words else text
    return "" if "://" in first else _longest(first, list(_cuts(first)), limit, count)


def _longest(text: str, cuts: list[int], limit: int, count: Count) -> str:
    low, high, best = 0, len(cuts), ""
    while low < high:
        middle = (low + high) // 2
        beginning = text[: cuts[middle]].rstrip(" \t\n,;:.…–—-([{«“‘")
        if beginning and count(beginning + "…") > limit:
            high = middle
        else:
            low, best = middle + 1, beginning and beginning + "…"
    return best


def _cuts(text: str) -> Iterator[int]:
    """Where a text may be cut: between what a reader sees as characters, and after no joiner."""
    return (place for place in grapheme_ends(text)[:-1] if not _binds(text[place - 1]))


def _binds(char: str) -> bool:
    virama = unicodedata.combining(char) == 9
    return virama or char == "\u200d" or "\ud800" <= char <= "\udbff"


def _extends(char: str) -> bool:
    return (
        unicodedata.category(char)[0] == "M"
        or char in "\u200c\u200d\u0e33\u0eb3\uff9e\uff9f"
        or "\u1160" <= char <= "\u11ff"  # the later letters of a Korean syllable
        or "\ud7b0" <= char <= "\ud7ff"
        or "\udc00" <= char <= "\udfff"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"  # the letters of a region's flag
    )


def _between_words(text: str, cut: int) -> bool:
    before, after = text[cut - 1], text[cut]
    if before.isascii() and after.isascii():
        return after.isspace()
    unspaced = unicodedata.east_asian_width(before) in "WF" and before.isalpha() and not "가" <= before <= "힣"
    return (after.isspace() or unspaced) and not (_extends(after) or _binds(before))


def is_hashtag(word: str) -> bool:
    """Whether networks show the word as one hashtag when it stands after “#”: letters and digits, not digits alone.

    Marks belong to a letter; what nobody sees, or makes a picture of the character before it, is in no hashtag.
    """
    kinds = [unicodedata.category(char) for char in word]
    whole = all(kind[0] == "L" or kind in _IN_HASHTAG or char == "_" for kind, char in zip(kinds, word, strict=True))
    return whole and any(kind[0] == "L" for kind in kinds) and kinds[0][0] != "M" and not _UNSEEN.search(word)
