"""Hashtags from an entry's categories: which words, in which order. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache

from adapters.text.plain import is_hashtag, plain

LONGEST = 32
"""Characters: nobody reads a longer hashtag."""
_DEFAULTS = (
    "uncategorized|uncategorised|unkategorisiert|allgemein|senza categoria|non classé|sin categoría|sem categoria|"
    "geen categorie|niet gecategoriseerd|未分類|未分类|غير مصنف|без рубрики|bez kategorii|okategoriserade"
)
STOP = frozenset(_DEFAULTS.split("|"))
"""What WordPress puts a post into that nobody put anywhere."""

_APOSTROPHE = re.compile(r"(?<=\w)['’](?=(?:s|t|d|m|ll|re|ve)\b)", re.IGNORECASE)
_SMALL = re.compile("[\u2080-\u2089\u2160-\u217f]")
"""Digits below the line, as in CO₂, and Roman numbers that are one character."""
_DRAWN = re.compile("[\u20d0-\u20f0\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""What makes a picture of the character before it, as in 1️⃣."""
_TELLING = re.compile(
    r"(?:(?<=[^\W_])|(?<=[)\]]))[+＋⁺⁻−±]|(?<=[0-9A-Z])[-‐‑–](?![^\W_])|[-‐‑–+−]\s*(?:/|$)|[(\[][-+–−]|\d[.,٫]\d"
    "|[<>≤≥=≈~%‰°⁰¹²³⁴⁵⁶⁷⁸⁹¼½¾]"
)
"""Signs that change what is meant: a status (HER2−, CD20+), a fraction, a power, a comparison."""
_ROMAN = re.compile("[IVX]+[A-Ca-c]?")


@lru_cache(maxsize=1_024)  # a blog has a few dozen categories, and each comes again with every post and channel
def folded(name: str) -> str:
    """A name for comparing: in one line, without case."""
    return plain(name).casefold()


def hashtags(
    categories: Iterable[str], title: str, mapping: Mapping[str, str], stop: Collection[str] = ()
) -> tuple[str, ...]:
    """The hashtags of an entry, without “#”, most relevant first: mapped by hand, then named in the title.

    `mapping` and `stop` have folded names; a category that is mapped to nothing has no hashtag.
    """
    title, found = plain(title), dict[str, tuple[bool, bool, str]]()
    for category in categories:
        name = folded(category)
        tag = mapping.get(name) if name in mapping else hashtag(category)
        if tag and (name in mapping or not (name in STOP or name in stop)) and not _has(title, f"#{tag}"):
            found.setdefault(tag.casefold(), (name not in mapping, not _has(title, category), tag))
    return tuple(tag for *_, tag in sorted(found.values(), key=lambda pair: pair[:2]))


@lru_cache(maxsize=1_024)
def hashtag(category: str) -> str:
    """The hashtag of a category, or nothing where it makes none: its words in CamelCase, without punctuation.

    Where what is between two words tells them apart, as in BRCA1/2 or Phase I/II, “_” stands for it; a name whose
    meaning hangs on a sign that no hashtag has, as HER2− does, makes none.
    """
    text = _DRAWN.sub("", _SMALL.sub(lambda found: unicodedata.normalize("NFKC", found[0]), plain(category)))
    pieces = list(_pieces(_APOSTROPHE.sub("", text)))
    if _TELLING.search(text):
        return ""
    tag = before = ""
    for gap, word in pieces:
        mark = "_" if before and _told_apart(before, gap, word) else ""
        tag += mark + (word if len(pieces) == 1 or (mark and "/" in gap) else _capital(word))
        before = word
    return tag if is_hashtag(tag) and len(tag) <= LONGEST else ""


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """The words of a text, each with what stands before it."""
    end, words = 0, "".join(char if _belongs(char) else " " for char in text)
    for found in re.finditer(r"\S+", words):
        yield text[end : found.start()], found[0]
        end = found.end()


def _told_apart(before: str, gap: str, after: str) -> bool:
    """Whether two words would be read as another when nothing is between them."""
    if before[-1].isdecimal() and after[0].isdecimal():
        return True
    if _ROMAN.fullmatch(before) and _ROMAN.fullmatch(after):
        return True
    if "/" in gap:
        return 1 in (len(before), len(after))
    listed = "," in gap and len(before) == len(after) == 1
    return listed or (_caseless(before[-1]) and _caseless(after[0]))


def _belongs(char: str) -> bool:
    kind = unicodedata.category(char)
    return kind[0] in "LM" or kind == "Nd"


def _capital(word: str) -> str:
    """The word with a capital first letter, unless it has capitals of its own, as mRNA."""
    first = word[0].upper()
    return first + word[1:] if len(first) == 1 and word.islower() else word


def _caseless(char: str) -> bool:
    """Whether it is a letter of a script without capitals but with spaces: there, words are told apart by “_”."""
    letter = unicodedata.category(char) in ("Lo", "Mn", "Mc")
    return letter and unicodedata.east_asian_width(char) not in "WF"


def _has(title: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(plain(words))}(?!\w)", title, re.IGNORECASE) is not None
