"""The ledger's moves, marks and refusals, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from bot.ledger.database import Database, now
from bot.ledger.deliveries import ForbiddenMoveError, Ledger, delivery_by_id, move
from bot.ledger.planned import Planned, write_delivery
from bot.ledger.schema import deliveries
from bot.model import FINAL, TRANSITIONS, Hold, State
from tests.making.ledger import a_channel, a_delivery, log_of

WAYS = {
    State.HELD: (),
    State.PENDING: (),
    State.SENDING: (State.SENDING,),
    State.IN_DOUBT: (State.IN_DOUBT,),
    State.HANDED_OVER: (State.HANDED_OVER,),
    State.FAILED: (State.SENDING, State.FAILED),
    State.PUBLISHED: (State.SENDING, State.PUBLISHED),
    State.CANCELLED: (State.CANCELLED,),
}
"""How a delivery gets into each state from where it starts."""


def what_it_takes(state: State) -> dict[str, object]:
    """The columns without which the database refuses a state."""
    if state is State.SENDING:
        return {"token": "t", "lease_until": now() + timedelta(minutes=3)}
    if state is State.IN_DOUBT:
        return {"doubt_since": now()}
    return {"holds": ["approval"]} if state is State.HELD else {}


def brought_to(database: Database, state: State) -> int:
    channel = a_channel(database)
    delivery = a_delivery(database, channel, holds=frozenset({Hold.APPROVAL} if state is State.HELD else ()))
    was = delivery.state
    for became in WAYS[state]:
        with database.write() as connection:
            assert move(connection, delivery.id, was, became, "test", "", **what_it_takes(became))
        was = became
    return delivery.id


@pytest.mark.parametrize(("was", "became"), [(was, became) for was in State for became in sorted(TRANSITIONS[was])])
def test_every_move_of_the_table_is_possible_and_leaves_an_event(database: Database, was: State, became: State) -> None:
    delivery_id = brought_to(database, was)
    with database.write() as connection:
        assert move(connection, delivery_id, was, became, "ana", "because", **what_it_takes(became))
        delivery = delivery_by_id(connection, delivery_id)
    assert delivery.state is became
    assert (delivery.settled_at is not None) == (became in FINAL)
    assert log_of(database, delivery)[-1] == (was, became)


@pytest.mark.parametrize("was", State)
def test_every_other_move_is_refused_and_changes_nothing(on_sqlite: Ledger, was: State) -> None:
    database, delivery_id = on_sqlite.database, brought_to(on_sqlite.database, was)
    for became in set(State) - TRANSITIONS[was]:
        with pytest.raises(ForbiddenMoveError), database.write() as connection:
            move(connection, delivery_id, was, became, "ana", "because", **what_it_takes(became))
        with database.read() as connection:
            assert delivery_by_id(connection, delivery_id).state is was


def test_a_move_from_a_state_that_was_left_meanwhile_does_nothing(database: Database) -> None:
    delivery = a_delivery(database, a_channel(database))
    with database.write() as connection:
        assert move(connection, delivery.id, State.PENDING, State.CANCELLED, "ana", "")
        assert not move(connection, delivery.id, State.PENDING, State.CANCELLED, "ben", "")
    assert log_of(database, delivery) == [(None, "pending"), ("pending", "cancelled")]


@pytest.mark.parametrize(
    "nonsense",
    [
        {"state": "published"},
        {"state": "sending"},
        {"state": "in_doubt"},
        {"state": "lost"},
        {"settled_at": now()},
        {"token": "t"},
        {"draft": None},
    ],
    ids=lambda values: str(next(iter(values))) + "=" + str(next(iter(values.values())))[:10],
)
def test_the_database_itself_refuses_nonsense(database: Database, nonsense: dict[str, object]) -> None:
    delivery = a_delivery(database, a_channel(database))
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(update(deliveries).where(deliveries.c.id == delivery.id).values(nonsense))


def test_an_entry_has_one_open_delivery_on_a_channel(database: Database) -> None:
    channel = a_channel(database)
    delivery = a_delivery(database, channel)
    planned = Planned(delivery.entry_id, channel, "no draft", now())
    with database.write() as connection:
        assert write_delivery(connection, planned, again=True) is None
    values = {"entry_id": delivery.entry_id, "channel_id": channel.id, "round": 2, "state": "pending", "draft": {}}
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(deliveries.insert().values(**values, holds=[], prepared={}, due_at=now(), created_at=now()))


def test_a_settled_delivery_is_followed_by_another_round_only_when_asked(database: Database) -> None:
    channel = a_channel(database)
    first = a_delivery(database, channel)
    with database.write() as connection:
        move(connection, first.id, State.PENDING, State.CANCELLED, "ana", "")
        planned = Planned(first.entry_id, channel, "no draft", now())
        assert write_delivery(connection, planned) is None
        second = write_delivery(connection, planned, again=True)
        assert second is not None
        assert delivery_by_id(connection, second).round == 2
