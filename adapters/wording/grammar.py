"""What a template may say, judged on its tree wherever a branch stands.

What is accepted cannot fail for any post, take long or grow. Every refusal is a sentence with the way out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import zip_longest
from typing import NoReturn

from jinja2 import TemplateSyntaxError, nodes

from adapters.text.mentions import unmentioned
from adapters.wording.filters import FILTERS

LISTS = ("categories", "hashtags")
"""The words that are lists."""
TEXT, LIST, DATE, NUMBER = "text", "list", "date", "number"
MOST_FILTERS = 20
MENTIONS = "“@” would mention whoever has the name behind it: write {{ handle }} for the author, else leave it out"
HALF_HASHTAG = "“#” makes a hashtag of the first word only: write {{ hashtags }}"
IS = '{% if language == "de" %}'
CAN = (nodes.Output, nodes.TemplateData, nodes.If, nodes.Const, nodes.Not, nodes.And, nodes.Or, nodes.CondExpr)
"""What a template may have, besides words, filters and comparisons."""
YES_OR_NO = "a yes or no cannot be printed: ask it, as in {% if summary %}…{% endif %}"
CANNOT: Mapping[tuple[type[nodes.Node], ...], str] = {
    (nodes.Stmt,): "only “if” and “for” can stand here, as in {% if summary %}{{ summary }}{% endif %}",
    (nodes.Compare, nodes.Not): YES_OR_NO,
    (nodes.Getitem,): "no part of a word can be picked: a text is cut with {{ title|shorten(80) }}",
    (nodes.Test,): f"“is” cannot be used: write {{% if summary %}} or {IS}",
    (nodes.Concat, nodes.BinExpr, nodes.UnaryExpr, nodes.Tuple): (
        "no sign stands between two words: write one behind the other, as in {{ title }} – {{ blog }}"
    ),
    (nodes.Node,): 'a word can only go through filters, as in {{ title|upper }} or {{ categories|join(" · ") }}',
}
"""What a template may not have where it stands, and what to write instead."""
_BRACES = re.compile(r"[}%]\}|\{\s*(\w+)[^{}\n]*\}")


class CannotSayError(TemplateSyntaxError):
    """Something that a template cannot say, with its line and the way out."""


def check(tree: nodes.Template, words: Sequence[str]) -> None:
    """Raises CannotSayError for the first thing that cannot be said."""
    if len(filters := list(tree.find_all(nodes.Filter))) > MOST_FILTERS:
        _no(filters[MOST_FILTERS], f"there are more than {MOST_FILTERS} filters: use fewer")
    kinds = {word: LIST if word in LISTS else DATE if word == "published" else TEXT for word in words}
    for node in tree.body:
        _check(node, kinds)
    for text in tree.find_all(nodes.TemplateData):
        _check_braces(text, words)
    if "handle" in words:
        _check_fixed_text(tree)


def _no(node: nodes.Node, why: str) -> NoReturn:
    raise CannotSayError(why, node.lineno)


def _check(node: nodes.Node, words: Mapping[str, str], asked: bool = False) -> None:
    """Judges a node with all that is in it; `asked` is what stands behind “if” and is not printed."""
    match node:
        case nodes.For():
            _check_loop(node, words)
        case nodes.Compare() if asked:
            _check_comparison(node, words)
        case _:
            _check_alone(node, words, asked)
            goes_on = asked and not isinstance(node, nodes.Filter)
            for child in node.iter_child_nodes():
                _check(child, words, goes_on or child is getattr(node, "test", None))


def _check_alone(node: nodes.Node, words: Mapping[str, str], asked: bool) -> None:
    match node:
        case nodes.Name():
            if len(words) == 1 and node.name not in words:
                _no(node, f"inside “for” only {{{{ {next(iter(words))} }}}} and plain text can stand")
            _ = node.name in words or _no(node, _no_such("word", node.name, words))
        case nodes.Filter():
            _check_filter(node)
        case nodes.CondExpr(expr2=None):
            _no(node, "“else” is missing: write {{ summary if summary else title }}")
        case nodes.Const(value=bool() | None) | nodes.Not() if not asked:
            _no(node, YES_OR_NO)
        case _ if not isinstance(node, CAN):
            _no(node, next(why for kinds, why in CANNOT.items() if isinstance(node, kinds)))


def _check_loop(node: nodes.For, words: Mapping[str, str]) -> None:
    """Inside a loop only its own word can be said, else a text would grow with the number of categories."""
    over = words.get(node.iter.name) if isinstance(node.iter, nodes.Name) else None
    if over != LIST or not isinstance(node.target, nodes.Name) or node.recursive:
        _no(node, f"“for” goes over {' or '.join(LISTS)}, and not inside another “for”")
    inside = {node.target.name: TEXT}
    if node.test:
        _check(node.test, inside, asked=True)
    for child in node.body:
        _check(child, inside)
    for child in node.else_:
        _check(child, words)


def _no_such(what: str, name: str, known: Collection[str]) -> str:
    meant = get_close_matches(name, known, 1, 0.7)
    hint = f"did you mean {meant[0]}?" if meant else f"there are {', '.join(sorted(known))}"
    return f"there is no {what} {name} ({hint})"


def _check_filter(node: nodes.Filter) -> None:
    known = FILTERS.get(node.name) or _no(node, _no_such("filter", node.name, FILTERS))
    constants = [each.value if isinstance(each, nodes.Const) else None for each in node.args]
    try:
        fits = known.fits(*constants) and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
    except TypeError:
        fits = False
    if not fits or node.node is None:
        _no(node, known.way)


def _check_comparison(node: nodes.Compare, words: Mapping[str, str]) -> None:
    left = _kinds(node.expr, words)
    for operand in node.ops:
        kinds = (left, left := _kinds(operand.expr, words))
        if operand.op in ("in", "notin"):
            if kinds[0] != {TEXT} or kinds[1] not in ({LIST}, {TEXT}):
                _no(node, '“in” is written {% if "Video" in categories %}, or {% if language in ("de", "en") %}')
        elif {DATE} in kinds:
            _no(node, 'a date is compared as a text: {% if published|date("%Y") == "2026" %}')
        elif {LIST} in kinds:
            _no(node, '“in” asks for a category: {% if "Video" in categories %}')
        elif kinds[0] != kinds[1] or kinds[0] not in ({TEXT}, {NUMBER}):
            _no(node, f"a word is compared with a text in quotation marks, as in {IS}; its length with a number")


def _kinds(node: nodes.Node, words: Mapping[str, str]) -> frozenset[str]:
    """The kinds of value that one side of a comparison may have."""
    if isinstance(node, nodes.List | nodes.Tuple):
        return frozenset({LIST} if all(map(_is_text, node.items)) else ())
    _check(node, words)
    match node:
        case nodes.Name():
            return frozenset({words[node.name]})
        case nodes.Const() | nodes.Filter():
            is_number = node.name == "length" if isinstance(node, nodes.Filter) else not _is_text(node)
            return frozenset({NUMBER if is_number else TEXT})
    return frozenset[str]().union(*(_kinds(child, words) for child in node.iter_child_nodes(exclude=("test",))))


def _is_text(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, str)


def _check_braces(node: nodes.TemplateData, words: Sequence[str]) -> None:
    """Braces in the fixed text are meant otherwise: a reader would see them."""
    for found in _BRACES.finditer(node.data):
        line = node.lineno + node.data.count("\n", 0, found.start())
        if not found[1]:
            raise CannotSayError(f"“{found[0]}” closes nothing: leave it out", line)
        if found[1] in words:
            raise CannotSayError(f"a word stands in two braces: write {{{{ {found[1]} }}}}", line)


def _check_fixed_text(tree: nodes.Template) -> None:
    """What is printed as it stands mentions nobody, nor does it begin a mention or a hashtag that a word would end."""
    parts = [part for output in tree.find_all(nodes.Output) for part in output.nodes]
    for part, following in zip_longest(parts, parts[1:]):
        plainly = isinstance(part, nodes.TemplateData)
        before_word = not isinstance(following, nodes.TemplateData | None)
        for text in _fixed(part):
            goes_on = not plainly or following is not None
            for line, said in enumerate((text + "x" * goes_on).split("\n"), part.lineno):
                if unmentioned(said) != said:
                    raise CannotSayError(MENTIONS, line)
            if text.endswith(("#", "＃")) and (before_word or not plainly):
                raise CannotSayError(HALF_HASHTAG, part.lineno + text.count("\n"))


def _fixed(node: nodes.Node) -> Iterator[str]:
    """The texts that an expression, or what stands between the braces, may print as they are."""
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Const):
        yield str(node.value)
    elif not isinstance(node, nodes.Compare):
        for child in node.iter_child_nodes():
            yield from _fixed(child)
