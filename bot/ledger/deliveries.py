"""Every statement that writes a delivery, and the one function that moves it from state to state.

It decides nothing: `attempts`, `doubt` and `looks` are the daemon's side, `decisions` a person's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.ledger.database import Database, now
from bot.ledger.notices import note_delivery
from bot.ledger.schema import channels, deliveries, events
from bot.model import FINAL, TRANSITIONS, Delivery, Matter, Retry, State, delivery_name

LEASE = timedelta(seconds=180)
"""How long an attempt is its claimer's: it outlasts all deadlines of an attempt together."""
DAEMON = "daemon"
"""Who did it, when it was not a person."""


@dataclass(frozen=True)
class Ledger:
    """The ledger as the steps get it: the database, and how often an attempt is repeated."""

    database: Database
    retry: Retry = field(default_factory=Retry)


class ForbiddenMoveError(Exception):
    """A move that the table of transitions does not have."""


def move(
    connection: Connection,
    delivery_id: int,
    was: State,
    became: State,
    who: str,
    why: str,
    *conditions: ColumnElement[bool],
    **values: Any,
) -> bool:
    """Change a state: compare-and-set, and an event, in the caller's transaction. False when it was no longer so.

    Raises ForbiddenMoveError for a move that is not in TRANSITIONS.
    """
    if became not in TRANSITIONS[was]:
        raise ForbiddenMoveError(f"{was} -> {became}")
    changed = connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id, deliveries.c.state == was, *conditions)
        .values({**_left_behind(became), "state": became, "why": why, **values})
        .returning(deliveries.c.id)
    ).first()
    if changed is not None:
        note(connection, delivery_id, who, why, was, became)
    return changed is not None


def _left_behind(became: State) -> dict[str, Any]:
    """What a delivery loses, or gains, by arriving in a state."""
    values: dict[str, Any] = {}
    if became is not State.SENDING:
        values |= {"token": None, "lease_until": None}
    if became is not State.IN_DOUBT:
        values |= {"doubt_since": None, "look_at": None, "looks": 0, "duplicate": False, "hint": ""}
    if became is not State.HELD:
        values |= {"holds": []}
    if became in FINAL:
        values |= {"settled_at": now(), "in_question": False}
    return values


def note(connection: Connection, delivery_id: int, who: str, why: str, was: State | None, became: State) -> None:
    """Append an event: who did what to a delivery, when and why."""
    connection.execute(
        insert(events).values(delivery_id=delivery_id, at=now(), who=who, was=was, became=became, why=why)
    )


def change(connection: Connection, delivery: Delivery, *conditions: ColumnElement[bool], **values: Any) -> bool:
    """Change columns of a delivery that stays in its state; False when it is no longer as it was read."""
    statement = update(deliveries).where(*mine(delivery), *conditions).values(**values).returning(deliveries.c.id)
    return connection.execute(statement).first() is not None


def insert_delivery(connection: Connection, values: Mapping[str, Any]) -> int | None:
    """Write the row of a new delivery and return its id; None when another hand was quicker by a moment.

    Raises IntegrityError for whatever else the database refuses.
    """
    try:
        with connection.begin_nested():
            written = connection.execute(insert(deliveries).values(values).returning(deliveries.c.id))
            return int(written.scalar_one())
    except IntegrityError:
        same = deliveries.c.entry_id == values["entry_id"], deliveries.c.channel_id == values["channel_id"]
        quicker = or_(deliveries.c.settled_at.is_(None), deliveries.c.round >= values["round"])
        if connection.execute(select(deliveries.c.id).where(*same, quicker)).first() is None:
            raise
        return None


def mine(delivery: Delivery) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which a delivery is still the one that was read: its state, and its token."""
    return (
        deliveries.c.id == delivery.id,
        deliveries.c.state == delivery.state,
        deliveries.c.token.is_not_distinct_from(delivery.token),
    )


def find(connection: Connection, *conditions: ColumnElement[bool]) -> list[Delivery]:
    """The deliveries that meet the conditions, in the order in which they are due."""
    rows = connection.execute(select(deliveries).where(*conditions).order_by(deliveries.c.due_at, deliveries.c.id))
    return [Delivery.from_row(dict(row)) for row in rows.mappings()]


def delivery_by_id(connection: Connection, delivery_id: int) -> Delivery:
    """A delivery by its id. Raises LookupError when there is none."""
    row = connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).mappings().first()
    if row is None:
        raise LookupError(f"There is no delivery {delivery_id}.")
    return Delivery.from_row(dict(row))


def tell_failed(connection: Connection, delivery: Delivery, why: str) -> None:
    """The team must hear that a delivery failed."""
    note_delivery(connection, Matter.FAILED, delivery, why, now())


def question_all(connection: Connection) -> int:
    """Every delivery that is still to be sent may be public already, unknown to this ledger; returns how many."""
    waiting = deliveries.c.state.in_([State.HELD, State.PENDING, State.FAILED])
    statement = update(deliveries).where(waiting).values(in_question=True).returning(deliveries.c.id)
    return len(connection.execute(statement).all())


def name_of(connection: Connection, delivery: Delivery) -> str:
    """What people call a delivery."""
    channel: str = connection.execute(select(channels.c.name).where(channels.c.id == delivery.channel_id)).scalar_one()
    return delivery_name(delivery.entry_id, channel, delivery.round)
