"""A LinkedIn post: read from the two forms in which it is sent, written in the two in which it is returned.

Sources: Microsoft Learn, Posts API and its schema; Compliance, group posts and actions (ugcPosts).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.simulator.linkedin import text as littletext
from bot.simulator.linkedin.rules import refused
from bot.simulator.linkedin.text import Piece
from bot.simulator.network import Published

LONGEST, LONGEST_TITLE, LONGEST_ALT = 3000, 400, 4086
VISIBILITIES = ("PUBLIC", "CONNECTIONS", "LOGGED_IN", "CONTAINER")
_NEEDED = ("author", "commentary", "visibility", "distribution", "lifecycleState")
_KNOWN = {*_NEEDED, "content", "isReshareDisabledByAuthor", "container", "contentLandingPage"}
_SHARE = "com.linkedin.ugc.ShareContent"
_VISIBILITY = "com.linkedin.ugc.MemberNetworkVisibility"
_ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]]")


@dataclass(frozen=True)
class Wanted:
    """What somebody asked to be posted."""

    author: str
    pieces: list[Piece]
    content: Mapping[str, Any]
    visibility: str
    container: str = ""
    lifecycle: str = "PUBLISHED"

    @property
    def text(self) -> str:
        """What a reader will see."""
        return littletext.shown(self.pieces)

    @property
    def images(self) -> list[str]:
        """The pictures it carries, as URNs."""
        several = [image["id"] for image in self.content.get("multiImage", {}).get("images", ())]
        single = [self.content.get("media", {}).get("id"), self.content.get("article", {}).get("thumbnail")]
        return several + [urn for urn in single if urn]


@dataclass(frozen=True)
class Share:
    """A post as LinkedIn keeps it."""

    urn: str
    wanted: Wanted
    at: datetime
    modified: datetime
    deleted: bool = False

    @property
    def is_public(self) -> bool:
        """Whether somebody can read it."""
        return not self.deleted and self.wanted.lifecycle == "PUBLISHED"

    def as_rest(self) -> dict[str, Any]:
        """As /rest/posts gives it back."""
        wanted = self.wanted
        times = {"createdAt": _ms(self.at), "publishedAt": _ms(self.at), "lastModifiedAt": _ms(self.modified)}
        targets = {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []}
        return {
            "id": self.urn,
            "author": wanted.author,
            "commentary": littletext.returned(wanted.pieces),
            "visibility": wanted.visibility,
            "lifecycleState": wanted.lifecycle,
            "lifecycleStateInfo": {"isEditedByAuthor": self.modified != self.at},
            **times,
            "distribution": targets,
            **({"content": wanted.content} if wanted.content else {}),
            **({"container": wanted.container} if wanted.container else {}),
            "isReshareDisabledByAuthor": False,
        }

    def as_ugc(self) -> dict[str, Any]:
        """As /v2/ugcPosts gives it back."""
        wanted = self.wanted
        article = wanted.content.get("article")
        share: dict[str, Any] = {"shareCommentary": {"text": wanted.text}, "media": []}
        if article:
            share["media"] = [
                {"status": "READY", "originalUrl": article["source"], "title": {"text": article["title"]}}
            ]
        share["shareMediaCategory"] = "ARTICLE" if article else "NONE"
        return {
            "id": self.urn,
            "author": wanted.author,
            **({"containerEntity": wanted.container} if wanted.container else {}),
            "created": {"actor": wanted.author, "time": _ms(self.at)},
            "firstPublishedAt": _ms(self.at),
            "lastModified": {"actor": wanted.author, "time": _ms(self.modified)},
            "lifecycleState": wanted.lifecycle,
            "specificContent": {_SHARE: share},
            "visibility": {_VISIBILITY: wanted.visibility},
        }

    def as_read(self) -> Published:
        """As a reader meets it."""
        content, text = self.wanted.content, self.wanted.text
        article, media = content.get("article", {}), content.get("media", {})
        in_text = _ADDRESS.search(text)
        link = article.get("source") or (in_text.group() if in_text else None)
        images = self.wanted.images
        several = content.get("multiImage", {}).get("images", ({},))
        alt = media.get("altText") or several[0].get("altText")
        image = f"/pictures/linkedin/{images[0].rpartition(':')[2]}" if images else None
        url = f"https://www.linkedin.com/feed/update/{self.urn}/"
        return Published(self.urn, text, link, self.at, article.get("title"), bool(images), alt, url, image)


def read_rest(body: Any) -> Wanted:
    """What a body for /rest/posts asks for."""
    if not isinstance(body, dict):
        raise refused(400, "ILLEGAL_ARGUMENT", "The body is no JSON object")
    for name in _NEEDED:
        if name not in body:
            raise refused(400, "MISSING_FIELD", f"ERROR :: /{name} :: field is required but not found")
    for name in body.keys() - _KNOWN:
        raise refused(400, "ILLEGAL_ARGUMENT", f"ERROR :: /{name} :: unrecognized field found but not allowed")
    if body["visibility"] not in VISIBILITIES or body["lifecycleState"] not in ("PUBLISHED", "DRAFT"):
        raise refused(400, "INVALID_VALUE_FOR_FIELD")
    content = body.get("content") or {}
    _check_content(content)
    pieces = read_commentary(body["commentary"])
    container = body.get("container", "")
    return Wanted(body["author"], pieces, content, body["visibility"], container, body["lifecycleState"])


def read_commentary(commentary: str) -> list[Piece]:
    """The text of a post in little text form."""
    pieces = littletext.read(commentary)
    if len(littletext.shown(pieces)) > LONGEST:
        raise refused(400, "FIELD_LENGTH_TOO_LONG", f"The commentary is longer than {LONGEST} characters")
    return pieces


def _check_content(content: Mapping[str, Any]) -> None:
    article = content.get("article", {})
    if "article" in content and not (article.get("source") and article.get("title")):
        raise refused(400, "MISSING_FIELD", "ERROR :: /content/article :: source and title are required")
    if "article" in content and not _ADDRESS.fullmatch(article["source"]):
        raise refused(400, "INVALID_VALUE_FOR_FIELD", "ERROR :: /content/article/source :: is no URL")
    alternatives = [content.get("media", {}), *content.get("multiImage", {}).get("images", ())]
    too_long = any(len(alternative.get("altText", "")) > LONGEST_ALT for alternative in alternatives)
    if too_long or len(article.get("title", "")) > LONGEST_TITLE or len(article.get("description", "")) > LONGEST_ALT:
        raise refused(400, "FIELD_LENGTH_TOO_LONG")


def read_ugc(body: Any) -> Wanted:
    """What a body for /v2/ugcPosts asks for; its text is plain."""
    try:
        return _ugc(body)
    except (KeyError, TypeError, AttributeError):
        raise refused(400, "MISSING_FIELD", "ERROR :: a field is required but not found") from None


def _ugc(body: Any) -> Wanted:
    share = body["specificContent"][_SHARE]
    text = share["shareCommentary"]["text"]
    if len(text) > LONGEST:
        raise refused(400, "FIELD_LENGTH_TOO_LONG")
    if share["shareMediaCategory"] not in ("NONE", "ARTICLE", "IMAGE"):
        raise refused(400, "INVALID_VALUE_FOR_FIELD")
    media = (share.get("media") or [{}])[0]
    article = {"source": media.get("originalUrl", ""), "title": media.get("title", {}).get("text", "")}
    content = {"article": article} if share["shareMediaCategory"] == "ARTICLE" else {}
    visibility, container = body["visibility"][_VISIBILITY], body.get("containerEntity", "")
    return Wanted(body["author"], [Piece("text", text)], content, visibility, container, body["lifecycleState"])


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
