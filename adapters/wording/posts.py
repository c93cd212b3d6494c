"""The words of a post: its template filled in, made to fit, and with its link whole.

What a template may say is in `adapters/wording/templates.py`, and who may be mentioned in `adapters/text/mentions.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from adapters.contract import Post, UnsupportedError
from adapters.text.links import same_page
from adapters.text.mentions import unmentioned
from adapters.text.plain import Count, plain, shorten
from adapters.wording import templates

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
MENTION, END = "\x02", "\x03"  # control characters: `plain` leaves none in a word of the blog
_ENDINGS = " .…。"
_CLOSING = ")]>\"',.;:!?*"
"""What no network takes for the end of an address, when nothing follows."""
_CLOSED = re.compile(rf"[{re.escape(_CLOSING)}]*(?!\S)")
_GOES_ON = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'*+,;=%|-]")
_NO_LINK_BEHIND = set("_@＠$#＃")
_ADDRESS = re.compile(r"(?<![A-Za-z0-9_@＠$#＃])https?://([\x21-\x7e]*)\S*")


class _Tags(tuple[str, ...]):
    """Hashtags, which print as “#One #Two”."""

    __slots__ = ()

    def __str__(self) -> str:
        return " ".join(self)


def filled(template: str, words: Mapping[str, Any]) -> str:
    """The template of a tracking tag, in one line."""
    return plain(templates.unmarked(templates.rendered(template, words)))


def words_of(post: Post) -> dict[str, Any]:
    """What each word of a template says of a post."""
    title, summary, author = (_said(text) for text in (post.title, post.summary, post.author))
    author = shorten(author, NAME, len)
    return {
        "title": title or summary,
        "link": post.link,
        "summary": summary if title and adds(summary, title) else "",
        "author": author,
        "handle": "" if not author else _marked(author) if post.handle.startswith(IDS) else post.handle,
        "byline": _byline(author, post),
        "categories": tuple(map(_said, post.categories)),
        "hashtags": _Tags(f"#{tag}" for tag in post.hashtags),
        "blog": _said(post.blog),
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


def _said(text: str) -> str:
    """A word of the blog as it is printed: in one line, mentioning nobody."""
    return unmentioned(plain(text))


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
    words, template = words_of(post), post.template or default

    def text(**changed: Any) -> str:
        return _tidy(templates.rendered(template, words | changed), link, post.handle)

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
            raise UnsupportedError(
                f"Its template alone counts {least}, and {limit} are allowed: use a shorter template."
            )
        if not changed["title"]:
            raise UnsupportedError(f"Its template leaves no room for the title in {limit}: use a shorter template.")
    return changed


def _tidy(rendered: str, link: str, handle: str) -> str:
    """The text without the lines and spaces that empty words left, mentioning nobody else, and with its link."""
    said = templates.unmarked("\n".join(filter(templates.says, rendered.split("\n"))))
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in said.split("\n"))).strip()
    text = _with_link(text, link) if link and link not in text.split() else text
    return _mentioning(text, link, handle) if "@" in text or "＠" in text else text


def _mentioning(text: str, link: str, handle: str) -> str:
    """The text mentioning nobody else: words side by side may make a mention that none is; a link that stands stays."""
    parts, start = [], 0
    for begin, end in _places(link, text) if "@" in link else ():
        if _around(text, begin, end) == ("", ""):
            parts += [unmentioned(text[start:begin], handle), link]
            start = end
    return "".join([*parts, unmentioned(text[start:], handle)])


def _with_link(text: str, link: str) -> str:
    """The text with its link as a word of its own: where it is, with a space where one is wanted; else below."""
    found = _places(link, text)
    apart = [(start, end, around) for start, end in found if (around := _around(text, start, end)) is not None]
    if not apart:
        return _paragraphs(text, link)
    start, end, (before, after) = min(apart, key=lambda word: len("".join(word[2])))
    return f"{text[:start]}{before}{link}{after}{text[end:]}"


def _places(link: str, text: str) -> Iterator[tuple[int, int]]:
    # Not by a pattern: to make one for every link takes longer than to compose its post.
    start = text.find(link)
    while start >= 0:
        yield start, start + len(link)
        start = text.find(link, start + len(link))


def _around(text: str, start: int, end: int) -> tuple[str, str] | None:
    """The spaces that a link there wants around it, or None where it is part of a longer address.

    X makes no link behind a letter; Mastodon takes all that is beyond ASCII for a part of the address.
    """
    before = re.split(r"\s", text[:start])[-1]
    if "/" in before or (not _CLOSED.match(text, end) and _GOES_ON.match(text, end)):
        return None
    glued = before[-1:].isalnum() or before[-1:] in _NO_LINK_BEHIND
    return " " * glued, " " * (not _CLOSED.match(text, end))


def _worded(wording: str, link: str, limit: int, count: Count) -> str:
    lines = "\n".join(plain(line) for line in wording.splitlines())
    text = re.sub(r"\n{3,}", "\n\n", lines).strip()
    if link and not any(same_page(address, link) for address in _addresses(text)):
        text = _paragraphs(text, link)
    if count(text) > limit:
        raise UnsupportedError(f"The wording counts {count(text)} with its link, and {limit} are allowed: shorten it.")
    return text


def _addresses(text: str) -> Iterator[str]:
    """What may be an address in a person's words; what is beyond ASCII may belong to it or not."""
    for word in text.split():
        yield word.strip(f"{_CLOSING}([<«»“”…")
    for found in _ADDRESS.finditer(text):
        yield from (each.rstrip(_CLOSING) for each in (found[0], found[0][: found.end(1) - found.start()]))


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
