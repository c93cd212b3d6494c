"""Hashtags from an entry's categories: which words, in which order. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping

from adapters.text import is_hashtag, plain

LONGEST = 32
"""Characters: nobody reads a longer hashtag."""
_DEFAULTS = (
    "uncategorized|uncategorised|unkategorisiert|allgemein|senza categoria|non classé|sin categoría|sem categoria|"
    "geen categorie|niet gecategoriseerd|未分類|未分类|غير مصنف|без рубрики|bez kategorii|okategoriserade"
)
STOP = frozenset(_DEFAULTS.split("|"))
"""What WordPress puts a post into that nobody put anywhere."""


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
    return tuple(tag for *_, tag in sorted(found.values(), key=lambda one: one[:2]))


def hashtag(category: str) -> str:
    """The hashtag of a category, or nothing where it makes none: its words in CamelCase, without punctuation."""
    words = _words(re.sub(r"(?<=\w)['’](?=s\b)", "", plain(category)))
    tag = words[0] if len(words) == 1 else ""
    if not tag:
        for word in words:
            tag += ("_" if tag and _caseless(tag[-1]) and _caseless(word[0]) else "") + _capital(word)
    return tag if is_hashtag(tag) and len(tag) <= LONGEST else ""


def _words(text: str) -> list[str]:
    return "".join(char if _belongs(char) else " " for char in text).split()


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
