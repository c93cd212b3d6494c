"""How long a text is, as each network counts: X, Bluesky, Mastodon, and those that count what is stored.

Every counter takes linear time, and counts more, never less, where the network's own rule is unsure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from adapters.graphemes import graphemes

LINK = 23
"""What X counts for every link, however long (X docs, Counting characters), and Mastodon unless an instance differs."""
_LONGEST_LINK = 2_000
"""Characters: X links no address of 4,096, counted in its ASCII form; from here on an address counts as text too."""

_COUNTRY_CODES = (
    "ac ad ae af ag ai al am an ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br bs bt bv bw "
    "by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh er es et eu fi fj "
    "fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir "
    "is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml "
    "mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr "
    "ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th "
    "tj tk tl tm tn to tp tr tt tv tw tz ua ug uk um us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw "
)
_COUNTRIES = frozenset(_COUNTRY_CODES.split())
_OTHER_DOMAINS = (
    "academy aero africa agency app art asia bank berlin best bible bio biz blog blue boston brussels business cab "
    "cafe cancerresearch care career careers cat center charity church city claims clinic clothing cloud club coach "
    "codes coffee college com community company computer consulting cool coop dental design dev digital direct "
    "directory doctor earth edu education email energy eus events expert express family fit foundation fun fund games "
    "gov group guide guru health healthcare help hiphop hiv hospital host how info ink institute int international "
    "jobs land law legal life link live london love media memorial mil mobi moe museum name net network news ngo nhs "
    "nyc one ong online org page paris partners party physio plus post press pro quebec report rest reviews rip rocks "
    "run school science services shop show site social software solutions space store stream studio study support "
    "surgery systems team tech tel tips today tokyo tools top training travel university vegas video vision vote "
    "website wien wiki win work works world wtf xxx xyz yoga zone "
)
_DOMAINS = _COUNTRIES | frozenset(_OTHER_DOMAINS.split())
"""Top-level domains that X links for certain; any other word in their place is counted as link and as text."""

_PARTS = re.compile(r"[\x00-\x7f]*+[^\x00-\x7f]{0,500}")

_LATIN = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_HOST = f"[a-z0-9._{_LATIN}-]"
_SCHEME = "(?a:https?://)"
_RUN = re.compile(
    rf"(?:(?!{_SCHEME})[a-z0-9_{_LATIN}-]++(?!\.)|[^a-z0-9._{_LATIN}-])*+"  # words without a dot are passed over
    rf"(?:(?P<scheme>{_SCHEME})(?P<host>{_HOST}*)|(?P<bare>{_HOST}+))",
    re.IGNORECASE,
)
_LABEL = re.compile(rf"[a-z0-9{_LATIN}](?:[a-z0-9{_LATIN}-]{{0,61}}[a-z0-9{_LATIN}])?", re.IGNORECASE)
_DOMAIN = re.compile(rf"(?<=[a-z0-9{_LATIN}])\.(xn--|[a-z]{{2,}})", re.IGNORECASE)
_IN_PATH = rf"[a-z0-9!*';:=+,.$/%#\[\]_~@|&{_LATIN}\u0400-\u04ff-]"
_PATH = re.compile(
    rf"(?::\d+)?(/{_IN_PATH}*+(?:\({_IN_PATH}++\){_IN_PATH}*+)*+)?(\?[\w!?*'@();:&=+$/%#\[\].,~|-]*)?",
    re.ASCII | re.IGNORECASE,
)

_TONE = "[\U0001f3fb-\U0001f3ff]"
_ROLE = (
    "(?:[\u2695\u2696\u2708]\ufe0f|[\U0001f33e\U0001f373\U0001f393\U0001f3a4\U0001f3a8\U0001f3eb\U0001f3ed\U0001f4bb"
    "\U0001f4bc\U0001f527\U0001f52c\U0001f680\U0001f692])"
)
_TONED = (
    "[\u261d\u26f9\u270a-\u270d\U0001f385\U0001f3c3\U0001f3c4\U0001f3ca\U0001f3cb\U0001f442\U0001f443\U0001f446-\U0001f450"
    "\U0001f466-\U0001f469\U0001f46e\U0001f470-\U0001f478\U0001f47c\U0001f481-\U0001f483\U0001f485-\U0001f487\U0001f4aa"
    "\U0001f590\U0001f595\U0001f596\U0001f645-\U0001f647\U0001f64b-\U0001f64f\U0001f6b4-\U0001f6b6\U0001f918-\U0001f91c"
    "\U0001f91e\U0001f91f\U0001f926\U0001f930-\U0001f932\U0001f937\U0001f9d1-\U0001f9dd]"
)
_GENDERED = (
    "[\u26f9\U0001f3c3\U0001f3c4\U0001f3ca\U0001f3cb\U0001f46e\U0001f471\U0001f473\U0001f477\U0001f481\U0001f482\U0001f486"
    "\U0001f487\U0001f645-\U0001f647\U0001f64b\U0001f64d\U0001f64e\U0001f6b4-\U0001f6b6\U0001f926\U0001f937\U0001f9d6-\U0001f9dd]"
)
_TEXTUAL = (  # drawn as text unless U+FE0F follows
    "[\xa9\xae\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u2328\u23cf\u2600-\u2604\u260e\u2611\u2618\u2620\u2622\u2623"
    "\u2626\u262a\u262e\u262f\u2638-\u263a\u2640\u2642\u2660\u2663\u2665\u2666\u2668\u267b\u2692\u2694-\u2697\u2699\u269b"
    "\u269c\u26a0\u26b0\u26b1\u26c8\u26cf\u26d1\u26d3\u26e9\u26f0\u26f1\u26f4\u26f7\u26f8\u2702\u2708\u2709\u270f\u2712"
    "\u2714\u2716\u271d\u2721\u2733\u2734\u2744\u2747\u2763\u2764\u27a1\u2934\u2935\u2b05-\u2b07\u3030\u303d\u3297\u3299"
    "\U0001f321\U0001f324-\U0001f32c\U0001f336\U0001f37d\U0001f396\U0001f397\U0001f399-\U0001f39b\U0001f39e\U0001f39f"
    "\U0001f3d4-\U0001f3df\U0001f3f3\U0001f3f5\U0001f3f7\U0001f43f\U0001f441\U0001f4fd\U0001f549\U0001f54a\U0001f56f"
    "\U0001f570\U0001f5a5\U0001f5a8\U0001f5bc\U0001f5d1-\U0001f5d3\U0001f5e3\U0001f5ef\U0001f5f3\U0001f5fa]"
)
_REGIONAL = 0x1F1E6
_FLAGS = "|".join(
    "".join(chr(_REGIONAL + ord(letter) - ord("a")) for letter in code)
    for code in sorted(_COUNTRIES - {"an", "su", "tp", "uk"})
)
_KISS = "\u2764\ufe0f\u200d(?:\U0001f48b\u200d)?"
_COUPLES = f"\U0001f468\u200d{_KISS}\U0001f468|\U0001f469\u200d{_KISS}[\U0001f468\U0001f469]"
_PARENTS = "(?:\U0001f468\u200d[\U0001f468\U0001f469]|\U0001f469\u200d\U0001f469|[\U0001f468\U0001f469])"
_CHILDREN = "(?:\U0001f467\u200d[\U0001f466\U0001f467]|\U0001f466\u200d\U0001f466|[\U0001f466\U0001f467])"
_NATIONS = "\U0001f3f4\U000e0067\U000e0062(?:{})\U000e007f".format(
    "|".join("".join(chr(0xE0000 + ord(letter)) for letter in nation) for nation in ("eng", "sct", "wls"))
)
_SEQUENCES = (
    "[0-9#*]\ufe0f?\u20e3",
    _FLAGS,
    _NATIONS,
    f"{_PARENTS}\u200d{_CHILDREN}",
    _COUPLES,
    f"[\U0001f468\U0001f469]{_TONE}?\u200d{_ROLE}",
    f"{_GENDERED}{_TONE}?\u200d[\u2640\u2642]\ufe0f",
    "\U0001f3f3\ufe0f\u200d\U0001f308",
    f"{_TONED}{_TONE}",
    f"{_TEXTUAL}\ufe0f",
)
_JOINED = re.compile("[\u200d\u20e3\ufe0f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e007f]")
"""What every sequence has at least one of: most texts have none, and are not searched for the sequences themselves."""
_EMOJI = re.compile("|".join(_SEQUENCES))
"""The sequences that X counts as one emoji for certain; what is missing here is counted code point by code point."""

_HEAVY = re.compile("[^\x00-\xa8\xaa-\xad\xaf-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
"""Characters that weigh 2; © and ® are emoji, and some of X's counters take them for two."""
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
    rest, emoji = _EMOJI.subn("", text) if _JOINED.search(text) else (text, 0)
    return 2 * emoji + len(rest) + len(_HEAVY.findall(rest))


