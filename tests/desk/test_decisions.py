"""All that a person can decide about a delivery or a channel: carried out and signed, or refused with the reason."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.desk import decisions
from bot.desk.decisions import By
from bot.desk.refusals import ALLOWED as TABLE
from bot.desk.refusals import Decision as Asked
from bot.desk.refusals import Obstacle, Refusal, RefusedError
from bot.ledger import attempts, turns
from bot.ledger.channels import pause
from bot.ledger.database import Database, now
from bot.ledger.deliveries import DAEMON, Ledger
from bot.ledger.schema import channels, deliveries, entries, events
from bot.model import Channel, Delivery, Hold, State
from bot.steps import deliver
from tests.making.ledger import a_channel, a_delivery, an_entry, an_entry_id, read

URL = "https://x.com/i/status/1"


@pytest.fixture
def by(on_sqlite: Ledger) -> By:
    """Ana decides."""
    return By(on_sqlite.database, "ana")


@pytest.fixture
def channel(by: By) -> Channel:
    """X, with nobody to speak to."""
    return a_channel(by.database)


def held(by: By, channel: Channel) -> Delivery:
    return a_delivery(by.database, channel, holds=frozenset({Hold.GUARD}))


def pending(by: By, channel: Channel) -> Delivery:
    return a_delivery(by.database, channel)


def sending(by: By, channel: Channel) -> Delivery:
    delivery = pending(by, channel)
    assert attempts.claim(Ledger(by.database), channel) is not None
    return delivery


def in_doubt(by: By, channel: Channel) -> Delivery:
    ledger, delivery = Ledger(by.database), sending(by, channel)
    attempts.doubted(ledger, channel, read(by.database, delivery), "No reply.", timedelta(minutes=1))
    return delivery


def failed(by: By, channel: Channel) -> Delivery:
    ledger, delivery = Ledger(by.database), sending(by, channel)
    attempts.failed(ledger, channel, read(by.database, delivery), "Too long.")
    return delivery


def handed_over(by: By, channel: Channel) -> Delivery:
    delivery = pending(by, channel)
    attempts.hand_over(Ledger(by.database), channel)
    return delivery


def published(by: By, channel: Channel) -> Delivery:
    decisions.done(By(by.database, "ben"), (delivery := handed_over(by, channel)).id, URL)
    return delivery


def cancelled(by: By, channel: Channel) -> Delivery:
    decisions.cancel(By(by.database, "ben"), (delivery := pending(by, channel)).id)
    return delivery


def several(by: By, channel: Channel, count: int, *holds: Hold) -> list[Delivery]:
    """Deliveries of as many entries, waiting for these reasons."""
    ids = [an_entry_id(by.database, an_entry(f"Entry {n}, {len(holds)}")) for n in range(count)]
    return [a_delivery(by.database, channel, entry_id, frozenset(holds)) for entry_id in ids]


STANDS: dict[State, Callable[[By, Channel], Delivery]] = {
    State.HELD: held,
    State.PENDING: pending,
    State.SENDING: sending,
    State.IN_DOUBT: in_doubt,
    State.HANDED_OVER: handed_over,
    State.FAILED: failed,
    State.PUBLISHED: published,
    State.CANCELLED: cancelled,
}
OPEN = (State.HELD, State.PENDING, State.FAILED, State.HANDED_OVER, State.IN_DOUBT)
Decision = Callable[[By, Channel, int], Any]
DECISIONS: dict[str, tuple[Decision, dict[State, State]]] = {
    "hold": (lambda by, _, one: decisions.hold(by, one), {State.PENDING: State.HELD, State.HELD: State.HELD}),
    "release": (lambda by, _, one: decisions.release(by, one), {State.HELD: State.HELD}),
    "edit": (
        lambda by, channel, one: decisions.edit(by, channel, one, "Other words"),
        {state: state for state in (State.HELD, State.PENDING, State.FAILED)},
    ),
    "retry": (decisions.retry, {State.FAILED: State.PENDING}),
    "cancel": (lambda by, _, one: decisions.cancel(by, one), dict.fromkeys(OPEN, State.CANCELLED)),
    "skip": (
        lambda by, _, one: decisions.skip(by, one),
        dict.fromkeys((State.HELD, State.PENDING, State.HANDED_OVER), State.CANCELLED),
    ),
    "done": (lambda by, _, one: decisions.done(by, one, URL), {State.HANDED_OVER: State.PUBLISHED}),
    "found": (
        lambda by, _, one: decisions.settle_published(by, one, URL),
        {State.IN_DOUBT: State.PUBLISHED},
    ),
    "settle absent": (lambda by, _, one: decisions.settle_absent(by, one), {State.IN_DOUBT: State.PENDING}),
}
ALLOWED = [(name, was, became) for name, (_, moves) in DECISIONS.items() for was, became in moves.items()]
NOT_ALLOWED = [(name, was) for name, (_, moves) in DECISIONS.items() for was in State if was not in moves]


def asked_by(name: str) -> Asked:
    """The decision that one of these is."""
    return Asked(name.partition(" ")[0])


def last_event(by: By, delivery: Delivery) -> tuple[str, str]:
    """Who did the latest thing to a delivery, and what it became."""
    with by.database.read() as connection:
        of_it = select(events.c.who, events.c.became).where(events.c.delivery_id == delivery.id)
        who, became = connection.execute(of_it.order_by(events.c.id.desc())).first()  # type: ignore[misc]
        return who, became


@pytest.mark.parametrize(("name", "was", "became"), ALLOWED)
def test_a_decision_that_is_allowed_is_carried_out_and_signed(
    by: By, channel: Channel, name: str, was: State, became: State
) -> None:
    delivery = STANDS[was](by, channel)
    DECISIONS[name][0](by, channel, delivery.id)
    assert read(by.database, delivery).state is became
    if (name, was) == ("hold", State.HELD):  # one more reason, and no move
        assert read(by.database, delivery).holds == {Hold.GUARD, Hold.APPROVAL}
    else:
        assert last_event(by, delivery) == ("ana", became)


@pytest.mark.parametrize(("name", "was"), NOT_ALLOWED)
def test_every_other_decision_is_refused_by_the_delivery_s_name_and_changes_nothing(
    by: By, channel: Channel, name: str, was: State
) -> None:
    before = read(by.database, STANDS[was](by, channel))
    with pytest.raises(RefusedError) as refused:
        DECISIONS[name][0](by, channel, before.id)
    name_of_it = f"{before.entry_id}/x"
    assert refused.value.refusals == (Refusal(Obstacle.STANDS, name_of_it, asked_by(name), state=was),)
    assert read(by.database, before) == before
    assert last_event(by, before)[0] != "ana"


@pytest.mark.parametrize("name", [name for name in DECISIONS if name != "found"])
def test_where_a_decision_is_possible_is_told_by_the_table(name: str) -> None:
    assert set(DECISIONS[name][1]) == TABLE[asked_by(name)]


def test_what_a_person_released_waits_for_nothing_but_its_page(by: By, channel: Channel, clock) -> None:
    delivery = a_delivery(by.database, channel, holds=frozenset({Hold.GUARD, Hold.LATE, Hold.APPROVAL}))
    decisions.release(by, delivery.id)
    assert read(by.database, delivery).holds == {Hold.PAGE}
    assert read(by.database, delivery).approved
    with by.database.read() as connection:
        assert connection.execute(select(entries.c.page_at)).scalar() == now()


def test_what_could_not_be_composed_cannot_be_released(by: By, channel: Channel) -> None:
    delivery = held(by, channel)
    with by.database.write() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET draft = NULL")
    with pytest.raises(RefusedError) as refused:
        decisions.release(by, delivery.id)
    assert [one.obstacle for one in refused.value.refusals] == [Obstacle.NO_WORDS]
    assert read(by.database, delivery).state is State.HELD


def test_an_edit_is_what_will_be_published_and_takes_no_approval_away(by: By, channel: Channel) -> None:
    delivery = held(by, channel)
    decisions.edit(by, channel, delivery.id, "In my own words")
    after = read(by.database, delivery)
    assert (after.draft or {})["text"].startswith("In my own words")
    assert (after.wording, after.holds) == ("In my own words", {Hold.GUARD})


def test_words_that_do_not_fit_are_refused_and_nothing_is_changed(by: By, channel: Channel) -> None:
    delivery = pending(by, channel)
    no_link = "http://localhost/" + "x" * 300  # X sees no link there: every character counts
    with by.database.write() as connection:
        connection.execute(update(entries).values(link=no_link))
    with pytest.raises(RefusedError) as refused:
        decisions.edit(by, channel, delivery.id, "Words")
    (only,) = refused.value.refusals
    assert (only.obstacle, only.name, "280" in only.reason) == (Obstacle.UNFIT, f"{delivery.entry_id}/x", True)
    assert read(by.database, delivery) == delivery


def test_a_retry_begins_anew_and_keeps_a_persons_words(by: By, channel: Channel, clock) -> None:
    delivery = failed(by, channel)
    clock.shift(3600)
    decisions.edit(by, channel, delivery.id, "Shorter")
    decisions.retry(by, channel, delivery.id)
    after = read(by.database, delivery)
    assert (after.attempts, after.due_at) == (0, now())
    assert (after.draft or {})["text"].startswith("Shorter")
    assert turns.ready(Ledger(by.database)) == {channel.id}


def test_what_a_person_found_public_has_the_address_for_its_receipt(by: By, channel: Channel) -> None:
    delivery = in_doubt(by, channel)
    decisions.settle_published(by, delivery.id, URL)
    after = read(by.database, delivery)
    assert (after.receipt_url, after.doubt_since, after.settled_at is not None) == (URL, None, True)


@pytest.mark.parametrize("was", sorted(TABLE[Asked.FOUND] - {State.IN_DOUBT}))
def test_what_was_attempted_can_be_found_public_until_it_is_sent_again(by: By, channel: Channel, was: State) -> None:
    delivery = STANDS[was](by, channel)
    with by.database.write() as connection:
        connection.execute(update(deliveries).values(first_attempted_at=now()))
    decisions.settle_published(by, delivery.id, URL)
    after = read(by.database, delivery)
    assert (after.state, after.receipt_url, after.holds) == (State.PUBLISHED, URL, frozenset())
    assert last_event(by, delivery) == ("ana", State.PUBLISHED)
    assert deliver.due(Ledger(by.database), [channel]) == []


def test_what_a_person_found_absent_is_sent_again_at_once(by: By, channel: Channel, clock) -> None:
    delivery = in_doubt(by, channel)
    decisions.settle_absent(by, delivery.id)
    after = read(by.database, delivery)
    assert (after.due_at, after.doubt_since, after.look_at) == (now(), None, None)


@pytest.mark.parametrize("was", [State.PUBLISHED, State.CANCELLED])
def test_an_entry_is_shared_again_as_the_next_round_after_a_look_at_its_page(
    by: By, channel: Channel, was: State
) -> None:
    first = STANDS[was](by, channel)
    again = decisions.repost(by, channel, first.entry_id, "Read again")
    assert (again.round, again.state, again.holds, again.wording) == (2, State.HELD, {Hold.PAGE}, "Read again")
    assert last_event(by, again) == ("ana", State.HELD)
    assert read(by.database, first).state is was


@pytest.mark.parametrize("was", [state for state in State if state not in (State.PUBLISHED, State.CANCELLED)])
def test_an_entry_is_not_shared_again_while_a_delivery_of_it_is_open(by: By, channel: Channel, was: State) -> None:
    first = STANDS[was](by, channel)
    with pytest.raises(RefusedError) as refused:
        decisions.repost(by, channel, first.entry_id)
    name = f"{first.entry_id}/x"
    assert refused.value.refusals == (Refusal(Obstacle.STANDS, name, Asked.REPOST, state=was),)


def test_a_resumed_channel_goes_on_with_what_waits(by: By, channel: Channel) -> None:
    delivery = pending(by, channel)
    with by.database.write() as connection:
        pause(connection, channel.id, DAEMON, "The token ended.")
        connection.execute(update(channels).values(not_before=now() + timedelta(hours=1)))
    assert deliver.due(Ledger(by.database), [channel]) == []
    assert decisions.resume(by, channel.id) == []
    assert deliver.due(Ledger(by.database), [channel]) == [channel]
    assert read(by.database, delivery).state is State.PENDING


@pytest.mark.parametrize(("waiting", "expected"), [(3, 0), (4, 4)])
def test_what_piled_up_beyond_the_guards_number_is_held_for_a_person(
    by: By, channel: Channel, waiting: int, expected: int
) -> None:
    later = a_delivery(by.database, channel, due_at=now() + timedelta(hours=1))
    piled = several(by, channel, waiting)
    with by.database.write() as connection:
        pause(connection, channel.id, DAEMON, "The token ended.")
    held = decisions.resume(by, channel.id, guard=3)
    assert held == [f"{one.entry_id}/x" for one in piled][:expected]
    assert {read(by.database, one).state for one in piled} == {State.HELD if expected else State.PENDING}
    assert read(by.database, later).state is State.PENDING
    assert last_event(by, piled[0])[0] == ("ana" if expected else DAEMON)


def test_a_channel_that_is_not_paused_is_not_resumed_and_nothing_is_held(by: By, channel: Channel) -> None:
    waiting = several(by, channel, 4)
    with by.database.write() as connection:
        connection.execute(update(channels).values(not_before=now() + timedelta(hours=1)))
    assert decisions.resume(by, channel.id, guard=3) is None
    assert {read(by.database, one).state for one in waiting} == {State.PENDING}
    assert deliver.due(Ledger(by.database), [channel]) == []


@pytest.mark.parametrize(
    ("name", "was"), [("settle absent", State.IN_DOUBT), ("done", State.HANDED_OVER), ("retry", State.FAILED)]
)
def test_a_double_click_decides_once(database: Database, name: str, was: State) -> None:
    by, both, channel = By(database, "ana"), Barrier(2), a_channel(database)
    delivery = STANDS[was](by, channel)

    def click(_: int) -> str:
        both.wait(60)
        try:
            DECISIONS[name][0](by, channel, delivery.id)
        except RefusedError:
            return "refused"
        return "done"

    with ThreadPoolExecutor(2) as hands:
        assert sorted(hands.map(click, range(2))) == ["done", "refused"]
    with by.database.read() as connection:
        signed = select(events).where(events.c.delivery_id == delivery.id, events.c.who == "ana")
        assert len(connection.execute(signed).all()) == 1


def test_what_came_into_doubt_since_it_was_shown_is_not_cancelled_unseen(by: By, channel: Channel) -> None:
    delivery = in_doubt(by, channel)
    with pytest.raises(RefusedError) as refused:
        decisions.cancel(by, delivery.id, seen=State.PENDING)
    assert [refusal.state for refusal in refused.value.refusals] == [State.IN_DOUBT]
    assert read(by.database, delivery).state is State.IN_DOUBT
