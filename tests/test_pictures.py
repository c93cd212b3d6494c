"""Finding a picture: the first that can be used, made fit for every platform; a bad one is never a reason to fail."""

from __future__ import annotations

import hashlib
import io
import random
import zlib
from typing import Any

import pytest
from PIL import Image, ImageDraw

from bot.pictures import Picture, find, fitted
from tests import servers
from tests.servers import Served

served = servers.served


def drawn(size: tuple[int, int] = (400, 300), form: str = "PNG", mode: str = "RGB", **options: Any) -> bytes:
    image = Image.new(mode, size)
    ImageDraw.Draw(image).rectangle((10, 10, 60, 60), fill=1)
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def opened(picture: Picture | None) -> Image.Image:
    assert picture is not None
    return Image.open(io.BytesIO(picture.data))


def test_the_first_picture_that_can_be_used_is_taken_with_its_words(served: Served) -> None:
    links = [
        (served.at("/gone.png", status=404), "gone"),
        (served.at("/page.png", "<html>not a picture</html>", content_type="image/png"), "a page"),
        (served.at("/small.png", drawn((199, 400))), "small"),
        (served.at("/good.png", drawn()), "A curve"),
        (served.at("/other.png", drawn((500, 500))), "other"),
    ]
    picture = find(links, (), loopback=True)
    assert picture is not None
    assert (picture.width, picture.height, picture.alt) == (400, 300, "A curve")
    assert picture.sha256 == hashlib.sha256(picture.data).hexdigest()


def test_the_page_is_asked_only_after_the_entry(served: Served) -> None:
    entry, page = served.at("/entry.png", drawn((300, 300))), served.at("/page.png", drawn((400, 400)))
    picture = find([(entry, "")], [(page, ""), (entry, "The page's words")], loopback=True)
    assert picture is not None
    assert (picture.width, picture.alt) == (300, "The page's words")
    assert [path for path, _ in served.asked] == ["/entry.png"]


def test_without_any_usable_picture_there_is_none(served: Served) -> None:
    assert find((), (), loopback=True) is None
    assert find([("http://10.0.0.1/a.png", ""), ("http://127.0.0.1:9/a.png", "")], [("", "")], loopback=True) is None


def test_private_addresses_are_not_asked_for_pictures(served: Served) -> None:
    assert find([(served.at("/a.png", drawn()), "")], ()) is None
    assert served.asked == []


def test_only_so_many_addresses_are_tried(served: Served) -> None:
    assert find([(f"{served.url}/{number}.png", "") for number in range(30)], (), loopback=True) is None
    assert len(served.asked) == 8


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_every_usual_format_becomes_a_jpeg(form: str) -> None:
    image = opened(fitted(drawn(form=form)))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (400, 300))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_colour_becomes_rgb(mode: str) -> None:
    assert opened(fitted(drawn(mode=mode))).mode == "RGB"
    assert opened(fitted(drawn(form="JPEG", mode="CMYK"))).mode == "RGB"


@pytest.mark.parametrize("form", ["BMP", "TIFF", "ICO", "PPM"])
def test_other_formats_are_left_alone(form: str) -> None:
    assert fitted(drawn((256, 256), form=form)) is None


def test_what_is_transparent_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(fitted(out.getvalue())).getpixel((150, 150)) == (255, 255, 255)


def test_a_large_picture_is_made_smaller_and_keeps_its_shape() -> None:
    assert opened(fitted(drawn((4_096, 1_024)))).size == (2_048, 512)
    assert opened(fitted(drawn((4_100, 4_100), form="JPEG"))).size == (2_048, 2_048)


def test_a_photograph_is_turned_upright_and_forgets_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x8825] = 6, {1: "N", 2: (47.0, 22.0, 0.0)}
    image = opened(fitted(drawn((400, 300), form="JPEG", exif=exif)))
    assert (image.size, dict(image.getexif()), "exif" in image.info) == ((300, 400), {}, False)


def test_the_same_picture_always_gives_the_same_bytes() -> None:
    assert fitted(drawn()) == fitted(drawn())


def test_even_noise_stays_under_what_the_strictest_platform_takes() -> None:
    noise = Image.frombytes("RGB", (2_048, 2_048), random.Random(1).randbytes(2_048 * 2_048 * 3))  # noqa: S311
    out = io.BytesIO()
    noise.save(out, "PNG", compress_level=0)
    picture = fitted(out.getvalue())
    assert picture is not None
    assert len(picture.data) <= 4_500_000


def test_a_picture_that_would_fill_the_memory_is_not_opened() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    size = (30_000).to_bytes(4)
    header = chunk(b"IHDR", size + size + b"\x08\x02\x00\x00\x00")
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1_000_000))) + chunk(b"IEND", b"")
    assert fitted(bomb) is None


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_damaged_picture_is_used_or_left_but_never_a_failure(form: str) -> None:
    whole, chance = drawn(form=form), random.Random(form)  # noqa: S311
    assert fitted(whole[: len(whole) // 2]) is None or form == "GIF"
    for _ in range(100):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 20)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        fitted(bytes(damaged))


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8\xff", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"<svg/>"]
)
def test_what_is_hardly_a_picture_is_none(data: bytes) -> None:
    assert fitted(data) is None
