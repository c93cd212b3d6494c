"""A post of a Facebook Page: what is kept of it, and how the Graph API gives it back.

Sources: Meta, reference/page/published_posts and pages-api/posts.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from bot.simulator.facebook.rules import refused
from bot.simulator.network import Card, Published


@dataclass(frozen=True)
class Post:
    """A post; its id starts with the Page's."""

    id: str
    text: str
    link: str
    at: datetime
    photos: tuple[str, ...] = ()
    published: bool = True
    deleted: bool = False

    @property
    def permalink(self) -> str:
        """Its address."""
        page, _, number = self.id.partition("_")
        return f"https://www.facebook.com/{page}/posts/{number}"

    def as_data(self, card: Card | None) -> dict[str, Any]:
        """All fields that the Graph API may be asked for; None is what a post does not have."""
        return {
            "id": self.id,
            "message": self.text or None,
            "created_time": f"{self.at:%Y-%m-%dT%H:%M:%S+0000}",
            "permalink_url": self.permalink,
            "is_published": self.published,
            "status_type": "added_photos" if self.photos else "shared_story" if self.link else "mobile_status_update",
            "attachments": self._attachments(card),
        }

    def _attachments(self, card: Card | None) -> dict[str, Any] | None:
        if self.photos:
            address = f"https://www.facebook.com/photo.php?fbid={self.photos[0]}"
            kind = "photo" if len(self.photos) == 1 else "album"
            return {"data": [{"type": kind, "url": address, "unshimmed_url": address}]}
        if not self.link:
            return None
        shim = f"https://l.facebook.com/l.php?u={quote(self.link, safe='')}&h=AT0simulated"
        title = {"title": card.title} if card and card.title else {}
        return {"data": [{"type": "share", "url": shim, "unshimmed_url": self.link, **title}]}

    def as_read(self, card: Card | None, alt: str | None) -> Published:
        """As a reader meets it; photos take the place of a link's card."""
        shown = None if self.photos else card
        uploaded = f"/pictures/facebook/{self.photos[0]}" if self.photos else None
        picture = uploaded or (shown.picture if shown else None)
        title = shown.title if shown else None
        link = self.link or None
        return Published(self.id, self.text, link, self.at, title, bool(picture), alt, self.permalink, picture)


@dataclass(frozen=True)
class Photo:
    """A photo; it can be posted once."""

    id: str
    alt: str | None
    posted: bool = False


def attached(given: Mapping[str, str]) -> tuple[str, ...]:
    """The photos named in attached_media[0], attached_media[1] and so on."""
    places = sorted(name for name in given if re.fullmatch(r"attached_media\[\d+\]", name))
    try:
        return tuple(str(json.loads(given[place])["media_fbid"]) for place in places)
    except (ValueError, KeyError, TypeError):
        raise refused("100", "(#100) attached_media must be objects with a media_fbid") from None


def cursor(post: Post) -> str:
    """The cursor that stands for a post."""
    return base64.urlsafe_b64encode(post.id.encode()).decode()


def post_at(text: str) -> str:
    """The post a cursor stands for."""
    try:
        return base64.urlsafe_b64decode(text).decode()
    except ValueError:
        raise refused("100", "(#100) Invalid cursor") from None
