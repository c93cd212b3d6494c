"""One leg of the storm: a blog publishes, platforms fail, daemons are killed; then timelines and feed are compared."""

from __future__ import annotations

import json
import multiprocessing
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from sqlalchemy import Connection as Ledger
from sqlalchemy import select

from benchmarks import daemons, strategies
from benchmarks.figures import CHANNELS, ONCECAST, Outcome
from bot.cli.rehearsing import configuration
from bot.desk.decisions import By, release, resume, retry
from bot.house import House, open_house
from bot.ledger.database import Database
from bot.ledger.deliveries import find
from bot.ledger.schema import channels, deliveries, events, feeds
from bot.model import Hold, State
from bot.simulator import Published, Simulator
from bot.simulator.server import Reply, Request
from config.editing import set_value
from config.loading import load

EARLY = 0.15
"""The share of the kills that come before the daemon is up; the others come at a random moment after."""
LIVES = 4.0
"""How many times as long as its start a daemon lives at most when it is up; so a slow machine changes nothing."""
AWAY = 0.05
"""Seconds at most on the way to a platform, and again on the way back: a daemon may die while its request travels."""
KILLS_AN_ENTRY = 3
"""So many kills, then the blog publishes."""
STORMED = ("x", "facebook", "linkedin", "group")
"""The channels that are published to; Bluesky allows fewer sessions than daemons start here."""
A_PICTURE = 3
"""Every so many entries have a picture."""
PATIENCE = 180.0
"""Seconds that the quiet after the storm may last."""

_opening = threading.Lock()
"""Ledgers are made one after the other: Alembic knows only one at a time in a process."""
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["benchmarks.daemons", "benchmarks.strategies"])


@dataclass(frozen=True)
class Leg:
    """What a leg is: everything that makes its weather, and where its ledger is."""

    number: int
    kills: int
    seed: int
    folder: Path
    ledger: str = ""
    """The address of a PostgreSQL database; otherwise the ledger is a file in the folder."""
    daemons: int = 1


