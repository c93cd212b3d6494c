"""What a feed's document may ask of this machine, seen to before a library looks at it.

Once each, feedparser needs up to 14 µs for an element and 50 µs for a tag of what is not XML, and the words of a
summary 4 µs for a tag; its regular expressions never end on some beginnings, nor some codecs on some lengths.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from email.message import Message
from pyexpat import ErrorString, ExpatError, ParserCreate
from typing import Any

from feedparser.sanitizer import replace_doctype

MARKS = 400_000
"""`<` and `&` that a document may have, however they are written; a post has some hundreds."""
ELEMENTS = 100_000
"""Elements and attributes that a document may have; a post has some dozens."""
HEAD = 20_000
"""Bytes of comments and declarations before the first element; 250 named characters of HTML fit in."""
BROKEN_BYTES, BROKEN_TAGS = 1_000_000, 20_000
"""How large what is not XML may be, and how many `<` it may have, to be guessed at all the same."""

_BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_BE: "utf-16-be", codecs.BOM_UTF16_LE: "utf-16-le"}
_BEGINNINGS = {b"\0<\0?": "utf-16-be", b"<\0?\0": "utf-16-le"}
_DECLARED = re.compile(r"<\?xml[^<>]{1,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,500}>")
_NO_CHARACTER_SETS = frozenset({"idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7", "undefined"})
_FIRST_ELEMENT = re.compile(rb"<\w")
_SPACE = re.compile(rb"\s+")


class TooMuchError(Exception):
    """The document asks for too much; the text says of what, to stand after its name."""


def bounded_json(body: bytes) -> None:
    """Raises TooMuchError for JSON with too many marks."""
    _few(sum(body.count(mark) for mark in (b"<", b"&", rb"\u003", b"{", b"[")))


def utf8(body: bytes, content_type: str) -> bytes:
    """The document in UTF-8, with a declaration that says so, and without needless space before its first element.

    Raises TooMuchError for too many marks, and for a beginning that never ends.
    """
    document = b"<?xml version='1.0' encoding='utf-8'?>\n" + _DECLARATION.sub("", _text(body, content_type), 1).encode()
    first = _FIRST_ELEMENT.search(document)
    start = first.start() if first else len(document)
    head = _SPACE.sub(lambda space: b"\n" if b"\n" in space[0] else b" ", document[:start])
    if len(head) > HEAD:
        raise TooMuchError(f"begins with {len(head):,} bytes of declarations, more than the {HEAD:,} that are read.")
    _few(document.count(b"<") + document.count(b"&"))
    return head + document[start:]


def _text(body: bytes, content_type: str) -> str:
    """By the server's word, the document's own, its first bytes, or as most are; the first that fits."""
    bom = next((bom for bom in _BOMS if body.startswith(bom)), b"")
    for charset in _charsets(body, bom, content_type):
        try:
            if codecs.lookup(charset).name not in _NO_CHARACTER_SETS:
                return body[len(bom) :].decode(charset).encode("utf-8", "replace").decode()
        except (LookupError, UnicodeError, ValueError):
            continue
    return body.decode("utf-8", "replace")


def _charsets(body: bytes, bom: bytes, content_type: str) -> Iterator[str]:
    header = Message()
    header["Content-Type"] = content_type
    own = _DECLARED.match(body[len(bom) : 500].replace(b"\0", b"").decode("latin-1"))
    sniffed = _BOMS.get(bom) or _BEGINNINGS.get(body[:4], "")
    said = [str(header.get_param("charset") or ""), own[1] if own else ""]
    for charset in (*said, sniffed):
        wide = charset.lower().replace("_", "-").startswith(("utf-16", "utf16", "iso-10646", "ucs-2"))
        if charset and not (wide and sniffed):
            yield {"gb2312": "gb18030"}.get(charset.lower(), charset)
    yield from filter(None, (sniffed, "utf-8", "windows-1252", "iso-8859-2"))


def flaw(document: bytes) -> str:
    """What keeps a document in UTF-8 from being XML, in expat's words, or nothing when it is XML.

    Raises TooMuchError for too many elements.
    """
    try:  # what a DOCTYPE declares may be a bomb: feedparser leaves it out, and so does this
        _counting().Parse(replace_doctype(document)[1], True)
    except ExpatError as error:
        return ErrorString(error.code) or "broken"
    return ""


def guessable(document: bytes, why: str) -> None:
    """Raises TooMuchError when what is not XML is too large to be read all the same."""
    if len(document) > BROKEN_BYTES or document.count(b"<") > BROKEN_TAGS:
        raise TooMuchError(f"is not XML ({why}) and, with {len(document):,} bytes, too large to be read all the same.")


def _few(marks: int) -> None:
    if marks > MARKS:
        raise TooMuchError(f"has {marks:,} tags and references, more than the {MARKS:,} that are read.")


def _counting() -> Any:
    """A parser that counts and does nothing else; it minds namespaces, as feedparser's does."""
    parser, found = ParserCreate("utf-8", " "), 0

    def count(many: int) -> None:
        nonlocal found
        found += many
        if found > ELEMENTS:
            raise TooMuchError(f"has more than {ELEMENTS:,} elements and attributes, and so many are not read.")

    parser.ordered_attributes = True
    parser.StartElementHandler = lambda _, attributes: count(1 + len(attributes) // 2)
    parser.StartNamespaceDeclHandler = lambda _, __: count(1)
    return parser
