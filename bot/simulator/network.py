"""What the social networks have in common here: an account, its posts, pictures, a token, and a lag."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from bot.simulator.faults import Platform, verb
from bot.simulator.server import now

_SIGNATURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


@dataclass(frozen=True)
class Published:
    """A public post as a reader meets it; `image` is where the simulator shows its picture."""

    id: str
    text: str
    link: str | None
    at: datetime
    title: str | None
    picture: bool
    alt: str | None
    url: str
    image: str | None = None


@dataclass(frozen=True)
class Access:
    """One way to publish there: what somebody is told and has to know, besides the address of the network."""

    channel: str
    """What a rehearsal calls it."""
    kind: str
    """What those who publish call such a platform."""
    options: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    """What is let in here; no secret opens anything elsewhere."""
    granted_by: str = ""
    """The verb that lets it in, where the platform does not by itself."""


@dataclass(frozen=True)
class Timeline:
    """What an account shows its readers, on the page of all timelines."""

    channel: str
    """The channel of the access that publishes there."""
    platform: str
    name: str
    where: str
    published: Sequence[Published]
    author: str = ""
    """Who posts there, where that is not the account itself."""
    colour: str = "#33424f"
    """Its colour on the page."""


@dataclass(frozen=True)
class Card:
    """What a platform's crawler reads from the page behind a link."""

    found: bool
    title: str | None = None
    picture: str | None = None


LookUp = Callable[[str], Card | None]
"""Reads the page at an address; None where the address is not of this simulator."""


def unknown_everywhere(url: str) -> Card | None:
    """The crawler of a platform that stands alone."""
    return None


class Ids:
    """Ids that carry their time: milliseconds since `epoch` above 22 lower bits, always growing."""

    def __init__(self, epoch: int = 0) -> None:
        self._epoch = epoch
        self._last = 0

    def next(self) -> int:
        """A new id."""
        milliseconds = int(now().timestamp() * 1000) - self._epoch
        self._last = max(milliseconds << 22, self._last + 1)
        return self._last


def kind_of_picture(data: bytes) -> str | None:
    """The media type of a picture's bytes, or None where they are no picture."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for signature, kind in _SIGNATURES.items() if data.startswith(signature)), None)


class Network(Platform):
    """A platform with an account that publishes."""

    accesses: ClassVar[Sequence[Access]]
    """The ways to publish there."""
    look_up: LookUp

    def __init__(self, port: int = 0) -> None:
        self.look_up = unknown_everywhere
        super().__init__(port)

    def _forget(self) -> None:
        super()._forget()
        self.pictures: dict[str, bytes] = {}
        self._revoked = False
        self._lag = timedelta(0)
        self._sees_duplicates = True

    @property
    def published(self) -> list[Published]:
        """Everything public, oldest first, whether the platform's own lists show it yet or not."""
        raise NotImplementedError

    @property
    def timelines(self) -> Sequence[Timeline]:
        """The accounts there, as readers meet them."""
        raise NotImplementedError

    @property
    def spent(self) -> float:
        """What the account owes the platform, in dollars."""
        return 0.0

    def admit(self) -> None:
        """Let in everybody whom `accesses` names."""
        for access in self.accesses:
            if access.granted_by:
                getattr(self, access.granted_by)()

    def published_by(self, access: Access) -> Sequence[Published]:
        """What is public where this access publishes; nothing where it publishes nothing by itself."""
        found = (timeline.published for timeline in self.timelines if timeline.channel == access.channel)
        return next(found, ())

    def _is_shown(self, at: datetime) -> bool:
        return at + self._lag <= now()

    @verb
    def revokes_the_token(self) -> None:
        """Know the credentials no more."""
        self._revoked = True

    @verb
    def restores_the_token(self) -> None:
        """Know the credentials again."""
        self._revoked = False

    @verb
    def shows_posts_after(self, seconds: float) -> None:
        """Let the account's lists show a post only so long after it was made."""
        self._lag = timedelta(seconds=seconds)

    @verb
    def overlooks_duplicates(self) -> None:
        """Take the same post again, as the platforms do once their undocumented windows are over."""
        self._sees_duplicates = False
