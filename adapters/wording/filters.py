"""The filters of a template: all that a word can go through. They take any value, and none can fail."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from adapters.text.plain import shorten

BETWEEN = 10
"""Characters that may stand between two categories or hashtags."""
LARGEST = 100_000
"""The largest number of characters to shorten to; no text is longer."""
_FORM = re.compile(r"(?=.*%)(?:[^%]|%-?[aAbBdeGHIjmMpSuUVWyY]|%%){1,40}")


class Filter(NamedTuple):
    """What a filter does, and how it is written, for whoever wrote it otherwise."""

    does: Callable[..., Any]
    way: str
    fits: Callable[..., bool] = lambda: True
    """Whether it can be used with what stands in its brackets; raises TypeError for too many or too few."""


def shown(value: Any) -> str:
    """A value as text: a date as 2026-11-22, a list with commas, hashtags with spaces."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    return ", ".join(value) if type(value) is tuple else str(value)


def _joined(value: Any, between: str = ", ") -> str:
    return between.join(value) if isinstance(value, tuple) else shown(value)


def _date(value: Any, form: str) -> str:
    return value.strftime(form) if isinstance(value, datetime) else shown(value)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _simple(name: str, does: Callable[[str], str]) -> Filter:
    return Filter(lambda value: does(shown(value)), f"{name} has no brackets: write {{{{ title|{name} }}}}")


FILTERS: Mapping[str, Filter] = {
    "upper": _simple("upper", str.upper),
    "lower": _simple("lower", str.lower),
    "capitalize": _simple("capitalize", _capital),
    "title": _simple("title", lambda text: " ".join(map(_capital, text.split(" ")))),
    "shorten": Filter(
        lambda value, characters: shorten(shown(value), characters, len),
        "shorten needs a number of characters, as in {{ summary|shorten(200) }}",
        lambda characters: type(characters) is int and 0 < characters <= LARGEST,
    ),
    "join": Filter(
        _joined,
        f'join puts up to {BETWEEN} characters between categories or hashtags, as in {{{{ categories|join(" · ") }}}}',
        lambda between="": isinstance(between, str) and len(between) <= BETWEEN,
    ),
    "date": Filter(
        _date,
        'a date is written like {{ published|date("%d.%m.%Y") }}',
        lambda form: isinstance(form, str) and _FORM.fullmatch(form) is not None,
    ),
    "length": Filter(
        lambda value: len(value if isinstance(value, tuple) else shown(value)),
        "length has no brackets, as in {% if title|length > 60 %}",
    ),
}
