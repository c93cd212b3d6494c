"""What a template may say, judged on its tree wherever a branch stands.

What is accepted cannot fail for any post, take long or grow. Every refusal is a sentence with the way out; what is no
tree yet is judged in `adapters/wording/braces.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import zip_longest
from typing import Any, NamedTuple, NoReturn

from jinja2 import TemplateSyntaxError, nodes

from adapters.text.mentions import unmentioned
from adapters.wording.filters import DATE, FILTERS, LIST, MEANT, NUMBER, PRINTED, TEXT, TRUTH

LISTS = ("categories", "hashtags")
"""The words that are lists."""
MOST_FILTERS = 20
MENTIONS = "“@” would mention whoever has the name behind it: write {{ handle }} for the author, else leave it out"
HALF_HASHTAG = "“#” makes a hashtag of the first word only: write {{ hashtags }}"
IS = '{% if language == "de" %}'
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


def _no(node: nodes.Node, why: str) -> NoReturn:
    raise TemplateSyntaxError(why, node.lineno)


def check(tree: nodes.Template, words: Sequence[str]) -> None:
    """Raises TemplateSyntaxError for the first thing that cannot be said."""
    filters = list(tree.find_all(nodes.Filter))
    if len(filters) > MOST_FILTERS:
        _no(filters[MOST_FILTERS], f"there are more than {MOST_FILTERS} filters: use fewer")
    _check_body(tree.body, Scope({word: _kind(word) for word in words}))
    if "handle" in words:
        _check_fixed_text(tree)


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


def _check_fixed_text(tree: nodes.Template) -> None:
    """What is printed as it stands mentions nobody, nor does it begin a mention or a hashtag that a word would end."""
    parts = [part for output in tree.find_all(nodes.Output) for part in output.nodes]
    for part, following in zip_longest(parts, parts[1:]):
        plainly, before_word = (
            isinstance(part, nodes.TemplateData),
            not isinstance(following, nodes.TemplateData | None),
        )
        for text in _fixed(part):
            goes_on = not plainly or following is not None
            for line, said in enumerate((text + "x" * goes_on).split("\n"), part.lineno):
                if unmentioned(said) != said:
                    raise TemplateSyntaxError(MENTIONS, line)
            if text.endswith(("#", "＃")) and (before_word or not plainly):
                raise TemplateSyntaxError(HALF_HASHTAG, part.lineno + text.count("\n"))


def _fixed(node: nodes.Node) -> Iterator[str]:
    """The texts that an expression, or what stands between the braces, may print as they are."""
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Const):
        yield str(node.value)
    elif not isinstance(node, nodes.Compare):
        for child in node.iter_child_nodes():
            yield from _fixed(child)


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


def _check_within(node: nodes.Node, other: nodes.Node, scope: Scope) -> None:
    if isinstance(other, nodes.List | nodes.Tuple):
        right = all(_is_text(each) for each in other.items) and _kinds(node, scope) == {TEXT}
    else:
        right = _is_text(node) and _kinds(other, scope) in ({LIST}, {TEXT})
    if not right:
        _no(node, '“in” is written {% if "Video" in categories %}, or {% if language in ("de", "en") %}')


def _is_text(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, str)


def _check_alike(node: nodes.Node, other: nodes.Node, scope: Scope) -> None:
    kinds = [_kinds(each, scope) for each in (node, other)]
    if {DATE} in kinds:
        _no(node, 'a date is compared as a text: {% if published|date("%Y") == "2026" %}')
    if {LIST} in kinds:
        _no(node, '“in” asks for a category: {% if "Video" in categories %}')
    constant = isinstance(node, nodes.Const) or isinstance(other, nodes.Const)
    if not constant or kinds[0] != kinds[1] or kinds[0] not in ({TEXT}, {NUMBER}):
        _no(node, f"a word is compared with a text in quotation marks, as in {IS}; its length with a number")
