"""Draws the blog's pictures: a soft sky with a few discs, different for every seed, as PNG bytes."""

from __future__ import annotations

import colorsys
import hashlib
import struct
import zlib
from functools import lru_cache
from itertools import pairwise

WIDTH, HEIGHT = 1200, 630
Colour = tuple[int, int, int]


@lru_cache(maxsize=64)
def picture(seed: str, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """A picture made from a word; the same word makes the same picture."""
    digest = hashlib.sha256(seed.encode()).digest()
    hue = digest[0] / 255
    top, bottom = _colour(hue, 0.90, 0.45), _colour(hue + 0.09, 0.68, 0.50)
    discs = [(x * width / 255, y * height / 255, height * (0.12 + size / 700)) for x, y, size in _triples(digest)]
    rows = (_row(y, width, _between(top, bottom, y / height), discs) for y in range(height))
    return _png(width, height, b"".join(b"\x00" + row for row in rows))


def _triples(digest: bytes) -> list[tuple[int, int, int]]:
    return [(digest[place], digest[place + 1], digest[place + 2]) for place in range(1, 16, 3)]


def _colour(hue: float, lightness: float, saturation: float) -> Colour:
    red, green, blue = colorsys.hls_to_rgb(hue % 1, lightness, saturation)
    return round(red * 255), round(green * 255), round(blue * 255)


def _between(near: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(near, other, strict=True))
    return red, green, blue


def _row(y: int, width: int, ground: Colour, discs: list[tuple[float, float, float]]) -> bytes:
    spans = []
    for x, middle, radius in discs:
        half = (max(0.0, radius**2 - (y - middle) ** 2)) ** 0.5
        spans.append((max(0, round(x - half)), min(width, round(x + half))))
    edges = sorted({0, width, *(edge for span in spans for edge in span)})
    row = b""
    for start, end in pairwise(edges):
        depth = sum(first <= start < last for first, last in spans)
        row += bytes(_between(ground, (255, 255, 255), 1 - 0.72**depth)) * (end - start)
    return row


def _png(width: int, height: int, rows: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
