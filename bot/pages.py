"""An entry's own page: whether anybody may read it, and what it says of itself to those who link to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.guarded import Fetched, FetchError, fetch, place
from bot.markup import Markup, clean, decoded, web_link

NOT_PUBLIC = {
    401: "asks for a login",
    403: "refuses to be read",
    404: "is not there",
    410: "is gone for good",
    451: "is withheld for legal reasons",
}
_PASSWORD = re.compile(
    r"<input\b[^<>]*?\sname\s?=\s?[\"']?post_password\b|<form\b[^<>]*?\saction\s?=\s?[^\s<>]*action=postpass\b", re.I
)
"""WordPress's form for a protected post: its words are translated and its theme varies, these two do not."""
_CHARSET = re.compile(rb"<meta\b[^<>]{0,200}?charset\s?=\s?[\"']?([\w-]{1,40})", re.I)


@dataclass(frozen=True, slots=True)
class Page:
    """What a look at a page showed; `why` is a sentence when it is not public."""

    public: bool
    why: str = ""
    images: tuple[tuple[str, str], ...] = ()
    """Addresses of the pictures it names for previews, best first, each with its alternative text."""
    title: str = ""
    description: str = ""


def look(url: str, loopback: bool = False) -> Page:
    """Look at a page as any reader would, without a login.

    Raises FetchError when that did not answer the question: it is to be looked at again later.
    """
    fetched = fetch(url, {"Accept": "text/html, application/xhtml+xml, */*;q=0.5"}, loopback=loopback)
    if fetched.status in NOT_PUBLIC:
        return Page(False, f"The page {place(url)} {NOT_PUBLIC[fetched.status]} ({fetched.status}).")
    if fetched.status != 200:
        raise FetchError(f"{place(url)} did not show its page ({fetched.status}).", fetched.retry_after)
    text = _text(fetched)
    if _PASSWORD.search(text):
        return Page(False, f"The page {place(url)} asks for a password.")
    head = _Head(text)
    return Page(
        True,
        images=_images(head.said, fetched.url),
        title=_first(head.said, "og:title", "twitter:title") or clean(head.title),
        description=_first(head.said, "og:description", "twitter:description", "description"),
    )


def _text(fetched: Fetched) -> str:
    """The whole page: a form may stand behind any length of styles."""
    named = re.search(r"charset\s?=\s?[\"']?([\w-]{1,40})", fetched.headers.get("Content-Type", ""), re.I)
    told = _CHARSET.search(fetched.body[:4_000])
    return decoded(fetched.body, named[1] if named else told[1].decode() if told else "")


class _Head(Markup):
    """What the meta elements say, in their order, and the title."""

    def __init__(self, markup: str) -> None:
        self.said: list[tuple[str, str]] = []
        self.title = ""
        self._in_title = False
        super().__init__(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_title = tag == "title" and not self.title
        if tag == "meta":
            found = {name: value or "" for name, value in attrs}
            self.said.append(((found.get("property") or found.get("name", "")).lower(), found.get("content", "")))

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data


def _first(said: Iterable[tuple[str, str]], *names: str) -> str:
    found = {name: text for name, content in reversed(list(said)) if (text := clean(content))}
    return next((found[name] for name in names if name in found), "")


def _images(said: Iterable[tuple[str, str]], base: str) -> tuple[tuple[str, str], ...]:
    said = list(said)
    found: dict[str, str] = {}
    for kind in ("og", "twitter"):
        for link, alt in _named(said, kind):
            if whole := web_link(link, base):
                found[whole] = found.get(whole) or clean(alt)
    return tuple(found.items())


def _named(said: Iterable[tuple[str, str]], kind: str) -> Iterator[tuple[str, str]]:
    """The pictures of one kind of markup; an alternative text follows the picture that it is for."""
    link = alt = ""
    for name, content in said:
        if name in (f"{kind}:image", f"{kind}:image:src"):
            yield link, alt
            link, alt = content, ""
        elif name == f"{kind}:image:alt":
            alt = content
    yield link, alt
