"""Finding a picture: the first that can be used, made fit for every platform; a bad one is never a reason to fail."""

from __future__ import annotations

import hashlib
import io
import json
import random
import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageDraw

from adapters import KINDS, adapter_class
from bot.blog.pages import Page
from bot.blog.pages import visit as page_of
from bot.blog.pictures import BYTES, LONGEST, fitted, of
from bot.model import Picture
from bot.simulator import Simulator
from tests.making import servers
from tests.making.ledger import an_entry
from tests.making.servers import Served

served = servers.served
Links = Sequence[tuple[str, str]]
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def drawn(size: tuple[int, int] = (400, 300), form: str = "PNG", mode: str = "RGB", **options: Any) -> bytes:
    image = Image.new(mode, size)
    ImageDraw.Draw(image).rectangle((10, 10, 60, 60), fill=1)
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def opened(picture: Picture | None) -> Image.Image:
    assert picture is not None
    return Image.open(io.BytesIO(picture.data))


def find(named: Links, shown: Links, loopback: bool = False) -> Picture | None:
    """The picture of an entry whose feed names these, and whose page shows those."""
    return of(an_entry(images=tuple(named)), Page(public=True, images=tuple(shown)), loopback)


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


def interface(served: Served, picture: str, alt: str) -> Page:
    """A page whose WordPress interface tells this featured picture, and no other source any."""
    media = {"source_url": picture, "alt_text": alt, "media_type": "image"}
    told = served.at("/wp-json/wp/v2/posts/7", json.dumps({"_embedded": {"wp:featuredmedia": [media]}}))
    return Page(True, interface=told)


def test_the_sources_have_an_order(served: Served) -> None:
    feed, og, featured = (served.at(f"/{name}.png", drawn()) for name in ("feed", "og", "featured"))
    page = replace(interface(served, featured, "Featured"), images=((og, "Open Graph"),))
    for images, shown, words in (([feed], page.images, "Feed"), ([], page.images, "Open Graph"), ([], (), "Featured")):
        entry = an_entry(images=tuple((link, "Feed") for link in images))
        picture = of(entry, replace(page, images=shown), loopback=True)
        assert picture is not None
        assert picture.alt == words


@pytest.mark.parametrize("size", ["-1024x683", "-scaled", "-300x200", ""])
def test_the_media_library_has_the_words_for_every_size_of_the_featured_picture(served: Served, size: str) -> None:
    shown = served.at(f"/wp-content/uploads/bed{size}.png", drawn())
    page = interface(served, f"{served.url}/wp-content/uploads/bed.png", "A bed by a window")
    picture = of(an_entry(images=((shown, ""),)), page, loopback=True)
    assert picture is not None
    assert picture.alt == "A bed by a window"


def test_the_words_of_the_featured_picture_are_not_another_picture_s(served: Served) -> None:
    page = interface(served, f"{served.url}/bed.png", "A bed by a window")
    picture = of(an_entry(images=((served.at("/curve.png", drawn()), ""),)), page, loopback=True)
    assert picture is not None
    assert picture.alt == ""


def test_the_interface_is_not_asked_where_a_picture_has_its_words(served: Served) -> None:
    page = interface(served, f"{served.url}/bed.png", "A bed")
    of(an_entry(images=((served.at("/curve.png", drawn()), "A curve"),)), page, loopback=True)
    assert [path for path, _ in served.asked] == ["/curve.png"]


def test_a_wordpress_blog_without_plugins_has_its_picture_all_the_same(simulator: Simulator) -> None:
    post = simulator.blog.publishes("Sleep after treatment", picture=False)
    simulator.blog.features(post.slug, "A bed by a window")
    picture = of(an_entry(link=post.link), page_of(post.link, loopback=True), loopback=True)
    assert picture is not None
    assert picture.alt == "A bed by a window"


@pytest.mark.parametrize(
    "path",
    [
        "/avatar/anna.png",
        "/wp-content/uploads/avatars/1/anna.jpg",
        "/wp-includes/images/smilies/icon.gif",
        "/images/core/emoji/15.0.3/72x72/1f600.png",
        "/tracking/pixel.gif?id=7",
        "/blank.jpg",
    ],
)
def test_avatars_emoji_and_counters_are_never_even_asked_for(served: Served, path: str) -> None:
    assert find((), [(served.at(path, drawn()), "")], loopback=True) is None
    assert served.asked == []