class Storm:
    """A leg under way for one contender."""

    def __init__(self, leg: Leg, who: str, killed: Callable[[], None]) -> None:
        self.leg, self.who, self._killed = leg, who, killed
        self.outcome = Outcome(who, leg.number)
        self.links: list[str] = []
        self._turn = threading.Lock()

    def run(self) -> Outcome:
        """Everything, from the first daemon to the comparison."""
        began = time.monotonic()
        with Simulator() as self.simulator:
            self.config = self._configured()
            self._weather()
            seats = self.leg.daemons if self.who == ONCECAST else 1
            with ThreadPoolExecutor(seats) as pool:
                list(pool.map(self._kill_again_and_again, range(seats)))
            (self._quiet if self.who == ONCECAST else self._finish)()
            self._compare()
        self.outcome.seconds = round(time.monotonic() - began, 1)
        return self.outcome

    def _configured(self) -> Path:
        folder = self.leg.folder / self.who
        folder.mkdir(parents=True)
        path = configuration(folder, self.simulator)
        set_value(path, "feeds.all.guard", 1000)
        for name in load(path).channels:
            set_value(path, f"channels.{name}.active", name in STORMED)
        if self.leg.ledger and self.who == ONCECAST:
            set_value(path, "ledger.url", self.leg.ledger)
        with _opening:
            self.house = open_house(load(path))
        return path

    def _weather(self) -> None:
        for turn, platform in enumerate((self.simulator.twitter, self.simulator.facebook, self.simulator.linkedin)):
            platform.admit()
            platform.overlooks_duplicates()
            platform.misbehaves(seed=self.leg.seed * 1_000_003 + self.leg.number * 101 + turn)
            platform._wire.respond = _far_away(platform.respond)  # there is no verb for it
        if self.who != ONCECAST:  # these have no baseline: the archive would be new to them
            for post in self.simulator.blog.posts:
                self.simulator.blog.withdraws(post.slug)
        else:
            with self._daemon():
                self._until(lambda: _has_read(self.house.database))

    def _kill_again_and_again(self, seat: int) -> None:
        dice = random.Random(f"{self.leg.seed} {self.leg.number} {seat}")
        start = 0.1
        while self._takes_a_kill():
            began = time.monotonic()
            daemon, up = self._start()
            if dice.random() < EARLY:
                daemon.join(dice.uniform(0, start))
            elif up.poll(PATIENCE):
                start = time.monotonic() - began
                daemon.join(dice.uniform(0, LIVES * start))
            self._kill(daemon)
            up.close()

    def _kill(self, daemon: ForkServerProcess) -> None:
        if daemon.exitcode is not None:
            raise RuntimeError(f"A daemon ended by itself ({daemon.exitcode}): see the log in {self.config.parent}.")
        daemon.kill()
        daemon.join()
        daemon.close()

    def _takes_a_kill(self) -> bool:
        with self._turn:
            if self.outcome.kills == self.leg.kills:
                return False
            if self.outcome.kills % KILLS_AN_ENTRY == 0:
                self._publish()
            self.outcome.kills += 1
            self._killed()
            return True

    def _publish(self) -> None:
        number = len(self.links) + 1
        title = f"Entry {number} of leg {self.leg.number}"
        post = self.simulator.blog.publishes(title, summary="What it says.", picture=number % A_PICTURE == 0)
        self.links.append(post.link)

    def _start(self, once_through: bool = False) -> tuple[ForkServerProcess, Connection]:
        """A new daemon, and the connection on which it says that it is up."""
        up, says = _forks.Pipe(duplex=False)
        target, more = (daemons.oncecast, ()) if self.who == ONCECAST else (strategies.run, (self.who, once_through))
        daemon = _forks.Process(target=target, args=(self.config, says, *more), daemon=True)
        daemon.start()
        says.close()
        return daemon, up

    @contextmanager
    def _daemon(self) -> Iterator[None]:
        """A daemon that is left alone for a while; its death is not counted."""
        daemon, up = self._start()
        up.poll(PATIENCE)
        yield
        self._kill(daemon)

    def _quiet(self) -> None:
        """Let one daemon end what is open, with a person at hand for what asks for one."""
        with self._daemon():
            self._until(self._all_is_settled)
        with self.house.database.read() as connection:
            self.outcome.in_doubt = len(find(connection, deliveries.c.state == State.IN_DOUBT))
            self.outcome.doubts, self.outcome.met = _doubts(connection), _met(connection)

    def _all_is_settled(self) -> bool:
        self._a_person_decides()
        with self.house.database.read() as connection:
            states = Counter(connection.execute(select(deliveries.c.state)).scalars())
        return states[State.PUBLISHED] == len(self.links) * CHANNELS == states.total()

    def _a_person_decides(self) -> None:
        """Try again what failed, let out what is held, wake what is paused; each time counts."""
        house, by = self.house, By(self.house.database, "person")
        with house.database.read() as connection:
            failed = find(connection, deliveries.c.state == State.FAILED)
            guarded = [one for one in find(connection, deliveries.c.state == State.HELD) if Hold.GUARD in one.holds]
            paused = list(connection.execute(select(channels.c.id).where(channels.c.paused_at.is_not(None))).scalars())
        for one in failed:
            retry(by, next(channel for channel in house.channels if channel.id == one.channel_id), one.id)
        for channel_id in paused:
            resume(by, channel_id, guard=1000)
        for one in guarded:
            release(by, one.id)
        self.outcome.asked += len(failed) + len(paused) + len(guarded)

    def _until(self, done: Callable[[], bool]) -> None:
        ends = time.monotonic() + PATIENCE
        while not done() and time.monotonic() < ends:
            time.sleep(0.1)

    def _finish(self) -> None:
        """Let a strategy end what it would still do."""
        daemon, _ = self._start(once_through=True)
        daemon.join(PATIENCE)
        daemon.kill()

    def _timelines(self) -> dict[str, list[Published]]:
        shown = (timeline for network in self.simulator.networks for timeline in network.timelines)
        return {one.channel: list(one.published) for one in shown if one.channel in STORMED}

    def _compare(self) -> None:
        """The timelines beside the feed: every entry once on every channel."""
        outcome, timelines = self.outcome, self._timelines()
        outcome.entries = len(self.links)
        for posts in timelines.values():
            seen = Counter(post.link for post in posts)
            shares = [seen.pop(link, 0) for link in self.links]
            outcome.published += sum(shares)
            outcome.lost += shares.count(0)
            outcome.duplicates += sum(share - 1 for share in shares if share > 1)
            outcome.strays += seen.total()
        if self.who == ONCECAST:
            outcome.strays += _false_receipts(self.house, timelines)
        self.house.database.close()
        if not outcome.clean:
            kept = {name: [[post.link, post.id, str(post.at)] for post in posts] for name, posts in timelines.items()}
            (self.config.parent / "timelines.json").write_text(json.dumps(kept, indent=1), encoding="utf-8")


def _far_away(respond: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
    """The same platform, at some distance."""

    def act(request: Request) -> Reply:
        time.sleep(random.uniform(0, AWAY))
        reply = respond(request)
        time.sleep(random.uniform(0, AWAY))
        return reply

    return act


def _has_read(database: Database) -> bool:
    """Whether the archive was seen, so that everything from now on is new."""
    with database.read() as connection:
        return connection.execute(select(feeds.c.baseline_at)).scalar() is not None


def _met(connection: Ledger) -> int:
    """How many attempts a kill left behind without an answer."""
    why = events.c.why.startswith("The daemon stopped while it was being sent")
    return len(list(connection.execute(select(events.c.id).where(events.c.became == State.IN_DOUBT, why))))


def _doubts(connection: Ledger) -> list[float]:
    """How long each doubt lasted that ended, in seconds."""
    began: dict[int, datetime] = {}
    lasted = []
    for event in connection.execute(select(events).where(events.c.was != events.c.became).order_by(events.c.id)):
        if event.was == State.IN_DOUBT:
            lasted.append((event.at - began.pop(event.delivery_id)).total_seconds())
        if event.became == State.IN_DOUBT:
            began[event.delivery_id] = event.at
    return lasted


def _false_receipts(house: House, timelines: dict[str, list[Published]]) -> int:
    """Receipts in the ledger that name no public post."""
    names = {channel.id: channel.name for channel in house.channels}
    public = {(name, post.id) for name, posts in timelines.items() for post in posts}
    with house.database.read() as connection:
        settled = find(connection, deliveries.c.state == State.PUBLISHED)
    return sum((names[one.channel_id], one.receipt_id) not in public for one in settled)
