"""A status of Mastodon: what is kept of it, and how the interface gives it back, with its account and its server.

Source: Mastodon's documentation, entities Status, PreviewCard, Account and Instance.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.simulator.mastodon import text as words
from bot.simulator.mastodon.media import KINDS, LONGEST_ALT, MOST, MOST_BYTES, Media
from bot.simulator.network import Card, LookUp, Published

ACCOUNT_ID, NAME, USERNAME = "109876543210123456", "The Cancer Blog", "TheCancerBlog"
HOME = f"https://{words.DOMAIN}"


@dataclass(frozen=True)
class Post:
    """A status."""

    id: str
    at: datetime
    text: str
    media: tuple[str, ...] = ()
    visibility: str = "public"
    language: str = "en"
    sensitive: bool = False
    spoiler: str = ""
    reply_to: str = ""
    edited_at: datetime | None = None
    deleted: bool = False

    @property
    def number(self) -> int:
        """Its place among the others."""
        return int(self.id)

    @property
    def url(self) -> str:
        """Its address for readers."""
        return f"{HOME}/@{USERNAME}/{self.id}"

    @property
    def is_public(self) -> bool:
        """Whether anybody may read it."""
        return self.visibility in ("public", "unlisted") and not self.deleted

    def is_listed(self, query: Mapping[str, str]) -> bool:
        """Whether a list with this query shows it."""
        return (
            not self.deleted
            and ("max_id" not in query or self.number < int(query["max_id"]))
            and ("since_id" not in query or self.number > int(query["since_id"]))
            and ("min_id" not in query or self.number > int(query["min_id"]))
            and not (query.get("exclude_replies") in ("true", "1") and self.reply_to)
        )

    def as_data(self, known: Collection[str], media: Sequence[Media], card: Card | None) -> dict[str, Any]:
        """As the interface gives it."""
        tags = [{"name": tag.lower(), "url": f"{HOME}/tags/{tag.lower()}"} for tag in words.hashtags(self.text)]
        mentions = [{"acct": name, "username": name.split("@")[0]} for name in words.mentions(self.text, known)]
        return {
            "id": self.id,
            "created_at": moment(self.at),
            "in_reply_to_id": self.reply_to or None,
            "in_reply_to_account_id": ACCOUNT_ID if self.reply_to else None,
            "sensitive": self.sensitive,
            "spoiler_text": self.spoiler,
            "visibility": self.visibility,
            "language": self.language,
            "uri": f"{HOME}/users/{USERNAME}/statuses/{self.id}",
            "url": self.url,
            "edited_at": moment(self.edited_at) if self.edited_at else None,
            "content": words.as_html(self.text, known),
            "account": account(),
            "media_attachments": [medium.as_data() for medium in media],
            "mentions": mentions,
            "tags": tags,
            "emojis": [],
            "card": self._card(card),
            **dict.fromkeys(("reblog", "poll", "application")),
            **dict.fromkeys(("replies_count", "reblogs_count", "favourites_count"), 0),
            **dict.fromkeys(("favourited", "reblogged", "muted", "bookmarked", "pinned"), False),
        }

    def _card(self, card: Card | None) -> dict[str, Any] | None:
        if card is None or not card.title or self.media:
            return None
        about = {"type": "link", "description": "", "html": "", "image": card.picture}
        return {"url": words.links(self.text)[0], "title": card.title, **about}

    def as_read(self, media: Sequence[Media], card: Card | None) -> Published:
        """As a reader meets it; pictures take the place of a link's card."""
        links, shown = words.links(self.text), None if media else card
        picture = f"/pictures/mastodon/{media[0].id}" if media else shown.picture if shown else None
        alt, title = media[0].alt if media else None, shown.title if shown else None
        link = links[0] if links else None
        return Published(self.id, self.text, link, self.at, title, bool(picture), alt, self.url, picture)


def account() -> dict[str, Any]:
    """The one account, as others see it."""
    names = {"username": USERNAME, "acct": USERNAME, "display_name": NAME}
    return {"id": ACCOUNT_ID, **names, "locked": False, "bot": True, "url": f"{HOME}/@{USERNAME}", "note": ""}


def instance(characters: int, per_link: int) -> dict[str, Any]:
    """The server, with its limits."""
    statuses = {"max_characters": characters, "max_media_attachments": MOST, "characters_reserved_per_url": per_link}
    pictures = {"image_size_limit": MOST_BYTES, "image_matrix_limit": 33_177_600, "description_limit": LONGEST_ALT}
    configuration = {"statuses": statuses, "media_attachments": {"supported_mime_types": list(KINDS), **pictures}}
    about = {"title": "A simulated server", "version": "4.5.0", "languages": ["en"], "description": "", "rules": []}
    return {"domain": words.DOMAIN, **about, "configuration": configuration}


def moment(at: datetime) -> str:
    """A time as the interface writes it."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def first_card(text: str, look_up: LookUp) -> Card | None:
    """The card of the first link, if its page can be read."""
    links = words.links(text)
    card = look_up(links[0]) if links else None
    return card if card and card.found else None
