"""Plain text for every platform: cleaning, counting as X does, shortening, and the words of a post with its link.

It knows nothing of escaping: each adapter does its platform's own.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator

from adapters.contract import UnsupportedError
from adapters.links import same_page

Count = Callable[[str], int]

LINK = 23
"""What X counts for every link, however long (X docs, Counting characters)."""
WORTH_SHOWING = 40
"""Characters: a summary cut shorter than this says nothing."""

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
    "aero app asia biz blog cat cloud club com coop dev edu gov health info int jobs link live media mil mobi museum "
    "name net network news online ong org pro science site social space store tech today tv website wiki world xyz "
)
_DOMAINS = _COUNTRIES | frozenset(_OTHER_DOMAINS.split())
"""Top-level domains that X links for certain; any other word in their place is counted as link and as text."""

_RUN = re.compile(r"(?P<scheme>https?://)(?P<host>[a-z0-9._-]*)|(?P<bare>[a-z0-9._-]+)", re.ASCII | re.IGNORECASE)
_LABEL = re.compile(r"(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII | re.IGNORECASE)
_DOMAIN = re.compile(r"(?<=[a-z0-9])\.(xn--|[a-z]{2,})", re.ASCII | re.IGNORECASE)
_PATH = re.compile(r"(?::\d+)?(/[\w!*';:=+,.$/%#\[\]~@|&-]*)?(\?[\w!?*'@();:&=+$/%#\[\].,~|-]*)?", re.ASCII)

_TONE = "[\U0001f3fb-\U0001f3ff]"
_ROLE = (
    "(?:[\u2695\u2696\u2708]\ufe0f|[\U0001f33e\U0001f373\U0001f393\U0001f3a4\U0001f3a8\U0001f3eb\U0001f3ed\U0001f4bb"
    "\U0001f4bc\U0001f527\U0001f52c\U0001f680\U0001f692])"
)
_TONED = (
    "[\u261d\u26f9\u270a-\u270d\U0001f385\U0001f3c3\U0001f3c4\U0001f3ca\U0001f3cb\U0001f442\U0001f443\U0001f446-\U0001f450"
    "\U0001f466-\U0001f469\U0001f46e\U0001f470-\U0001f478\U0001f47c\U0001f481-\U0001f483\U0001f485-\U0001f487\U0001f4aa"
    "\U0001f590\U0001f595\U0001f596\U0001f645-\U0001f647\U0001f64b-\U0001f64f\U0001f6b4-\U0001f6b6\U0001f918-\U0001f91c"
    "\U0001f91e\U0001f926\U0001f930\U0001f937]"
)
_GENDERED = (
    "[\u26f9\U0001f3c3\U0001f3c4\U0001f3ca\U0001f3cb\U0001f46e\U0001f471\U0001f473\U0001f477\U0001f481\U0001f482\U0001f486"
    "\U0001f487\U0001f645-\U0001f647\U0001f64b\U0001f64d\U0001f64e\U0001f6b4-\U0001f6b6\U0001f926\U0001f937]"
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
_SEQUENCES = (
    "[0-9#*]\ufe0f?\u20e3",
    _FLAGS,
    f"{_PARENTS}\u200d{_CHILDREN}",
    _COUPLES,
    f"[\U0001f468\U0001f469]{_TONE}?\u200d{_ROLE}",
    f"{_GENDERED}{_TONE}?\u200d[\u2640\u2642]\ufe0f",
    "\U0001f3f3\ufe0f\u200d\U0001f308",
    f"{_TONED}{_TONE}",
    f"{_TEXTUAL}\ufe0f",
)
_EMOJI = re.compile("|".join(_SEQUENCES))
"""The sequences that X counts as one emoji for certain; what is missing here is counted code point by code point."""

_JOINERS = re.compile(r"(?<![\u200c\u200d])(?:(?<![^\x00-\x7f\s])[\u200c\u200d]++|[\u200c\u200d]++(?![^\x00-\x7f\s]))")
_RUBBISH = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u180e\u200b\u202a-\u202e\u2060-\u2064\u206a-\u206f\ufeff"
    r"\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)


def plain(text: str) -> str:
    """The text in one line, in NFC, without control and zero-width characters.

    Kept are the joiners that Persian, Indic scripts and emoji need, and the marks and isolates of right-to-left text.
    """
    text = _JOINERS.sub("", _RUBBISH.sub("", unicodedata.normalize("NFC", text)))
    return unicodedata.normalize("NFC", " ".join(text.split()))


def same_text(one: str, other: str) -> bool:
    """Whether a reader would see the same words: HTML escapes, spacing and Unicode's ways to write a letter aside."""
    return plain(_unescaped(one)) == plain(_unescaped(other))


