"""The braces of a template: which of them is not closed, and what a parser's complaint means to its writer.

It looks at the template as it is written; what stands between the braces is judged in `adapters/wording/templates.py`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches

from jinja2 import TemplateSyntaxError

CLOSED = {"{{": "}}", "{%": "%}", "{#": "#}"}
EXAMPLES = {"{{": "{{ title }}", "{%": "{% if summary %}", "{#": "{# a note #}"}
TAGS = ("if", "elif", "else", "endif", "for", "endfor")
MEANT = {"elseif": "elif", "end": "endif", "foreach": "for"}
_OUTSIDE = re.compile(r"\{[{%#]|[}%]\}|\{\s*(?P<single>\w+)[^{}\n]*\}")
_INSIDE = re.compile(r"""[}%]\}|\{[{%#]|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""", re.DOTALL)
_TAG = re.compile(r"\{%[-+]?\s*(\w*)")
_TAGS_ONLY = re.compile(r"\s*(?:\{%(?:(?!%\}).)*%\}\s*)+")


def check_braces(template: str, words: Collection[str]) -> None:
    """Raises TemplateSyntaxError, with its line, where braces are not in order or a tag is not closed."""
    opened: list[tuple[str, int]] = []
    for line, tag in _tags(template, words):
        if tag in ("if", "for"):
            opened.append((tag, line))
        elif tag not in TAGS:
            raise TemplateSyntaxError(_unknown(tag), line)
        elif not opened:
            raise TemplateSyntaxError(f"“{tag}” has no “{'for' if tag == 'endfor' else 'if'}” before it", line)
        elif tag.startswith("end") and tag != f"end{opened.pop()[0]}":
            raise TemplateSyntaxError(f"“{tag}” ends nothing here: what was opened last was another tag", line)
    if opened:
        tag, line = opened[-1]
        raise TemplateSyntaxError(f"“{tag}” has no end: write {{% end{tag} %}} behind what belongs to it", line)


def _tags(template: str, words: Collection[str]) -> Iterator[tuple[int, str]]:
    """The names of the tags with their lines; raises where braces are not in order."""
    place = 0
    while found := _OUTSIDE.search(template, place):
        line, place = template.count("\n", 0, found.start()) + 1, found.end()
        if found["single"] in words:
            raise TemplateSyntaxError(f"a word stands in two braces: write {{{{ {found['single']} }}}}", line)
        if found[0] in CLOSED:
            place = _end(template, place, found[0], line)
        elif not found["single"]:
            raise TemplateSyntaxError(f"“{found[0]}” closes nothing: leave it out", line)
        if tag := _TAG.match(template, found.start()):
            yield line, tag[1]


def _end(template: str, start: int, opening: str, line: int) -> int:
    """Behind what closes the braces that were opened before `start`."""
    closing = CLOSED[opening]
    found = re.compile(re.escape(closing)).search(template, start) if opening == "{#" else _next(template, start)
    if found is None or found[0] != closing:
        raise TemplateSyntaxError(f"“{opening}” is not closed with “{closing}”, as in {EXAMPLES[opening]}", line)
    return found.end()


def _next(template: str, start: int) -> re.Match[str] | None:
    """The next braces that do not stand in quotation marks."""
    return next((found for found in _INSIDE.finditer(template, start) if found[0][0] not in "\"'"), None)


def _unknown(tag: str) -> str:
    if not tag:
        return "nothing stands between “{%” and “%}”: write {% if summary %}"
    meant = MEANT.get(tag) or next(iter(get_close_matches(tag, TAGS, 1)), "")
    hint = f"did you mean “{meant}”?" if meant else "there are “if” and “for”, as in {% if summary %}"
    return f"there is no “{tag}” ({hint})"


def with_line_ends(template: str) -> str:
    """The template, told to keep the line's end behind a tag; only a line of nothing but tags leaves none."""
    return "\n".join(map(_with_line_end, template.split("\n")))


def only_tags(line: str) -> bool:
    """Whether nothing but tags stands in a line."""
    return _TAGS_ONLY.fullmatch(line) is not None


def _with_line_end(line: str) -> str:
    bare = line.rstrip()
    if not bare.endswith("%}") or bare.endswith(("-%}", "+%}")) or only_tags(line):
        return line
    return f"{bare[:-2]}+%}}"


def complaint(message: str) -> str:
    """What a parser's message means to whoever wrote the template."""
    said = message.replace("end of print statement", "}}").replace("end of statement block", "%}").rstrip(".")
    for pattern, meaning in _MEANINGS:
        if found := re.match(pattern, said):
            return meaning.format(*found.groups())
    return said


_BRACKETS = "a bracket is missing, or one is too many: write them as in {{{{ title|shorten(80) }}}}"
_MEANINGS = (
    (r"expected token '[}%]\}', got '='", '“=” does not compare: write ==, as in {{% if language == "de" %}}'),
    (
        r"expected token '[}%]\}', got '(?:integer|float|string)'",
        "what a filter needs stands in brackets, as in {{{{ title|shorten(80) }}}}",
    ),
    (
        r"expected token '\}\}', got '(.+)'",
        "“{}” cannot stand there: a word stands alone with its filters, as in {{{{ title|upper }}}}",
    ),
    (r"expected token '%\}', got 'if'", "“else if” is written {{% elif summary %}}"),
    (r"expected token '%\}', got '(.+)'", '“{}” cannot stand there: write it as in {{% if language == "de" %}}'),
    (
        r"(?:Expected an expression, got|[Uu]nexpected) '([}%]\})'",
        "something is missing before “{}”: write it as in {{{{ title }}}} or {{% if summary %}}",
    ),
    (r"[Uu]nexpected char '[“”„‟«»‘’‚`]'", 'these are no quotation marks here: write them straight, as in "de"'),
    (r"""[Uu]nexpected char (?:'"'|"'")""", "a quotation mark is not closed"),
    (r"[Uu]nexpected char '(.+)' at", "“{}” cannot be used here"),
    (r"[Uu]nexpected '%'", 'text stands in quotation marks, as in {{{{ published|date("%d.%m.%Y") }}}}'),
    (r"[Uu]nexpected '(.)'", _BRACKETS),
    (r"expected token '[()\[\]]'|.*got '[()\[\]]'", _BRACKETS),
    (r"expected token 'name', got '(.+)'", "a filter’s name is missing before “{}”, as in {{{{ title|upper }}}}"),
    (r"expected token 'in', got '(.+)'", "“{}” cannot stand there: write {{% for tag in hashtags %}}"),
)