def test_a_picture_about_avatars_is_a_picture(served: Served) -> None:
    assert find([(served.at("/2026/11/avatar-therapy.png", drawn()), "")], (), loopback=True)


def test_without_any_usable_picture_there_is_none(served: Served) -> None:
    assert find((), (), loopback=True) is None
    assert find([("http://10.0.0.1/a.png", ""), ("http://127.0.0.1:9/a.png", "")], [("", "")], loopback=True) is None


def test_private_addresses_are_not_asked_for_pictures(served: Served) -> None:
    assert find([(served.at("/a.png", drawn()), "")], ()) is None
    assert served.asked == []


def test_only_so_many_addresses_are_tried(served: Served) -> None:
    assert find([(f"{served.url}/{number}.png", "") for number in range(30)], (), loopback=True) is None
    assert len(served.asked) == 5


def test_a_crowd_of_symbols_in_the_text_does_not_hide_the_picture_of_the_page(served: Served) -> None:
    symbols = [(served.at(f"/{number}.png", drawn((32, 32))), "") for number in range(9)]
    picture = find(symbols, [(served.at("/preview.png", drawn()), "A curve")], loopback=True)
    assert picture is not None
    assert picture.alt == "A curve"


@pytest.mark.parametrize("path", ["/image?id={}", "/_next/image?url=%2F{}.png&w=640"])
def test_addresses_that_differ_in_their_query_are_different_pictures(served: Served, path: str) -> None:
    small, good = served.at(path.format(1), drawn((90, 90))), served.at(path.format(2), drawn())
    picture = find([(small, "The logo of a hospital"), (good, "")], (), loopback=True)
    assert picture is not None
    assert picture.alt == ""


def test_a_picture_keeps_its_own_words(served: Served) -> None:
    one, other = served.at("/wp-content/a-300x100.png", drawn((300, 100))), served.at("/wp-content/a.png", drawn())
    picture = find([(one, "Another size of it"), (other, "A curve")], (), loopback=True)
    assert picture is not None
    assert picture.alt == "A curve"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_every_usual_format_becomes_a_jpeg(form: str) -> None:
    image = opened(fitted(drawn(form=form)))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (400, 300))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_colour_becomes_rgb(mode: str) -> None:
    assert opened(fitted(drawn(mode=mode))).mode == "RGB"
    assert opened(fitted(drawn(form="JPEG", mode="CMYK"))).mode == "RGB"


@pytest.mark.parametrize("bits", [8, 12, 16])
def test_a_grey_scan_keeps_its_shades_however_many_bits_it_has(bits: int) -> None:
    scan = Image.linear_gradient("L").resize((400, 300)).convert("I").point(lambda value: value * (2**bits - 1) / 255)
    out = io.BytesIO()
    scan.convert("I;16").save(out, "PNG")
    image = opened(fitted(out.getvalue()))
    shades = [image.convert("L").getpixel((200, row)) for row in (10, 150, 290)]
    assert shades == pytest.approx([9, 128, 247], abs=4)


def test_what_can_only_be_read_whole_may_be_less_large() -> None:
    assert fitted(drawn((4_100, 4_000))) is None
    assert fitted(drawn((4_100, 4_000), form="JPEG")) is not None


@pytest.mark.parametrize("form", ["BMP", "TIFF", "ICO", "PPM"])
def test_other_formats_are_left_alone(form: str) -> None:
    assert fitted(drawn((256, 256), form=form)) is None


def test_what_is_transparent_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(fitted(out.getvalue())).getpixel((150, 150)) == (255, 255, 255)


def test_a_large_picture_is_made_smaller_and_keeps_its_shape() -> None:
    assert opened(fitted(drawn((4_096, 2_400)))).size == (2_048, 1_200)
    assert opened(fitted(drawn((4_100, 4_100), form="JPEG"))).size == (2_048, 2_048)


