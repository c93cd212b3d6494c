"""Templates: text with words in double braces, as in `{{ title }}`, with `if`, and `for` over a list.

They can reach nothing; what they may say is in `adapters/grammar.py`. How the words of a post come to be, and how they
are made to fit, is in `adapters/wording.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from adapters.braces import check_braces, complaint, with_line_ends
from adapters.contract import UnsupportedError
from adapters.filters import FILTERS, shown
from adapters.grammar import LISTS, check
from adapters.text import plain

WORDS = (
    *("title", "link", "summary", "author", "handle", "byline", "categories", "hashtags", "blog", "published"),
    "language",
)
"""What a template can say."""
TAG_WORDS = ("title", "author", "categories", "blog", "published", "language", "channel")
"""What the template of a tracking tag can say."""
LONGEST = 2_000
"""Characters of a template."""
EMPTY = "\x01"
"""What an empty word prints: a control character, of which `plain` leaves none in a text."""
FAILURES = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
TOO_DEEP = (RecursionError, SyntaxError, MemoryError)


def _printed(value: Any) -> str:
    """What a word prints; an empty one leaves a mark, so that its line can go with it."""
    return shown(value) or EMPTY


_ENVIRONMENT = ImmutableSandboxedEnvironment(
    autoescape=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_printed
)
_ENVIRONMENT.filters = {name: each.does for name, each in FILTERS.items()}
_ENVIRONMENT.globals, _ENVIRONMENT.tests = {}, {}


def mistake(template: str, words: Sequence[str] = WORDS) -> str:
    """Why a template cannot be used, with its line; or nothing."""
    if len(template) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    try:
        check_braces(template, words)
        check(_parsed(template), words)
        for example in _examples():
            compiled(template).render({name: example[name] for name in words})
    except TemplateSyntaxError as error:
        return f"line {error.lineno}: {complaint(error.message or 'it cannot be read')}"
    except FAILURES as error:
        return f"line 1: {error}"
    except TOO_DEEP:
        return "line 1: too much stands inside each other: take some of the brackets or of the “if” away"
    return ""


def rendered(template: str, words: Mapping[str, Any]) -> str:
    """The template with these words in it. Raises UnsupportedError where it cannot be used."""
    try:
        return compiled(template).render(words)
    except (*FAILURES, *TOO_DEEP) as error:
        why = mistake(template, tuple(words)) or str(error)
        raise UnsupportedError(f"Its template cannot be used: {why.rstrip('.')}.") from error


@lru_cache(maxsize=256)
def compiled(template: str) -> Template:
    """The template, ready to be filled in."""
    return _ENVIRONMENT.from_string(_parsed(template))


def _parsed(template: str) -> nodes.Template:
    """The template's tree, without control characters in anything that it prints."""
    tree = _ENVIRONMENT.parse(with_line_ends(template))
    for data in tree.find_all(nodes.TemplateData):
        data.data = "\n".join(map(_clean, data.data.split("\n")))
    for constant in tree.find_all(nodes.Const):
        if isinstance(constant.value, str):
            constant.value = _clean(constant.value)
    return tree


def _clean(text: str) -> str:
    return plain(f".{text}.")[1:-1]  # the dots keep the spaces at both ends


def _examples() -> list[dict[str, Any]]:
    """The words of a post that has everything, and of one that has nothing."""
    full = {name: name for name in WORDS} | {name: (name, name) for name in LISTS} | {"channel": "channel"}
    return [full | {"published": datetime.now(UTC)}, dict.fromkeys(full, "") | dict.fromkeys(LISTS, ())]
