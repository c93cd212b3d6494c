"""What happens when the clock jumps, the machine sleeps, or the night has an hour twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import update

from adapters.contract import Draft, InDoubtError
from bot.ledger import attempts, looks, recovery
from bot.ledger.database import now
from bot.ledger.deliveries import Ledger
from bot.ledger.notices import note_ledger
from bot.ledger.schema import deliveries
from bot.model import Channel, Delivery, Feed, Matter, State
from bot.simulator import Simulator
from bot.steps import deliver, poll, reconcile, tell
from bot.steps.outcome import outcome_of
from tests.making import servers
from tests.making.kinds import KINDS, POST, SEARCHABLE, Stage, staged
from tests.making.ledger import a_channel, a_delivery, lately, read
from tests.making.measuring import until
from tests.making.servers import Served
from tests.making.wordpress import BlogPost, rss

served = servers.served

HOUR = timedelta(hours=1)
JUMPS = {"an hour on": HOUR, "an hour back": -HOUR, "a day asleep": timedelta(days=1)}


@pytest.fixture(params=[kind for kind in KINDS if kind != "facebook photo"])  # a post without a picture is a card
def stage(request: pytest.FixtureRequest, simulator: Simulator) -> Stage:
    """Each kind, on a platform that would take the same post twice."""
    made = staged(request.param, simulator)
    made.platform.overlooks_duplicates()
    return made


@pytest.fixture(params=SEARCHABLE)
def seen(request: pytest.FixtureRequest, simulator: Simulator) -> Stage:
    """Each kind on which one can look, on a platform that would take the same post twice."""
    made = staged(request.param, simulator)
    made.platform.overlooks_duplicates()
    return made


def on(stage: Stage, ledger: Ledger, **values: object) -> tuple[Channel, Delivery]:
    channel = a_channel(ledger.database, stage.adapter.kind, stage.adapter, **values)
    return channel, a_delivery(ledger.database, channel)


def work(ledger: Ledger, channel: Channel, clock: time_machine.Coordinates, span: timedelta) -> None:
    """The daemon's rounds, one a minute, or in so long a time that this would be many, less often."""
    pause = max(timedelta(minutes=1), span / 24)
    for _ in range(span // pause):
        recovery.recover(ledger, [channel])
        reconcile.reconcile(ledger, channel)
        deliver.deliver(ledger, channel)
        clock.shift(pause)


def prepared(ledger: Ledger, channel: Channel) -> tuple[Delivery, Draft]:
    """The channel's delivery, claimed and with its uploads done: only the request that counts is left."""
    claimed = attempts.claim(ledger, channel)
    assert claimed is not None
    ready = deliver._prepare(ledger, channel, claimed)
    assert isinstance(ready, Draft)
    return claimed, ready


@pytest.mark.parametrize("jump", JUMPS)
def test_a_clock_that_jumps_before_the_post_is_sent_brings_one_post(
    stage: Stage, jump: str, on_sqlite: Ledger, clock: time_machine.Coordinates
) -> None:
    channel, delivery = on(stage, on_sqlite)
    claimed, ready = prepared(on_sqlite, channel)
    clock.shift(JUMPS[jump])
    if (outcome := deliver._publish(on_sqlite, channel, claimed, ready)) is not None:
        deliver.settle(on_sqlite, channel, claimed, outcome)
    assert len(stage.published) == (jump == "an hour back")  # else the lease is over: nothing is sent by this worker
    work(on_sqlite, channel, clock, timedelta(minutes=10))
    assert read(on_sqlite.database, delivery).state is State.PUBLISHED
    assert len(stage.published) == 1


@pytest.mark.parametrize("jump", JUMPS)
def test_a_clock_that_jumps_while_the_reply_is_on_its_way_brings_one_post(
    stage: Stage, jump: str, on_sqlite: Ledger, clock: time_machine.Coordinates
) -> None:
    channel, delivery = on(stage, on_sqlite)
    claimed, ready = prepared(on_sqlite, channel)
    outcome = deliver._publish(on_sqlite, channel, claimed, ready)
    clock.shift(JUMPS[jump])
    recovery.recover(on_sqlite, [channel])
    assert outcome is not None
    deliver.settle(on_sqlite, channel, claimed, outcome)
    assert read(on_sqlite.database, delivery).state is State.PUBLISHED
    assert len(stage.published) == 1


@pytest.mark.parametrize("jump", JUMPS)
@pytest.mark.parametrize("lost", ["the reply is lost", "the daemon dies"])
def test_a_clock_that_jumps_before_the_outcome_is_known_brings_one_post_within_two_hours(
    seen: Stage, lost: str, jump: str, on_sqlite: Ledger, clock: time_machine.Coordinates
) -> None:
    channel, delivery = on(seen, on_sqlite)
    claimed, ready = prepared(on_sqlite, channel)
    seen.platform.loses_the_next_reply()
    outcome = deliver._publish(on_sqlite, channel, claimed, ready)
    if lost == "the reply is lost" and outcome is not None:
        deliver.settle(on_sqlite, channel, claimed, outcome)
    clock.shift(JUMPS[jump])
    work(on_sqlite, channel, clock, timedelta(hours=2))
    assert read(on_sqlite.database, delivery).state is State.PUBLISHED
    assert len(seen.published) == 1


@pytest.fixture
def lossy(simulator: Simulator) -> Stage:
    """A Page whose next reply is lost and that would take the same post twice; it does not mind our clock."""
    stage = staged("facebook", simulator)
    stage.platform.overlooks_duplicates()
    stage.platform.loses_the_next_reply()
    return stage


@pytest.mark.parametrize("ahead", [timedelta(minutes=10), HOUR, timedelta(hours=20)])
def test_a_post_sent_while_the_clock_was_ahead_is_found_when_it_is_right_again(
    lossy: Stage, ahead: timedelta, on_sqlite: Ledger, clock: time_machine.Coordinates
) -> None:
    clock.shift(ahead)
    channel, delivery = on(lossy, on_sqlite)
    claimed, ready = prepared(on_sqlite, channel)
    assert attempts.mark_attempted(on_sqlite, claimed)
    clock.shift(-ahead)  # the platform's clock was right all the time
    outcome = outcome_of(channel, lambda: channel.adapter.publish(ready, claimed.key), InDoubtError)
    clock.shift(ahead)
    deliver.settle(on_sqlite, channel, claimed, outcome)
    clock.shift(-ahead)
    work(on_sqlite, channel, clock, ahead + HOUR)
    assert read(on_sqlite.database, delivery).state is State.PUBLISHED
    assert len(lossy.published) == 1


def test_a_machine_that_sleeps_through_an_upload_sends_nothing_when_it_wakes(
    on_sqlite: Ledger, simulator: Simulator, clock: time_machine.Coordinates
) -> None:
    stage = staged("linkedin", simulator)
    channel, delivery = on(stage, on_sqlite)
    given(on_sqlite, delivery, stage.adapter.compose(POST))
    simulator.linkedin.is_slow(30, to="upload")
    worker = threading.Thread(target=deliver.deliver, args=(on_sqlite, channel))
    worker.start()
    until(lambda: len(simulator.linkedin.requests) > 0)
    clock.shift(timedelta(days=1))
    simulator.linkedin.hurries()
    worker.join(60)
    assert stage.published == []
    work(on_sqlite, channel, clock, timedelta(minutes=10))
    assert read(on_sqlite.database, delivery).state is State.PUBLISHED
    assert len(stage.published) == 1


def test_a_pause_the_platform_asked_for_ends_at_its_time_though_the_clock_jumped_meanwhile(
    on_sqlite: Ledger, simulator: Simulator, clock: time_machine.Coordinates
) -> None:
    stage = staged("twitter", simulator)
    channel, delivery = on(stage, on_sqlite)
    stage.platform.limits_for(900)
    deliver.deliver(on_sqlite, channel)
    stage.platform.lifts_the_limit()
    clock.shift(-HOUR)
    assert not deliver.deliver(on_sqlite, channel)
    clock.shift(HOUR + timedelta(minutes=16))
    assert deliver.deliver(on_sqlite, channel)
    assert read(on_sqlite.database, delivery).state is State.PUBLISHED


def test_looks_are_spaced_by_the_clock_and_a_machine_that_slept_asks_at_once(
    lossy: Stage, on_sqlite: Ledger, clock: time_machine.Coordinates
) -> None:
    channel, delivery = on(lossy, on_sqlite)
    deliver.deliver(on_sqlite, channel)
    assert looks.channels_to_look_at(on_sqlite) == set()
    clock.shift(timedelta(days=1))
    assert reconcile.reconcile(on_sqlite, channel)
    assert read(on_sqlite.database, delivery).state is State.PUBLISHED
    assert len(lossy.published) == 1


@pytest.mark.parametrize("jump", JUMPS)
def test_a_feed_is_read_again_within_two_hours_of_any_jump_and_nothing_new_is_missed(
    jump: str, on_sqlite: Ledger, served: Served, clock: time_machine.Coordinates
) -> None:
    feed = Feed("blog", served.at("/feed/", rss(BlogPost(1))), "The Blog", loopback=True)
    channel = a_channel(on_sqlite.database)
    poll.poll(on_sqlite.database, feed, [channel])
    clock.shift(JUMPS[jump])
    served.at("/feed/", rss(BlogPost(2), BlogPost(1)))
    planned = []
    for _ in range(120):
        clock.shift(60)
        planned += [poll.poll(on_sqlite.database, each, [channel]) for each in poll.due(on_sqlite.database, [feed])]
    assert planned.count(True) == 1


def test_a_notice_is_told_once_though_the_clock_goes_back(on_sqlite: Ledger, clock: time_machine.Coordinates) -> None:
    heard: list[str] = []
    with on_sqlite.database.write() as connection:
        note_ledger(connection, Matter.GENERATION, "Something must be mended.", "a matter")
    for jump in (timedelta(0), -HOUR, HOUR, HOUR):
        clock.shift(jump)
        tell.tell(on_sqlite.database, [heard.extend], lambda notice: notice.why)
    assert heard == ["Something must be mended."]


@pytest.fixture(params=["2026-10-25", "2027-03-28"], ids=["an hour twice", "an hour left out"])
def night(request: pytest.FixtureRequest) -> Iterator[time_machine.Coordinates]:
    """Berlin, an hour before its clocks are turned; the zone of the whole process."""
    before = datetime.fromisoformat(f"{request.param}T00:05").replace(tzinfo=UTC)
    with time_machine.travel(before.astimezone(ZoneInfo("Europe/Berlin")), tick=False) as coordinates:
        assert time.tzname[1] == "CEST"
        yield coordinates


@pytest.mark.parametrize("lost", [False, True])
def test_a_night_in_which_the_clocks_are_turned_is_a_night_like_any_other(
    seen: Stage, lost: bool, on_sqlite: Ledger, night: time_machine.Coordinates
) -> None:
    channel = a_channel(on_sqlite.database, seen.adapter.kind, seen.adapter)
    delivery = a_delivery(on_sqlite.database, channel, due_at=now() + timedelta(minutes=54))
    if lost:
        seen.platform.loses_the_next_reply()
    work(on_sqlite, channel, night, timedelta(minutes=54))
    assert seen.published == []
    work(on_sqlite, channel, night, timedelta(minutes=10))
    stands = read(on_sqlite.database, delivery)
    assert stands.state is State.PUBLISHED
    assert stands.settled_at is not None
    assert stands.settled_at >= lately(minutes=10)
    assert len(seen.published) == 1


def given(ledger: Ledger, delivery: Delivery, draft: Draft) -> None:
    """Give a delivery this draft."""
    with ledger.database.write() as connection:
        connection.execute(update(deliveries).where(deliveries.c.id == delivery.id).values(draft=draft.to_json()))
