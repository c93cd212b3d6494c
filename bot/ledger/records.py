"""What people look at in the ledger: the queue, the history, one delivery with its log, feeds and channels.

Each function is one query and changes nothing. The text in what it returns came from outside and may be hostile.
Deliveries go by the names that people call them by; only what a decision needs has the ledger's own id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Label, case, func, select

from bot.ledger.database import Database
from bot.ledger.names import entry_name
from bot.ledger.schema import channels as channels_table
from bot.ledger.schema import deliveries, entries, events, feed_entries, notices
from bot.ledger.schema import feeds as feeds_table
from bot.model import Delivery, State, delivery_name

FOR_A_PERSON = (State.FAILED, State.IN_DOUBT, State.HANDED_OVER, State.HELD)
"""The states that wait for a person, the most urgent first."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that is not settled yet; `since` is when it came to where it stands."""

    delivery: str
    entry: int
    title: str
    channel: str
    state: State
    since: datetime
    due_at: datetime
    holds: tuple[str, ...]
    why: str
    paused: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One delivery of an entry: where it went, or where it stands; `at` is when it was settled, or else is due.

    `given_up`: it was cancelled while in doubt."""

    delivery: str
    channel: str
    round: int
    state: State
    url: str
    at: datetime
    attempted: bool
    given_up: bool


@dataclass(frozen=True, slots=True)
class Shared:
    """An entry with all its deliveries, in the order of their rounds."""

    entry: int
    title: str
    link: str
    published: datetime | None
    deliveries: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Called:
    """A delivery with what it is called by: its entry's title and its channel."""

    delivery: Delivery
    title: str
    channel: str

    @property
    def name(self) -> str:
        """What people call it."""
        return delivery_name(self.delivery.entry_id, self.channel, self.delivery.round)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a delivery's log."""

    at: datetime
    who: str
    was: State | None
    became: State
    why: str


