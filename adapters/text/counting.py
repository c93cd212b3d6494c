"""How long a text is, as each network counts: X, Bluesky, Mastodon, and those that count what is stored.

Every counter takes linear time, and counts more, never less, where the network's own rule is unsure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from adapters.text.emoji import EMOJI, JOINED
from adapters.text.endings import BEYOND_ASCII, COUNTRIES, DOMAINS, OTHER_SCRIPTS
from adapters.text.graphemes import graphemes

LINK = 23
"""What X counts for every link, however long (X docs, Counting characters), and Mastodon unless an instance differs."""
_LONGEST_LINK = 2_000
"""Characters: X links no address of 4,096, counted in its ASCII form; from here on an address counts as text too."""

_PARTS = re.compile(r"[\x00-\x7f]*+[^\x00-\x7f]{0,500}")

_LATIN = (
    "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u028b\u02bb"
    "\u0300-\u036f\u1e00-\u1eff"
)
"""What X takes for letters of the Latin alphabet, beyond ASCII."""
_ANY = "0-9a-z\u00c0-\u061b\u061d-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2dff\u3005-\ud7ff-"
"""Characters of hosts in other scripts; X takes more."""
_SCHEME = "(?a:https?://)"
_PLAIN = "(?-i:[0-9A-Za-z])++"  # without the dotless i, the long s and the like
_HOST = f"(?:{_PLAIN}|[._{_LATIN}-](?!{_SCHEME}))"
_ABROAD = rf"(?:[{_ANY}]++\.)++(?:{'|'.join(sorted(OTHER_SCRIPTS, key=len, reverse=True))})(?=[/\s]|\Z)"
_ENDING = rf"(?<=\.)(?:{'|'.join(sorted(BEYOND_ASCII, key=len, reverse=True))})(?!(?-i:[0-9A-Za-z@+-]))"
_RUN = re.compile(
    rf"(?:(?!{_SCHEME})(?:{_PLAIN}|[_{_LATIN}-](?!{_SCHEME}))++(?!\.)"  # words without a dot are passed over
    rf"|[^a-z0-9._{_LATIN}-]++|[._{_LATIN}-](?={_SCHEME}))*+"
    rf"(?:(?P<scheme>{_SCHEME})(?:(?P<abroad>{_ABROAD})|(?P<host>{_HOST}*))|(?P<bare>{_HOST}+))(?P<ending>{_ENDING})?",
    re.IGNORECASE,
)
_LABEL = re.compile(rf"[a-z0-9{_LATIN}](?:[a-z0-9{_LATIN}-]{{0,61}}[a-z0-9{_LATIN}])?", re.IGNORECASE)
_DOMAIN = re.compile(rf"(?<=[a-z0-9{_LATIN}])\.(xn--|[a-z]{{2,}})", re.IGNORECASE)
_IN_PATH = rf"[a-z0-9!*';:=+,.$/%#\[\]_~@|&{_LATIN}\u0400-\u04ff\u2013-]"
_PATH = re.compile(
    rf"(?::\d+)?(/{_IN_PATH}*+(?:\({_IN_PATH}++\){_IN_PATH}*+)*+)?(\?[\w!?*'@();:&=+$/%#\[\].,~|-]*)?",
    re.ASCII | re.IGNORECASE,
)
_PARTING = re.compile(rf"[^0-9a-z!*';:=+,.$/%#\[\]_~@|&?(){_LATIN}\u0400-\u04ff\u2013-]", re.IGNORECASE)
"""What cannot stand within a path or a query."""

_HEAVY = re.compile("[^\x00-\xa8\xaa-\xad\xaf-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
"""Characters that weigh 2; © and ® are emoji, and some of X's counters take them for two."""
_BEFORE = "\"',;:([{<«»“”„‘’‚‹›（「『【《〈［"
_MENTION = re.compile(r"(?<![\w=/@.-])(@[a-z0-9_]++)@[a-z0-9]++(?:[.-]++[a-z0-9]++)+(?![\w@-])", re.IGNORECASE)
"""A mention of somebody on another server, whose domain Mastodon does not count."""


def composed(text: str) -> str:
    """The text in NFC, in linear time; a run of over 500 characters beyond ASCII is composed in parts."""
    if text.isascii():
        return text
    # Not all at once: the time to order a run of marks grows with the square of its length.
    return "".join(unicodedata.normalize("NFC", part) for part in _PARTS.findall(text))


def weighted(text: str) -> int:
    """The length as X counts it, in weighted characters; where X's own rule is unsure, more and never less.

    Source: X docs, Counting characters, configuration v3: links 23, emoji 2, most alphabets 1, all else 2.
    """
    text = composed(text)
    total = counted = 0
    for start, end, weight in _links(text, LINK):
        total += _glyphs(text[counted:start]) + weight
        counted = end
    return total + _glyphs(text[counted:])


def begins_link(text: str) -> bool:
    """Whether all of a text in ASCII, and the letters behind it, is certainly one link: what is unsure counts more."""
    text += "x" * LINK
    return list(_links(text, LINK)) == [(0, len(text), LINK)]


