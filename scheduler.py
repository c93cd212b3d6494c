"""The daemon: APScheduler ticks the steps, a small pool runs them, signals stop them.

It holds no time of its own: when something is due stands in the ledger, so a restart forgets nothing.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler

from bot.desk.telling import told_of
from bot.house import House
from bot.ledger import generation, recovery
from bot.ledger.entries import pages_due
from bot.steps import deliver, look, poll, reconcile, tell, watch
from bot.stopping import Bell

log = logging.getLogger("oncecast")

LAST_CALLS = 65.0
"""Seconds that calls in flight get to end when the daemon stops; no attempt takes longer."""


@dataclass(frozen=True)
class Step:
    """One kind of work: every `every` seconds, `act` on each of the subjects that are `due`."""

    on: str
    """What its subjects are; no two steps act on the same subject at once."""
    every: float
    due: Callable[[House], Iterable[Any]]
    act: Callable[[House, Any], Any]
    """True when it may have made work for the other steps, which then need not wait for their tick."""

    def take(self, house: House, subject: Any) -> bool:
        """Act on a subject; one that fails must not stop the others."""
        try:
            return bool(self.act(house, subject))
        except Exception:  # the guard of a step's item
            log.exception("The step on %s %s failed", self.on, getattr(subject, "name", subject))
            return False


STEPS = (
    Step("ledger", 5, lambda h: ["leases"], lambda h, _: recovery.recover(h.ledger, h.channels)),
    Step("feed", 1, lambda h: poll.due(h.database, h.feeds), lambda h, feed: poll.poll(h.database, feed, h.channels)),
    Step(
        "page",
        1,
        lambda h: pages_due(h.database),
        lambda h, entry: look.look(h.database, entry, h.channels, *h.looking),
    ),
    Step(
        "channel",
        1,
        lambda h: reconcile.due(h.ledger, h.channels),
        lambda h, channel: reconcile.reconcile(h.ledger, channel),
    ),
    Step(
        "channel", 1, lambda h: deliver.due(h.ledger, h.channels), lambda h, channel: deliver.deliver(h.ledger, channel)
    ),
    Step(
        "channel",
        60,
        lambda h: watch.due(h.database, h.channels),
        lambda h, channel: watch.check(h.database, channel, h.channels),
    ),
    Step("team", 5, lambda h: tell.due(h.database), lambda h, _: tell.tell(h.database, h.voices, told_of)),
    Step("heart", 30, lambda h: ["beat"], lambda h, _: generation.beat(h.database, h.generation)),
)


def once(house: House) -> None:
    """One round of everything that is due, in this thread; what follows from it is done in the same round."""
    again = True
    while again:
        again = any([step.take(house, subject) for step in STEPS for subject in list(step.due(house))])
        again = again or bool(pages_due(house.database))  # a page that was seen too long ago is looked at once more


class Daemon:
    """The steps of a house, run side by side."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.clock = BackgroundScheduler(timezone="UTC")
        self.pool = ThreadPoolExecutor(8, "step")
        self.stopping = threading.Event()
        self._running: set[str] = set()
        self._lock = threading.Lock()

    def start(self) -> None:
        """Tick every step from now on."""
        for step in STEPS:
            every: dict[str, Any] = {"seconds": step.every, "coalesce": True, "misfire_grace_time": None}
            self.clock.add_job(self._begin, "interval", [step], max_instances=1, **every)
        self.clock.start()
        self._wake()

    def _wake(self) -> None:
        for step in STEPS:
            self._begin(step)

    def _begin(self, step: Step) -> None:
        """Hand each due subject to the pool, unless something acts on it already."""
        try:
            for subject in step.due(self.house):
                name = f"{step.on} {getattr(subject, 'name', subject)}"
                with self._lock:
                    if self.stopping.is_set() or name in self._running:
                        continue
                    self._running.add(name)
                self.pool.submit(self._act, step, subject, name)
        except Exception:  # the guard of a step: a failing ledger must not stop the clock
            log.exception("The step on each %s could not begin", step.on)

    def _act(self, step: Step, subject: Any, name: str) -> None:
        more = step.take(self.house, subject)
        with self._lock:
            self._running.discard(name)
        if more and not self.stopping.is_set():
            self._wake()

    def stop(self) -> bool:
        """Take no more work and let calls in flight end; False when the time for that ran out."""
        self.stopping.set()
        self.clock.shutdown(wait=False)
        ended = threading.Thread(target=lambda: self.pool.shutdown(cancel_futures=True), daemon=True)
        ended.start()
        ended.join(LAST_CALLS)
        return not ended.is_alive()


def run(house: House) -> int:
    """Run until SIGTERM or SIGINT; a second signal exits at once. Returns the exit code."""
    daemon, asked = Daemon(house), Bell()

    def ask(_signal: int, _frame: Any) -> None:
        if asked.rung:
            os._exit(75)
        asked.ring()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, ask)
    daemon.start()
    while not asked.wait(5):  # the clock's timer stands still when the wall clock jumps back; this one does not
        daemon._wake()
    log.info("Stopping: calls in flight may end, nothing new begins.")
    if not daemon.stop():
        os._exit(75)  # a thread that hangs would keep the process for ever
    house.database.close()
    return 0
