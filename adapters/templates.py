"""What a template may say: text with words in double braces, as in `{{ title }}`, with `if`, and `for` over a list.

It is judged wherever a branch stands, so that what is accepted cannot fail for any post, take long or grow; and it can
reach nothing. How the words of a post come to be, and how they are made to fit, is in `adapters/wording.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, NamedTuple, NoReturn

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from adapters.braces import check_braces, complaint, with_line_ends
from adapters.contract import UnsupportedError
from adapters.filters import DATE, FILTERS, LIST, MEANT, NUMBER, PRINTED, TEXT, TRUTH, shown
from adapters.text import plain

WORDS = (
    *("title", "link", "summary", "author", "handle", "byline", "categories", "hashtags", "blog", "published"),
    "language",
)
"""What a template can say."""
TAG_WORDS = ("title", "author", "categories", "blog", "published", "language", "channel")
"""What the template of a tracking tag can say."""
LISTS = ("categories", "hashtags")
LONGEST = 2_000
"""Characters of a template."""
MOST_FILTERS = 20
EMPTY = "\x01"
"""What an empty word prints: a control character, of which `plain` leaves none in a text."""
IS = '{% if language == "de" %}'
FAILURES = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
TOO_DEEP = (RecursionError, SyntaxError, MemoryError)
CANNOT: tuple[tuple[tuple[type[nodes.Node], ...], str], ...] = (
    (
        (nodes.Getitem,),
        "no part of a word can be picked: a text is cut with {{ title|shorten(80) }}",
    ),
    (
        (nodes.Getattr, nodes.Call),
        'a word can only go through filters, as in {{ title|upper }} or {{ categories|join(" · ") }}',
    ),
    (
        (nodes.Concat, nodes.BinExpr, nodes.UnaryExpr, nodes.Tuple),
        "no sign stands between two words: write one behind the other, as in {{ title }} – {{ blog }}",
    ),
    ((nodes.Test,), f"“is” cannot be used: write {{% if summary %}} or {IS}"),
)
"""What a template may not have, and what to write instead."""


class Scope(NamedTuple):
    """The words that can be said at a place, with the kind of each; and those that can be said only outside a loop."""

    words: Mapping[str, str]
    outside: Mapping[str, str] = {}


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
        _check(_parsed(template), words)
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


def _no(node: nodes.Node, why: str) -> NoReturn:
    raise TemplateSyntaxError(why, node.lineno)


def _check(tree: nodes.Template, words: Sequence[str]) -> None:
    """Raises TemplateSyntaxError for the first thing that cannot be said."""
    filters = list(tree.find_all(nodes.Filter))
    if len(filters) > MOST_FILTERS:
        _no(filters[MOST_FILTERS], f"there are more than {MOST_FILTERS} filters: use fewer")
    _check_body(tree.body, Scope({word: _kind(word) for word in words}))


def _kind(word: str) -> str:
    return LIST if word in LISTS else DATE if word == "published" else TEXT


def _check_body(body: Sequence[nodes.Node], scope: Scope) -> None:
    for node in body:
        match node:
            case nodes.Output():
                for part in node.nodes:
                    if not isinstance(part, nodes.TemplateData) and not _kinds(part, scope) <= PRINTED:
                        _no(part, "a yes or no cannot be printed: ask it, as in {% if summary %}…{% endif %}")
            case nodes.If():
                _kinds(node.test, scope)
                for branch in (node.body, node.elif_, node.else_):
                    _check_body(branch, scope)
            case nodes.For():
                _check_loop(node, scope)
            case _:
                _no(node, "only “if” and “for” can stand here, as in {% if summary %}{{ summary }}{% endif %}")


def _check_loop(node: nodes.For, scope: Scope) -> None:
    over = scope.words.get(node.iter.name) if isinstance(node.iter, nodes.Name) else None
    if over != LIST or not isinstance(node.target, nodes.Name) or node.recursive:
        _no(node, f"“for” goes over {' or '.join(LISTS)}, and not inside another “for”")
    inside = Scope({node.target.name: TEXT}, scope.words)
    if node.test:
        _kinds(node.test, inside)
    _check_body(node.body, inside)
    _check_body(node.else_, scope)


def _kinds(node: nodes.Node, scope: Scope) -> frozenset[str]:
    """The kinds of value that an expression may have."""
    kind = TRUTH
    match node:
        case nodes.Name():
            kind = _word(node, scope)
        case nodes.Const():
            kind = _kind_of_constant(node.value)
        case nodes.Filter():
            kind = _filtered(node, scope)
        case nodes.Not():
            _kinds(node.node, scope)
        case nodes.Compare():
            _check_comparison(node, scope)
        case nodes.And() | nodes.Or():
            return _kinds(node.left, scope) | _kinds(node.right, scope)
        case nodes.CondExpr():
            _kinds(node.test, scope)
            other = node.expr2 or _no(node, "“else” is missing: write {{ summary if summary else title }}")
            return _kinds(node.expr1, scope) | _kinds(other, scope)
        case _:
            _no(node, next((why for kinds, why in CANNOT if isinstance(node, kinds)), "this cannot be used here"))
    return frozenset({kind})


def _kind_of_constant(value: Any) -> str:
    return TEXT if isinstance(value, str) else TRUTH if value is None or isinstance(value, bool) else NUMBER


def _word(node: nodes.Name, scope: Scope) -> str:
    if kind := scope.words.get(node.name):
        return kind
    if node.name in scope.outside:
        _no(node, f"inside “for” only {{{{ {next(iter(scope.words))} }}}} and plain text can stand")
    meant = get_close_matches(node.name, scope.words, 1)
    hint = f"did you mean {meant[0]}?" if meant else f"there are {', '.join(sorted(scope.words))}"
    _no(node, f"there is no word {node.name} ({hint})")


def _filtered(node: nodes.Filter, scope: Scope) -> str:
    """The kind of value that a filter gives."""
    known = FILTERS.get(node.name) or _no(node, _no_filter(node.name))
    values = [each.value if isinstance(each, nodes.Const) else each for each in node.args]
    named = node.kwargs or node.dyn_args or node.dyn_kwargs
    taken = _kinds(node.node, scope) if node.node else frozenset({TRUTH})
    if not taken <= known.takes:
        _no(node, f"{node.name} does not fit here: {known.way}")
    if named or not known.accepts(values):
        _no(node, known.way)
    return known.gives


def _no_filter(name: str) -> str:
    meant = MEANT.get(name) or next(iter(get_close_matches(name, FILTERS, 1, 0.7)), "")
    hint = f"did you mean {meant}? " if meant else ""
    return f"there is no filter {name} ({hint}there are {', '.join(sorted(FILTERS))})"


def _check_comparison(node: nodes.Compare, scope: Scope) -> None:
    """A comparison is one of a word with a constant, or with a list of them."""
    if len(node.ops) > 1:
        _no(node, "only two things are compared at a time: put “and” between two comparisons")
    one, other = node.expr, node.ops[0].expr
    if node.ops[0].op in ("in", "notin"):
        _check_within(one, other, scope)
    else:
        _check_alike(one, other, scope)


def _check_within(one: nodes.Node, other: nodes.Node, scope: Scope) -> None:
    if isinstance(other, nodes.List | nodes.Tuple):
        right = all(_is_text(each) for each in other.items) and _kinds(one, scope) == {TEXT}
    else:
        right = _is_text(one) and _kinds(other, scope) in ({LIST}, {TEXT})
    if not right:
        _no(one, '“in” is written {% if "Video" in categories %}, or {% if language in ("de", "en") %}')


def _is_text(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, str)


def _check_alike(one: nodes.Node, other: nodes.Node, scope: Scope) -> None:
    kinds = [_kinds(each, scope) for each in (one, other)]
    if {DATE} in kinds:
        _no(one, 'a date is compared as a text: {% if published|date("%Y") == "2026" %}')
    if {LIST} in kinds:
        _no(one, '“in” asks for a category: {% if "Video" in categories %}')
    constant = isinstance(one, nodes.Const) or isinstance(other, nodes.Const)
    if not constant or kinds[0] != kinds[1] or kinds[0] not in ({TEXT}, {NUMBER}):
        _no(one, f"a word is compared with a text in quotation marks, as in {IS}; its length with a number")