def _unescaped(text: str) -> str:
    while (shorter := html.unescape(text)) != text:
        text = shorter
    return text


def weighted(text: str) -> int:
    """The length as X counts it, in weighted characters; where X's own rule is unsure, more and never less.

    Source: X docs, Counting characters, configuration v3: links 23, emoji 2, most alphabets 1, all else 2.
    """
    text = unicodedata.normalize("NFC", text)
    total = counted = 0
    for start, end, weight in _links(text):
        total += _glyphs(text[counted:start]) + weight
        counted = end
    return total + _glyphs(text[counted:])


def _glyphs(text: str) -> int:
    if text.isascii():
        return len(text)
    rest, emoji = _EMOJI.subn("", text)
    return 2 * emoji + sum(1 if _light(ord(char)) else 2 for char in rest)


def _light(point: int) -> bool:
    if point in {0xA9, 0xAE}:  # © and ® are emoji, and some of X's counters take them for two
        return False
    return point <= 4351 or 8192 <= point <= 8205 or 8208 <= point <= 8223 or 8242 <= point <= 8247


def _links(text: str) -> Iterator[tuple[int, int, int]]:
    """What X makes links of, also without a scheme: start, end, weight. An empty span is weight beside the text's."""
    end = 0
    while run := _RUN.search(text, end):
        start, end = run.span()
        scheme, host = run["scheme"] or "", (run["host"] or run["bare"] or "").rstrip(".")
        possible, stop = _possible_domains(host), start + len(scheme) + len(host)
        if not possible and not scheme:
            continue
        if _is_whole(host) and _stands_alone(text[start - 1 : start], text[stop : stop + 1], bool(scheme)):
            end = _end(text, stop)
            sure = host.rpartition(".")[2].lower() in _DOMAINS
            yield start, end, LINK if sure else max(LINK, end - start) + LINK * _possible_domains(text[stop:end])
        else:
            yield start, start, LINK * max(possible, 1)


def _is_whole(host: str) -> bool:
    """Whether X either links this host as a whole or not at all."""
    labels = host.split(".")
    last = labels[-1].lower()
    whole = last in _DOMAINS or _possible_domains(host) == _possible_domains(f"a.{last}")
    return whole and all(_LABEL.fullmatch(label) for label in labels)


def _possible_domains(host: str) -> int:
    found = [name.lower() for name in _DOMAIN.findall(host)]
    return sum(len(name) > 2 or name in _COUNTRIES for name in found)


def _stands_alone(before: str, after: str, scheme: bool) -> bool:
    if after.isalnum() or after in set("@+"):
        return False
    return before not in set("@＠$#＃") if scheme else not before or before.isspace() or before in set("(\"'“‘«[,;:")


def _end(text: str, start: int) -> int:
    """Where a link ends whose domain ended at `start`: closing punctuation is not part of it."""
    match = _PATH.match(text, start)
    if match is None:
        return start
    path, query = match[1] or "", match[2] or ""
    kept = path.rstrip("!*';:+,.$%[]~@|&")
    end = match.end() - len(query) - len(path) + len(kept)
    return end + len(query.rstrip("?!*'@();:+$%[].,~|")) if kept == path else end


