"""What each look at the platform makes of a doubt.

A look may prove presence at any time; it proves absence only after `believe_at`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from bot.ledger.database import now
from bot.ledger.deliveries import DAEMON, Ledger, change, find, move, tell_failed
from bot.ledger.doubt import ask_a_person, begin_doubt
from bot.ledger.notices import note_delivery
from bot.ledger.schema import deliveries
from bot.model import Channel, Delivery, Hold, Matter, State

QUESTION = "This ledger may be older than the world: it may have been shared already."


PATIENCE = timedelta(days=1)
"""How long looks that tell nothing go on before a person is asked."""


def postpone(ledger: Ledger, delivery: Delivery) -> bool:
    """Keep a look from being repeated at once when its outcome cannot be written; False when somebody else looks."""
    with ledger.database.write() as connection:
        mine = deliveries.c.look_at == delivery.look_at
        return change(connection, delivery, mine, look_at=now() + timedelta(minutes=1))


def channels_to_look_at(ledger: Ledger) -> set[int]:
    """The ids of the channels that have something to be looked for now."""
    look = and_(deliveries.c.state == State.IN_DOUBT, deliveries.c.look_at <= now())
    with ledger.database.read() as connection:
        waiting = select(deliveries.c.channel_id).where(or_(look, _questioned()))
        return set(connection.execute(waiting.distinct()).scalars())


def _questioned() -> ColumnElement[bool]:
    """What is due, but may be public already, unknown to a ledger that is older than the world."""
    pending = deliveries.c.state == State.PENDING
    return and_(pending, deliveries.c.in_question.is_(True), deliveries.c.due_at <= now())


def question(ledger: Ledger, channel: Channel) -> None:
    """What may be public already is looked for before it is sent, and held where there is no way to look."""
    find_after = channel.adapter.limits.find_after
    with ledger.database.write() as connection:
        for delivery in find(connection, deliveries.c.channel_id == channel.id, _questioned()):
            if find_after is not None and not channel.adapter.hands_over:
                begin_doubt(connection, delivery, timedelta(0), QUESTION)
                continue
            values = {"holds": [Hold.LEDGER], "in_question": False}
            if move(connection, delivery.id, State.PENDING, State.HELD, DAEMON, QUESTION, **values):
                note_delivery(connection, Matter.UNSEARCHABLE, delivery, QUESTION, now())


def to_look_for(ledger: Ledger, channel: Channel) -> list[Delivery]:
    """The channel's deliveries in doubt whose time to look has come."""
    of_channel = deliveries.c.channel_id == channel.id
    with ledger.database.read() as connection:
        return find(connection, of_channel, deliveries.c.state == State.IN_DOUBT, deliveries.c.look_at <= now())


def other_receipts(ledger: Ledger, delivery: Delivery) -> set[str]:
    """The ids of the channel's posts that belong to other deliveries."""
    others = select(deliveries.c.receipt_id).where(
        deliveries.c.channel_id == delivery.channel_id,
        deliveries.c.id != delivery.id,
        deliveries.c.receipt_id.is_not(None),
    )
    with ledger.database.read() as connection:
        return {receipt_id for receipt_id in connection.execute(others).scalars() if receipt_id}


def absent(ledger: Ledger, delivery: Delivery, looked_at: datetime) -> State:
    """A look that began at `looked_at` found nothing: proof, unless it came too early to be believed.

    Returns the state that follows.
    """
    with ledger.database.write() as connection:
        if delivery.believe_at is None or looked_at < delivery.believe_at:
            change(connection, delivery, look_at=delivery.believe_at, looks=delivery.looks + 1)
            return State.IN_DOUBT
        if delivery.duplicate:
            return _denied(connection, delivery)
        why = "Looked: it is not public."
        values = {"due_at": now(), "in_question": False}
        move(connection, delivery.id, State.IN_DOUBT, State.PENDING, DAEMON, why, **values)
        return State.PENDING


def _denied(connection: Connection, delivery: Delivery) -> State:
    """The platform says that it has the post, and shows it nowhere. After an earlier attempt that is evidence of it."""
    if delivery.attempted_at != delivery.first_attempted_at:
        _look_again(connection, delivery, f"{delivery.why} But no such post is to be found.")
        return State.IN_DOUBT
    why = f"{delivery.why} But no such post is to be found: another wording may be needed."
    if move(connection, delivery.id, State.IN_DOUBT, State.FAILED, DAEMON, why):
        tell_failed(connection, delivery, why)
    return State.FAILED


def cannot_tell(ledger: Ledger, delivery: Delivery, why: str) -> None:
    """A look gave no answer: look again, ever later, and ask a person after a day."""
    with ledger.database.write() as connection:
        _look_again(connection, delivery, why, why=why)


def _look_again(connection: Connection, delivery: Delivery, said: str, **values: Any) -> None:
    give_up = delivery.doubt_since is None or now() - delivery.doubt_since > PATIENCE
    again = now() + min(timedelta(minutes=1) * 2**delivery.looks, timedelta(hours=6))
    changed = change(connection, delivery, look_at=None if give_up else again, looks=delivery.looks + 1, **values)
    if changed and give_up:
        ask_a_person(connection, delivery, said, delivery.doubt_since)
