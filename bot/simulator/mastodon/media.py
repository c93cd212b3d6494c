"""Mastodon's pictures: uploaded with their description, perhaps still processed, and attached to one status.

Sources: Mastodon's documentation, methods media; mastodon/mastodon, `app/services/post_status_service.rb`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.simulator.mastodon.rules import invalid, refused, unprocessable
from bot.simulator.mastodon.text import DOMAIN
from bot.simulator.network import kind_of_picture
from bot.simulator.server import now

LONGEST_ALT = 1_500
MOST_BYTES = 16_777_216
MOST = 4
KINDS = ("image/jpeg", "image/png", "image/gif", "image/webp")
KEPT_FOR = timedelta(hours=24)
"""How long a picture is kept that no status has."""


@dataclass(frozen=True)
class Media:
    """A picture; `ready_at` is when it can be attached, `status` the id of the status that has it."""

    id: str
    at: datetime
    ready_at: datetime
    alt: str | None = None
    status: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether it has been processed."""
        return self.ready_at <= now()

    def as_data(self) -> dict[str, Any]:
        """As the interface gives it; without an address while it is processed."""
        address = f"https://files.{DOMAIN}/media_attachments/{self.id}.png"
        shown = {"url": address if self.is_ready else None, "preview_url": address, "remote_url": None}
        return {"id": self.id, "type": "image", **shown, "meta": {}, "description": self.alt, "blurhash": None}


class Pictures:
    """The pictures of one account."""

    def __init__(self) -> None:
        self._kept: dict[str, Media] = {}
        self.processing = timedelta(0)

    def receive(self, identity: str, data: bytes | None, alt: str | None) -> Media:
        """Take a picture."""
        if data is None or kind_of_picture(data) not in KINDS:
            raise invalid("File content type is invalid, File is invalid")
        if len(data) > MOST_BYTES:
            raise invalid("File file size must be less than 16 MB")
        if alt and len(alt) > LONGEST_ALT:
            raise invalid(f"Description is too long (maximum is {LONGEST_ALT} characters)")
        self._kept[identity] = Media(identity, now(), now() + self.processing, alt)
        return self._kept[identity]

    def alone(self, identity: str) -> Media:
        """A picture that no status has yet."""
        media = self._kept.get(identity)
        if media is None or media.status:
            raise refused(404)
        return media

    def of(self, identities: tuple[str, ...]) -> list[Media]:
        """The pictures with these ids."""
        return [self._kept[identity] for identity in identities]

    def check(self, identities: tuple[str, ...], status: str = "") -> None:
        """Refuse pictures that a new status, or the one with this id, cannot have now."""
        if len(identities) > MOST:
            raise unprocessable(f"Cannot attach more than {MOST} files")
        for identity in identities:
            if not self._can_have(status, self._kept.get(identity)):
                raise unprocessable(f"Media {identity} not found or already attached to another post")
            if not self._kept[identity].is_ready:
                raise refused(422, "processing")

    def _can_have(self, status: str, media: Media | None) -> bool:
        if media is None or media.status not in ("", status):
            return False
        return bool(media.status) or now() - media.at <= KEPT_FOR

    def attach(self, identities: tuple[str, ...], status: str) -> None:
        """Give them to a status."""
        for identity in identities:
            self._kept[identity] = replace(self._kept[identity], status=status)