@pytest.mark.parametrize("size", [(400, 200), (200, 400), (800, 600), (1200, 630)])
def test_a_picture_of_a_usual_shape_is_not_cropped(size: tuple[int, int]) -> None:
    assert opened(fitted(drawn(size))).size == size


@pytest.mark.parametrize(("size", "cropped"), [((2_000, 400), (764, 400)), ((300, 1_500), (300, 600))])
def test_a_strip_is_cropped_around_its_centre(size: tuple[int, int], cropped: tuple[int, int]) -> None:
    strip = Image.new("RGB", size, "red")
    strip.paste("blue", (size[0] // 2 - 50, size[1] // 2 - 50, size[0] // 2 + 50, size[1] // 2 + 50))
    out = io.BytesIO()
    strip.save(out, "PNG")
    image = opened(fitted(out.getvalue()))
    assert image.size == cropped
    red, _, blue = image.getpixel((cropped[0] // 2, cropped[1] // 2))  # type: ignore[misc]
    assert (red < 20, blue > 230) == (True, True)


def test_a_photograph_is_turned_upright_and_forgets_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x8825] = 6, {1: "N", 2: (47.0, 22.0, 0.0)}
    image = opened(fitted(drawn((400, 300), form="JPEG", exif=exif)))
    assert (image.size, dict(image.getexif()), "exif" in image.info) == ((300, 400), {}, False)


@pytest.mark.parametrize("profile", [SRGB, None])
def test_nothing_that_was_written_into_a_picture_goes_out(profile: bytes | None) -> None:
    image, out = Image.new("RGB", (300, 300)), io.BytesIO()
    image.save(out, "JPEG", comment=b"Ward 7, patient", xmp=b"<x:xmpmeta>patient</x:xmpmeta>", icc_profile=profile)
    assert out.getvalue().count(b"patient") == 2
    picture = fitted(out.getvalue())
    assert picture is not None
    assert b"patient" not in picture.data
    assert set(opened(picture).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def swapped(profile: bytes) -> bytes:
    """The profile of a space in which red is called blue, and blue red."""
    return profile.replace(b"rXYZ", b"tmp!").replace(b"bXYZ", b"rXYZ").replace(b"tmp!", b"bXYZ")


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_colours_of_another_space_look_the_same_in_srgb(mode: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (300, 300), (250, 0, 0)).convert(mode).save(out, "PNG", icc_profile=swapped(SRGB))
    red, _, blue = opened(fitted(out.getvalue())).getpixel((150, 150))  # type: ignore[misc]
    assert (red < 20, blue > 230) == (True, True)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("profile", [b"broken", SRGB[:200], SRGB])
def test_a_profile_that_does_not_fit_is_no_reason_to_have_no_picture(mode: str, profile: bytes) -> None:
    out = io.BytesIO()
    Image.new(mode, (300, 300)).save(out, "JPEG", icc_profile=profile)
    assert opened(fitted(out.getvalue())).mode == "RGB"


def test_the_same_picture_always_gives_the_same_bytes() -> None:
    assert fitted(drawn()) == fitted(drawn())


def test_even_noise_stays_under_what_the_strictest_platform_takes() -> None:
    noise = Image.frombytes("RGB", (2_048, 2_048), random.Random(1).randbytes(2_048 * 2_048 * 3))  # noqa: S311
    out = io.BytesIO()
    noise.save(out, "PNG", compress_level=0)
    picture = fitted(out.getvalue())
    assert picture is not None
    assert len(picture.data) <= BYTES


@pytest.mark.parametrize("kind", KINDS)
def test_every_platform_takes_what_is_kept(kind: str) -> None:
    limits = adapter_class(kind).limits
    assert not limits.images or "image/jpeg" in limits.image_types
    assert (limits.image_bytes or BYTES) >= BYTES
    assert (limits.image_pixels or LONGEST * LONGEST) >= LONGEST * LONGEST


def test_a_picture_without_end_is_given_up(served: Served) -> None:
    endless = served.raw("/a.png", b"HTTP/1.1 200 OK\r\n\r\n", drawn(), *[bytes(1_000_000)] * 20)
    assert find([(endless, "")], (), loopback=True) is None


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
