"""What X and Facebook will show of a page, told to its editors; and the plain card of an entry without a picture."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from adapters import KINDS, adapter_class, page_reader
from adapters.contract import Image as Named
from adapters.pages import Card, Reader
from bot.blog.cards import cards
from bot.blog.drawing import SIZE, _font, _lines, card, is_card
from bot.blog.pages import Page, visit
from bot.blog.pictures import lacks_words, measured
from bot.simulator import Simulator
from config.editing import set_value
from tests.making import commanding, servers
from tests.making.commanding import Stage
from tests.making.servers import Served

served = servers.served
stage = commanding.stage

WHOLE = {
    "og:type": "article",
    "og:title": "Sleep after treatment",
    "og:description": "Why rest is hard to find.",
    "twitter:card": "summary_large_image",
    "og:image:alt": "A bed by a window",
    "title": "Sleep after treatment – The Cancer Blog",
}


def picture(size: tuple[int, int] = (1200, 630)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "PNG")
    return out.getvalue()


def reading(*kinds: str) -> list[Reader]:
    """How the platforms of these kinds read a page."""
    return [reader for kind in kinds if (reader := page_reader(kind))]


def shown(served: Served, size: tuple[int, int] | None = (1200, 630), **tags: str) -> dict[str, Card]:
    """The cards of a page with every tag but for these, and a picture of this size."""
    named = {"og:image": served.at("/a.png", picture(size))} if size else {}
    said = WHOLE | named | {name.replace("_", ":", 1): said for name, said in tags.items()}
    page = Page(True, tags={name: text for name, text in said.items() if text})
    return {one.platform: one for one in cards(page, reading(*KINDS), loopback=True)}


def test_a_page_with_all_its_tags_lacks_nothing(served: Served) -> None:
    found = shown(served)
    assert [one.lacks for one in found.values()] == [(), ()]
    assert found["X"].words == (
        "X will show its card only where no picture is attached: "
        "“Sleep after treatment”, with a large picture, and the words “Why rest is hard to find.”"
    )


def test_only_the_platforms_that_are_published_to_are_told(simulator: Simulator) -> None:
    page = visit(simulator.blog.publishes("A title").link, loopback=True)
    assert [one.platform for one in cards(page, reading("facebook", "linkedin"), loopback=True)] == ["Facebook"]
    assert cards(page, reading("linkedin"), loopback=True) == []


def test_x_prefers_its_own_tags(served: Served) -> None:
    own = served.at("/own.png", picture())
    found = shown(served, twitter_title="Short", twitter_description="For X", twitter_image=own)
    assert (found["X"].title, found["X"].description, found["X"].picture) == ("Short", "For X", own)
    assert (found["Facebook"].title, found["Facebook"].picture) == ("Sleep after treatment", f"{served.url}/a.png")


def test_without_asking_for_a_large_picture_x_shows_a_small_one(served: Served) -> None:
    found = shown(served, twitter_card="")
    assert found["X"].shape == "with a small picture"
    assert "twitter:card = summary_large_image" in found["X"].lacks[0]
    assert found["Facebook"].shape == "with a large picture"


@pytest.mark.parametrize("tag", ["og_title", "og_type", "og_description"])
def test_without_a_card_and_one_of_three_tags_x_shows_the_bare_address(served: Served, tag: str) -> None:
    found = shown(served, twitter_card="", **{tag: ""})["X"]
    assert found.words == "X will show no card, the bare address only"
    assert len(found.lacks) == 1


def test_facebook_takes_the_title_of_the_window_where_there_is_no_other(served: Served) -> None:
    found = shown(served, og_title="", og_description="")["Facebook"]
    assert found.title == "Sleep after treatment – The Cancer Blog"
    assert "og:title" in found.lacks[0]
    assert found.words.endswith("with a large picture, and no description")


@pytest.mark.parametrize(
    ("size", "on_x", "on_facebook"),
    [
        ((600, 315), "with a large picture", "with a large picture"),
        ((600, 314), "with a large picture", "with a small picture"),
        ((599, 400), "with a large picture", "with a small picture"),
        ((299, 299), "without a picture", "with a small picture"),
        ((400, 199), "with a large picture", "without a picture"),
        (None, "without a picture", "without a picture"),
    ],
)
def test_a_picture_is_shown_by_its_size(
    served: Served, size: tuple[int, int] | None, on_x: str, on_facebook: str
) -> None:
    found = shown(served, size)
    assert (found["X"].shape, found["Facebook"].shape) == (on_x, on_facebook)
    assert all(bool(one.lacks) is (one.shape != "with a large picture") for one in found.values())


def test_a_picture_that_is_not_there_is_told(served: Served) -> None:
    for one in shown(served, og_image=f"{served.url}/gone.png").values():
        assert "/gone.png cannot be read" in one.lacks[0]
        assert one.picture == ""


def test_a_picture_that_is_too_large_for_x_is_told(served: Served) -> None:
    found = shown(served, (4_097, 2_000))
    assert "X takes 4096 × 4096 at most" in found["X"].lacks[0]
    assert found["Facebook"].lacks == ()


def test_a_picture_may_be_named_by_its_address_alone(served: Served) -> None:
    found = shown(served, None, **{"og:image:url": served.at("/a.png", picture())})
    assert [one.picture for one in found.values()] == [f"{served.url}/a.png"] * 2


def test_a_picture_in_half_an_address_is_told(served: Served) -> None:
    assert "/a.png cannot be read" in shown(served, og_image="/a.png")["Facebook"].lacks[0]


def test_long_words_are_told_as_they_will_be_cut(served: Served) -> None:
    found = shown(served, og_title="Sleep " * 30, og_description="Rest " * 100)["X"]
    assert (len(found.title) <= 70, len(found.description) <= 200, found.title[-1]) == (True, True, "…")
    assert "X shows 70 at most" in found.lacks[0]


def test_a_picture_without_words_is_told(served: Served) -> None:
    assert "og:image:alt" in shown(served, **{"og_image:alt": ""})["X"].lacks[0]


def test_check_tells_the_cards_of_the_newest_entry_s_page(stage: Stage) -> None:
    stage.publish("What is a biopsy?", picture=False, summary="How it is done.")
    told = stage.good("check")
    assert (
        "    X will show its card only where no picture is attached: “What is a biopsy?”, "
        "without a picture, and the words “How it is done.”\n"
    ) in told
    assert "    Facebook will show “What is a biopsy?”" in told
    assert "      The page names no picture for previews (og:image)." in told


def test_check_tells_that_the_newest_entry_s_page_cannot_be_seen(stage: Stage) -> None:
    post = stage.publish("What is a biopsy?")
    stage.simulator.blog.serves_page(post.link.removeprefix(stage.simulator.blog.base_url), "Wait", status=503)
    assert "    The page of “What is a biopsy?” could not be looked at:" in stage.good("check")
    stage.simulator.blog.serves_page(post.link.removeprefix(stage.simulator.blog.base_url), "Gone", status=410)
    assert "is gone for good (410). It would be held." in stage.good("check")


def test_a_picture_is_measured_as_it_is_at_its_address(served: Served) -> None:
    data = picture((90, 60))
    found = measured(served.at("/a.png", data), loopback=True)
    assert found is not None
    assert (found.width, found.height, found.size) == (90, 60, len(data))
    assert measured(served.at("/a.svg", "<svg/>"), loopback=True) is None
    assert measured(served.at("/gone.png", data, status=404), loopback=True) is None
    assert measured(served.at("/a.png", data)) is None


def test_a_picture_without_words_is_told_where_the_platform_takes_them() -> None:
    image = Named("0" * 64, "image/jpeg", 400, 300, 1_000)
    takes, takes_none = adapter_class("twitter").limits, adapter_class("linkedin").limits
    assert "has no alternative text" in lacks_words(image, takes)
    assert lacks_words(replace(image, alt="A bed"), takes) == ""
    assert lacks_words(None, takes) == ""
    assert lacks_words(image, replace(takes_none, alt_text=0)) == ""


# ---- the plain card


def test_the_configuration_asks_for_the_card(stage: Stage) -> None:
    set_value(stage.config, "blog.card", True)
    set_value(stage.config, "blog.colour", "#7a1f3d")
    stage.begin()
    stage.publish("Sleep after treatment", picture=False)
    stage.good("once")
    (image, *_) = [one["image"] for one in stage.json("preview")[0]["drafts"] if one["image"]]
    assert image["alt"].startswith("Sleep after treatment – ")


def drawn(title: str, colour: str = "#1f4e5f", blog: str = "The Blog") -> Image.Image | None:
    """The card, in Pillow's own font: which others there are differs by machine."""
    found = card(title, blog, colour, fonts=())
    return Image.open(io.BytesIO(found.data)).convert("L") if found else None


