"""Every statement that writes a delivery, and the one function that moves it from state to state.

It decides nothing: `attempts` and `doubt` are the daemon's side, `decisions` a person's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from adapters.contract import Draft
from bot.ledger.database import Database, now
from bot.ledger.notices import note_delivery
from bot.ledger.schema import deliveries, events
from bot.model import FINAL, TRANSITIONS, Channel, Delivery, Hold, Matter, Retry, State

LEASE = timedelta(seconds=180)
"""How long an attempt is its claimer's: it outlasts all deadlines of an attempt together."""
DAEMON = "daemon"
"""Who did it, when it was not a person."""
WAITING = (State.HELD, State.PENDING)
"""Where a delivery is of which nothing was attempted, unless it waits to be tried again."""


@dataclass(frozen=True)
class Ledger:
    """The ledger as the steps get it: the database, and how often an attempt is repeated."""

    database: Database
    retry: Retry = field(default_factory=Retry)


class TakenError(Exception):
    """An address that was named as a delivery's own is another delivery's already."""


@contextmanager
def each_its_own_address() -> Iterator[None]:
    """Raises TakenError when an address that is written inside is another delivery's."""
    try:
        yield
    except IntegrityError:
        raise TakenError from None


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
        values |= {"doubt_since": None, "look_at": None, "believe_at": None, "looks": 0, "duplicate": False, "hint": ""}
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


@dataclass(frozen=True, slots=True)
class Planned:
    """A delivery about to be written: what, where to and when; `draft` may be the reason why there can be none."""

    entry_id: int
    channel: Channel
    draft: Draft | str
    due_at: datetime
    holds: frozenset[Hold] = frozenset()
    wording: str = ""
    why: str = ""
    in_question: bool = False
    """Whether it may be public already, unknown to this ledger."""

    @property
    def state(self) -> State:
        """The state it starts in."""
        if isinstance(self.draft, str):
            return State.FAILED
        return State.HELD if self.holds else State.PENDING


def write_delivery(connection: Connection, planned: Planned, who: str = DAEMON, again: bool = False) -> int | None:
    """Write a new delivery and return its id.

    None when this entry already has a delivery on this channel, or, with `again`, an open one.
    """
    state, entry_id, channel = planned.state, planned.entry_id, planned.channel
    last, still_open = connection.execute(
        select(func.max(deliveries.c.round), func.count().filter(deliveries.c.settled_at.is_(None))).where(
            deliveries.c.entry_id == entry_id, deliveries.c.channel_id == channel.id
        )
    ).one()
    if still_open or (last and not again):
        return None
    why = planned.draft if isinstance(planned.draft, str) else planned.why
    values = {
        "entry_id": entry_id,
        "channel_id": channel.id,
        "round": (last or 0) + 1,
        "state": state,
        "holds": sorted(planned.holds) if state is State.HELD else [],
        "due_at": planned.due_at,
        "draft": None if isinstance(planned.draft, str) else planned.draft.to_json(),
        "wording": planned.wording,
        "prepared": {},
        "why": why,
        "in_question": planned.in_question,
        "created_at": now(),
    }
    try:
        with connection.begin_nested():
            statement = insert(deliveries).values(values).returning(deliveries.c.id)
            delivery_id: int = connection.execute(statement).scalar_one()
    except IntegrityError:  # another hand was quicker by a moment
        return None
    note(connection, delivery_id, who, why, None, state)
    if state is State.FAILED:
        tell_failed(connection, delivery_by_id(connection, delivery_id), why)
    return delivery_id


def unhold(
    connection: Connection, delivery: Delivery, reasons: set[Hold], who: str, why: str, due_at: datetime | None = None
) -> bool:
    """Take reasons away from a held delivery; when none is left, it is pending. True when it is."""
    left = delivery.holds - reasons
    if left:
        change(connection, delivery, holds=sorted(left))
        return False
    due = {} if due_at is None else {"due_at": due_at}
    return move(connection, delivery.id, State.HELD, State.PENDING, who, why, **due)


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
    note_delivery(connection, Matter.FAILED, delivery, why, f"{delivery.first_attempted_at}:{delivery.attempts}")


def question_all(connection: Connection) -> int:
    """Every delivery that is still to be sent may be public already, unknown to this ledger; returns how many."""
    waiting = deliveries.c.state.in_([State.HELD, State.PENDING, State.FAILED])
    statement = update(deliveries).where(waiting).values(in_question=True).returning(deliveries.c.id)
    return len(connection.execute(statement).all())


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
