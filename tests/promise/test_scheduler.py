"""The daemon: what is due is done at once and side by side, and it can be stopped, or killed, at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

import scheduler
from adapters.contract import Account
from adapters.twitter.adapter import Twitter
from bot.house import House, open_house
from bot.ledger.channels import forget
from bot.ledger.database import now
from bot.ledger.deliveries import find
from bot.ledger.feeds import hasten
from bot.ledger.schema import deliveries
from bot.model import Delivery, State
from config.loading import load
from scheduler import STEPS, Daemon
from tests.making import commanding
from tests.making.commanding import Stage
from tests.making.measuring import until

stage = commanding.stage


@pytest.fixture
def house(stage: Stage) -> Iterator[House]:
    """The stage's house; its feed has been seen for the first time, its accounts were checked."""
    opened = open_house(load(stage.config))
    scheduler.once(opened)
    yield opened
    opened.database.close()


def publish(stage: Stage, house: House, *titles: str) -> None:
    """The blog publishes these, and its feed is due."""
    for title in titles:
        stage.publish(title)
    hasten(house.database)


def public(stage: Stage) -> list[int]:
    """How many posts are public on X, on the Page, on LinkedIn and in the group."""
    platforms = stage.simulator
    linkedin = platforms.linkedin
    lists = (platforms.twitter.published, platforms.facebook.published, linkedin.published, linkedin.group_published)
    return [len(posts) for posts in lists]


def sent_to_x(stage: Stage) -> int:
    """How many requests that would publish X has received."""
    return sum((one.method, one.path) == ("POST", "/2/tweets") for one in stage.simulator.twitter.requests)


def on_x(house: House) -> list[Delivery]:
    with house.database.read() as connection:
        return find(connection, deliveries.c.channel_id == house.channel("x").id)


def only_x_is_at_work(house: House) -> bool:
    """Whether everything planned is settled, or with a person, but for what is being sent to X."""
    with house.database.read() as connection:
        unsettled = find(connection, deliveries.c.settled_at.is_(None), deliveries.c.state != State.HANDED_OVER)
    return [one.state for one in unsettled] == [State.SENDING]


def test_one_round_works_off_everything_that_is_due(stage: Stage, house: House) -> None:
    publish(stage, house, "What is a biopsy?", "Sleep after treatment")
    scheduler.once(house)
    assert public(stage) == [2, 2, 2, 2]
    assert [step.on for step in STEPS if list(step.due(house))] == ["ledger", "heart"]


def test_a_new_post_goes_out_at_once_without_waiting_for_a_tick(stage: Stage, house: House) -> None:
    publish(stage, house, "What is a biopsy?")
    daemon = Daemon(house)
    daemon.start()
    daemon.clock.pause()
    until(lambda: public(stage) == [1, 1, 1, 1])
    assert daemon.stop()


def test_what_becomes_due_later_is_found_by_a_tick(stage: Stage, house: House) -> None:
    daemon = Daemon(house)
    daemon.start()
    publish(stage, house, "What is a biopsy?")
    until(lambda: public(stage) == [1, 1, 1, 1])
    assert daemon.stop()


class Broken(Twitter):
    """An adapter with a bug."""

    def check(self) -> Account:
        raise RuntimeError("a bug")


