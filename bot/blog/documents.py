"""A feed's document, from bytes to entries: RSS, RDF and Atom through feedparser, JSON Feed by a few lines of our own.

It reads what stands there and nothing else: no network, no state, no judgement on what is new.
"""

from __future__ import annotations

import io
import json
import re
from calendar import timegm
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from time import struct_time
from typing import Any

import feedparser

from adapters.text.links import canonical
from bot.blog.bounds import TooMuchError, bounded_json, flaw, guessable, utf8
from bot.blog.fetching import place
from bot.blog.markup import CAP, Text, clean, of_title, speakable, spoken, tidied, unescaped, web_link, words
from bot.model import Document, Entry

ENTRIES = 1_000
"""Entries of a document that are read at most, from its beginning."""
SUMMARY = 5_000
"""Characters of a summary that are kept at most: a feed may carry whole articles."""
IMAGES = 10

_NOT_A_PICTURE = re.compile(
    r"gravatar\.com/|//s\.w\.org/|wp-smiley|//pixel\.|//stats\.|doubleclick\.net/|feedburner\.com/"
)
_COMMENT = re.compile(r"#comment-\d+$")
"""How WordPress's addresses of comments end."""
_PICTURE_NAME = re.compile(r"\.(?:jpe?g|png|webp|gif)$", re.I)
_AMPERSAND = re.compile(
    rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-f]{1,6});)", re.I | re.S
)
_END = re.compile(r"</(?:\w+:)?(?:rss|rdf|feed)\s*>(?:\s|<!--(?:(?!-->).)*-->)*$", re.I | re.S)

_STUMBLES = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
"""What feedparser has been seen to raise for what is hardly XML."""


class DocumentError(Exception):
    """The bytes are not a whole feed; the reason is one sentence that names the place."""


def parse(body: bytes, content_type: str, url: str) -> Document:
    """The document at `url`, with its first thousand entries that have an identity and an http(s) link.

    Raises DocumentError for what is empty, cut off, no feed at all, or a feed of what readers commented.
    """
    document = _document(body, content_type, url)
    if document.entries and all(_COMMENT.search(entry.link) for entry in document.entries):
        raise DocumentError(f"{place(url)} is the feed of the readers' comments; give the feed of the blog's posts.")
    return document


def _document(body: bytes, content_type: str, url: str) -> Document:
    if not body.strip():
        raise DocumentError(f"{place(url)} answered with nothing; a feed was expected.")
    try:
        if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
            bounded_json(body)
            return _json_document(body, url)
        if not _END.search(_ascii(body[-5_000:])):
            raise DocumentError(f"{place(url)} {_what_else(_ascii(body[:5_000]))}")
        parsed = _parsed(_readable(utf8(body, content_type if "charset" in content_type.lower() else "")))
    except TooMuchError as error:
        raise DocumentError(f"{place(url)} {error}") from None
    except _STUMBLES:
        raise DocumentError(f"{place(url)} is a feed so broken that it cannot be read.") from None
    if not parsed.get("version"):
        raise DocumentError(f"{place(url)} {_what_else('')}")
    return _xml_document(parsed, url)


def _readable(document: bytes) -> bytes:
    """The document, mended where that makes it XML. Raises TooMuchError for what is not XML and too large."""
    if why := flaw(document):
        mended = _mended(document)
        if not flaw(mended):
            return mended
        guessable(document, why)
    return document


def _ascii(part: bytes) -> str:
    """The part as far as it is ASCII, whether a character takes one byte or, as in UTF-16, two."""
    return part.replace(b"\0", b"").decode("ascii", "replace")


def _what_else(beginning: str) -> str:
    """What it is instead of a whole feed."""
    if re.search(r"<(?:\w+:)?(?:rss|feed|rdf)\b", beginning, re.I):
        return "ends in the middle: the document was cut off on its way."
    kind = "an HTML page" if re.search(r"<(?:!doctype\s+html|html)\b", beginning, re.I) else "something else"
    return f"is not a feed but {kind}; look up the address of the blog's feed."


