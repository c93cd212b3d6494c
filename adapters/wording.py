"""The words of a post: its template filled in, made to fit, and with its link whole.

A template is plain text with words in double braces, as in `{{ title }}`; it can use `if`, and `for` over a list. It
can do nothing else, so it cannot take long, grow or reach anything. An `@name` in the blog's own words is written
`@ name`: nobody is mentioned who is not in the table of authors.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from adapters.contract import Post, UnsupportedError
from adapters.links import same_page
from adapters.text import Count, plain, shorten

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
WORTH_SHOWING = 40
"""Characters: a summary cut shorter than this says nothing."""
IDS = ("urn:", "did:")
"""How a handle begins that is an id and no name: such a mention shows the author's own name."""
NAME = 80
"""Characters of an author's name; what is longer is not a name."""
BYLINES = {
    "ar": "بقلم {}",
    "de": "Von {}",
    "en": "By {}",
    "es": "Por {}",
    "fr": "Par {}",
    "it": "Di {}",
    "ja": "文：{}",
    "nl": "Door {}",
    "pt": "Por {}",
}
ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Filter, nodes.Keyword),
    *(nodes.If, nodes.CondExpr, nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.Concat, nodes.For),
    *(nodes.Tuple, nodes.List),
)
EMPTY, MENTION, END = "\x01", "\x02", "\x03"  # control characters: `plain` leaves none in a word of the blog
_FINE = re.compile(r"https?://[\w-]+(?:\.[\w-]+)+(?::\d+)?/\S*|((?<![A-Za-z0-9_])|(?<=\b[Rr][Tt]))([@＠])(?=[\w\[])")
_ENDINGS = " .…。"
_AROUND = r"()\[\]<>«»“”\"',.;:!?…"


class _Tags(tuple[str, ...]):
    """Hashtags, which print as “#One #Two”."""

    __slots__ = ()

    def __str__(self) -> str:
        return " ".join(self)


