"""Which deliveries stand where: what the steps and a person's decisions ask of the ledger. Nothing is changed here."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from bot.ledger.database import now
from bot.ledger.deliveries import find
from bot.ledger.schema import deliveries
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