@dataclass(frozen=True, slots=True)
class Story:
    """A delivery with its channel and everything that happened to it."""

    delivery: Delivery
    channel: str
    kind: str
    paused_why: str
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that happened to a delivery which a person at the screen wants to see."""

    event_id: int
    at: datetime
    delivery: str
    entry: int
    title: str
    link: str
    channel: str
    state: State
    url: str
    why: str


def queue(database: Database) -> list[Waiting]:
    """All deliveries that are not settled: those that wait for a person first, then by the time they are due."""
    moved = select(func.max(events.c.at)).where(
        events.c.delivery_id == deliveries.c.id, events.c.was.is_distinct_from(events.c.became)
    )
    since = func.coalesce(moved.scalar_subquery(), deliveries.c.created_at, type_=deliveries.c.created_at.type)
    urgency = case({state: place for place, state in enumerate(FOR_A_PERSON)}, value=deliveries.c.state, else_=9)
    query = (
        select(deliveries, entry_name(), channels_table.c.name.label("channel"), since.label("since"))
        .add_columns(channels_table.c.paused_at, channels_table.c.paused_why)
        .join(entries, entries.c.id == deliveries.c.entry_id)
        .join(channels_table, channels_table.c.id == deliveries.c.channel_id)
        .where(deliveries.c.settled_at.is_(None))
        .order_by(urgency, deliveries.c.due_at, deliveries.c.id)
    )
    with database.read() as connection:
        return [_waiting(dict(row)) for row in connection.execute(query).mappings()]


def _waiting(row: Mapping[str, Any]) -> Waiting:
    called = {"delivery": delivery_name(row["entry_id"], row["channel"], row["round"]), "entry": row["entry_id"]}
    named = called | {name: row[name] for name in ("title", "channel", "since", "due_at")}
    state, paused = State(row["state"]), row["paused_at"] is not None
    stopped = paused and state is State.PENDING
    why = f"The channel is paused. {row['paused_why']}".strip() if stopped else row["why"]
    return Waiting(**named, state=state, holds=tuple(row["holds"]), why=why, paused=paused)


def grid(database: Database, limit: int = 20) -> list[Shared]:
    """The newest entries, also those of the archive, each with all its deliveries."""
    newest = select(entries.c.id).order_by(entries.c.published.desc().nulls_last(), entries.c.id.desc()).limit(limit)
    return _shared(database, entries.c.id.in_(newest))


def shared(database: Database, entry_id: int) -> Shared:
    """One entry with all its deliveries. Raises LookupError when there is none."""
    found = _shared(database, entries.c.id == entry_id)
    if not found:
        raise LookupError(f"There is no entry {entry_id}.")
    return found[0]


def _shared(database: Database, condition: Any) -> list[Shared]:
    at = func.coalesce(deliveries.c.settled_at, deliveries.c.due_at).label("at")
    left = select(events).where(events.c.delivery_id == deliveries.c.id, events.c.was == State.IN_DOUBT)
    tried = deliveries.c.first_attempted_at.is_not(None), left.where(events.c.became == State.CANCELLED).exists()
    cell = (channels_table.c.name, deliveries.c.round, deliveries.c.state, deliveries.c.receipt_url, at, *tried)
    query = (
        select(entries.c.id, entry_name(), entries.c.link, entries.c.published, *cell)
        .outerjoin(deliveries, deliveries.c.entry_id == entries.c.id)
        .outerjoin(channels_table, channels_table.c.id == deliveries.c.channel_id)
        .where(condition)
        .order_by(
            entries.c.published.desc().nulls_last(), entries.c.id.desc(), channels_table.c.name, deliveries.c.round
        )
    )
    found: dict[int, Shared] = {}
    with database.read() as connection:
        for entry_id, title, link, published, *rest in connection.execute(query):
            known = found.setdefault(entry_id, Shared(entry_id, title, link, published, ()))
            if rest[0] is not None:
                found[entry_id] = replace(known, deliveries=(*known.deliveries, _cell(entry_id, *rest)))
    return list(found.values())


def _cell(entry_id: int, channel: str, number: int, state: str, *rest: Any) -> Cell:
    return Cell(delivery_name(entry_id, channel, number), channel, number, State(state), *rest)


def of_entry(database: Database, entry_id: int) -> list[Called]:
    """All deliveries of an entry, by their channels' names and their rounds."""
    return _called(database, deliveries.c.entry_id == entry_id, channels_table.c.name, deliveries.c.round)


def held_of_feed(database: Database, feed: str) -> list[Called]:
    """All that is held of the entries that a feed has shown, in the order in which it is due."""
    shown = select(feed_entries.c.entry_id).where(feed_entries.c.feed == feed)
    held = (deliveries.c.state == State.HELD) & deliveries.c.entry_id.in_(shown)
    return _called(database, held, deliveries.c.due_at, deliveries.c.id)


def _called(database: Database, condition: ColumnElement[bool], *order: ColumnElement[Any]) -> list[Called]:
    query = (
        select(deliveries, entry_name(), channels_table.c.name.label("channel"))
        .join(entries, entries.c.id == deliveries.c.entry_id)
        .join(channels_table, channels_table.c.id == deliveries.c.channel_id)
        .where(condition)
        .order_by(*order)
    )
    with database.read() as connection:
        rows = connection.execute(query).mappings()
        return [Called(_delivery(row), row["title"], row["channel"]) for row in rows]


def _delivery(row: Mapping[Any, Any]) -> Delivery:
    return Delivery.from_row({column.name: row[column.name] for column in deliveries.columns})


