"""What X and Facebook will show of a linked page, and what the page lacks, in words for its editors.

Both read the page's own tags. Sources: X docs, Cards markup and Summary with large image; Meta docs, Sharing for
webmasters and Images in link shares. LinkedIn reads no tags: what its card shows is in the draft.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.blog.pages import Page
from bot.blog.pictures import Measured, measured

TITLE, WORDS = 70, 200
"""Characters that X shows of a title and of a description."""
MOST = 4_096
"""Pixels of either side that X takes at most."""
ROOM = 300
"""Characters of each that are told here; Facebook names no number, and cuts by the room there is."""
LARGE, SMALL = "with a large picture", "with a small picture"
PLUGIN = "A plugin for search engines, such as Yoast SEO, writes such tags."
NO_PICTURE, NO_CARD = "without a picture", "no card, the bare address only"


@dataclass(frozen=True, slots=True)
class Card:
    """What one platform will show of a page, and what keeps it from showing more."""

    platform: str
    shape: str
    title: str = ""
    description: str = ""
    picture: str = ""
    lacks: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What will be shown, as a line."""
        if self.shape == NO_CARD:
            return f"{self.platform} will show {NO_CARD}"
        unless = "its card only where no picture is attached: " if self.platform == "X" else ""
        about = f"and the words “{self.description}”" if self.description else "and no description"
        return f"{self.platform} will show {unless}“{self.title}”, {self.shape}, {about}"


READERS = {"twitter": "X", "facebook": "Facebook"}
"""The kinds whose platforms read the page, and their names."""


def cards(page: Page, kinds: Iterable[str] = READERS, loopback: bool = False) -> list[Card]:
    """The cards that the platforms of these kinds will make of a page; its picture is fetched to be measured."""
    found: dict[str, Measured | None] = {}
    told = []
    for kind in READERS:
        if kind in kinds:
            link = _named(page, *(("twitter:image", "twitter:image:src") if kind == "twitter" else ()), *OG)
            if link and link not in found:
                found[link] = measured(link, loopback)
            told.append((_on_x if kind == "twitter" else _on_facebook)(page, link, found.get(link)))
    return told


OG = ("og:image", "og:image:url", "og:image:secure_url")


def _named(page: Page, *names: str) -> str:
    """What the page says under the first of these names under which it says anything."""
    return next((page.tags[name] for name in names if name in page.tags), "")


def _on_x(page: Page, link: str, picture: Measured | None) -> Card:
    tags = page.tags
    title = tags.get("twitter:title") or tags.get("og:title", "")
    about = tags.get("twitter:description") or tags.get("og:description", "")
    kind = tags.get("twitter:card") or ("summary" if tags.get("og:type") and title and about else "")
    if not kind or not title:
        tag = "a twitter:card tag" if title else "a title for previews (og:title)"
        return Card("X", NO_CARD, lacks=(f"The page has not {tag}, so X makes no card of it. {PLUGIN}",))
    least = (300, 157) if kind == "summary_large_image" else (144, 144)
    fits = picture and least[0] <= picture.width <= MOST and least[1] <= picture.height <= MOST
    usable = picture and fits and picture.size < 5_000_000
    shape = (LARGE if kind == "summary_large_image" else SMALL) if usable else NO_PICTURE
    lacks = [*_x_words(title, about, tags.get("twitter:card", "")), *_x_pictures(link, picture, least)]
    if usable and not (tags.get("twitter:image:alt") or tags.get("og:image:alt")):
        lacks.append("The picture has no alternative text (og:image:alt) for readers who cannot see it.")
    return Card("X", shape, _short(title, TITLE), _short(about, WORDS), link if usable else "", tuple(lacks))


def _x_words(title: str, about: str, kind: str) -> Iterator[str]:
    if kind not in ("summary_large_image", "player", "app"):
        yield f"The page does not ask for a large picture (twitter:card = summary_large_image). {PLUGIN}"
    if len(title) > TITLE:
        yield f"The title has {len(title)} characters; X shows {TITLE} at most."
    if not about:
        yield "The page has no description for previews (og:description)."


def _x_pictures(link: str, picture: Measured | None, least: tuple[int, int]) -> Iterator[str]:
    if not link:
        yield "The page names no picture for previews (og:image)."
    elif picture is None:
        yield f"The picture {link} cannot be read, or is no JPEG, PNG, WebP or GIF with a full address."
    elif picture.size >= 5_000_000:
        yield f"The picture has {picture.size / 1e6:.1f} MB; X takes less than 5 MB."
    elif picture.width < least[0] or picture.height < least[1]:
        yield f"The picture has {picture.width} × {picture.height} pixels; X wants {least[0]} × {least[1]} at least."
    elif max(picture.width, picture.height) > MOST:
        yield f"The picture has {picture.width} × {picture.height} pixels; X takes {MOST} × {MOST} at most."


def _on_facebook(page: Page, link: str, picture: Measured | None) -> Card:
    tags = page.tags
    title = tags.get("og:title") or tags.get("title", "")
    about = tags.get("og:description") or tags.get("description", "")
    shape = NO_PICTURE
    if picture and min(picture.width, picture.height) >= 200 and picture.size <= 8_000_000:
        shape = LARGE if picture.width >= 600 and picture.height >= 315 else SMALL
    lacks = tuple(_facebook_lacks(page, link, picture))
    return Card("Facebook", shape, _short(title, ROOM), _short(about, ROOM), link if shape != NO_PICTURE else "", lacks)


def _facebook_lacks(page: Page, link: str, picture: Measured | None) -> Iterator[str]:
    if "og:title" not in page.tags:
        yield f"The page has no title for previews (og:title), so Facebook takes the window's title. {PLUGIN}"
    if "og:description" not in page.tags:
        yield "The page has no description for previews (og:description), so Facebook takes what it finds."
    if not link:
        yield "The page names no picture for previews (og:image), so Facebook takes any of the page, or none."
    elif picture is None:
        yield f"The picture {link} cannot be read, or is no JPEG, PNG, WebP or GIF with a full address."
    elif picture.size > 8_000_000:
        yield f"The picture has {picture.size / 1e6:.1f} MB; Facebook takes 8 MB at most."
    elif picture.width < 600 or picture.height < 315:
        small = f"The picture has {picture.width} × {picture.height} pixels; for a large one Facebook wants 600 × 315"
        yield f"{small}, better 1200 × 630."


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
