"""The words of the ledger as values: Entry, Channel, Delivery, State and the table of allowed moves. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from adapters.contract import Image

if TYPE_CHECKING:
    from adapters.contract import Adapter


class State(StrEnum):
    """Where a delivery stands."""

    HELD = "held"
    PENDING = "pending"
    SENDING = "sending"
    IN_DOUBT = "in_doubt"
    HANDED_OVER = "handed_over"
    FAILED = "failed"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.HELD: frozenset({State.PENDING, State.PUBLISHED, State.CANCELLED}),
    State.PENDING: frozenset(
        {State.SENDING, State.HANDED_OVER, State.IN_DOUBT, State.HELD, State.PUBLISHED, State.CANCELLED}
    ),
    State.SENDING: frozenset({State.PUBLISHED, State.PENDING, State.FAILED, State.IN_DOUBT}),
    State.IN_DOUBT: frozenset({State.PUBLISHED, State.PENDING, State.FAILED, State.CANCELLED}),
    State.HANDED_OVER: frozenset({State.PUBLISHED, State.CANCELLED}),
    State.FAILED: frozenset({State.PENDING, State.PUBLISHED, State.CANCELLED}),
    State.PUBLISHED: frozenset(),
    State.CANCELLED: frozenset(),
}

FINAL = frozenset(state for state, after in TRANSITIONS.items() if not after)


class Hold(StrEnum):
    """Why a delivery waits for something other than time; a delivery may have several reasons at once."""

    PAGE = "page"
    """The entry's page has not been looked at yet."""
    NOT_PUBLIC = "not_public"
    """The page asks for a password, or is gone."""
    GUARD = "guard"
    """Too many entries turned up at once, or a known feed changed its identities."""
    LATE = "late"
    """The entry is dated before the feed's baseline, or its identity is uncertain."""
    APPROVAL = "approval"
    """A person asked to see it first."""
    LEDGER = "ledger"
    """The ledger may be older than the world, and this platform gives no way to look."""


class Matter(StrEnum):
    """What the team must hear of."""

    FAILED = "failed"
    """A delivery ended without being published, or cannot be made."""
    IN_DOUBT = "in_doubt"
    """Nobody knows whether a delivery is public, and looking does not tell."""
    HANDED_OVER = "handed_over"
    """A delivery is ready to be shared by hand."""
    UNSEARCHABLE = "unsearchable"
    """A delivery may be public, unknown to a ledger that is older than the world, and there is no way to look."""
    LATE = "late"
    """An entry turned up that is older than the feed's first sight, or whose identity is uncertain."""
    NOT_PUBLIC = "not_public"
    """An entry's page must not be shared."""
    UNSEEN = "unseen"
    """An entry's page cannot be looked at."""
    PAUSED = "paused"
    """A channel stopped until a person mends it."""
    OTHER_ACCOUNT = "other_account"
    """A channel's credentials open another account than before."""
    SAME_ACCOUNT = "same_account"
    """Two channels are one account."""
    EXPIRES = "expires"
    """A channel's credentials end soon."""
    GUARD = "guard"
    """A feed showed too much that is new."""
    FEED_SILENT = "feed_silent"
    """A feed cannot be read."""
    FEED_GONE = "feed_gone"
    """A feed is gone for good."""
    FEED_MOVED = "feed_moved"
    """A feed has moved for good; the reason is its new address."""
    GENERATION = "generation"
    """The ledger may be older than the world."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One post of the blog, as its feed tells it; all text is plain, all times are aware and in UTC."""

    guid: str
    link: str
    title: str
    summary: str = ""
    author: str = ""
    categories: tuple[str, ...] = ()
    language: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    images: tuple[tuple[str, str], ...] = ()
    """Addresses of pictures the feed names, best first, each with its alternative text."""

    @property
    def name(self) -> str:
        """What a person would call it: the title, or else the summary's beginning, or else the link."""
        return self.title or self.summary[:60] or self.link


