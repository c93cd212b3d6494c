"""How Mastodon reads a text: what is a link, a hashtag or a mention in it, how long it is, and its HTML.

Sources: mastodon/mastodon, `app/validators/status_length_validator.rb` and `app/lib/text_formatter.rb`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from html import escape

DOMAIN = "social.example"
SHOWN = 30
"""Characters of an address that a reader sees; the rest of it is hidden."""

_ENTITY = re.compile(
    r"(?<![\w@#/.=-])(?P<url>https?://[^\W_][^\s<>\"]*)"
    r"|(?<![\w/)=])#(?P<tag>\w*[^\W\d_]\w*)"
    r"|(?<![\w/=])@(?P<name>[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)(?:@(?P<host>[\w.-]*\w))?",
    re.IGNORECASE,
)
_LINK = ' target="_blank" rel="nofollow noopener noreferrer" translate="no"'
_JOINS, _MARKS = "\u200d", ("Mn", "Me")
_TONES = range(0x1F3FB, 0x1F400)
_FLAGS = range(0x1F1E6, 0x1F200)


def links(text: str) -> list[str]:
    """The addresses that become links."""
    return [address for _, _, address, _ in _entities(text) if address]


def hashtags(text: str) -> list[str]:
    """The hashtags, without “#”."""
    return [found["tag"] for _, _, _, found in _entities(text) if found["tag"]]


def mentions(text: str, known: Collection[str]) -> list[str]:
    """The accounts that are mentioned and known, as name@domain."""
    names = (_account(found) for _, _, _, found in _entities(text) if found["name"])
    return [name for name in names if name in known]


def length(text: str, per_link: int) -> int:
    """How long a text is: graphemes, but a link so many, and a mention without its domain."""
    total = place = 0
    for start, end, address, found in _entities(text):
        counted = per_link if address else _graphemes(f"@{found['name']}" if found["name"] else found[0])
        total += _graphemes(text[place:start]) + counted
        place = end
    return total + _graphemes(text[place:])


def as_html(text: str, known: Collection[str]) -> str:
    """The content as Mastodon gives it: paragraphs, links that hide most of a long address, hashtags, mentions."""
    pieces, place = [], 0
    for start, end, address, found in _entities(text):
        pieces += [escape(text[place:start]), _as_link(address) if address else _as_word(found, known)]
        place = end
    paragraphs = re.split(r"\n\n+", "".join([*pieces, escape(text[place:])]))
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs).replace("\n", "<br />").replace("&#x27;", "&#39;")


def _entities(text: str) -> Iterator[tuple[int, int, str, re.Match[str]]]:
    """Where they begin and end, the address where it is a link, and the match."""
    for found in _ENTITY.finditer(text):
        address = _trimmed(found["url"] or "")
        yield found.start(), found.start() + len(address) if address else found.end(), address, found


def _trimmed(address: str) -> str:
    """Without the punctuation of the sentence around it."""
    while address and (address[-1] in ".,:;!?'…”’»" or (address[-1] == ")" and "(" not in address)):
        address = address[:-1]
    return address


def _account(found: re.Match[str]) -> str:
    return f"{found['name']}@{found['host'] or DOMAIN}"


def _as_link(address: str) -> str:
    hidden = re.match(r"https?://(?:www\.)?", address, re.IGNORECASE)
    start = hidden.end() if hidden else 0
    shown, rest = address[start : start + SHOWN], address[start + SHOWN :]
    first, last = (f'<span class="invisible">{escape(part)}</span>' for part in (address[:start], rest))
    kind = "ellipsis" if rest else ""
    return f'<a href="{escape(address)}"{_LINK}>{first}<span class="{kind}">{escape(shown)}</span>{last}</a>'


def _as_word(found: re.Match[str], known: Collection[str]) -> str:
    if tag := found["tag"]:
        where = f"https://{DOMAIN}/tags/{tag.lower()}"
        return f'<a href="{where}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>'
    if _account(found) not in known:
        return escape(found[0])
    where = f"https://{found['host'] or DOMAIN}/@{found['name']}"
    name = f'<a href="{where}" class="u-url mention">@<span>{found["name"]}</span></a>'
    return f'<span class="h-card" translate="no">{name}</span>'


def _graphemes(text: str) -> int:
    """About as many as a reader sees: marks, tones, what is joined and the second half of a flag do not count."""
    count, joined, flag = 0, False, False
    for char in text:
        if char == _JOINS or unicodedata.category(char) in _MARKS or ord(char) in _TONES:
            joined = joined or char == _JOINS
            continue
        half = ord(char) in _FLAGS
        second = half and flag
        count += not (joined or second)
        joined, flag = False, half and not second
    return count
