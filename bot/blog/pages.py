"""An entry's own page: whether anybody may read it, and what it says of itself to those who link to it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from bot.blog.fetching import Fetched, FetchError, fetch, place
from bot.blog.markup import Markup, clean, decoded, spoken, web_link

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
DESCRIPTIONS = ("og:description", "twitter:description", "description")
LINKS = 200
"""Link elements that are read at most."""
API, EMBED = "https://api.w.org/", "_embed=wp:featuredmedia"
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
    tags: Mapping[str, str] = field(default_factory=dict)
    """What its meta elements say, the first of each name that says anything, and its title element as `title`."""
    interface: str = ""
    """Where WordPress's REST interface tells of this post, when the page names one."""


def visit(url: str, loopback: bool = False) -> Page:
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
    tags = {name: said for name, content in reversed(head.said) if name and (said := clean(content))}
    return Page(
        True,
        images=_images(head.said, fetched.url),
        title=tags.get("og:title") or tags.get("twitter:title") or clean(head.title),
        description=next((tags[name] for name in DESCRIPTIONS if name in tags), ""),
        tags=tags | {"title": clean(head.title)},
        interface=_interface(head.links, fetched.url),
    )


def featured(page: Page, loopback: bool = False) -> tuple[str, str]:
    """The post's featured picture and its alternative text, as WordPress's REST interface tells them, or nothing.

    Source: WordPress REST API Handbook, posts and media; the interface of a blog may be closed.
    """
    if not page.interface:
        return "", ""
    try:
        fetched = fetch(page.interface, {"Accept": "application/json"}, 2_000_000, 10.0, loopback)
        told = json.loads(fetched.body) if fetched.status == 200 else None
    except (FetchError, ValueError, RecursionError):
        return "", ""
    posts = told if isinstance(told, list) else [told]
    media = next((found for post in posts[:1] for found in _list(post, "_embedded", "wp:featuredmedia")), None)
    if not isinstance(media, dict) or media.get("media_type", "image") != "image":
        return "", ""
    link, alt = media.get("source_url"), media.get("alt_text")
    return web_link(link if isinstance(link, str) else "", page.interface), spoken(alt if isinstance(alt, str) else "")


def _list(of: Any, *names: str) -> list[Any]:
    for name in names:
        of = of.get(name) if isinstance(of, dict) else None
    return of if isinstance(of, list) else []


def _interface(links: Iterable[Mapping[str, str]], url: str) -> str:
    """The post in the REST interface: by the page's own word since WordPress 5.5, else by the end of its address."""
    root = next((web_link(link.get("href", ""), url) for link in links if link.get("rel") == API), "")
    if not root:
        return ""
    for link in links:
        own = web_link(link.get("href", ""), url)
        if link.get("type") == "application/json" and own.startswith(root) and "wp/v2/" in own:
            return _asked(own, EMBED)
    slug = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    return _asked(f"{root.rstrip('/')}/wp/v2/posts", f"slug={quote(slug, safe='')}&{EMBED}") if slug else ""


def _asked(address: str, query: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{query}"


def _text(fetched: Fetched) -> str:
    """The whole page: a form may stand behind any length of styles."""
    named = re.search(r"charset\s?=\s?[\"']?([\w-]{1,40})", fetched.headers.get("Content-Type", ""), re.I)
    told = _CHARSET.search(fetched.body[:4_000])
    return decoded(fetched.body, named[1] if named else told[1].decode() if told else "")


class _Head(Markup):
    """What the meta elements say, in their order, the links, and the title."""

    def __init__(self, markup: str) -> None:
        self.said: list[tuple[str, str]] = []
        self.links: list[dict[str, str]] = []
        self.title = ""
        self._in_title = False
        super().__init__(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_title = tag == "title" and not self.title
        found = {name: value or "" for name, value in attrs} if tag in ("meta", "link") else {}
        if tag == "link" and len(self.links) < LINKS:
            self.links.append(found)
        if tag == "meta":
            self.said.append(((found.get("property") or found.get("name", "")).lower(), found.get("content", "")))

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data


def _images(said: Iterable[tuple[str, str]], base: str) -> tuple[tuple[str, str], ...]:
    said = list(said)
    found: dict[str, str] = {}
    for kind in ("og:image", "twitter:image"):
        for link, alt in _named(said, kind):
            if whole := web_link(link, base):
                found[whole] = found.get(whole) or spoken(alt)
    return tuple(found.items())


def _named(said: Iterable[tuple[str, str]], kind: str) -> Iterator[tuple[str, str]]:
    """The pictures under one name in the markup; an alternative text follows the picture that it is for."""
    link = alt = ""
    for name, content in said:
        if name in (kind, *(f"{kind}:{part}" for part in ("src", "url", "secure_url"))):
            yield link, alt
            link, alt = content, ""
        elif name == f"{kind}:alt":
            alt = content
    yield link, alt