@dataclass(frozen=True, slots=True)
class Document:
    """A feed as it was read: its own title and language, and its entries in the document's order."""

    title: str
    entries: tuple[Entry, ...]
    language: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The ledger's row for one entry on one channel in one round; the columns are told in `bot.ledger.schema`."""

    id: int
    entry_id: int
    channel_id: int
    round: int
    state: State
    holds: frozenset[Hold]
    due_at: datetime
    draft: Mapping[str, Any] | None
    wording: str
    approved: bool
    prepared: Mapping[str, str]
    prepared_until: datetime | None
    token: str | None
    lease_until: datetime | None
    attempted_at: datetime | None
    first_attempted_at: datetime | None
    attempts: int
    doubt_since: datetime | None
    look_at: datetime | None
    believe_at: datetime | None
    looks: int
    duplicate: bool
    in_question: bool
    hint: str
    why: str
    receipt_id: str | None
    receipt_url: str
    created_at: datetime
    settled_at: datetime | None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """The delivery that a row of the ledger holds."""
        holds = frozenset(Hold(hold) for hold in row["holds"])
        return cls(**{**row, "state": State(row["state"]), "holds": holds})

    @property
    def key(self) -> str:
        """The key for platforms that take one: the same for every attempt of this delivery."""
        return f"oncecast-{self.entry_id}-{self.channel_id}-{self.round}"


def delivery_name(entry_id: int, channel: str, number: int) -> str:
    """What people call a delivery: its post and its channel, as in `14/x`; a later round with its number, `14/x/2`."""
    return f"{entry_id}/{channel}" if number == 1 else f"{entry_id}/{channel}/{number}"


@dataclass(frozen=True, slots=True)
class Filter:
    """What an entry must show; within one list any match will do. Names and words compare without case."""

    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """Whole words or phrases in the title, the summary or a category."""
    years: tuple[int, ...] = ()
    """Years of publication."""


@dataclass(frozen=True, slots=True)
class Route:
    """Which entries a channel takes: from these feeds (none named: all), matching every list of `include`
    that is given, and no list of `exclude`."""

    feeds: tuple[str, ...] = ()
    include: Filter = Filter()
    exclude: Filter = Filter()
    template: str = ""
    """What its entries' texts are made from; nothing: what the channel says."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a channel's posts are written; names in it are folded, as `bot.hashtags.folded` does."""

    template: str = ""
    """What the text is made from; nothing: the network's own default."""
    hashtags: int | None = None
    """How many at most; None: as many as the network's own default."""
    mapping: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The hashtags of categories by hand, or "" for none."""
    stop: frozenset[str] = frozenset()
    """Categories that are never a hashtag."""
    handles: Mapping[str, str] = field(default_factory=dict, hash=False)
    """The handles of authors on this network."""
    no_byline: frozenset[str] = frozenset()
    """Names of accounts that are not people."""
    utm: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Tracking tags for the shared link: their templates by name, such as "utm_source"."""
    language: str = ""
    """The blog's language, if the configuration tells it."""


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed of the blog, as it is configured."""

    name: str
    url: str
    blog: str
    poll: timedelta = timedelta(minutes=1)
    backlog: int = 0
    guard: int = 5
    loopback: bool = False
    """Whether addresses on this machine may be fetched: for rehearsals only."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One account, page, group or list that we may publish to, ready to be used."""

    id: int
    name: str
    adapter: Adapter
    routes: tuple[Route, ...] = ()
    """None means that it takes every entry."""
    approve: bool = False
    wait: timedelta = timedelta(0)
    gap: timedelta = timedelta(0)
    price: float | None = None
    """US dollars for one post, where they are not the platform's usual ones."""
    style: Style = Style()


@dataclass(frozen=True, slots=True)
class Retry:
    """How often and how long an attempt is repeated that certainly did nothing."""

    limit: int = 8
    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry of the ledger: its id, its blog, what the feeds tell of it, its picture, and which feeds showed it."""

    id: int
    blog: str
    entry: Entry
    image: Image | None = None
    seen_at: datetime | None = None
    page_seen_at: datetime | None = None
    feeds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it will be sent: JPEG, upright, sRGB, without metadata; named by the SHA-256 of its bytes."""

    sha256: str
    media_type: str
    width: int
    height: int
    data: bytes
    alt: str = ""