# ---- words and addresses


def _title(text: str, plain: bool) -> str:
    """A title as a person reads it: WordPress escapes it as HTML, and once more what its author had escaped."""
    return unescaped(text[:CAP]) if plain else of_title(text)


def _summary(text: str, plain: bool) -> str:
    """The words of a summary, which is HTML unless it is `plain`; WordPress ends what it cut with ` [&#8230;]`."""
    text = tidied(words(text) if not plain and ("<" in text or "&" in text) else unescaped(text[:CAP]))
    return text if len(text) <= SUMMARY else text[: SUMMARY - 1].rsplit(" ", 1)[0] + "…"


def _pictures(named: Iterable[tuple[str, str]], base: str) -> tuple[tuple[str, str], ...]:
    """Each picture once, in order, with the first alternative text found for it; avatars and counters left out."""
    found: dict[str, str] = {}
    for source, alt in named:
        if (link := web_link(source, base)) and not _NOT_A_PICTURE.search(link):
            found[link] = found.get(link) or spoken(alt)
    return tuple(found.items())[:IMAGES]


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for found in names if (name := unescaped(found))))


def _word(of: Any, name: str) -> str:
    """The text of that name, or nothing where something else stands there, or nothing at all."""
    value = of.get(name) if isinstance(of, dict) else None
    return value if isinstance(value, str) else ""


def _list(of: Any, name: str) -> list[Any]:
    value = of.get(name) if isinstance(of, dict) else None
    return value if isinstance(value, list) else []


# ---- RSS, RDF and Atom


def _parsed(document: bytes) -> Any:
    # No content-location: feedparser would resolve the ids against it, and a feed that moves would be all new.
    return feedparser.parse(io.BytesIO(document), sanitize_html=False, resolve_relative_uris=False)


def _mended(body: bytes) -> bytes:
    """The document with every `&` escaped that XML does not know: the commonest slip, and feedparser garbles it."""
    return _AMPERSAND.sub(lambda found: b"&amp;" if found[0] == b"&" else found[0], body)


def _xml_document(parsed: Any, url: str) -> Document:
    feed, atom = parsed.feed, parsed.version.startswith("atom")
    language = clean(_word(feed, "language"))
    entries = (_xml_entry(raw, url, language, atom) for raw in parsed.entries[:ENTRIES])
    title = _title(_word(feed, "title"), atom and _plain(feed, "title"))
    return Document(title, tuple(entry for entry in entries if entry), language)


def _xml_entry(raw: Any, url: str, language: str, atom: bool) -> Entry | None:
    # An RSS guid may stand for the link, but only when it is one: never an id made into an address.
    guid = speakable(_word(raw, "id"))
    link = web_link(_word(raw, "link"), "" if _word(raw, "link") == _word(raw, "id") else url)
    if not link:
        return None
    content = next((_word(part, "value") for part in _list(raw, "content") if "html" in _word(part, "type")), "")
    updated = _time(raw["updated_parsed"]) if "updated_parsed" in raw else None
    return Entry(
        guid=guid or canonical(link),
        link=link,
        title=_title(_word(raw, "title"), atom and _plain(raw, "title")),
        summary=_summary(_word(raw, "summary") or content, atom and _plain(raw, "summary")),
        author=", ".join(_unique(_authors(raw))),
        categories=_unique(_word(tag, "term") or _word(tag, "label") for tag in _list(raw, "tags")),
        language=language,
        published=_time(raw["published_parsed"]) if "published_parsed" in raw else updated,
        updated=updated,
        images=_pictures([*_named(raw), *_shown(content or _word(raw, "summary")), *_thumbnails(raw)], link),
    )


