"""The card that X makes of a linked page, from the page's own tags. Sources: X docs, Cards markup and Summary with
large image.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters.pages import (
    LARGE,
    NO_CARD,
    NO_PICTURE,
    OG,
    PLUGIN,
    SMALL,
    Card,
    Measure,
    Measured,
    Tags,
    named,
    short,
    unreadable,
)

TITLE, WORDS = 70, 200
"""Characters that X shows of a title and of a description."""
MOST, BYTES = 4_096, 5_000_000
"""Pixels of either side that X takes at most; bytes that a picture must stay under."""
ONLY = "its card only where no picture is attached: "


def page_card(tags: Tags, measure: Measure) -> Card:
    """What X will show of a page."""
    title = tags.get("twitter:title") or tags.get("og:title", "")
    about = tags.get("twitter:description") or tags.get("og:description", "")
    kind = tags.get("twitter:card") or ("summary" if tags.get("og:type") and title and about else "")
    if not kind or not title:
        tag = "a twitter:card tag" if title else "a title for previews (og:title)"
        return Card("X", NO_CARD, lacks=(f"The page has not {tag}, so X makes no card of it. {PLUGIN}",))
    link = named(tags, "twitter:image", "twitter:image:src", *OG)
    picture, least = measure(link), (300, 157) if kind == "summary_large_image" else (144, 144)
    usable = picture is not None and _fits(picture, least)
    shape = (LARGE if kind == "summary_large_image" else SMALL) if usable else NO_PICTURE
    lacks = [*_words(title, about, tags.get("twitter:card", "")), *_pictures(link, picture, least)]
    if usable and not (tags.get("twitter:image:alt") or tags.get("og:image:alt")):
        lacks.append("The picture has no alternative text (og:image:alt) for readers who cannot see it.")
    return Card("X", shape, short(title, TITLE), short(about, WORDS), link if usable else "", tuple(lacks), ONLY)


def _fits(picture: Measured, least: tuple[int, int]) -> bool:
    sides = least[0] <= picture.width <= MOST and least[1] <= picture.height <= MOST
    return sides and picture.size < BYTES


def _words(title: str, about: str, kind: str) -> Iterator[str]:
    if kind not in ("summary_large_image", "player", "app"):
        yield f"The page does not ask for a large picture (twitter:card = summary_large_image). {PLUGIN}"
    if len(title) > TITLE:
        yield f"The title has {len(title)} characters; X shows {TITLE} at most."
    if not about:
        yield "The page has no description for previews (og:description)."


def _pictures(link: str, picture: Measured | None, least: tuple[int, int]) -> Iterator[str]:
    if not link:
        yield "The page names no picture for previews (og:image)."
    elif picture is None:
        yield unreadable(link)
    elif picture.size >= BYTES:
        yield f"The picture has {picture.size / 1e6:.1f} MB; X takes less than 5 MB."
    elif picture.width < least[0] or picture.height < least[1]:
        yield f"The picture has {picture.width} × {picture.height} pixels; X wants {least[0]} × {least[1]} at least."
    elif max(picture.width, picture.height) > MOST:
        yield f"The picture has {picture.width} × {picture.height} pixels; X takes {MOST} × {MOST} at most."
