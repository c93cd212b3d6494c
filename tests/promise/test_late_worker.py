"""A worker that is stopped, and wakes up after its lease: it must notice before it publishes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import update

from bot.ledger import recovery
from bot.ledger.database import now
from bot.ledger.deliveries import Ledger
from bot.ledger.schema import deliveries
from bot.model import Channel, Delivery, State
from bot.simulator import Simulator
from bot.steps import deliver, reconcile
from tests.making.kinds import POST, Stage, staged
from tests.making.ledger import a_channel, a_delivery, log_of, read
from tests.making.measuring import until

WORKER = """
import os, signal, sys
from datetime import timedelta
from adapters.twitter.adapter import Twitter
from bot.ledger import attempts
from bot.ledger.database import Database
from bot.ledger.deliveries import Ledger
from bot.model import Channel
from bot.steps import deliver
from tests.making.kinds import built

ledger_url, platform_url, channel_id, lease, stop_at_connect = sys.argv[1:]
attempts.LEASE = timedelta(seconds=float(lease))
connects = 0

def hook(event, arguments):
    global connects
    if event == "socket.connect" and arguments[1] == ("127.0.0.1", int(platform_url.rpartition(":")[2])):
        connects += 1
        if connects == int(stop_at_connect):
            os.kill(os.getpid(), signal.SIGSTOP)

sys.addaudithook(hook)
channel = Channel(id=int(channel_id), name="x", adapter=built(Twitter, platform_url))
deliver.deliver(Ledger(Database(ledger_url)), channel)
"""
"""One attempt, with the lease and the moment to stop that it is told; a stop at connection 0 never comes."""
LEASE = 2.0
PUBLISHING = 3
"""Which connection is the one that publishes: the first uploads, the second tells the alternative text."""


class Late:
    """A worker in a process of its own, and what it works on: a post with a picture, on X."""

    def __init__(self, ledger: Ledger, stage: Stage) -> None:
        self.ledger, self.stage = ledger, stage
        self.channel: Channel = a_channel(ledger.database, "x", stage.adapter)
        self.delivery: Delivery = a_delivery(ledger.database, self.channel)
        draft = stage.adapter.compose(POST).to_json()
        with ledger.database.write() as connection:
            connection.execute(update(deliveries).values(draft=draft))

    @contextmanager
    def working(self, stop_at_connect: int = 0) -> Iterator[subprocess.Popen[bytes]]:
        """The worker, from its start to its end; it must end by itself and without a traceback."""
        url = self.ledger.database.url.render_as_string(hide_password=False)
        told = [url, self.stage.platform.base_url, str(self.channel.id), str(LEASE), str(stop_at_connect)]
        command = [sys.executable, "-c", WORKER, *told]
        worker = subprocess.Popen(command, cwd=Path(__file__).parents[2], stderr=subprocess.PIPE)
        try:
            yield worker
            assert b"Traceback" not in worker.communicate(timeout=60)[1]
            assert worker.returncode == 0
        finally:
            worker.kill()
            worker.communicate()

    def lease_runs_out(self) -> None:
        """Wait until the lease is over, by the clock of both processes."""
        ends = read(self.ledger.database, self.delivery).lease_until
        assert ends is not None
        until(lambda: now() > ends)

    def another_takes_over(self, by: float = 0) -> State:
        """A second worker does what is due, with its clock so many seconds ahead."""
        with time_machine.travel(now().timestamp() + by):
            recovery.recover(self.ledger, [self.channel])
            reconcile.reconcile(self.ledger, self.channel)
            deliver.deliver(self.ledger, self.channel)
        return self.state

    @property
    def state(self) -> State:
        """Where the delivery stands."""
        return read(self.ledger.database, self.delivery).state


def stopped(worker: subprocess.Popen[bytes]) -> bool:
    """Whether the process has been stopped by a signal."""
    return os.waitid(os.P_PID, worker.pid, os.WSTOPPED | os.WNOWAIT | os.WNOHANG) is not None


@pytest.fixture
def late(ledger: Ledger, simulator: Simulator) -> Late:
    """On each database, and on a platform that would take the same post twice."""
    stage = staged("twitter", simulator)
    stage.platform.overlooks_duplicates()
    return Late(ledger, stage)


def test_a_worker_stopped_during_its_upload_finds_the_delivery_taken_and_sends_nothing(late: Late) -> None:
    late.stage.platform.is_slow(60, to="upload")
    with late.working() as worker:
        until(lambda: len(late.stage.platform.requests) == 1)
        worker.send_signal(signal.SIGSTOP)
        late.lease_runs_out()
        assert late.another_takes_over() is State.PUBLISHED
        late.stage.platform.hurries()
        worker.send_signal(signal.SIGCONT)
    assert len(late.stage.published) == 1
    assert late.state is State.PUBLISHED


def test_a_worker_stopped_between_its_last_mark_and_the_first_byte_sends_nothing(late: Late) -> None:
    with late.working(stop_at_connect=PUBLISHING) as worker:
        until(lambda: stopped(worker))
        assert read(late.ledger.database, late.delivery).attempted_at is not None
        late.lease_runs_out()
        worker.send_signal(signal.SIGCONT)
    assert late.stage.published == []
    assert late.state is State.PENDING  # it knows that nothing has left, so there is nothing to doubt
    assert late.another_takes_over(by=60) is State.PUBLISHED
    assert len(late.stage.published) == 1


def test_a_worker_that_wakes_after_another_proved_the_absence_and_published_sends_nothing(late: Late) -> None:
    with late.working(stop_at_connect=PUBLISHING) as worker:
        until(lambda: stopped(worker))
        late.lease_runs_out()
        assert late.another_takes_over() is State.IN_DOUBT
        assert late.another_takes_over(by=300) is State.PUBLISHED
        before = log_of(late.ledger.database, late.delivery)
        worker.send_signal(signal.SIGCONT)
    assert len(late.stage.published) == 1
    assert log_of(late.ledger.database, late.delivery) == before


@pytest.mark.parametrize("found_first", [True, False])
def test_a_worker_stopped_while_the_reply_is_on_its_way_is_found_out_or_ends_the_doubt_itself(
    late: Late, found_first: bool
) -> None:
    late.stage.platform.is_slow(60)
    with late.working() as worker:
        until(lambda: len(late.stage.published) == 1)
        worker.send_signal(signal.SIGSTOP)
        late.lease_runs_out()
        assert late.another_takes_over() is State.IN_DOUBT
        if found_first:
            assert late.another_takes_over(by=90) is State.PUBLISHED
        late.stage.platform.hurries()
        worker.send_signal(signal.SIGCONT)
    if not found_first:  # its own deadline had cut the connection
        assert late.another_takes_over(by=90) is State.PUBLISHED
    assert late.state is State.PUBLISHED
    assert len(late.stage.published) == 1


def test_a_worker_stopped_for_less_than_its_lease_goes_on_where_it_was(late: Late) -> None:
    with late.working(stop_at_connect=1) as worker:
        until(lambda: stopped(worker))
        worker.send_signal(signal.SIGCONT)
    assert late.state is State.PUBLISHED
    assert len(late.stage.published) == 1