def story(database: Database, delivery_id: int) -> Story:
    """A delivery with its log, oldest first. Raises LookupError when there is none."""
    log = (events.c.at.label("event_at"), events.c.who, events.c.was, events.c.became, events.c.why.label("event_why"))
    query = (
        select(deliveries, channels_table.c.name, channels_table.c.kind, channels_table.c.paused_why, *log)
        .join(channels_table, channels_table.c.id == deliveries.c.channel_id)
        .outerjoin(events, events.c.delivery_id == deliveries.c.id)
        .where(deliveries.c.id == delivery_id)
        .order_by(events.c.id)
    )
    with database.read() as connection:
        rows = [dict(row) for row in connection.execute(query).mappings()]
    if not rows:
        raise LookupError(f"There is no delivery {delivery_id}.")
    first = rows[0]
    told = (first["name"], first["kind"], first["paused_why"])
    return Story(_delivery(first), *told, tuple(_event(row) for row in rows if row["event_at"] is not None))


def _event(row: Mapping[str, Any]) -> Event:
    was = State(row["was"]) if row["was"] else None
    return Event(row["event_at"], row["who"], was, State(row["became"]), row["event_why"])


def feeds(database: Database) -> dict[str, dict[str, Any]]:
    """Every feed of the ledger by its name: the columns of its row, which are told in `bot.ledger.schema`."""
    with database.read() as connection:
        rows = connection.execute(select(feeds_table).order_by(feeds_table.c.name)).mappings()
        return {row["name"]: dict(row) for row in rows}


def channels(database: Database) -> dict[str, dict[str, Any]]:
    """Every channel of the ledger by its name: the columns of its row, for which matter it is paused, and
    how many deliveries wait and are public.
    """
    counts = (
        func.count(deliveries.c.id).filter(deliveries.c.settled_at.is_(None)).label("waiting"),
        func.count(deliveries.c.id).filter(deliveries.c.state == State.PUBLISHED).label("published"),
    )
    joined = channels_table.outerjoin(deliveries, deliveries.c.channel_id == channels_table.c.id)
    query = select(channels_table, _paused_for(), *counts).select_from(joined).group_by(channels_table.c.id)
    with database.read() as connection:
        rows = connection.execute(query.order_by(channels_table.c.name)).mappings()
        return {row["name"]: dict(row) for row in rows}


def _paused_for() -> Label[str | None]:
    """The matter for which a channel is paused, if the daemon paused it."""
    same = notices.c.channel_id == channels_table.c.id, notices.c.why == channels_table.c.paused_why
    newest = select(notices.c.matter).where(*same).order_by(notices.c.id.desc()).limit(1)
    paused = case((channels_table.c.paused_at.is_not(None), newest.scalar_subquery()))
    return paused.label("paused_for")


def last_event(database: Database) -> int:
    """The id of the latest event: what comes after it is news."""
    with database.read() as connection:
        return connection.execute(select(func.max(events.c.id))).scalar() or 0


def news(database: Database, after: int) -> list[Arrival]:
    """What was published, handed over, failed or doubted since that event, oldest first."""
    told = (State.PUBLISHED, State.HANDED_OVER, State.FAILED, State.IN_DOUBT)
    what = (events.c.became.label("state"), deliveries.c.receipt_url.label("url"), events.c.why)
    who = (entries.c.id.label("entry"), entry_name(), entries.c.link, channels_table.c.name.label("channel"))
    query = (
        select(events.c.id.label("event_id"), events.c.at, deliveries.c.round, *who, *what)
        .join(deliveries, deliveries.c.id == events.c.delivery_id)
        .join(entries, entries.c.id == deliveries.c.entry_id)
        .join(channels_table, channels_table.c.id == deliveries.c.channel_id)
        .where(events.c.id > after, events.c.became.in_(told), events.c.was.is_distinct_from(events.c.became))
        .order_by(events.c.id)
    )
    with database.read() as connection:
        rows = connection.execute(query).mappings()
        return [_arrival(dict(row)) for row in rows]


def _arrival(row: dict[str, Any]) -> Arrival:
    name = delivery_name(row["entry"], row["channel"], row.pop("round"))
    return Arrival(**{**row, "delivery": name, "state": State(row["state"])})