def test_a_plain_card_has_the_title_on_the_blog_s_colour() -> None:
    found = card("Sleep after treatment", "The Cancer Blog", "#1f4e5f", fonts=())
    assert found is not None
    assert ((found.width, found.height), found.alt) == (SIZE, "Sleep after treatment – The Cancer Blog")
    image = Image.open(io.BytesIO(found.data))
    assert all(abs(one - other) < 4 for one, other in zip(image.getpixel((9, 9)), (0x1F, 0x4E, 0x5F), strict=True))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("colour", "light"), [("#000000", True), ("#1f4e5f", True), ("#ffffff", False), ("#e8b04b", False)]
)
def test_letters_are_white_on_dark_and_dark_on_light(colour: str, light: bool) -> None:
    image = drawn("Sleep", colour)
    assert image is not None
    ground, counts = int(image.getpixel((5, 5))), image.histogram()  # type: ignore[arg-type]
    lighter, darker = sum(counts[ground + 60 :]), sum(counts[: max(ground - 60, 0)])
    assert (lighter > 1_000, darker > 1_000) == (light, not light)


@pytest.mark.parametrize("title", ["がん治療後の睡眠", "النوم بعد العلاج", "Früh erkannt", "😴", "", " "])
def test_a_title_that_cannot_be_written_gets_no_card(title: str) -> None:
    assert drawn(title) is None


