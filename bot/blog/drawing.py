"""A plain card for an entry without a picture: its title and the blog's name on the blog's colour.

Pillow's own font knows the letters of English only, so the fonts of this machine are tried first. A title with a letter
that none of them has gets no card: boxes in the place of letters would be worse than no picture.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from PIL import Image, ImageColor, ImageDraw, ImageFont, features

from adapters.contract import Image as Named
from adapters.text.plain import shorten
from bot.blog.pictures import QUALITIES, kept
from bot.model import Picture

WIDTH, HEIGHT = SIZE = 1200, 630
"""1.91:1, as LinkedIn and Facebook show cards; X cuts some rows above and below, where nothing stands."""
MARGIN, RULE = 84, 500
"""The empty edge on each side; where the line above the blog's name is."""
TOP, ROOM, TALL = 64, WIDTH - 2 * MARGIN, 396
"""Where the title may begin, and what it may take of the card; it stands in the middle of that."""
LETTERS = range(92, 43, -4)
"""Sizes of the title's letters, the largest that fits is taken."""
LONGEST = 1_000
"""Characters of a title that are read at most."""
FONTS = (
    *("OpenSans-Bold.ttf", "NotoSans-Bold.ttf", "DejaVuSans-Bold.ttf", "LiberationSans-Bold.ttf", "Arial Bold.ttf"),
    *("arialbd.ttf", "NotoSansCJK-Bold.ttc", "NotoSansArabic-Bold.ttf", "NotoSansHebrew-Bold.ttf"),
)
"""By the names under which they stand in a system's folders of fonts; the first that has every letter is used."""

_PLAIN = str.maketrans({"\u2011": "-", "\u00ad": "", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u200b": ""})
_IDEOGRAPH = r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
_OPENS, _FOLLOWS = (
    "「『（【〈《〔“‘",
    "、。，．！？：；」』）】〉》〕”’ー・々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ:;",
)
_UNIT = re.compile(rf" ?[{_OPENS}]*{_IDEOGRAPH}[{_FOLLOWS}]*| ?(?:(?!{_IDEOGRAPH}|[{_OPENS}]+{_IDEOGRAPH})\S)+")
"""What no line may part: a word, or one ideograph with what may not end or begin a line (JIS X 4051, kinsoku)."""

Font = ImageFont.FreeTypeFont


def card(title: str, blog: str, colour: str, fonts: Sequence[str] = FONTS) -> Picture | None:
    """The card, or None where there is no title, or no font for it. `colour` is of the form `#rrggbb`."""
    title, blog = _written(title), _written(blog)
    told = f"{title} – {blog}" if blog else title
    name = _font_for(title, fonts)
    if name is None and (name := _font_for(title := _without_symbols(title), fonts)) is None:
        return None
    font, lines = _laid_out(name, title)
    if not lines[0]:
        return None  # it begins with an address that is too long
    drawn, ink = Image.new("RGB", SIZE, colour), _ink(colour)
    pen, leading = ImageDraw.Draw(drawn), _leading(font)
    side, anchor = (WIDTH - MARGIN, "ra") if _from_the_right(title) else (MARGIN, "la")
    for number, line in enumerate(lines):
        pen.text((side, TOP + (TALL - leading * len(lines)) // 2 + leading * number), line, ink, font, anchor)
    if (signing := _font_for(blog, (name, *fonts))) is not None:
        small = _font(signing, 34)
        pen.line((MARGIN, RULE, WIDTH - MARGIN, RULE), ink, 1)
        pen.text((side, RULE + 30), shorten(blog, ROOM, lambda part: round(small.getlength(part))), ink, small, anchor)
    return kept(drawn, told, (95, *QUALITIES))


def is_card(image: Named, blog: str) -> bool:
    """Whether a picture is, as far as can be told, a card that was drawn here: its title may have changed since."""
    return (image.width, image.height) == SIZE and image.alt.endswith(f" – {_written(blog)}")


def _written(text: str) -> str:
    """As much of the text as could ever find room, with the letters that it is drawn with."""
    return " ".join(unicodedata.normalize("NFC", text[:LONGEST]).translate(_PLAIN).split())


def _without_symbols(text: str) -> str:
    """The text without emoji and the like, which hardly any font has."""
    kinds = ("So", "Sk", "Cf", "Me", "Cn")
    return " ".join(
        "".join(char for char in text if unicodedata.category(char) not in kinds and char != "\ufe0f").split()
    )


@lru_cache(64)
def _font(name: str, size: int) -> Font:
    """Raises OSError where this machine has no such font."""
    found = ImageFont.truetype(name, size) if name else ImageFont.load_default(size)
    if not isinstance(found, ImageFont.FreeTypeFont):
        raise OSError("Pillow was built without FreeType")  # it has one small font of dots then
    return found


def _font_for(text: str, fonts: Iterable[str]) -> str | None:
    """The first font that has every letter of the text, `""` being Pillow's own."""
    if not text or (not features.check("raqm") and any(map(_is_joined, text))):
        return None
    return next((name for name in (*fonts, "") if _has(name, text)), None)


def _is_joined(letter: str) -> bool:
    """Whether a letter looks right only beside others: Arabic and Indic ones, and marks on letters."""
    return unicodedata.bidirectional(letter) in ("R", "AL") or unicodedata.category(letter).startswith("M")


@lru_cache(64)
def _has(name: str, text: str) -> bool:
    """Whether a font is there, and draws each letter as something else than what it draws for none: an empty box."""
    try:
        font = _font(name, 40)
    except OSError:
        return False
    box = _shape(font, "\U0010ffff")
    return all(letter.isspace() or _shape(font, letter) != box for letter in set(text))


def _shape(font: Font, letter: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(letter)
    return mask.size, bytes(mask)


def _laid_out(name: str, title: str) -> tuple[Font, list[str]]:
    """The title's font at the largest size in which it fits, and its lines; what fits in no size is shortened."""
    fonts = [_font(name, size) for size in LETTERS]
    font = next((font for font in fonts if _height(font, title) <= TALL), fonts[-1])
    title = shorten(title, TALL, lambda part: _height(font, part))
    rooms = range(ROOM // 3, ROOM, 16)  # about equally long lines: a single word on the last one looks forgotten
    height = _height(font, title)
    return font, _lines(font, title, next((room for room in rooms if _height(font, title, room) == height), ROOM))


def _leading(font: Font) -> int:
    return round(font.size * 1.22)


def _height(font: Font, text: str, room: int = ROOM) -> int:
    """The rows of dots that a text takes; more than a card has where one of its words is too long."""
    lines = _lines(font, text, room)
    return _leading(font) * len(lines) if all(font.getlength(line) <= room for line in lines) else HEIGHT


def _lines(font: Font, text: str, room: int) -> list[str]:
    lines = [""]
    for unit in _UNIT.findall(text):
        if lines[-1] and font.getlength(lines[-1] + unit) > room:
            lines.append("")
        lines[-1] += unit if lines[-1] else unit.lstrip()
    return lines


def _from_the_right(text: str) -> bool:
    """Whether the text begins with a letter that is written from right to left."""
    strong = (kind for letter in text if (kind := unicodedata.bidirectional(letter)) in ("L", "R", "AL"))
    return next(strong, "L") != "L"


def _ink(colour: str) -> str:
    """White or near black, whichever stands out more (WCAG 2, contrast ratio)."""
    parts = zip((0.2126, 0.7152, 0.0722), ImageColor.getrgb(colour), strict=False)
    return "#181c20" if sum(share * (part / 255) ** 2.2 for share, part in parts) > 0.2 else "#ffffff"
