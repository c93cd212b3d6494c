"""Finding an entry's picture: fetched safely, opened once, and made into a JPEG that every platform takes.

The sources in their order, of which the first usable one wins: what the entry names (media:content, enclosure, the
pictures of its content, media:thumbnail), og:image and twitter:image of its page, and the featured picture in
WordPress's REST interface. That one has the alternative text of the media library, so it is asked too when the others
gave none.
Avatars, emoji and counters are never taken. An entry without a usable picture is published without: none is a failure.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from threading import Lock
from urllib.parse import unquote, urlsplit

from PIL import Image, ImageCms, ImageOps, features

from adapters.contract import Image as Named
from adapters.pages import Measured
from adapters.traits import Limits
from bot.blog.fetching import FetchError, fetch
from bot.blog.pages import Page, featured
from bot.model import Entry, Picture

SMALLEST, LONGEST = 200, 2048
"""Pixels: of the shorter side at least, of the longer side at most when kept."""
PIXELS, WHOLE = 40_000_000, 16_000_000
"""Pixels of a picture at most: of a JPEG, which can be read smaller than it is, and of any other."""
BYTES = 950_000
"""Bytes of a picture that is kept: under the smallest limit of any platform (Bluesky's 1,000,000 for a card)."""
QUALITIES = (88, 80, 70, 55)
EXTREME, WIDE = 2.0, 1.91
"""Pictures between 1:2 and 2:1 keep their shape, as no two networks crop alike and each does it around the centre.
What is wider would be a strip anywhere, and becomes 1.91:1, the card of LinkedIn and Facebook; what is taller, 1:2."""
TRIES, OF_PAGE = 5, 3
"""Addresses that are tried at most: of those that the entry names, and then of those that its page does."""
ONE, ALL = 20.0, 45.0
"""Seconds that one picture may take to arrive, and all that are tried for one entry together."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", *(("AVIF",) if features.check("avif") else ()))
ACCEPTED = ", ".join(f"image/{form.lower()}" for form in FORMATS)

Image.MAX_IMAGE_PIXELS = None  # our own bounds are looked at before anything is decoded
_ONE_AT_A_TIME = Lock()  # several large pictures at once would not fit into a small machine

_BROKEN = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    MemoryError,
    struct.error,
    zlib.error,
)
"""What Pillow raises for files that are not what they say; a broken file is not always told from a strange one."""
_NEVER = re.compile(
    r"gravatar\.com/|/avatars?/|//avatars?\d?\.|//s\.w\.org/|/emoji/|wp-smiley|/smil(?:ies|eys)/|//pixel\.|//stats\."
    r"|//b\.scorecardresearch\.|doubleclick\.net/|feedburner\.com/|facebook\.com/tr\b|/(?:blank|spacer|pixel|1x1)\.\w{3,4}(?:\?|$)",
    re.I,
)
"""Avatars, emoji, and counters: by where they live, as their size is known only once they were asked for."""
_RENDITION = re.compile(r"(?:-scaled|-rotated|-\d{2,5}x\d{2,5})+(?=\.\w{3,4}$)")
"""What WordPress adds to the name of a file for each of its sizes."""


def of(entry: Entry, page: Page, loopback: bool = False) -> Picture | None:
    """The entry's picture with its alternative text, from the first source that has a usable one, or None."""
    link, picture = _first(_candidates(entry.images, page.images), loopback)
    if picture and picture.alt:
        return picture
    shown, alt = featured(page, loopback)
    if picture is None:
        return _picture(shown, alt, loopback) if shown else None
    return replace(picture, alt=alt) if _file(link) == _file(shown) else picture


def measured(link: str, loopback: bool = False) -> Measured | None:
    """The picture at an address as it is there, or None where there is no usable one."""
    try:
        fetched = _fetched(link, loopback)
        with Image.open(io.BytesIO(fetched), formats=FORMATS) as opened:
            return Measured(opened.width, opened.height, len(fetched))
    except (FetchError, *_BROKEN):
        return None


def lacks_words(image: Named | None, limits: Limits) -> str:
    """What to tell an editor whose picture has no alternative text where the platform takes one, or nothing."""
    if image is None or image.alt or not limits.alt_text:
        return ""
    return "The picture has no alternative text for readers who cannot see it: write one in the blog's media library."


def _candidates(*sources: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The addresses to try, in order, each with its words; where it has none, with another's for the same file."""
    named = [[(link, alt) for link, alt in source if not _NEVER.search(unquote(link))] for source in sources]
    words: dict[str, str] = {}
    for link, alt in (picture for source in named for picture in source):
        words[link], words[_file(link)] = words.get(link) or alt, words.get(_file(link)) or alt
    chosen = [list(dict(source))[:most] for source, most in zip(named, (TRIES, OF_PAGE), strict=True)]
    return {link: words[link] or words[_file(link)] for links in chosen for link in links}


def _first(candidates: Mapping[str, str], loopback: bool) -> tuple[str, Picture | None]:
    """The first usable picture and its address."""
    ends = time.monotonic() + ALL
    for link, alt in candidates.items():
        if (left := ends - time.monotonic()) > 0 and (picture := _picture(link, alt, loopback, min(ONE, left))):
            return link, picture
    return "", None


def _file(link: str) -> str:
    """The file behind an address, the same for all of WordPress's sizes and their copies in a network of caches."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return link
    path, upload = unquote(parts.path), parts.path.find("/wp-content/")
    return f"{path}?{parts.query}" if upload < 0 else _RENDITION.sub("", path[upload:])


def _picture(link: str, alt: str, loopback: bool, seconds: float = ONE) -> Picture | None:
    try:
        return fitted(_fetched(link, loopback, seconds), alt)
    except FetchError:
        return None


def _fetched(link: str, loopback: bool, seconds: float = ONE) -> bytes:
    fetched = fetch(link, {"Accept": ACCEPTED}, 15_000_000, seconds, loopback)
    return fetched.body if fetched.status == 200 else b""


def fitted(data: bytes, alt: str = "") -> Picture | None:
    """The picture in these bytes, fitted for the platforms, or None when they hold no usable one."""
    try:
        with _ONE_AT_A_TIME, Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            most = PIXELS if opened.format == "JPEG" else WHOLE
            if min(opened.size) < SMALLEST or opened.width * opened.height > most:
                return None
            opened.draft("RGB", (LONGEST, LONGEST))
            upright = ImageOps.exif_transpose(opened)
            picture = _cropped(_on_white(upright))
            picture.thumbnail((LONGEST, LONGEST))
            return kept(_in_srgb(picture, opened.info.get("icc_profile")), alt)
    except _BROKEN:
        return None


def kept(picture: Image.Image, alt: str, qualities: Sequence[int] = QUALITIES) -> Picture:
    """An RGB picture as it is kept: compressed, and made smaller where that is not enough."""
    data = _jpeg(picture, qualities)
    while len(data) > BYTES:
        picture.thumbnail((picture.width * 3 // 4, picture.height * 3 // 4))
        data = _jpeg(picture, qualities)
    return Picture(hashlib.sha256(data).hexdigest(), "image/jpeg", picture.width, picture.height, data, alt)


def _on_white(picture: Image.Image) -> Image.Image:
    """The picture without transparency, in the colours it was in; a palette is resolved."""
    if picture.mode.startswith("I"):
        picture = _in_8_bits(picture)
    if not picture.has_transparency_data:
        return picture if picture.mode in ("RGB", "CMYK", "L") else picture.convert("RGB")
    seen = picture if picture.mode == "RGBA" else picture.convert("RGBA")
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(seen, mask=seen.getchannel("A"))
    return flat


def _in_8_bits(picture: Image.Image) -> Image.Image:
    """A grey picture of 10 to 16 bits, as of a scan, in 8: Pillow would make all that is above 255 white."""
    brightest = picture.getextrema()[1]
    scale = 255 / (2 ** max(int(brightest).bit_length(), 8) - 1)  # type: ignore[arg-type]
    return picture.point(lambda value: value * scale).convert("L")


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in sRGB: without its profile, a photograph in a wider space would look pale."""
    if profile:
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            # In place would be lost where the mode changes, as from CMYK.
            turned = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return turned or picture.convert("RGB")
        except (ImageCms.PyCMSError, *_BROKEN):
            pass  # a profile that is broken, or of another kind of colour, says nothing
    return picture.convert("RGB")


def _cropped(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    if width > EXTREME * height:
        return ImageOps.fit(picture, (round(height * WIDE), height))
    if height > EXTREME * width:
        return ImageOps.fit(picture, (width, round(width * EXTREME)))
    return picture


def _jpeg(picture: Image.Image, qualities: Sequence[int]) -> bytes:
    """The best quality that fits, or else the lowest; without the comment that Pillow would copy."""
    written = b""
    for quality in qualities:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True, comment=b"")
        if len(written := out.getvalue()) <= BYTES:
            break
    return written