def _authors(raw: Any) -> Iterator[str]:
    """The names, without mail addresses; of one with a long ending feedparser takes the rest for a name."""
    for author in _list(raw, "authors"):
        name, mail = _word(author, "name"), _word(author, "email")
        if "@" not in name and not (mail and mail + name in _word(raw, "author")):
            yield name


def _plain(of: Any, element: str) -> bool:
    """Whether an Atom text says that it is no HTML; what feedparser guesses for RSS is not to be relied on."""
    return _word(of.get(f"{element}_detail"), "type") == "text/plain"


def _time(parts: struct_time | None) -> datetime | None:
    try:
        return None if parts is None else datetime.fromtimestamp(timegm(parts), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _named(raw: Any) -> Iterator[tuple[str, str]]:
    """The pictures an entry names outside its text: Media RSS first (its `description` is the alternative text)."""
    alt = _media_description(raw) if len(_list(raw, "media_content")) == 1 else ""
    for media in _list(raw, "media_content"):
        kind, source = _word(media, "medium") or _word(media, "type"), _word(media, "url")
        if kind.startswith("image") or (not kind and _PICTURE_NAME.search(source.partition("?")[0])):
            yield source, alt
    for link in _list(raw, "links"):
        if _word(link, "rel") == "enclosure" and _word(link, "type").startswith("image/"):
            yield _word(link, "href"), _word(link, "title")


def _thumbnails(raw: Any) -> list[tuple[str, str]]:
    return [(_word(media, "url"), "") for media in _list(raw, "media_thumbnail")]


def _media_description(raw: Any) -> str:
    """feedparser files it among the contents, or in the place of the summary's details, and keeps one for an entry."""
    detail = _word(raw.get("summary_detail"), "value")
    plain = (_word(part, "value") for part in _list(raw, "content") if _word(part, "type") == "text/plain")
    return next(plain, detail if detail != _word(raw, "summary") else "")


def _shown(content: str) -> list[tuple[str, str]]:
    return Text(content).images if "<img" in content[:CAP] else []


# ---- JSON Feed (jsonfeed.org, versions 1 and 1.1)


def _json_document(body: bytes, url: str) -> Document:
    try:
        feed = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise DocumentError(f"{place(url)} is not whole JSON: it was cut off on its way, or is broken.") from None
    if "jsonfeed.org/version/" not in _word(feed, "version"):
        raise DocumentError(f"{place(url)} is JSON but not a JSON Feed; look up the address of the blog's feed.")
    language = clean(_word(feed, "language"))
    entries = (_json_entry(raw, url, language) for raw in _list(feed, "items")[:ENTRIES])
    found = tuple(entry for entry in entries if entry)
    return Document(clean(_word(feed, "title")), found, language)


def _json_entry(raw: Any, url: str, language: str) -> Entry | None:
    link = web_link(_word(raw, "url") or _word(raw, "external_url"), url)
    if not link:
        return None
    markup = _word(raw, "content_html")
    text = _word(raw, "summary") or _word(raw, "content_text")
    writers = _list(raw, "authors") or [raw.get("author")]
    named = [(_word(raw, name), "") for name in ("image", "banner_image")]
    published, updated = (_moment(_word(raw, name)) for name in ("date_published", "date_modified"))
    return Entry(
        guid=speakable(_word(raw, "id") or _number(raw, "id")) or canonical(link),
        link=link,
        title=_title(_word(raw, "title"), plain=True),
        summary=_summary(text or markup, plain=bool(text)),
        author=", ".join(_unique(_word(writer, "name") for writer in writers)),
        categories=_unique(tag for tag in _list(raw, "tags") if isinstance(tag, str)),
        language=clean(_word(raw, "language")) or language,
        published=published or updated,
        updated=updated,
        images=_pictures([*named, *_shown(markup)], link),
    )


def _number(of: dict[str, Any], name: str) -> str:
    """A number as text: readers are to take an id that is one (JSON Feed 1.1, items: id)."""
    value = of.get(name)
    return str(value) if isinstance(value, int | float) else ""


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip().upper())
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
