"""The verb rehearse: a blog, its daemon and simulated platforms at work in one process. Nothing leaves this machine."""

from __future__ import annotations

import logging
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click

from bot.cli.printing import on_terminal, say
from bot.cli.running import PORT, started
from bot.cli.wording import news_words
from bot.house import House, open_house
from bot.ledger import records
from bot.ledger.database import Database
from bot.ledger.lock import the_only_daemon
from bot.logs import logged
from bot.simulator import Simulator
from bot.simulator.network import Access
from bot.stopping import Bell, stopped_by_signals
from config.editing import add_channel, set_value, write_new
from config.loading import load
from scheduler import Daemon

POLL = timedelta(seconds=2)
"""Shorter than the configuration allows: a spectator should not have to wait."""


@click.command()
@click.option("--for", "seconds", type=click.FloatRange(min=0), help="Stop after so many seconds; else at Ctrl-C.")
@click.option(
    "--every",
    type=click.FloatRange(min=0.1),
    default=6.0,
    show_default=True,
    help="Seconds between two posts of the blog.",
)
def rehearse(seconds: float | None, every: float) -> None:
    """See it all at work on this machine: a blog publishes, and its posts arrive on simulated platforms.

    Needs no account and no secret. The ledger and the configuration are in ./rehearsal and made anew each time.
    """
    folder = Path("rehearsal").absolute()
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be made ({error.strerror}): go to a folder of yours.") from None
    ledger = Database(f"sqlite:///{folder / 'oncecast.db'}")
    with the_only_daemon(ledger), _simulator() as simulator, stopped_by_signals() as asked:
        _clear(folder)
        house = _house(configuration(folder, simulator))
        _welcome(simulator, folder)
        with logged(house, logging.ERROR):
            published = _perform(house, simulator, asked, seconds, every)
        say(f"Stopped. {published} posts were published, here and nowhere else. For your own blog: `oncecast init`.")


@contextmanager
def _simulator() -> Iterator[Simulator]:
    """The simulator on its usual ports, or on any that are free."""
    try:
        simulator = started(PORT)
    except OSError:
        simulator = started(0)
    with simulator:
        for network in simulator.networks:
            network.admit()
        yield simulator


def _clear(folder: Path) -> None:
    """Remove what the last rehearsal left, and nothing else; the daemon's lock stays, for it is held."""
    for name in ("oncecast.toml", "oncecast.db", "oncecast.db-wal", "oncecast.db-shm", "oncecast.db.generation"):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / "secrets", ignore_errors=True)


def configuration(folder: Path, simulator: Simulator) -> Path:
    """A configuration as a person would write it, with each secret in a file of its own."""
    path = folder / "oncecast.toml"
    write_new(path, "The Cancer Blog", simulator.blog.feed_url)
    set_value(path, "feeds.all.loopback", True)
    set_value(path, "feeds.all.poll", "15s")
    for network in simulator.networks:
        for access in network.accesses:
            options = {**access.options, "base_url": network.base_url}
            add_channel(path, access.channel, access.kind, options, _secret_files(folder / "secrets", access))
    return path


def _secret_files(folder: Path, access: Access) -> dict[str, dict[str, str]]:
    """The secrets of an access, each written into a file that is the user's alone; returns where they are."""
    folder.mkdir(mode=0o700, exist_ok=True)
    places = {}
    for name, value in access.secrets.items():
        file = folder / f"{access.channel}_{name}"
        file.touch(mode=0o600)
        file.write_text(value)
        places[name] = {"file": f"secrets/{file.name}"}
    return places


def _house(path: Path) -> House:
    house = open_house(load(path))
    return replace(house, feeds=tuple(replace(feed, poll=POLL) for feed in house.feeds))


def _welcome(simulator: Simulator, folder: Path) -> None:
    say(f"Open {simulator.base_url}/ in a browser to see the timelines, {simulator.blog.base_url}/ to see the blog.")
    first = len(simulator.blog.posts) + 1
    say(f"In another terminal: oncecast --config {folder.name}/oncecast.toml history")
    say(f"    (or: queue, show {first}, show {first}/x, done {first}/by_hand; {first} is the first post that is new)")
    say("A post of the blog reaches the platforms within seconds; one group waits for a person's hand. Ctrl-C stops.")


def _perform(house: House, simulator: Simulator, asked: Bell, seconds: float | None, every: float) -> int:
    """Run the daemon and tell what arrives, until asked to stop or the time is over; returns how many arrived."""
    daemon = Daemon(house)
    daemon.start()
    simulator.blog.publishes_every(every)
    ends = time.monotonic() + seconds if seconds is not None else float("inf")
    titles = {channel.name: channel.adapter.title for channel in house.channels}
    seen = published = 0
    with _telling() as tell:
        while not asked.wait(max(0.0, min(0.5, ends - time.monotonic()))) and time.monotonic() < ends:
            for arrival in records.news(house.database, seen):
                seen, published = arrival.event_id, published + (arrival.state == "published")
                line = news_words(arrival, titles[arrival.channel], arrival.link)
                tell(f"{arrival.at.astimezone():%H:%M:%S}  {line}")
    simulator.blog.rests()
    daemon.stop()
    house.database.close()
    return published


@contextmanager
def _telling() -> Iterator[Callable[[str], None]]:
    """How a line is told: on a terminal above a sign of life, else as it is, at once."""
    if not on_terminal(sys.stdout):
        yield say
        return
    from rich.console import Console
    from rich.text import Text

    from bot.desk.words import one_line

    console = Console()
    with console.status("The blog goes on publishing …"):
        yield lambda line: console.print(Text(one_line(line)))
