"""Templates: text with words in double braces, as in `{{ title }}`, with `if`, and `for` over a list.

They can reach nothing; what they may say is in `adapters.wording.grammar`. How the words of a post come to be, and how
they are made to fit, is in `adapters.wording.posts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from adapters.contract import UnsupportedError
from adapters.text.plain import plain
from adapters.wording.filters import FILTERS, shown
from adapters.wording.grammar import LISTS, CannotSayError, check

WORDS = (
    *("title", "link", "summary", "author", "handle", "byline", "categories", "hashtags", "blog", "published"),
    "language",
)
"""What a template can say."""
TAG_WORDS = ("title", "author", "categories", "blog", "published", "language", "channel")
"""What the template of a tracking tag can say."""
LONGEST = 2_000
"""Characters of a template."""
EMPTY, SAID, LEFT = "\x01", "\x04", "\x05"
"""What stands in the place of an empty word, before one that says something, and behind a tag in a line: control
characters, of which `plain` leaves none in a text."""
FAILURES = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
TOO_DEEP = (RecursionError, SyntaxError, MemoryError)
_TAGS = re.compile(r"[ \t]*(?:(?:\{%(?:(?!%\}).)*%\}|\{#(?:(?!#\}).)*#\})[ \t\r]*)+")
_KEPT = re.compile(rf"(?m)^(?!{_TAGS.pattern}$)(.*(?:\{{#.*(?=#)|(?=%))(?<![-+]))([%#]\}})[ \t\r]*$")
"""A line of nothing but tags and notes; and another with one at its end, which keeps its end when told so by a “+”."""
WAY = 'write it as in {{ title|shorten(80) }} or {% if language == "de" %}…{% endif %}'


def _printed(value: Any) -> str:
    """What a word prints, marked so that a line whose words are all empty can go."""
    text = shown(value)
    return SAID + text if text.strip() else EMPTY


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
        check(_parsed(template), words)
        for example in _examples():
            compiled(template).render({name: example[name] for name in words})
    except CannotSayError as error:
        return f"line {error.lineno}: {error.message}"
    except TemplateSyntaxError as error:
        return f"line {error.lineno}: {(error.message or 'it cannot be read').rstrip('.')}: {WAY}"
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
    """The template, ready to be filled in; what it prints has marks, which `says` reads and `unmarked` takes away."""
    tree = _parsed(template)
    tree.body = list(_marked(tree.body, template.splitlines()))
    tree.set_environment(_ENVIRONMENT)
    return _ENVIRONMENT.from_string(tree)


def _marked(body: Sequence[nodes.Node], lines: Sequence[str]) -> Iterator[nodes.Node]:
    """The nodes with constants as plain text, and marks where a tag stands in a line among other things."""
    for node in body:
        yield node
        alone = node.lineno <= len(lines) and _TAGS.fullmatch(lines[node.lineno - 1])
        match node:
            case nodes.Output():
                node.nodes = [_data(str(each.value)) if isinstance(each, nodes.Const) else each for each in node.nodes]
            case nodes.If() | nodes.For():
                for branch in (node, *getattr(node, "elif_", ())):
                    branch.body = list(_marked(branch.body, lines))
                node.else_ = list(_marked(node.else_, lines))
                if isinstance(node, nodes.For) and not (node.else_ or alone):
                    node.else_ = [_output(EMPTY)]
                if not alone:
                    yield _output(LEFT)


def _data(text: str) -> nodes.TemplateData:
    return nodes.TemplateData(text, lineno=1)


def _output(text: str) -> nodes.Output:
    return nodes.Output([_data(text)], lineno=1)


def says(line: str) -> bool:
    """Whether a line of what was filled in says anything.

    One whose words are all empty does not, whatever else is in it, nor does one in which a tag left nothing.
    """
    return SAID in line or (EMPTY not in line and (LEFT not in line or bool(line.strip(f"{LEFT} "))))


def unmarked(text: str) -> str:
    """What was filled in without the marks."""
    return text.replace(EMPTY, "").replace(SAID, "").replace(LEFT, "")


def _parsed(template: str) -> nodes.Template:
    """The template's tree, without control characters in anything that it prints."""
    tree = _ENVIRONMENT.parse(_KEPT.sub(r"\1+\2", template))
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
