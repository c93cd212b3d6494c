"""The card that Facebook makes of a linked page, from the page's own tags. Sources: Meta docs, Sharing for webmasters
and Images in link shares.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters.pages import LARGE, NO_PICTURE, OG, PLUGIN, SMALL, Card, Measure, Measured, Tags, named, short, unreadable

ROOM = 300
"""Characters of each that are told here; Facebook names no number, and cuts by the room there is."""


def page_card(tags: Tags, measure: Measure) -> Card:
    """What Facebook will show of a page."""
    title = tags.get("og:title") or tags.get("title", "")
    about = tags.get("og:description") or tags.get("description", "")
    link, shape = named(tags, *OG), NO_PICTURE
    picture = measure(link)
    if picture and min(picture.width, picture.height) >= 200 and picture.size <= 8_000_000:
        shape = LARGE if picture.width >= 600 and picture.height >= 315 else SMALL
    lacks = tuple(_lacks(tags, link, picture))
    return Card("Facebook", shape, short(title, ROOM), short(about, ROOM), link if shape != NO_PICTURE else "", lacks)


def _lacks(tags: Tags, link: str, picture: Measured | None) -> Iterator[str]:
    if "og:title" not in tags:
        yield f"The page has no title for previews (og:title), so Facebook takes the window's title. {PLUGIN}"
    if "og:description" not in tags:
        yield "The page has no description for previews (og:description), so Facebook takes what it finds."
    if not link:
        yield "The page names no picture for previews (og:image), so Facebook takes any of the page, or none."
    elif picture is None:
        yield unreadable(link)
    elif picture.size > 8_000_000:
        yield f"The picture has {picture.size / 1e6:.1f} MB; Facebook takes 8 MB at most."
    elif picture.width < 600 or picture.height < 315:
        small = f"The picture has {picture.width} × {picture.height} pixels; for a large one Facebook wants 600 × 315"
        yield f"{small}, better 1200 × 630."