def test_a_bug_in_one_step_stops_neither_the_others_nor_its_own_channel(
    stage: Stage, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    x = house.channel("x")
    forget(house.database, x)
    bug = Broken(x.adapter.options, x.adapter.credentials, x.adapter.session, x.adapter.picture)
    others = [channel for channel in house.channels if channel.name != "x"]
    daemon = Daemon(replace(house, channels=(replace(x, adapter=bug), *others)))
    publish(stage, house, "What is a biopsy?")
    daemon.start()
    until(lambda: public(stage) == [1, 1, 1, 1])
    until(lambda: "The step on channel x failed" in caplog.text)
    assert daemon.stop()


def test_one_slow_platform_does_not_delay_the_others(stage: Stage, house: House) -> None:
    stage.simulator.twitter.is_slow(300)
    publish(stage, house, "What is a biopsy?")
    daemon = Daemon(house)
    daemon.start()
    until(lambda: public(stage)[1:] == [1, 1, 1])
    until(lambda: [one.state for one in on_x(house)] == [State.SENDING])
    stage.simulator.twitter.hurries()
    assert daemon.stop()


def test_stopping_lets_a_call_in_flight_end_and_begins_nothing_new(stage: Stage, house: House) -> None:
    stage.simulator.twitter.is_slow(300)
    publish(stage, house, "What is a biopsy?", "Sleep after treatment")
    daemon = Daemon(house)
    daemon.start()
    until(lambda: sent_to_x(stage) and [one.state for one in on_x(house)][1:] == [State.PENDING])
    with ThreadPoolExecutor(1) as another:
        stopped = another.submit(daemon.stop)
        until(daemon.stopping.is_set)
        stage.simulator.twitter.hurries()
        assert stopped.result(60)
    assert [one.state for one in on_x(house)] == [State.PUBLISHED, State.PENDING]
    assert sent_to_x(stage) == 1


def test_stopping_waits_only_so_long(stage: Stage, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "LAST_CALLS", 0.1)
    stage.simulator.twitter.is_slow(300)
    publish(stage, house, "What is a biopsy?")
    daemon = Daemon(house)
    daemon.start()
    until(lambda: sent_to_x(stage))
    assert not daemon.stop()
    stage.simulator.twitter.hurries()
    until(lambda: on_x(house)[0].state is State.PUBLISHED)


@contextmanager
def running(stage: Stage) -> Iterator[subprocess.Popen[str]]:
    """`oncecast run` as a process of its own."""
    command = [sys.executable, "-c", "from bot.cli import main; main()", "--config", str(stage.config), "run"]
    where = {"cwd": stage.config.parent, "env": {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **where) as daemon:  # type: ignore[call-overload]
        try:
            yield daemon
        finally:
            daemon.kill()


def says(daemon: subprocess.Popen[str], words: str) -> None:
    """Wait until its log says this."""
    assert daemon.stderr is not None
    lines = iter(daemon.stderr.readline, "")
    assert any(words in line for line in lines), f"it never said {words!r}"


def test_sigterm_lets_a_call_in_flight_end_and_leaves_with_0(stage: Stage, house: House) -> None:
    stage.simulator.twitter.is_slow(300)
    publish(stage, house, "What is a biopsy?")
    with running(stage) as daemon:
        until(lambda: sent_to_x(stage))
        daemon.send_signal(signal.SIGTERM)
        says(daemon, "Stopping: calls in flight may end, nothing new begins.")
        stage.simulator.twitter.hurries()
        assert daemon.wait(60) == 0
    assert [one.state for one in on_x(house)] == [State.PUBLISHED]


def test_a_second_signal_leaves_at_once_and_the_delivery_waits_to_be_looked_for(stage: Stage, house: House) -> None:
    stage.simulator.twitter.is_slow(300)
    publish(stage, house, "What is a biopsy?")
    with running(stage) as daemon:
        until(lambda: sent_to_x(stage))
        daemon.send_signal(signal.SIGTERM)
        says(daemon, "Stopping")
        daemon.send_signal(signal.SIGINT)
        assert daemon.wait(60) == 75
    assert [one.state for one in on_x(house)] == [State.SENDING]


def test_a_second_daemon_on_the_same_ledger_says_so_and_leaves_with_1(stage: Stage) -> None:
    with running(stage) as first:
        says(first, f"Watching 1 feed for {len(stage.channels)} channels")
        with running(stage) as second:
            _, told = second.communicate(timeout=60)
        assert (second.returncode, first.poll()) == (1, None)
    assert "Another Oncecast is at work on the ledger" in told


def killed_while_x_held_its_reply(stage: Stage, house: House) -> None:
    """A daemon that got SIGKILL after X had the post, and before X answered."""
    stage.simulator.twitter.is_slow(300)
    publish(stage, house, "What is a biopsy?")
    with running(stage) as daemon:
        until(lambda: sent_to_x(stage) and only_x_is_at_work(house))
        daemon.kill()
    stage.simulator.twitter.hurries()


def test_what_was_being_sent_when_the_daemon_was_killed_is_not_sent_by_the_next(stage: Stage, house: House) -> None:
    killed_while_x_held_its_reply(stage, house)
    publish(stage, house, "Sleep after treatment")
    with running(stage):
        until(lambda: public(stage)[1:] == [2, 2, 2])
    assert [one.state for one in on_x(house)] == [State.SENDING, State.PENDING]
    assert sent_to_x(stage) == 1


def test_what_was_being_sent_when_the_daemon_was_killed_is_found_and_the_rest_goes_on(
    stage: Stage, house: House
) -> None:
    killed_while_x_held_its_reply(stage, house)
    publish(stage, house, "Sleep after treatment")
    for minutes in (4, 6):
        with time_machine.travel(now() + timedelta(minutes=minutes)):
            scheduler.once(house)
    assert [one.state for one in on_x(house)] == [State.PUBLISHED, State.PUBLISHED]
    assert (sent_to_x(stage), public(stage)[0]) == (2, 2)