def _links(text: str, weight: int, bare: bool = True) -> Iterator[tuple[int, int, int]]:
    """What becomes a link, if `bare` without a scheme too: start, end, weight. An empty span adds to the text's own."""
    end = 0
    while run := _RUN.match(text, end):
        start, end = run.start("scheme" if run["scheme"] else "bare"), run.end()
        scheme, host = run["scheme"] or "", (run["host"] or run["bare"] or "").rstrip(".")
        possible, stop = _possible_domains(host), start + len(scheme) + len(host)
        if not scheme and not (bare and possible):
            continue
        if not (_is_whole(host) and _stands_alone(text[start - 1 : start], text[stop : stop + 1], bool(scheme))):
            yield start, start, weight * max(possible, 1)
            continue
        end = _end(text, stop)
        sure = host.rpartition(".")[2].lower() in _DOMAINS and end - start < _LONGEST_LINK
        yield start, end, weight if sure else max(weight, end - start) + weight * _possible_domains(text[stop:end])


def _is_whole(host: str) -> bool:
    """Whether X either links this host as a whole or not at all; of its own t.co it links less than there may be."""
    labels = host.split(".")
    last = labels[-1].lower()
    whole = last in _DOMAINS or _possible_domains(host) == _possible_domains(f"a.{last}")
    return whole and last.isascii() and host.lower() != "t.co" and all(map(_is_label, labels))


def _is_label(label: str) -> bool:
    """Whether a label is one of a host, also in the form with letters beyond ASCII."""
    return bool(_LABEL.fullmatch(label)) and (label.isascii() or len(label.encode("punycode")) < 60)


def _possible_domains(host: str) -> int:
    found = [name.lower() for name in _DOMAIN.findall(host)]
    return sum(len(name) > 2 or name in _COUNTRIES for name in found)


def _stands_alone(before: str, after: str, scheme: bool) -> bool:
    if after.isalnum() or after in set("@+"):
        return False
    if scheme:
        return before not in set("@＠$#＃\ufffe\ufeff\uffff")
    return (
        not before or before.isspace() or before in set("\"',;:") or unicodedata.category(before) in {"Ps", "Pi", "Pf"}
    )


def _end(text: str, start: int) -> int:
    """Where a link ends whose domain ended at `start`: closing punctuation is not part of it."""
    match = _PATH.match(text, start)
    if match is None:
        return start
    path, query = match[1] or "", match[2] or ""
    kept = path.rstrip("!*';:,.$%[]~@|&")
    end = match.end() - len(query) - len(path) + len(kept)
    return end + len(query.rstrip("?!*'@();:+$%[].,~|")) if kept == path else end
