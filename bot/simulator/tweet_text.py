"""How X reads a text: what it weighs, which parts are links, and how it comes back.

Written from X's page on counting characters and the v3 configuration of twitter-text. Loopback addresses and the
names reserved for examples are links here, though not on X, so that a local blog can be linked to.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

MAX_WEIGHT = 280
WEIGHT_OF_A_LINK = 23

_GENERIC = (
    "academy aero africa agency app art asia audio author bank berlin best bible bio biz blog blue book boston "
    "brussels business cab cafe cancerresearch care career careers cat center charity church city claims clinic "
    "clothing cloud club coach codes coffee college com community company computer consulting cool coop dental "
    "design dev digital direct directory doctor earth edu education email energy eu events example expert express "
    "family fit foundation fun fund games gov group guide guru health healthcare help hiphop hiv hospital host "
    "how info ink institute int international jobs kids land law legal life link live london love media medical "
    "memorial mil mobi moe museum name net network news ngo nhs nyc one ong online org page paris partners party "
    "physio plus post press pro quebec report rest reviews rip rocks run school science services shop show site "
    "social software solutions space store stream studio study support surgery systems team tech tel test tips "
    "today tokyo tools top training travel tv university vegas video vision vote web website wien wiki win work "
    "works world wtf xxx xyz yoga zone"
)
_COUNTRIES = (
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bv bw by bz ca cc "
    "cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et fi fj fk fm fo fr ga gb gd "
    "ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg "
    "kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv "
    "mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa "
    "sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tw tz ua ug "
    "uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw"
)
_TLD = "|".join(sorted(f"{_GENERIC} {_COUNTRIES}".split(), key=len, reverse=True))
_HOST = rf"(?:[a-z0-9\u00c0-\u024f](?:[a-z0-9\u00c0-\u024f_-]*[a-z0-9\u00c0-\u024f])?\.)+(?:{_TLD})(?![a-z0-9@-])"
_LOCAL = r"(?:127\.0\.0\.1|localhost)(?::[0-9]+)?"
_IN_PATH = r"a-z0-9!*';:=+,.$/%#\[\]\u2013_~@|&\u00c0-\u024f\u0400-\u04ff-"
_PATH = rf"(?:/(?:[{_IN_PATH}]*\([{_IN_PATH}]+\))*(?:[{_IN_PATH}]*[a-z0-9=_#/+\u00c0-\u024f\u0400-\u04ff-])?)?"
_QUERY = r"(?:\?[a-z0-9!?*'@();:&=+$/%#\[\]_.,~|-]*[a-z0-9_&=#/-])?"
_LINK = re.compile(
    rf"(?<![a-z0-9@＠$#＃_])https?://(?:{_HOST}(?::[0-9]+)?|{_LOCAL}){_PATH}{_QUERY}"
    rf"|(?<![a-z0-9@＠$#＃_./-]){_HOST}(?::[0-9]+)?{_PATH}{_QUERY}",
    re.IGNORECASE,
)
_PICTOGRAM = r"[\U0001F000-\U0001F0FF\U0001F18E-\U0001F19A\U0001F200-\U0001F2FF\U0001F300-\U0001FAFF]"
_SYMBOL = r"[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u27bf\u2900-\u2bff\u3030\u303d\u3297\u3299]"
_ONE = rf"(?:{_PICTOGRAM}[\uFE0F\U0001F3FB-\U0001F3FF]?|{_SYMBOL}[\uFE0F\U0001F3FB-\U0001F3FF])[\U000E0020-\U000E007F]*"
_EMOJI = re.compile(rf"[\U0001F1E6-\U0001F1FF]{{2}}|[0-9#*]\uFE0F?\u20E3|{_ONE}(?:\u200D(?:{_ONE}|{_SYMBOL}))*")
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_CASHTAG = re.compile(r"(?<![\w$])\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?(?!\w)")


@dataclass(frozen=True)
class Link:
    """A link as it was written, where it leads, and the short address X gives it."""

    written: str
    expanded: str
    short: str


def weight(text: str) -> int:
    """The weighted length of a text: a link weighs 23, an emoji 2, other characters 1 or 2."""
    normal = unicodedata.normalize("NFC", text)
    without_links, links = _LINK.subn("", normal)
    without_emoji, emoji = _EMOJI.subn("", without_links)
    return links * WEIGHT_OF_A_LINK + emoji * 2 + sum(_weight_of_one(ord(character)) for character in without_emoji)


def _weight_of_one(point: int) -> int:
    return 1 if any(first <= point <= last for first, last in _LIGHT) else 2


def links(text: str, post_id: str) -> list[Link]:
    """The links in a text, in order."""
    return [_link(found.group(), post_id) for found in _LINK.finditer(text)]


def _link(written: str, post_id: str) -> Link:
    expanded = written if written.lower().startswith("http") else f"http://{written}"
    return Link(written, expanded, short_address(post_id, written))


def short_address(post_id: str, written: str) -> str:
    """A t.co address; real ones do not tell what they are made from."""
    digest = hashlib.sha256(f"{post_id} {written}".encode()).digest()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return "https://t.co/" + "".join(letters[byte % len(letters)] for byte in digest[:10])


def as_returned(text: str, post_id: str) -> str:
    """The text as the API gives it back: short links, and `&`, `<`, `>` escaped."""
    replace: Callable[[re.Match[str]], str] = lambda found: short_address(post_id, found.group())  # noqa: E731
    return escape(_LINK.sub(replace, text), quote=False)


def cashtags(text: str) -> int:
    """How many cashtags a text has; one is allowed."""
    return len(_CASHTAG.findall(_LINK.sub("", text)))