def graphemes_and_bytes(text: str) -> int:
    """Bluesky's two limits as one, 300 graphemes and 3,000 bytes: the graphemes, or the tens of bytes if they are more.

    Source: the lexicon of app.bsky.feed.post.
    """
    return max(graphemes(text), -(-len(text.encode("utf-8", "surrogatepass")) // 10))


def mastodon(text: str, per_url: int = LINK) -> int:
    """The length as Mastodon counts it: a link with its scheme as the instance says, a mention without its domain.

    Mastodon counts graphemes and its kin characters: this counts characters, which are never fewer.
    """
    total = counted = 0
    for start, end, length in _links(text, per_url, bare=False):
        total += _mentioning(text[counted:start]) + length
        counted = end
    return total + _mentioning(text[counted:])


def utf16_units(text: str) -> int:
    """The length in UTF-16 units, as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def visible(text: str) -> int:
    """The length of what a reader sees, before any escaping, as LinkedIn (3,000) and Facebook (63,206) limit it.

    Neither tells in what it counts, so it is counted in UTF-16 units: no count of characters is larger.
    """
    return utf16_units(text)


def _mentioning(text: str) -> int:
    return len(_MENTION.sub(r"\1", text))


def _glyphs(text: str) -> int:
    if text.isascii():
        return len(text)
    rest, emoji = EMOJI.subn("", text) if JOINED.search(text) else (text, 0)
    return 2 * emoji + len(rest) + len(_HEAVY.findall(rest))


def _links(text: str, weight: int, bare: bool = True) -> Iterator[tuple[int, int, int]]:
    """What becomes a link, if `bare` without a scheme too: start, end, weight. An empty span adds to the text's own."""
    end = 0
    while run := _RUN.match(text, end):
        scheme, host = run["scheme"] or "", (run["abroad"] or run["host"] or run["bare"] or "").rstrip(".")
        start, before, end = run.start("scheme" if scheme else "bare"), end, run.end()
        stop = start + len(scheme) + len(host)
        possible = _possible_domains(host) + bool(run["ending"] and _LABEL.fullmatch(host[-1:]))
        if not scheme and not (bare and possible):
            continue
        # What no space parts from an earlier full stop may be a path or a query of what stands there.
        clear = not before or _PARTING.search(text, before, start)
        alone = _stands_alone(text[max(0, start - 2) : start], text[stop : stop + 1], bool(scheme))
        if run["ending"] or not (clear and alone and _is_whole(host, bool(run["abroad"]))):
            yield start, start, weight * max(possible, 1)
            continue
        end = _end(text, stop, bool(scheme))
        sure = (run["abroad"] or host.rpartition(".")[2].lower() in DOMAINS) and _is_usual(text[start:end])
        yield start, end, weight if sure else _either(text[start:end], len(scheme + host), weight)
        if not (scheme or start or host[0].isascii()):
            yield end, end, _glyphs(host[0])  # X takes it for what stands before the link


def _is_whole(host: str, abroad: bool) -> bool:
    """Whether X either links this host as a whole or not at all; of its own t.co it links less than there may be."""
    labels = host.split(".")
    if abroad:
        return all(label[0] != "-" != label[-1] and _is_short(label) for label in labels)
    last = labels[-1].lower()
    whole = last in DOMAINS or _possible_domains(host) == _possible_domains(f"a.{last}")
    return whole and len(labels) > 1 and last.isascii() and host.lower() != "t.co" and all(map(_is_label, labels))


def _is_usual(address: str) -> bool:
    return len(address) < _LONGEST_LINK and "//t.co/" not in address


def _either(address: str, path: int, weight: int) -> int:
    """The most that an address counts which may be a link, or text with links in its path."""
    return max(weight, _glyphs(address)) + weight * (_possible_domains(address[path:]) + address.count("://", path))


def _is_label(label: str) -> bool:
    """Whether a label is one of a host in Latin letters, with hyphens inside."""
    return bool(_LABEL.fullmatch(label)) and _is_short(label)


def _is_short(label: str) -> bool:
    """Whether a label fits into a host's name in its form without letters beyond ASCII."""
    if label.isascii():
        return len(label) < 64
    return len(label.encode("punycode")) < 60 and not label.lower().startswith("xn--")


def _possible_domains(host: str) -> int:
    found = [name.lower() for name in _DOMAIN.findall(host)]
    return sum(len(name) > 2 or name in COUNTRIES for name in found)


def _stands_alone(before: str, after: str, scheme: bool) -> bool:
    """Whether nothing around an address makes X read it otherwise: the two characters before, and the one after."""
    if after.isalnum() or after in set("@+"):
        return False
    if scheme:
        return before[-1:] not in set("@＠$#＃\ufffe\uffff\ufeff")
    if not (after.isascii() or unicodedata.category(after)[0] in "PZ"):
        return False
    return not before or before[-1].isspace() or (before[-1] in _BEFORE and before[0] in _BEFORE + " \n")


def _end(text: str, start: int, scheme: bool) -> int:
    """Where a link ends whose domain ended at `start`: closing punctuation is not part of it.

    Without a scheme, neither is a port or a query that no path comes with.
    """
    match = _PATH.match(text, start)
    if match is None or not (scheme or match[1]):
        return start
    path, query = match[1] or "", match[2] or ""
    kept = path.rstrip("!*';:,.$%[]~@|&–")
    end = match.end() - len(query) - len(path) + len(kept)
    return end + len(query.rstrip("?!*'@();:+$%[].,~|")) if kept == path else end