def shorten(text: str, limit: int, count: Count) -> str:
    """The text if it fits, else its beginning with “…”, cut between words; "" when nothing fits.

    Only where the first word alone is too long, as in scripts without spaces, is a word cut: between graphemes.
    """
    if count(text) <= limit:
        return text
    cuts = list(_cuts(text))
    words = [cut for cut in cuts if _between_words(text, cut)]
    if short := _longest(text, words, limit, count):
        return short
    first = words[0] if words else len(text)
    return "" if "://" in text[:first] else _longest(text, [cut for cut in cuts if cut < first], limit, count)


def _longest(text: str, cuts: list[int], limit: int, count: Count) -> str:
    low, high, best = 0, len(cuts), ""
    while low < high:
        middle = (low + high) // 2
        beginning = text[: cuts[middle]].rstrip(" \t\n,;:.…–—-([{«“‘")
        if beginning and count(beginning + "…") > limit:
            high = middle
        else:
            low, best = middle + 1, beginning and beginning + "…"
    return best


def _cuts(text: str) -> Iterator[int]:
    """Where a text may be cut: before no mark, joiner, skin tone or half of a flag, and after no joiner."""
    flags = 0
    for place in range(1, len(text)):
        before, after = text[place - 1], text[place]
        flags = flags + 1 if _regional(before) else 0
        if not (_extends(after) or _binds(before) or (flags % 2 and _regional(after))):
            yield place


def _regional(char: str) -> bool:
    return _REGIONAL <= ord(char) < _REGIONAL + 26


def _binds(char: str) -> bool:
    virama = unicodedata.combining(char) == 9
    return virama or char == "\u200d" or "\ud800" <= char <= "\udbff"


def _extends(char: str) -> bool:
    return (
        unicodedata.category(char)[0] == "M"
        or char in "\u200c\u200d\u0e33\u0eb3\uff9e\uff9f"
        or "\u1160" <= char <= "\u11ff"  # the later letters of a Korean syllable
        or "\ud7b0" <= char <= "\ud7ff"
        or "\udc00" <= char <= "\udfff"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"  # the letters of a region's flag
    )


def _between_words(text: str, cut: int) -> bool:
    before = text[cut - 1]
    unspaced = unicodedata.east_asian_width(before) in "WF" and before.isalpha() and not "가" <= before <= "힣"
    return text[cut].isspace() or unspaced


def together(title: str, summary: str, link: str, limit: int, count: Count, wording: str = "") -> str:
    """The text of a post: a person's wording, or else the title and as much of the summary as fits; then the link.

    Raises UnsupportedError when the link alone, or a wording with its link, counts more than `limit`: neither is cut.
    """
    if count(link) > limit:
        raise UnsupportedError(
            f"The link counts {count(link)} and only {limit} are allowed: give the post a shorter link."
        )
    if wording.strip():
        return _worded(wording, link, limit, count)
    title, summary = plain(title), plain(summary)
    if not title:
        title, summary = summary, ""
    shown = shorten(summary, limit, lambda part: count(_paragraphs(title, part, link)))
    whole = _paragraphs(title, shown, link)
    if count(whole) <= limit and (shown == summary or len(shown) >= WORTH_SHOWING):
        return whole
    return _paragraphs(shorten(title, limit, lambda part: count(_paragraphs(part, link))), link)


def _worded(wording: str, link: str, limit: int, count: Count) -> str:
    lines = "\n".join(plain(line) for line in wording.splitlines())
    text = re.sub(r"\n{3,}", "\n\n", lines).strip()
    if link and not any(same_page(word.strip("()[]<>«»“”\"',.;:!?…"), link) for word in text.split()):
        text = _paragraphs(text, link)
    if count(text) > limit:
        raise UnsupportedError(f"The wording counts {count(text)} with its link, and {limit} are allowed: shorten it.")
    return text


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
