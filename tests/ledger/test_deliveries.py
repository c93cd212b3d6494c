"""The ledger's moves, marks and refusals, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from adapters.contract import Receipt
from bot.ledger import attempts, looks, recovery, waiting
from bot.ledger.database import Database, now
from bot.ledger.deliveries import ForbiddenMoveError, Ledger, delivery_by_id, move
from bot.ledger.planned import Planned, write_delivery
from bot.ledger.schema import deliveries
from bot.model import FINAL, TRANSITIONS, Hold, State
from tests.making.ledger import a_channel, a_delivery, an_entry, an_entry_id, log_of, read, told

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


def test_a_channel_has_at_most_one_delivery_in_sending(ledger: Ledger) -> None:
    channel = a_channel(ledger.database)
    for title in ("first", "second"):
        a_delivery(ledger.database, channel, an_entry_id(ledger.database, an_entry(title)))
    assert attempts.claim(ledger, channel) is not None
    assert attempts.claim(ledger, channel) is None


def test_what_is_due_first_is_sent_first(ledger: Ledger) -> None:
    channel = a_channel(ledger.database)
    late = a_delivery(ledger.database, channel, an_entry_id(ledger.database, an_entry("later")))
    early = a_delivery(
        ledger.database, channel, an_entry_id(ledger.database, an_entry("now")), due_at=now() - timedelta(hours=1)
    )
    claimed = attempts.claim(ledger, channel)
    assert claimed is not None
    assert claimed.id == early.id != late.id


def test_nothing_is_sent_before_it_is_due(ledger: Ledger, clock) -> None:
    channel = a_channel(ledger.database)
    a_delivery(ledger.database, channel, due_at=now() + timedelta(hours=1))
    assert waiting.ready(ledger) == set()
    assert attempts.claim(ledger, channel) is None
    clock.shift(3601)
    assert waiting.ready(ledger) == {channel.id}
    assert attempts.claim(ledger, channel) is not None


def test_a_worker_whose_lease_is_over_may_not_touch_the_world(ledger: Ledger, clock) -> None:
    channel = a_channel(ledger.database)
    a_delivery(ledger.database, channel)
    claimed = attempts.claim(ledger, channel)
    assert claimed is not None
    clock.shift(attempts.LEASE)
    assert not attempts.mark_attempted(ledger, claimed)
    assert recovery.recover(ledger, [channel]) == 1
    again = attempts.claim(ledger, channel)
    assert again is not None
    assert not attempts.mark_attempted(ledger, claimed)
    assert attempts.mark_attempted(ledger, again)


def test_a_crash_before_the_last_mark_leaves_a_pending_delivery(ledger: Ledger, clock) -> None:
    channel = a_channel(ledger.database)
    delivery = a_delivery(ledger.database, channel)
    attempts.claim(ledger, channel)
    assert recovery.recover(ledger, [channel]) == 0
    clock.shift(attempts.LEASE)
    recovery.recover(ledger, [channel])
    assert read(ledger.database, delivery).state is State.PENDING


def test_a_crash_after_the_last_mark_leaves_a_doubt(ledger: Ledger, clock) -> None:
    channel = a_channel(ledger.database)
    delivery = a_delivery(ledger.database, channel)
    claimed = attempts.claim(ledger, channel)
    assert claimed is not None
    attempts.mark_attempted(ledger, claimed)
    clock.shift(attempts.LEASE)
    recovery.recover(ledger, [channel])
    assert read(ledger.database, delivery).state is State.IN_DOUBT


def test_a_crash_on_a_channel_that_left_the_configuration_asks_a_person(ledger: Ledger, clock) -> None:
    channel = a_channel(ledger.database)
    a_delivery(ledger.database, channel)
    claimed = attempts.claim(ledger, channel)
    assert claimed is not None
    attempts.mark_attempted(ledger, claimed)
    clock.shift(attempts.LEASE)
    recovery.recover(ledger, [])
    assert "not known whether" in told(ledger.database)[0]


def test_a_reply_that_comes_after_the_lease_ends_the_doubt_that_began_meanwhile(ledger: Ledger, clock) -> None:
    channel = a_channel(ledger.database)
    delivery = a_delivery(ledger.database, channel)
    claimed = attempts.claim(ledger, channel)
    assert claimed is not None
    attempts.mark_attempted(ledger, claimed)
    clock.shift(attempts.LEASE)
    recovery.recover(ledger, [channel])
    attempts.published(ledger, channel, claimed, Receipt("7", "https://x.com/i/status/7"))
    assert read(ledger.database, delivery).state is State.PUBLISHED


def test_a_receipt_that_belongs_to_another_delivery_is_a_doubt(ledger: Ledger) -> None:
    channel = a_channel(ledger.database)
    for title in ("first", "second"):
        delivery = a_delivery(ledger.database, channel, an_entry_id(ledger.database, an_entry(title)))
        claimed = attempts.claim(ledger, channel)
        assert claimed is not None
        attempts.published(ledger, channel, claimed, Receipt("7", "https://x.com/i/status/7"))
    assert read(ledger.database, delivery).state is State.IN_DOUBT


def test_pauses_between_attempts_double_and_after_the_last_a_person_is_asked(ledger: Ledger, clock) -> None:
    channel = a_channel(ledger.database)
    delivery = a_delivery(ledger.database, channel)
    pauses = []
    for _ in range(ledger.retry.limit):
        claimed = attempts.claim(ledger, channel)
        assert claimed is not None
        attempts.later(ledger, channel, claimed, "Not now.")
        pauses.append((read(ledger.database, delivery).due_at - now()).total_seconds())
        clock.shift(timedelta(hours=3))
    expected = [30, 60, 120, 240, 480, 960, 1920]
    assert all(0.89 * pause < seen < 1.11 * pause for pause, seen in zip(expected, pauses[:-1], strict=True))
    assert read(ledger.database, delivery).state is State.FAILED
    assert "oncecast retry" in told(ledger.database)[-1]


def test_a_pause_the_platform_asks_for_is_kept_by_the_whole_channel_and_is_no_failure(ledger: Ledger, clock) -> None:
    channel = a_channel(ledger.database)
    delivery = a_delivery(ledger.database, channel)
    other = a_delivery(ledger.database, channel, an_entry_id(ledger.database, an_entry("other")))
    claimed = attempts.claim(ledger, channel)
    assert claimed is not None
    attempts.later(ledger, channel, claimed, "Too many.", timedelta(minutes=15))
    assert read(ledger.database, delivery).attempts == 0
    assert attempts.claim(ledger, channel) is None
    clock.shift(timedelta(minutes=15))
    claimed = attempts.claim(ledger, channel)
    assert claimed is not None
    assert claimed.id in (delivery.id, other.id)


def test_credentials_that_do_not_open_pause_the_channel_and_lose_nothing(ledger: Ledger) -> None:
    channel = a_channel(ledger.database)
    delivery = a_delivery(ledger.database, channel)
    claimed = attempts.claim(ledger, channel)
    assert claimed is not None
    attempts.refused(ledger, channel, claimed, "The token was revoked.")
    assert read(ledger.database, delivery).state is State.PENDING
    assert attempts.claim(ledger, channel) is None
    assert told(ledger.database) == [
        "x is paused. The token was revoked. When it is mended: `oncecast channels resume x`."
    ]


def test_a_look_that_finds_nothing_is_proof_only_after_the_lease_and_the_platforms_own_delay(
    ledger: Ledger, clock
) -> None:
    channel = a_channel(ledger.database)
    delivery = _in_doubt(ledger, channel)
    clock.shift(60)
    looks.absent(ledger, read(ledger.database, delivery), now())
    assert read(ledger.database, delivery).state is State.IN_DOUBT
    clock.shift(attempts.LEASE)
    looks.absent(ledger, read(ledger.database, delivery), now())
    assert read(ledger.database, delivery).state is State.PENDING


def test_a_first_attempt_refused_as_a_duplicate_and_proven_absent_is_a_persons_decision(ledger: Ledger, clock) -> None:
    channel = a_channel(ledger.database)
    delivery = _in_doubt(ledger, channel, duplicate=True)
    clock.shift(timedelta(minutes=5))
    looks.absent(ledger, read(ledger.database, delivery), now())
    assert read(ledger.database, delivery).state is State.FAILED
    assert told(ledger.database)


def test_looks_without_an_answer_come_ever_later_and_after_a_day_a_person_is_asked_once(ledger: Ledger, clock) -> None:
    channel = a_channel(ledger.database)
    delivery = _in_doubt(ledger, channel)
    count = 0
    while (stands := read(ledger.database, delivery)).look_at is not None:
        clock.move_to(stands.look_at)
        assert [one.id for one in looks.to_look_for(ledger, channel)] == [delivery.id]
        looks.cannot_tell(ledger, stands, "The timeline did not open.")
        count += 1
    assert 8 < count < 20
    assert len(told(ledger.database)) == 1
    assert f"oncecast settle {delivery.entry_id}/x" in told(ledger.database)[0]


def test_where_there_is_no_way_to_look_a_person_is_asked_at_once(ledger: Ledger) -> None:
    channel = a_channel(ledger.database)
    delivery = a_delivery(ledger.database, channel)
    claimed = attempts.claim(ledger, channel)
    assert claimed is not None
    attempts.doubted(ledger, channel, claimed, "The reply was lost.", None)
    assert read(ledger.database, delivery).look_at is None
    assert len(told(ledger.database)) == 1


def test_times_come_back_aware_and_in_utc(database: Database) -> None:
    delivery = a_delivery(database, a_channel(database))
    with database.read() as connection:
        due_at = connection.execute(select(deliveries.c.due_at)).scalar_one()
    assert due_at == delivery.due_at
    assert due_at.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    delivery = a_delivery(database, a_channel(database))
    with pytest.raises(Exception, match="without a zone"), database.write() as connection:
        connection.execute(
            update(deliveries).where(deliveries.c.id == delivery.id).values(due_at=now().replace(tzinfo=None))
        )


def _in_doubt(ledger: Ledger, channel, **evidence: object):
    delivery = a_delivery(ledger.database, channel)
    claimed = attempts.claim(ledger, channel)
    assert claimed is not None
    assert attempts.mark_attempted(ledger, claimed)
    attempts.doubted(ledger, channel, claimed, "No reply.", channel.adapter.limits.find_after, **evidence)
    return delivery
