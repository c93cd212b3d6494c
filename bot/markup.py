"""Text from outside made safe to keep: HTML read for its words and pictures in bounded time, addresses made whole.

Nothing here renders HTML or fetches anything.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

CAP = 512_000
"""Characters of HTML that are read at most."""

_BLOCKS = re.compile(
    "address|article|aside|blockquote|br|d[dlt]|div|fig(?:caption|ure)|footer|form|h[1-6]|header|hr|li|main|nav|ol|p|pre"
    "|section|table|t[dhr]|ul"
)
"""Elements whose beginnings and ends part words."""
_UNREAD = frozenset({"script", "style", "noscript", "template", "iframe", "svg"})
_UNSPEAKABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")


class Markup(HTMLParser):
    """HTML read in linear time; as in a browser, what never ends (a tag, a comment) hides what follows.

    `close` is never called: it would look for the missing end once for every beginning.
    """

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.feed(markup[:CAP] + "\n")

    def parse_html_declaration(self, i: int) -> int:
        """Anything like `<!…>` is passed over: the library would raise for what Word writes there."""
        return self.parse_bogus_comment(i)


class Text(Markup):
    """The words of a piece of HTML, and its pictures, each with its alternative text."""

    def __init__(self, markup: str) -> None:
        self._pieces: list[str] = []
        self._unread = ""
        self.images: list[tuple[str, str]] = []
        super().__init__(markup)

    @property
    def words(self) -> str:
        """The text on one line, without scripts and styles."""
        return clean("".join(self._pieces))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._unread and tag in _UNREAD:
            self._unread = tag
        elif _BLOCKS.fullmatch(tag):
            self._pieces.append(" ")
        elif tag == "img" and not self._unread:
            self._image({name: value or "" for name, value in attrs})

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "svg":
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unread:
            self._unread = ""
        elif _BLOCKS.fullmatch(tag):
            self._pieces.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self._pieces.append(data)

    def _image(self, attributes: Mapping[str, str]) -> None:
        # Pages that load pictures late keep the address elsewhere, and a placeholder in src.
        sources = [attributes.get(name, "") for name in ("src", "data-src", "data-lazy-src", "data-orig-file")]
        source = next((source for source in sources if source and not source.startswith("data:")), "")
        if source and "1" not in (attributes.get("width"), attributes.get("height")):
            self.images.append((source, attributes.get("alt", "")))


def speakable(text: str) -> str:
    """The text without the characters that no database takes and no reader misses, and without space around it."""
    return _UNSPEAKABLE.sub("", text).strip()


def clean(text: str) -> str:
    """The text on one line, with single spaces."""
    return " ".join(speakable(text).split())


def decoded(body: bytes, charset: str) -> str:
    """The bytes as text in the character set they name, or in UTF-8 where there is none of that name."""
    try:
        return body.decode(charset or "utf-8", "replace")
    except (LookupError, UnicodeError):
        return body.decode("utf-8", "replace")


def web_link(found: str, base: str) -> str:
    """The address made whole, or nothing when it is not one of http or https."""
    found = speakable(found).replace(" ", "%20")
    with contextlib.suppress(ValueError):
        link = urljoin(base, found) if found else ""
        parts = urlsplit(link)
        if parts.scheme in ("http", "https") and parts.hostname:
            return link
    return ""
