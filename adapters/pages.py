"""What a platform that reads the linked page will show of it, in words for the page's editors: what such cards share.

Which tags a platform reads, and what it wants of a picture, its own folder knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

LARGE, SMALL = "with a large picture", "with a small picture"
NO_PICTURE, NO_CARD = "without a picture", "no card, the bare address only"
PLUGIN = "A plugin for search engines, such as Yoast SEO, writes such tags."
OG = ("og:image", "og:image:url", "og:image:secure_url")
"""The names under which a page names its picture (ogp.me)."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A picture as its address gives it, before anything is done to it."""

    width: int
    height: int
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Card:
    """What one platform will show of a page, and what keeps it from showing more."""

    platform: str
    shape: str
    title: str = ""
    description: str = ""
    picture: str = ""
    lacks: tuple[str, ...] = ()
    only: str = ""
    """When it is shown at all, where it is not always."""

    @property
    def words(self) -> str:
        """What will be shown, as a line."""
        if self.shape == NO_CARD:
            return f"{self.platform} will show {NO_CARD}"
        about = f"and the words “{self.description}”" if self.description else "and no description"
        return f"{self.platform} will show {self.only}“{self.title}”, {self.shape}, {about}"


Tags = Mapping[str, str]
"""What the meta elements of a page say, by name, and its title element as `title`."""
Measure = Callable[[str], Measured | None]
"""Looks at a picture's address; None where there is no usable one, as behind an empty address."""
Reader = Callable[[Tags, Measure], Card]
"""How a platform reads a page: the function `page_card` in the module `cards` of its folder."""


def named(tags: Tags, *names: str) -> str:
    """What the page says under the first of these names under which it says anything."""
    return next((tags[name] for name in names if name in tags), "")


def short(text: str, most: int) -> str:
    """The text as it is cut where there is room for so many characters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def unreadable(link: str) -> str:
    """What to tell of a picture that cannot be measured."""
    return f"The picture {link} cannot be read, or is no JPEG, PNG, WebP or GIF with a full address."
