"""Text from outside as a person reads it: HTML read for its words and pictures in bounded time, addresses made whole.

Nothing here renders HTML or fetches anything.
"""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from adapters.text.plain import plain

CAP = 512_000
"""Characters of HTML that are read at most."""

_BLOCKS = re.compile(
    "address|article|aside|blockquote|br|caption|center|d[dlt]|details|div|fieldset|fig(?:caption|ure)|footer|form|h[1-6]"
    "|header|hr|legend|li|main|nav|ol|p|pre|section|summary|table|t[dhr]|tbody|tfoot|thead|ul"
)
"""Elements whose beginnings and ends part words."""
_UNREAD = frozenset(
    {
        "audio",
        "button",
        "canvas",
        "iframe",
        "noscript",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "video",
    }
)
_HIDEABLE = re.compile("a|aside|b|div|em|fig(?:caption|ure)|h[1-6]|i|ol|p|section|small|span|strong|ul")
_NOT_SEEN = re.compile(r"(?:^|\s)(?:more-link|read-more|screen-reader-text|sr-only|visually-hidden)(?:\s|$)")
"""Classes of what is for the ear only, and of the link to the rest."""
_SUPERSCRIPT = re.compile(r"<sup>\s{0,9}([0-9+−-]{1,9})\s{0,9}</sup>", re.I)
_FOOTNOTE = re.compile(r"<sup\b[^<>]{0,300}>\s{0,9}<a\b[^<>]{0,500}>[^<>]{0,9}</a>\s{0,9}</sup>", re.I)
_RAISED = str.maketrans("0123456789+−-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.I)
_MARKUP_STILL = re.compile(
    r"</(?:p|div|a|em|strong|span|b|i|ul|ol|li|h[1-6]|blockquote|figure|script|style)>|<(?:br ?/?|p)>|<img ", re.I
)
_INLINE = (
    "a|abbr|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|img|ins|kbd|mark|q|s|small|span|strike|strong|sub|sup|time|tt|u"
    "|var|wbr"
)
_IN_TITLE = re.compile(
    r"<!--[^<>]*-->|<(?P<quiet>script|style)\b[^<>]*>[^<]*</(?P=quiet)\s*>"
    rf"|</?(?:script|style|{_INLINE}|(?P<block>br|center|div|h[1-6]|hr|li|ol|p|ul))(?:\s[^<>]*=[^<>]*)?\s*/?>",
    re.I,
)
"""Tags of a title; other words in angle brackets are words."""
_REST = (
    "Continue reading|Read (?:more|on)|Weiterlesen|Mehr lesen|Lire (?:la suite|plus)|Leggi (?:tutto|di più)|Leer más"
    "|(?:Continuar|Seguir) leyendo"
    "|Lees verder|続きを読む"
)
_CUT = re.compile(
    rf" ?(?:[\[(](?:more|mehr|suite|más|altro|meer|mais|続き)? ?(?:…|\.\.\.?) ?[\])]|(?:…|\.\.\.)(?= ?(?:{_REST})))"
    rf"(?: ?(?:{_REST})[^.!?]{{0,200}})?(?: ?[→»])?[\u200e\u200f]*$"
    rf"|(?:(?<=[.!?…。] )(?:{_REST})| (?:{_REST})(?= ?[→»])|(?-i: Read More| Continue Reading))(?: ?[→»]+|…|\.\.\.)?$",
    re.I,
)
"""How a summary ends that is only a beginning: WordPress writes […] or (more…), themes add words of their own."""
_FROM = re.compile(
    "The post |Der Beitrag |(?:L[’']|Cet )article |L[’']articolo |La entrada |Het bericht |O post |投稿 "
)
_APPEARED = re.compile(
    "appeared first on|first appeared on|erschien zuerst auf|est apparu en premier sur|proviene da"
    "|se publicó primero en|apareció primero en|verscheen eerst op|apareceu primeiro em|に最初に表示されました。"
)
"""What the Yoast SEO plugin writes under every entry of a WordPress feed."""
_FILE_NAME = re.compile(r"[\w .()-]{1,200}\.(?:jpe?g|png|webp|gif|avif|tiff?|heic)", re.I)
_NOT_OF_THE_TEXT = re.compile(r"(?:^|[\s_-])(?:g?r?avatar|emoji|smiley|author)(?:[\s_-]|$)", re.I)
"""Classes of pictures that are no part of what is told."""
_SMALLEST = 200
"""Pixels of the shorter side: a picture that is to be shown smaller is a symbol."""
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
        self._unread, self._depth = "", 0
        self._offered = ""
        self.images: list[tuple[str, str]] = []
        super().__init__(markup)

    @property
    def words(self) -> str:
        """The text on one line, without scripts and styles."""
        return clean("".join(self._pieces))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._unread == "p" and tag != "br" and _BLOCKS.fullmatch(tag):
            self._unread = ""  # the end of a paragraph may be left out
        if tag == "img" and self._unread in ("", "noscript"):
            self._image({name: value or "" for name, value in attrs})
            self._pieces.append("" if self._unread else _drawn(dict(attrs)))
        elif self._unread:
            self._depth += tag == self._unread
        elif tag == "source":
            self._offered = self._offered or _largest(dict(attrs).get("srcset") or "")
        elif tag in _UNREAD or (_HIDEABLE.fullmatch(tag) and _unseen(dict(attrs))):
            self._unread, self._depth = tag, 1
        elif tag == "q":
            self._pieces.append("“")
        elif _BLOCKS.fullmatch(tag):
            self._pieces.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "svg":
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._unread:
            self._depth -= tag == self._unread or (self._unread == "p" and _BLOCKS.fullmatch(tag) is not None)
            self._unread = self._unread if self._depth else ""
        elif tag == "q":
            self._pieces.append("”")
        elif _BLOCKS.fullmatch(tag):
            self._pieces.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self._pieces.append(data)

    def _image(self, attributes: Mapping[str, str]) -> None:
        source, self._offered = _source(attributes) or self._offered, ""
        sides = [
            int(side) for name in ("width", "height") if re.fullmatch(r"\d{1,6}", side := attributes.get(name, ""))
        ]
        if (
            source
            and min([*sides, _SMALLEST]) == _SMALLEST
            and not _NOT_OF_THE_TEXT.search(attributes.get("class", ""))
        ):
            self.images.append((source, attributes.get("alt", "")))


def _source(attributes: Mapping[str, str]) -> str:
    """Where a picture is: pages that load pictures late keep the address elsewhere, and a placeholder in `src`."""
    sources = [attributes.get(name, "") for name in ("data-src", "data-lazy-src", "data-orig-file", "src")]
    sources += [_largest(attributes.get(name, "")) for name in ("data-srcset", "data-lazy-srcset", "srcset")]
    return next((source for source in sources if source and not source.startswith("data:")), "")


def _largest(sources: str) -> str:
    """The widest of the pictures that a `srcset` offers (HTML standard, srcset attributes)."""
    offered = re.findall(r"([^\s,]\S*)\s+(\d{1,5})(?:\.\d{1,3})?[wx]", sources[:4_000])
    return max(offered, key=lambda found: int(found[1]), default=("", ""))[0]


def _drawn(attributes: Mapping[str, str | None]) -> str:
    """The emoji that WordPress put a picture in the place of."""
    alt = attributes.get("alt") or ""
    return alt if re.search(r"\b(?:wp-smiley|emoji)\b", attributes.get("class") or "") and len(alt) <= 20 else ""


def _unseen(attributes: Mapping[str, str | None]) -> bool:
    style = (attributes.get("style") or "").replace(" ", "").lower()
    return "hidden" in attributes or "display:none" in style or bool(_NOT_SEEN.search(attributes.get("class") or ""))


def words(markup: str) -> str:
    """The words of a piece of HTML on one line; what was escaped once too often is read once more."""
    text = unescaped(Text(raised(markup[:CAP])).words)
    return Text(text).words if _MARKUP_STILL.search(text) else text


def of_title(markup: str) -> str:
    """The words of a title, which may have tags, also escaped once too often; any other “<” is a sign."""
    text = raised(markup[:CAP])
    for _ in range(2):
        text = unescaped(_IN_TITLE.sub(lambda tag: " " if tag["block"] else "", text))
    return text


def raised(markup: str) -> str:
    """The HTML with raised digits as characters, since 10<sup>6</sup> is not 106, and without marks of footnotes."""
    return _SUPERSCRIPT.sub(lambda found: found[1].translate(_RAISED), _FOOTNOTE.sub("", markup))


def unescaped(text: str) -> str:
    """The text without what is left of HTML's escapes, which a reader would see as such."""
    for _ in range(2):
        text = _REFERENCE.sub(lambda found: html.unescape(found[0]), text)
    return clean(text)


def spoken(alt: str) -> str:
    """An alternative text as it is heard: without markup and escapes, and nothing where it is the name of a file."""
    text = Text(alt).words if _MARKUP_STILL.search(alt) else unescaped(alt)
    return "" if _FILE_NAME.fullmatch(text) else text


def tidied(text: str) -> str:
    """A summary without the plugin's line below it, and with one “…”, or its full stop, where it was cut."""
    text = _own(text)
    cut = _CUT.search(text, max(0, len(text) - 300))
    kept = text[: cut.start()].rstrip(" ,;:–—-…") if cut else text
    return kept if not (cut and kept) or kept.endswith((".", "!", "?", "。", "！", "？")) else kept + "…"


def _own(text: str) -> str:
    """The text without the line that tells where it appeared first, which is within its last thousand characters."""
    if text.endswith((".", "。")):
        for begun in reversed(list(_FROM.finditer(text, max(0, len(text) - 1_000)))):
            if _APPEARED.search(text, begun.end()):
                return text[: begun.start()].rstrip()
    return text


def speakable(text: str) -> str:
    """The text without the characters that no database takes and no reader misses, and without space around it."""
    return _UNSPEAKABLE.sub("", text).strip()


def clean(text: str) -> str:
    """The text on one line, with single spaces, without characters that nobody sees."""
    return plain(speakable(text))


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
