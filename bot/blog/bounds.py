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

MARKS = 500_000
"""`<` and `&` that a document may have, however they are written; a post has some hundreds."""
ELEMENTS = 100_000
"""Elements and attributes that a document may have; a post has some dozens."""
ATTRIBUTES = 1_000
"""Attributes that one element may have: feedparser's time grows with their square."""
NAMES = 50_000_000
"""The squares of the lengths of all names, together: feedparser looks for a mail address in each in so many steps."""
HEAD = 20_000
"""Bytes of comments and declarations before the first element; 250 named characters of HTML fit in."""
BROKEN_BYTES, BROKEN_TAGS = 1_000_000, 20_000
"""How large what is not XML may be, and how many `<` it may have, to be guessed at all the same."""

_BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_BE: "utf-16-be", codecs.BOM_UTF16_LE: "utf-16-le"}
_BEGINNINGS = {b"\0<\0?": "utf-16-be", b"<\0?\0": "utf-16-le"}
_DECLARED = re.compile(r"<\?xml[^<>]{1,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_DECLARATION = re.compile(r"<\?xml[^>]{0,500}>")
_NO_CHARACTER_SETS = frozenset({"idna", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7", "undefined"})
_FIRST_ELEMENT = re.compile(rb"<\w")
_PEOPLE = frozenset({"author", "contributor", "creator", "managingeditor", "owner", "publisher", "webmaster"})
_RUN = re.compile(rb"[\w.+&#;-]{300,}")
"""What feedparser may take for the beginning of a mail address, with what stands for such characters."""
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
    text = _text(body, content_type).lstrip()
    declared = _DECLARATION.match(text)
    document = b"<?xml version='1.0' encoding='utf-8'?>\n" + text[declared.end() if declared else 0 :].encode()
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

    Raises TooMuchError for too many elements or attributes, and for names too long to be names.
    """
    try:  # what a DOCTYPE declares may be a bomb: feedparser leaves it out, and so does this
        _Count().parser.Parse(replace_doctype(document)[1], True)
    except ExpatError as error:
        return ErrorString(error.code) or "broken"
    return ""


def guessable(document: bytes, why: str) -> None:
    """Raises TooMuchError when what is not XML is too large to be read all the same."""
    runs = sum(len(run) ** 2 for run in _RUN.findall(document))
    if len(document) > BROKEN_BYTES or document.count(b"<") > BROKEN_TAGS or runs > NAMES:
        raise TooMuchError(f"is not XML ({why}) and, with {len(document):,} bytes, too large to be read all the same.")


def _few(marks: int) -> None:
    if marks > MARKS:
        raise TooMuchError(f"has {marks:,} tags and references, more than the {MARKS:,} that are read.")


class _Count:
    """A parser that counts and does nothing else; it minds namespaces, as feedparser's does."""

    def __init__(self) -> None:
        self.elements = self.work = self.depth = self.named = 0
        """`depth` and `named`: how deep within a person's element, and how long the text there is so far."""
        self.parser: Any = ParserCreate("utf-8", " ")
        self.parser.ordered_attributes = True
        self.parser.StartElementHandler = self._started
        self.parser.EndElementHandler = self._ended
        self.parser.CharacterDataHandler = self._text
        self.parser.StartNamespaceDeclHandler = lambda _, __: self._count(1)

    def _count(self, many: int) -> None:
        self.elements += many
        if self.elements > ELEMENTS or many > ATTRIBUTES:
            raise TooMuchError(
                f"has more than {ELEMENTS:,} elements or {ATTRIBUTES:,} attributes to one, and so many are not read."
            )

    def _started(self, name: str, attributes: list[str]) -> None:
        self._count(1 + len(attributes) // 2)
        if self.depth or name.rpartition(" ")[2].lower() in _PEOPLE:
            self.depth += 1

    def _ended(self, _name: str) -> None:
        if self.depth:
            self.depth -= 1
        if self.named and not self.depth:
            self.work, self.named = self.work + self.named**2, 0

    def _text(self, text: str) -> None:
        if self.depth:
            self.named += len(text)
            if self.work + self.named**2 > NAMES:
                raise TooMuchError("has names that are too long to be read.")
