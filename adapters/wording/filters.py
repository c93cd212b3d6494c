"""The filters of a template: what each does to a word, what it takes, and how it is written.

They are all that a word can go through; `adapters.wording.templates` checks that a template uses them as meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from adapters.text.plain import shorten

TEXT, LIST, DATE, NUMBER, TRUTH = "text", "list", "date", "number", "yes or no"
PRINTED = frozenset({TEXT, LIST, DATE, NUMBER})
"""The kinds of value that can be printed."""
BETWEEN = 10
"""Characters that may stand between two categories or hashtags."""
LARGEST = 100_000
"""The largest number of characters to shorten to; no text is longer."""
_FORM = re.compile(r"(?=.*%)(?:[^%]|%-?[aAbBdeGHIjmMpSuUVWyY]|%%){1,40}")


class Filter(NamedTuple):
    """What a filter does, and what a template may say of it."""

    does: Callable[..., Any]
    way: str
    """How it is written, as a sentence for whoever wrote it otherwise."""
    fits: Callable[[Any], bool] | None = None
    """Whether a value in brackets is one for it; None where it takes none."""
    optional: bool = False
    """Whether the brackets may be left out."""
    takes: frozenset[str] = PRINTED
    gives: str = TEXT

    def accepts(self, values: list[Any]) -> bool:
        """Whether the filter can be used with these values in brackets."""
        if not values:
            return self.fits is None or self.optional
        return len(values) == 1 and self.fits is not None and self.fits(values[0])


def shown(value: Any) -> str:
    """A value as text: a date as 2026-11-22, a list with commas, hashtags with spaces."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    return ", ".join(value) if type(value) is tuple else str(value)


def _cut(value: Any, characters: int) -> str:
    return shorten(shown(value), characters, len)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _headline(value: Any) -> str:
    return " ".join(map(_capital, shown(value).split(" ")))


def _joined(values: Any, between: str = ", ") -> str:
    return between.join(values)


def _date(value: Any, form: str) -> str:
    return str(value.strftime(form)) if isinstance(value, datetime) else ""


def _simple(name: str) -> str:
    return f"{name} has no brackets: write {{{{ title|{name} }}}}"


FILTERS: Mapping[str, Filter] = {
    "shorten": Filter(
        _cut,
        "shorten needs a number of characters, as in {{ summary|shorten(200) }}",
        lambda value: type(value) is int and 0 < value <= LARGEST,
    ),
    "upper": Filter(lambda value: shown(value).upper(), _simple("upper")),
    "lower": Filter(lambda value: shown(value).lower(), _simple("lower")),
    "capitalize": Filter(lambda value: _capital(shown(value)), _simple("capitalize")),
    "title": Filter(_headline, _simple("title")),
    "join": Filter(
        _joined,
        f'join puts up to {BETWEEN} characters between categories or hashtags, as in {{{{ categories|join(" · ") }}}}',
        lambda value: isinstance(value, str) and len(value) <= BETWEEN,
        optional=True,
        takes=frozenset({LIST}),
    ),
    "date": Filter(
        _date,
        'a date is written like {{ published|date("%d.%m.%Y") }}',
        lambda value: isinstance(value, str) and _FORM.fullmatch(value) is not None,
        takes=frozenset({DATE}),
    ),
    "length": Filter(
        len,
        "length counts a text, the categories or the hashtags, as in {% if title|length > 60 %}",
        takes=frozenset({TEXT, LIST}),
        gives=NUMBER,
    ),
}
MEANT = {"truncate": "shorten", "cut": "shorten", "slice": "shorten", "uppercase": "upper", "lowercase": "lower"}
MEANT |= {"strftime": "date", "format": "date", "count": "length"}
"""Filters that others have, and ours that does the same."""
