"""Hostile and broken documents, each with what a person reads of it: an error's words, or the titles of its entries."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass

from tests.making.wordpress import BLOG, BlogPost, rss

ITEM = f"<item><title>Fine</title><link>{BLOG}/1/</link><guid>1</guid></item>".encode()
XML = b'<?xml version="1.0" encoding="UTF-8"?>'


@dataclass(frozen=True)
class Case:
    """A document, made when it is needed, and what becomes of it."""

    body: Callable[[], bytes]
    error: str = ""
    titles: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


def channel(inner: bytes, before: bytes = XML) -> bytes:
    """An RSS document with this in its channel, and this before it."""
    return before + b'<rss version="2.0"><channel><title>T</title>' + inner + b"</channel></rss>"


def item(inner: bytes) -> bytes:
    """One entry with this in it, and a fine one after it."""
    return b"<item><title>Odd</title><link>" + BLOG.encode() + b"/0/</link><guid>0</guid>" + inner + b"</item>" + ITEM


def entities(levels: int) -> bytes:
    """A DOCTYPE whose last entity stands for ten to that power of letters."""
    steps = (f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "a"}">'.encode() for n in range(levels))
    return XML + b"<!DOCTYPE rss [\n" + b"\n".join(steps) + b"\n]>"


def attributes(count: int) -> bytes:
    return b"<x " + b" ".join(b'a%d=""' % number for number in range(count)) + b"/>"


BOTH = ("Odd", "Fine")
CORPUS: dict[str, Case] = {
    "an entity bomb": Case(lambda: channel(item(b"<description>&e9;</description>"), entities(10)), titles=BOTH),
    "one large entity, often": Case(
        lambda: channel(item(b"&a;" * 9_000), XML + b'<!DOCTYPE rss [\n<!ENTITY a "' + b"x" * 9_000 + b'">\n]>'),
        titles=BOTH,
    ),
    "a file of this machine": Case(
        lambda: channel(item(b"&f;"), XML + b'<!DOCTYPE rss [\n<!ENTITY f SYSTEM "file:///etc/passwd">\n]>'),
        titles=BOTH,
    ),
    "200,000 nested elements": Case(
        lambda: channel(b"<x>" * 200_000 + b"</x>" * 200_000 + ITEM), "more than 100,000 elements"
    ),
    "10 MB of empty elements": Case(lambda: channel(b"<x/>" * 2_400_000), "tags and references, more than the 500,000"),
    "a million tags in a summary": Case(
        lambda: channel(item(b"<description>" + b"&lt;b>" * 1_000_000 + b"</description>")), "more than the 500,000"
    ),
    "tags hidden in UTF-7": Case(
        lambda: channel(b"+ADw-x/+AD4-" * 50_000 + ITEM, b'<?xml version="1.0" encoding="utf-7"?>'), titles=("Fine",)
    ),
    "90,000 attributes": Case(lambda: channel(attributes(90_000) + ITEM), "1,000 attributes to one"),
    "what is not XML, for long": Case(
        lambda: channel(item(b"<description>" + b"word " * 250_000 + b"</p>")), "is not XML (mismatched tag) and, with"
    ),
    "one tag not closed": Case(lambda: channel(b"<x>" + ITEM), titles=("Fine",)),
    "a name of a million letters": Case(
        lambda: channel(item(b"<author>" + b"a" * 1_000_000 + b"@</author>")), "names that are too long"
    ),
    "such a name, not XML": Case(
        lambda: channel(item(b"</x><author>" + b"&#97;" * 100_000 + b"@</author>")), "too large to be read"
    ),
    "9 MB of empty lines first": Case(lambda: channel(ITEM, XML + b"\n" * 9_000_000), titles=("Fine",)),
    "100,000 declarations": Case(
        lambda: channel(ITEM, XML + b"<!DOCTYPE rss [" + b"\n<!ENTITY" * 100_000 + b"]>"), "bytes of declarations"
    ),
    "a first line without an end": Case(
        lambda: channel(ITEM, b"<?xml " + b'encoding="' * 100_000 + b"?>"), "bytes of declarations"
    ),
    "50 MB": Case(lambda: b" " * 50_000_000, "is larger than 10,000,000 bytes and was not read."),
    "50 MB, packed": Case(
        lambda: gzip.compress(b" " * 50_000_000),
        "is larger than 10,000,000 bytes and was not read.",
        headers=(("content_encoding", "gzip"),),
    ),
    "JSON as deep as it is long": Case(
        lambda: b'{"version":"https://jsonfeed.org/version/1.1","items":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "is not whole JSON",
    ),
    "JSON with a million objects": Case(
        lambda: b'{"version":"https://jsonfeed.org/version/1.1","items":[' + b"{}," * 1_000_000 + b"{}]}",
        "more than the 500,000",
    ),
    "the wrong charset, said by the document": Case(
        lambda: channel(ITEM.replace(b"Fine", "Café".encode("latin-1"))), titles=("Café",)
    ),
    "the wrong charset, said by the server": Case(
        lambda: channel(ITEM.replace(b"Fine", "Café".encode())),
        titles=("Café",),
        headers=(("content_type", "application/rss+xml; charset=utf-16"),),
    ),
    "a charset that takes for ever": Case(
        lambda: channel(item(b"abc-" * 200_000), b'<?xml version="1.0" encoding="punycode"?>'), titles=BOTH
    ),
    "the same guid twice": Case(lambda: rss(BlogPost(1, "First"), BlogPost(1, "Second")), titles=("First",)),
    "no guid": Case(lambda: channel(ITEM.replace(b"<guid>1</guid>", b"")), titles=("Fine",)),
    "neither guid nor link": Case(lambda: channel(b"<item><title>Nowhere</title></item>" + ITEM), titles=("Fine",)),
    "a javascript: link": Case(
        lambda: channel(b"<item><title>Bad</title><link>javascript:alert(1)</link></item>" + ITEM), titles=("Fine",)
    ),
    "dates that do not exist": Case(
        lambda: channel(
            item(b"<pubDate>Mon, 31 Feb 2026 25:61:00 GMT</pubDate>")
            + b"<item><title>Far</title><link>http://far.example/</link><pubDate>99999-13-45</pubDate></item>"
        ),
        titles=(*BOTH, "Far"),
    ),
    "a script in a title": Case(
        lambda: rss(BlogPost(1, "&lt;script&gt;alert(1)&lt;/script&gt; Fine")), titles=("Fine",)
    ),
    "control characters": Case(lambda: rss(BlogPost(1, "A\x00B\x1b[31mC")), titles=("AB[31mC",)),
}
