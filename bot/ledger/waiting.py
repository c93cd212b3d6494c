"""Which deliveries stand where: what the steps and a person's decisions ask of the ledger. Nothing is changed here."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, or_, select

from bot.ledger.database import now
from bot.ledger.deliveries import Ledger, find
from bot.ledger.schema import channels, deliveries
from bot.model import Delivery, State

WAITING = (State.HELD, State.PENDING)
"""Where a delivery is of which nothing was attempted, unless it waits to be tried again."""


def untouched(connection: Connection, entry_id: int) -> list[Delivery]:
    """The entry's deliveries that wait, that nobody approved, and of which nothing was attempted."""
    still = deliveries.c.first_attempted_at.is_(None), deliveries.c.approved.is_(False)
    return find(connection, deliveries.c.entry_id == entry_id, deliveries.c.state.in_(WAITING), *still)


def entries_waiting(connection: Connection) -> list[int]:
    """The entries of which a delivery waits."""
    waiting = select(deliveries.c.entry_id).where(deliveries.c.state.in_(WAITING)).distinct()
    return list(connection.execute(waiting).scalars())


def open_of(connection: Connection, entry_id: int) -> list[Delivery]:
    """The entry's deliveries that are not settled."""
    return find(connection, deliveries.c.entry_id == entry_id, deliveries.c.settled_at.is_(None))


def held_of(connection: Connection, entry_ids: Collection[int]) -> list[Delivery]:
    """The deliveries of these entries that are held."""
    return find(connection, deliveries.c.entry_id.in_(entry_ids), deliveries.c.state == State.HELD)


def piled_up(connection: Connection, channel_id: int) -> list[Delivery]:
    """The channel's deliveries that could all go out now."""
    due = deliveries.c.state == State.PENDING, deliveries.c.due_at <= now()
    return find(connection, deliveries.c.channel_id == channel_id, *due)


def believable() -> ColumnElement[bool]:
    """What was attempted once is not sent before a look for it can be believed."""
    never = deliveries.c.first_attempted_at.is_(None)
    return or_(never, deliveries.c.believe_at.is_(None), deliveries.c.believe_at <= now())


def ready(ledger: Ledger) -> set[int]:
    """The ids of the channels that have something due and may send it."""
    due = (
        deliveries.c.state == State.PENDING,
        deliveries.c.due_at <= now(),
        deliveries.c.in_question.is_(False),
        believable(),
    )
    joined = deliveries.join(channels, channels.c.id == deliveries.c.channel_id)
    with ledger.database.read() as connection:
        query = select(deliveries.c.channel_id).select_from(joined).where(*due, *free_channel()).distinct()
        return set(connection.execute(query).scalars())


def free_channel() -> tuple[ColumnElement[bool], ...]:
    """A channel that is neither paused nor has to wait."""
    return channels.c.paused_at.is_(None), or_(channels.c.not_before.is_(None), channels.c.not_before <= now())
