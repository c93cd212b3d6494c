"""How X reads a text: what it weighs, which parts are links, and how it comes back.

Written from X's page on counting characters, and from what twitter-text makes of texts by its v3 configuration.
Loopback addresses and the names reserved for examples are links here, though not on X, so that a local blog can be
linked to.
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
_OF_OTHER_SCRIPTS = (
    "11b4c3d 1ck2e1b 1qqw23a 2scrj9c 30rr7y 3bst00m 3ds443g 3e0b707e 3hcrj9c 3oq18vl8pn36a 3pxu8k 42c2d9a 45br5cyl "
    "45brj9c 45q11c 4gbrim 54b7fta0cc 55qw42g 55qx5d 5su34j936bgsg 5tzm5g 6frz82g 6qq986b3xl 80adxhks 80ao21a "
    "80aqecdr1a 80asehdb 80aswg 8y0a063a 90a3ac 90ae 90ais 9dbq2a 9et52u 9krt00a b4w605ferd bck1b9a5dre4c c1avg c2br7g "
    "cck2b3b cg4bki clchc0ea0b2g2a9gcd czr694b czrs0t czru2d d1acj3b d1alf e1a4c eckvdtc9d efvy88h estv75g fct429k "
    "fhbei fiq228c5hs fiq64b fiqs8s fiqz9s fjq720a flw351e fpcrj9c3d fzc2c9e2c fzys8d69uvgm g2xx48c gckr3f0f gecrj9c "
    "gk3at1e h2breg3eve h2brj9c h2brj9c8c hxt814e i1b6b1a6a2e imr513n io0a7i j1aef j1amh j6w193g jlq61u9w7b jvr189m "
    "kcrx77d1x4a kprw13d kpry57d kpu716f kput3i l1acc lgbbat1ad8j mgb9awbf mgba3a3ejt mgba3a4f16a mgba7c0bbn0a "
    "mgbaakc7dvf mgbaam7a8h mgbab2bd mgbah1a3hjkrd mgbai9azgqp6j mgbayh7gpa mgbb9fbpob mgbbh1a mgbbh1a71e mgbc0a9azcg "
    "mgbca7dzdo mgbcpq6gpa1a mgberp4a5d4ar mgbgu82a mgbi4ecexp mgbpl2fh mgbt3dhd mgbtx2b mgbx4cd0ab mix891f mk1bu44c "
    "mxtq1m ngbc5azd ngbe9e0a ngbrx node nqv7f nqv7fs00ema nyqy26a o3cw4h ogbpf8fl otu796d p1acf p1ai pbt977c pgbs0dh "
    "pssy2u q7ce6a q9jyb4c qcka1pmc qxa6a qxam rhqv96g rovu88b rvc1e0am3e s9brj9c ses554g t60b56a tckwe tiq49xqyj "
    "unup4y vermgensberater-ctb vermgensberatung-pwb vhquv vuq861b w4r85el8fhu5dnra w4rs40l wgbh1c wgbl6a xhq521b "
    "xkc2al3hye2a xkc2dl3a5ee0h y9a3aq yfro4i67o ygbi2ammx zfr164b "
)
_FOREIGN = [f"xn--{name}".encode().decode("idna") for name in _OF_OTHER_SCRIPTS.split()]
_TLD = "|".join(sorted([*f"{_GENERIC} {_COUNTRIES}".split(), *_FOREIGN], key=len, reverse=True))
_ENDS = rf"(?:{_TLD})(?!(?-i:[A-Za-z0-9@+-]))"
_ACCENTED = (
    r"\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u028b"
    r"\u02bb\u0300-\u036f\u1e00-\u1eff"
)
_LETTER = rf"a-z0-9{_ACCENTED}"
_HOST = rf"(?:[{_LETTER}](?:[{_LETTER}_-]*[{_LETTER}])?\.)+{_ENDS}"
_ANY = r"[^\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\xa0\s]"
_HOST_OF_ANY_SCRIPT = rf"(?:{_ANY}+(?:[_-]+{_ANY}+)*\.)+{_ENDS}"
_LOCAL = r"(?:127\.0\.0\.1|localhost)(?::[0-9]+)?"
_IN_PATH = rf"{_LETTER}!*';:=+,.$/%#\[\]\u2013_~@|&\u0400-\u04ff-"
_PATH = rf"/(?:[{_IN_PATH}]*\([{_IN_PATH}]+\))*(?:[{_IN_PATH}]*[{_LETTER}=_#/+\u0400-\u04ff-])?"
_QUERY = r"(?:\?[a-z0-9!?*'@();:&=+$/%#\[\]_.,~|-]*[a-z0-9_&=#/-])?"
_LINK = re.compile(
    rf"(?<![a-z0-9@＠$#＃])https?://(?:{_HOST_OF_ANY_SCRIPT}(?::[0-9]+)?|{_LOCAL})(?:{_PATH})?{_QUERY}"
    rf"|(?<![a-z0-9@＠$#＃_/])(?<![\x00-\x7f][.-])(?<!\A[.-])(?!\A[^\x00-\x7f][^.]){_HOST}"
    rf"(?:(?::[0-9]+)?{_PATH}{_QUERY})?",
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
