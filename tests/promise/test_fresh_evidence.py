"""Proof of absence is good for one request: whoever was attempted once is looked for right before every further one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from time_machine import Traveller

from bot.desk.decisions import By, resume, retry, settle_absent
from bot.ledger.deliveries import Ledger
from bot.model import Channel, Delivery, State
from bot.simulator import Simulator
from bot.steps import deliver, reconcile
from tests.making.kinds import KINDS, SEARCHABLE, Stage, staged
from tests.making.ledger import a_channel, a_delivery, read, told

HOUR = timedelta(hours=1)
ALONE = [kind for kind in SEARCHABLE if kind != "facebook photo"]  # without a picture it is a card
LAGGING = [kind for kind in ALONE if KINDS[kind].limits.find_after]
"""Where what is public may be hidden from a look for a while."""


@pytest.fixture(params=ALONE)
def stage(request: pytest.FixtureRequest, simulator: Simulator) -> Stage:
    """Each kind on which one can look, on a platform that would take the same post twice."""
    made = staged(request.param, simulator)
    made.platform.overlooks_duplicates()
    return made


def on(stage: Stage, ledger: Ledger) -> tuple[Channel, Delivery]:
    channel = a_channel(ledger.database, "channel", stage.adapter)
    return channel, a_delivery(ledger.database, channel)


def goes_on(ledger: Ledger, channel: Channel, clock: Traveller, span: timedelta = HOUR) -> None:
    """Let time pass, with the daemon at work."""
    for _ in range(6):
        clock.shift(span / 6)
        reconcile.reconcile(ledger, channel)
        deliver.deliver(ledger, channel)


def published_once(stage: Stage, ledger: Ledger, delivery: Delivery) -> bool:
    return read(ledger.database, delivery).state is State.PUBLISHED and len(stage.published) == 1


def test_a_limit_that_was_answered_although_the_post_is_public_brings_no_second_one(
    stage: Stage, on_sqlite: Ledger, clock: Traveller
) -> None:
    channel, delivery = on(stage, on_sqlite)
    stage.platform.fails_the_next(429, accepted=True)
    deliver.deliver(on_sqlite, channel)
    goes_on(on_sqlite, channel, clock, 30 * HOUR)
    assert published_once(stage, on_sqlite, delivery)


@pytest.mark.parametrize("stage", LAGGING, indirect=True)
def test_absence_that_was_proved_before_a_limit_of_an_hour_is_proved_anew_behind_it(
    stage: Stage, on_sqlite: Ledger, clock: Traveller
) -> None:
    channel, delivery = on(stage, on_sqlite)
    stage.platform.shows_posts_after(1_800)
    stage.platform.fails_the_next(500, accepted=True)
    deliver.deliver(on_sqlite, channel)
    stage.platform.refuses_the_next(429, headers={"Retry-After": "3600"})
    goes_on(on_sqlite, channel, clock, 4 * HOUR)
    assert published_once(stage, on_sqlite, delivery)


def test_a_refusal_of_what_is_public_all_the_same_and_a_retry_bring_no_second_one(
    stage: Stage, on_sqlite: Ledger, clock: Traveller
) -> None:
    channel, delivery = on(stage, on_sqlite)
    stage.platform.fails_the_next(400, accepted=True)
    deliver.deliver(on_sqlite, channel)
    assert read(on_sqlite.database, delivery).state is State.FAILED
    retry(By(on_sqlite.database, "ana"), channel, delivery.id)
    goes_on(on_sqlite, channel, clock)
    assert published_once(stage, on_sqlite, delivery)


def test_a_pause_over_what_is_public_all_the_same_and_a_resume_bring_no_second_one(
    stage: Stage, on_sqlite: Ledger, clock: Traveller
) -> None:
    channel, delivery = on(stage, on_sqlite)
    stage.platform.fails_the_next(401, accepted=True)
    deliver.deliver(on_sqlite, channel)
    resume(By(on_sqlite.database, "ana"), channel.id)
    goes_on(on_sqlite, channel, clock)
    assert published_once(stage, on_sqlite, delivery)


def test_nothing_is_sent_again_before_a_look_can_be_believed(stage: Stage, on_sqlite: Ledger, clock: Traveller) -> None:
    channel, delivery = on(stage, on_sqlite)
    stage.platform.fails_the_next(400)
    deliver.deliver(on_sqlite, channel)
    retry(By(on_sqlite.database, "ana"), channel, delivery.id)
    at_once = deliver.deliver(on_sqlite, channel)
    assert at_once is not bool(stage.adapter.limits.find_after)
    goes_on(on_sqlite, channel, clock)
    assert published_once(stage, on_sqlite, delivery)


def test_a_look_that_tells_nothing_keeps_the_request_back(stage: Stage, on_sqlite: Ledger, clock: Traveller) -> None:
    channel, delivery = on(stage, on_sqlite)
    stage.platform.fails_the_next(400, accepted=True)
    deliver.deliver(on_sqlite, channel)
    retry(By(on_sqlite.database, "ana"), channel, delivery.id)
    clock.shift(timedelta(minutes=5))
    stage.platform.fails_the_next(503, to="read")
    deliver.deliver(on_sqlite, channel)
    assert (read(on_sqlite.database, delivery).state, len(stage.published)) == (State.IN_DOUBT, 1)
    goes_on(on_sqlite, channel, clock)
    assert published_once(stage, on_sqlite, delivery)


def test_a_person_who_says_that_it_is_absent_is_believed_only_until_the_next_look(
    stage: Stage, on_sqlite: Ledger, clock: Traveller
) -> None:
    channel, delivery = on(stage, on_sqlite)
    stage.platform.loses_the_next_reply()
    deliver.deliver(on_sqlite, channel)
    settle_absent(By(on_sqlite.database, "ana"), delivery.id)
    goes_on(on_sqlite, channel, clock)
    assert published_once(stage, on_sqlite, delivery)


def test_what_never_left_this_machine_was_no_attempt(stage: Stage, on_sqlite: Ledger, clock: Traveller) -> None:
    channel, delivery = on(stage, on_sqlite)
    stage.platform.is_down()
    deliver.deliver(on_sqlite, channel)
    assert read(on_sqlite.database, delivery).first_attempted_at is None
    stage.platform.is_up()
    clock.shift(HOUR)
    deliver.deliver(on_sqlite, channel)
    assert published_once(stage, on_sqlite, delivery)
    assert told(on_sqlite.database) == []
