"""LinkedIn's picture uploads: an address to upload to, and a picture that is available only after a while.

Source: Microsoft Learn, Images API.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from bot.simulator.linkedin.rules import refused
from bot.simulator.network import kind_of_picture
from bot.simulator.server import now

UPLOAD_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class _Image:
    urn: str
    owner: str
    expires: datetime
    available_at: datetime | None = None
    failed: bool = False

    @property
    def status(self) -> str:
        if self.failed:
            return "PROCESSING_FAILED"
        if self.available_at is None:
            return "WAITING_UPLOAD"
        return "AVAILABLE" if self.available_at <= now() else "PROCESSING"


class Images:
    """The pictures of one LinkedIn."""

    def __init__(self) -> None:
        self._images: dict[str, _Image] = {}
        self.data: dict[str, bytes] = {}
        self.processing = timedelta(0)
        self.spoils_next = False

    def initialize(self, owner: str, base_url: str) -> dict[str, Any]:
        """Make room for a picture: its URN, and the address that takes its bytes."""
        identity = f"D4E{uuid4().hex[:16]}"
        image = _Image(f"urn:li:image:{identity}", owner, now() + UPLOAD_FOR)
        self._images[identity] = image
        address = f"{base_url}/dms-uploads/{identity}/uploaded-image/0?ca=vector_feedshare&e=2147483647"
        expires = int(image.expires.timestamp() * 1000)
        return {"value": {"uploadUrlExpiresAt": expires, "uploadUrl": address, "image": image.urn}}

    def receive(self, identity: str, data: bytes) -> None:
        """Take the bytes of a picture."""
        image = self._images.get(identity)
        if image is None:
            raise refused(404)
        if image.expires < now():
            raise refused(400, "EXPIRED_UPLOAD_URL")
        failed = self.spoils_next or kind_of_picture(data) is None
        self.spoils_next = False
        self._images[identity] = replace(image, available_at=now() + self.processing, failed=failed)
        self.data[identity] = data

    def show(self, urn: str) -> dict[str, Any]:
        """A picture as the API describes it."""
        image = self._images.get(urn.rpartition(":")[2])
        if image is None:
            raise refused(404)
        return {"id": image.urn, "owner": image.owner, "status": image.status}

    def check(self, urn: str, author: str) -> None:
        """Refuse a picture that a post by this author cannot carry now."""
        image = self._images.get(urn.rpartition(":")[2])
        if image is None or image.owner != author:
            raise refused(400, "INVALID_IMAGE_ID", f"The image {urn} is not the author's")
        if image.status != "AVAILABLE":
            stage = "PROCESSING_FAILED" if image.failed else "WAITING_UPLOAD"
            raise refused(400, f"MEDIA_ASSET_{stage}", f"The image {urn} is {image.status}")