@pytest.mark.parametrize("title", ["🎗️ Sleep 😴", "👩‍⚕️ Sleep", "Sleep 1️⃣"])
def test_an_emoji_that_no_font_has_is_left_out_of_the_card_but_not_of_its_words(title: str) -> None:
    assert drawn(title) is not None
    found = card(title, "The Blog", "#1f4e5f", fonts=())
    assert found is not None
    assert found.alt == f"{title} – The Blog"


def test_a_long_name_of_the_blog_stays_on_the_card() -> None:
    image = drawn("Sleep", "#000000", blog="Blog" * 60)
    assert image is not None
    _, _, right, _ = image.point(lambda light: 255 if light > 60 else 0).getbbox() or (0, 0, 0, 0)
    assert right <= 1120


@pytest.mark.parametrize("title", ["PD\u2011L1 and\u00a0sleep", "It’s about “rest”"])
def test_what_only_looks_like_another_letter_is_written(title: str) -> None:
    assert drawn(title) is not None


def test_a_name_of_the_blog_that_cannot_be_written_is_left_out() -> None:
    assert drawn("Sleep", blog="Größe") is not None


@pytest.mark.parametrize(
    "title", ["Sleep", "Sleep after treatment " * 3, "Sleep after treatment " * 40, "x" * 400, "x " * 200_000]
)
def test_no_title_runs_over_the_edge_of_its_card(title: str) -> None:
    image = drawn(title, "#000000")
    assert image is not None
    left, top, right, bottom = image.point(lambda light: 255 if light > 60 else 0).getbbox() or (0, 0, 0, 0)
    assert (left >= 80, top >= 60, right <= 1120, bottom <= 580) == (True, True, True, True)


def test_the_same_title_always_gives_the_same_card() -> None:
    assert card("Sleep", "B", "#1f4e5f", fonts=()) == card("Sleep", "B", "#1f4e5f", fonts=())


def test_a_card_is_known_again() -> None:
    found = card("Sleep", "The Blog", "#1f4e5f", fonts=())
    assert found is not None
    image = Named(found.sha256, found.media_type, found.width, found.height, len(found.data), found.alt)
    assert is_card(image, "The Blog")
    assert not is_card(Named(found.sha256, "image/jpeg", 1200, 630, 9, "A bed"), "The Blog")


@pytest.mark.parametrize("room", range(60, 700, 20))
def test_no_line_of_japanese_ends_before_or_begins_with_what_may_not_stand_there(room: int) -> None:
    lines = _lines(
        _font("", 44), "乳がん検診で「異常あり」と言われたら：次に何をきょう聞けばよいか、『ニュース』", room
    )
    assert not [line for line in lines if line[-1] in "「『" or line[0] in "」』：、ょーュ"]
