"""Finding an entry's picture: fetched safely, opened once, and made into a JPEG that every platform takes.

Nothing is stored here, and no picture is a reason to fail: an entry without a usable one is published without.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image, ImageOps

from bot.guarded import FetchError, fetch

SMALLEST, LONGEST, PIXELS = 200, 2048, 40_000_000
"""Pixels: of the shorter side at least, of the longer side at most when kept, of a whole picture when read."""
BYTES = 4_500_000
"""Bytes of a picture that is kept: under the 5 MB of X, the strictest (X docs, Media best practices)."""
QUALITIES = (88, 80, 70, 55)
TRIES = 8
"""Addresses that are tried at most for one entry."""

Image.MAX_IMAGE_PIXELS = PIXELS

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
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What Pillow raises for files that are not what they say; a broken file is not always told from a strange one."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it will be sent: JPEG, upright, RGB, without metadata; named by the SHA-256 of its bytes."""

    sha256: str
    media_type: str
    width: int
    height: int
    data: bytes
    alt: str = ""


def find(
    entry_images: Iterable[tuple[str, str]],
    page_images: Iterable[tuple[str, str]],
    loopback: bool = False,
) -> Picture | None:
    """The first usable picture of those that the entry names, then of those its page names, or None."""
    named: dict[str, str] = {}
    for link, alt in (*entry_images, *page_images):
        named[link] = named.get(link) or alt
    for link, alt in list(named.items())[:TRIES]:
        if picture := _picture(link, alt, loopback):
            return picture
    return None


def _picture(link: str, alt: str, loopback: bool) -> Picture | None:
    try:
        fetched = fetch(link, {"Accept": "image/jpeg, image/png, image/webp, image/gif"}, 15_000_000, 20.0, loopback)
        return fitted(fetched.body, alt) if fetched.status == 200 else None
    except FetchError:
        return None


def fitted(data: bytes, alt: str = "") -> Picture | None:
    """The picture in these bytes, fitted for the platforms, or None when they hold no usable one."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "GIF")) as opened:
            if min(opened.size) < SMALLEST or opened.width * opened.height > PIXELS:
                return None
            opened.draft("RGB", (LONGEST, LONGEST))
            picture = _on_white(ImageOps.exif_transpose(opened))
        picture.thumbnail((LONGEST, LONGEST))
        kept = _jpeg(picture)
    except _BROKEN:
        return None
    return Picture(hashlib.sha256(kept).hexdigest(), "image/jpeg", picture.width, picture.height, kept, alt)


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    flat = Image.new("RGBA", picture.size, "white")
    flat.alpha_composite(picture.convert("RGBA"))
    return flat.convert("RGB")


def _jpeg(picture: Image.Image) -> bytes:
    """The best quality that fits; the lowest one does for any picture of this size."""
    written = b""
    for quality in QUALITIES:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True)
        if len(written := out.getvalue()) <= BYTES:
            break
    return written