def _shown(value: Any) -> str:
    """What a word prints; an empty one leaves a mark, so that its line can go with it."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    text = ", ".join(value) if type(value) is tuple else str(value)
    return text or EMPTY


def _cut(text: Any, characters: int) -> str:
    return shorten(str(text), characters, len)


def _capital(value: Any) -> str:
    text = str(value)
    return text[:1].upper() + text[1:]


def _headline(text: Any) -> str:
    return " ".join(_capital(word) for word in str(text).split(" "))


def _joined(values: Any, between: str = ", ") -> str:
    return str(between.join(values)) if isinstance(values, tuple) else str(values)


def _date(value: Any, form: str) -> str:
    if not isinstance(value, datetime):
        return ""
    if not re.fullmatch(r"(?:[^%]|%-?[A-Za-z%]){1,40}", form):
        raise ValueError("a date is written like %d.%m.%Y")
    return str(value.strftime(form))


FILTERS: Mapping[str, Callable[..., Any]] = {
    "shorten": _cut,
    "upper": lambda text: str(text).upper(),
    "lower": lambda text: str(text).lower(),
    "capitalize": _capital,
    "title": _headline,
    "join": _joined,
    "date": _date,
    "length": len,
}

_ENVIRONMENT = ImmutableSandboxedEnvironment(
    autoescape=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_shown
)
_ENVIRONMENT.filters, _ENVIRONMENT.globals, _ENVIRONMENT.tests = dict(FILTERS), {}, {}


def mistake(template: str, words: Sequence[str] = WORDS) -> str:
    """Why a template cannot be used, with its line; or nothing."""
    if len(template) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    try:
        for line, why in _forbidden(_ENVIRONMENT.parse(template), frozenset(words)):
            return f"line {line}: {why}"
        for example in _examples():
            _compiled(template).render({name: example[name] for name in words})
    except TemplateSyntaxError as error:
        return f"line {error.lineno}: {(error.message or 'it cannot be read').rstrip('.')}"
    except (TemplateError, ArithmeticError, LookupError, RecursionError, SyntaxError, TypeError, ValueError) as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
        return f"line {lines[-1] if lines else 1}: {error}"
    return ""


def _examples() -> list[dict[str, Any]]:
    """The words of a post that has everything, and of one that has nothing."""
    full = {name: name for name in WORDS} | {name: (name, name) for name in LISTS} | {"channel": "channel"}
    return [full | {"published": datetime.now(UTC)}, dict.fromkeys(full, "") | dict.fromkeys(LISTS, ())]


def _forbidden(node: nodes.Node, names: frozenset[str], looping: bool = False) -> list[tuple[int, str]]:
    """The places of a template that say what it cannot say."""
    if isinstance(node, nodes.Name) and node.name not in names:
        meant = get_close_matches(node.name, names, 1)
        hint = f"did you mean {meant[0]}?" if meant else f"there are {', '.join(sorted(names))}"
        return [(node.lineno, f"there is no word {node.name} ({hint})")]
    if not isinstance(node, ALLOWED):
        return [(node.lineno, "this cannot be used here; there are words, filters, “if”, and “for” over a list")]
    if isinstance(node, nodes.For):
        over = node.iter.name if isinstance(node.iter, nodes.Name) else ""
        if looping or over not in LISTS or not isinstance(node.target, nodes.Name) or node.recursive:
            return [(node.lineno, f"“for” goes over {' or '.join(LISTS)}, and not inside another “for”")]
        names, looping = names | {node.target.name}, True
    return [found for child in node.iter_child_nodes() for found in _forbidden(child, names, looping)]


@lru_cache(maxsize=256)
def _compiled(template: str) -> Template:
    return _ENVIRONMENT.from_string("\n".join(map(plain, template.strip().splitlines())))


def filled(template: str, words: Mapping[str, Any]) -> str:
    """The template of a tracking tag, in one line."""
    return plain(_compiled(template).render(words))


def words_of(post: Post) -> dict[str, Any]:
    """What each word of a template says of a post."""
    title, summary, author = (_unmentioned(text) for text in (post.title, post.summary, post.author))
    author = shorten(author, NAME, len)
    return {
        "title": title or summary,
        "link": post.link,
        "summary": summary if title and adds(summary, title) else "",
        "author": author,
        "handle": "" if not author else _marked(author) if post.handle.startswith(IDS) else post.handle,
        "byline": _byline(author, post),
        "categories": tuple(map(_unmentioned, post.categories)),
        "hashtags": _Tags(f"#{tag}" for tag in post.hashtags),
        "blog": _unmentioned(post.blog),
        "published": post.published or "",
        "language": post.language,
    }


def adds(summary: str, title: str) -> bool:
    """Whether a summary says more than its title, or anything at all: of a post of pictures it may be “…” or “1”."""
    same = summary.rstrip(_ENDINGS).casefold() == title.rstrip(_ENDINGS).casefold()
    return not same and sum(map(str.isalpha, summary)) > 1


def _byline(author: str, post: Post) -> str:
    if not author:
        return ""
    named = _marked(author) if post.handle.startswith(IDS) else author
    named += f" ({post.handle})" if post.handle.startswith("@") else ""
    return BYLINES.get(post.language.lower().split("-")[0], BYLINES["en"]).format(named)


def _marked(name: str) -> str:
    return f"{MENTION}{name}{END}"


def unmarked(text: str) -> str:
    """The text as a reader sees it, without the marks around a mention."""
    return text.replace(MENTION, "").replace(END, "")


def _unmentioned(text: str) -> str:
    text = plain(text)
    return text if "@" not in text and "＠" not in text else _FINE.sub(lambda at: at[0] + " " * bool(at[2]), text)


def written(post: Post, default: str, limit: int, count: Count, on_card: bool = False) -> str:
    """The text of a post: a person's wording, or else its template filled in; the link is in it unless a card has it.

    What does not fit is shortened: the summary, the hashtags from the last, then the title; never the link. Where
    the author is mentioned by an id, the name stands between marks. Raises UnsupportedError for what cannot fit.
    """
    if not any(map(plain, (post.wording, post.title, post.summary, post.link))):
        raise UnsupportedError("There is nothing to publish: the entry has no title, no summary and no link.")
    link = "" if on_card else post.link
    if count(link) > limit:
        raise UnsupportedError(
            f"The link counts {count(link)} and only {limit} are allowed: give the post a shorter link."
        )
    if post.wording.strip():
        return _worded(post.wording, link, limit, count)
    words, template = words_of(post), _compiled(post.template or default)

    def text(**changed: Any) -> str:
        return _tidy(template.render(words | changed), link)

    shorter = _shorter(words, limit, lambda **changed: count(unmarked(text(**changed))))
    return text(**shorter) or post.link


def _shorter(words: Mapping[str, Any], limit: int, size: Callable[..., int]) -> dict[str, Any]:
    """The words that must change for the text to fit, in the stated order."""
    changed: dict[str, Any] = {}
    if (whole := size()) <= limit:
        return changed
    if words["summary"] and (bare := size(summary="")) < whole:
        room = bare <= limit
        summary = shorten(words["summary"], limit, lambda part: size(summary=part)) if room else ""
        changed["summary"] = summary if len(summary) >= WORTH_SHOWING else ""
    kept = len(words["hashtags"])
    while kept and size(**changed) > limit:
        kept -= 1
        changed["hashtags"] = _Tags(words["hashtags"][:kept])
    if size(**changed) > limit:
        changed["title"] = shorten(words["title"], limit, lambda part: size(**changed, title=part))
    if (least := size(**changed)) > limit:
        raise UnsupportedError(f"Its template alone counts {least}, and {limit} are allowed: use a shorter template.")
    return changed


def _tidy(rendered: str, link: str) -> str:
    """The text without the lines and spaces that empty words left, and with its link."""
    lines = [line.replace(EMPTY, "") for line in rendered.split("\n") if EMPTY not in line or line.strip(f"{EMPTY} ")]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in lines)).strip()
    return text if not link or _stands(text, link) else _paragraphs(text, link)


def _stands(text: str, link: str) -> bool:
    """Whether a link is in a text as a word of its own."""
    if link not in text or link in text.split():
        return link in text
    return re.search(rf"(?<!\S)[{_AROUND}]*{re.escape(link)}[{_AROUND}]*(?!\S)", text) is not None


def _worded(wording: str, link: str, limit: int, count: Count) -> str:
    lines = "\n".join(plain(line) for line in wording.splitlines())
    text = re.sub(r"\n{3,}", "\n\n", lines).strip()
    if link and not any(same_page(word.strip("()[]<>«»“”\"',.;:!?…"), link) for word in text.split()):
        text = _paragraphs(text, link)
    if count(text) > limit:
        raise UnsupportedError(f"The wording counts {count(text)} with its link, and {limit} are allowed: shorten it.")
    return text


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
