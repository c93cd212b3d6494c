"""The verbs that work: run, once and simulate; and what they share: the log, the one daemon, how they are stopped."""

from __future__ import annotations

import logging
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import click

import scheduler
from adapters.http.replies import scrub
from bot.cli.here import Here, pass_here
from bot.cli.printing import as_json, counted, local, print_json, quoted, say, several_lines
from bot.house import House, pause_what_is_closed
from bot.ledger import records
from bot.ledger.database import Database
from bot.ledger.generation import examine
from bot.ledger.records import Arrival
from bot.model import State
from bot.simulator import Simulator
from bot.steps.intake import recompose_all
from bot.steps.poll import hasten
from bot.steps.tell import Webhook
from bot.stopping import Bell


@click.command()
@pass_here
@click.pass_context
def run(context: click.Context, here: Here) -> None:
    """Publish each new post of the blog to every channel, until stopped by SIGTERM or Ctrl-C.

    One daemon works on a ledger; a second one says so and leaves.
    """
    house = here.house
    with the_only_daemon(house.database), logged(house):
        _begin(house)
        watched = f"{counted(len(house.feeds), 'feed')} for {counted(len(house.channels), 'channel')}"
        logging.getLogger("oncecast").info("Watching %s; Ctrl-C or SIGTERM stops.", watched)
        context.exit(scheduler.run(house))


@click.command()
@as_json
@pass_here
def once(here: Here, json_wanted: bool) -> None:
    """Read the feeds and do all that is due, then leave; for cron, in the place of `run`."""
    house = here.house
    before = records.last_event(house.database)
    with logged(house):
        _begin(house)
        hasten(house.database)
        scheduler.once(house)
    news = records.news(house.database, before)
    if json_wanted:
        return print_json(news)
    for arrival in news:
        say(f"{local(arrival.at)}  {news_words(arrival)}")
    return None


@contextmanager
def logged(house: House, level: int = logging.INFO) -> Iterator[None]:
    """Write the log to stderr while inside. Raises MissingSecretError when the team could not be told of anything."""
    heard, root = logging.StreamHandler(), logging.getLogger()
    heard.setFormatter(Scrubbing(_secrets(house)))
    for chatty in ("apscheduler", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    before = root.level
    root.setLevel(level)
    root.addHandler(heard)
    try:
        yield
    finally:
        root.removeHandler(heard)
        root.setLevel(before)


def _begin(house: House) -> None:
    if why := examine(house.database, house.generation):
        logging.getLogger("oncecast").warning("%s", why)
    pause_what_is_closed(house)
    recompose_all(house.database, house.channels)


def _secrets(house: House) -> set[str]:
    """Every secret value that is in use: of the channels, of the team's voices, of the ledger."""
    found = house.secrets() | {house.database.url.password or ""}
    for voice in house.voices:
        found.add(voice.url if isinstance(voice, Webhook) else getattr(voice, "password", ""))
    return found - {""}


class Scrubbing(logging.Formatter):
    """Plain lines: the time, the level where it matters, the words; without secrets and escape sequences."""

    def __init__(self, secrets: set[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S")
        self.secrets = sorted(secrets, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line, or as several when it tells of a bug."""
        return several_lines(scrub(super().format(record), self.secrets))


@contextmanager
def the_only_daemon(database: Database) -> Iterator[None]:
    """Hold a lock beside an SQLite ledger; the system gives it back even when the daemon is killed.

    Raises ClickException when another daemon has it. On PostgreSQL there may be several.
    """
    if not database.is_sqlite:
        yield
        return
    side = f"{database.url.database}.daemon"
    try:
        lock = sqlite3.connect(side, timeout=0, isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise click.ClickException(f"The file {side} cannot be used: {error}.") from None
        raise click.ClickException(
            f"Another Oncecast is at work on the ledger {database.url.database} already; this one leaves."
        ) from None
    with closing(lock):
        yield


PORT = 8800
"""The first of the simulator's usual ports."""
WORDS = {State.HANDED_OVER: "to be shared by hand", State.FAILED: "failed", State.IN_DOUBT: "in doubt"}


def news_words(arrival: Arrival, title: str = "", place: str = "") -> str:
    """What happened to a delivery, on one line; `title` is what its channel is called, `place` its address."""
    where, name = (title or arrival.channel).ljust(14), quoted(arrival.entry)
    if arrival.state is State.PUBLISHED:
        return f"{where}  {name}  {place or arrival.url}".rstrip()
    shown = f"`oncecast show {arrival.delivery_id}`"
    return f"{where}  {name}  {WORDS[arrival.state]}, see {shown}{f' – {arrival.why}' if arrival.why else ''}"


@contextmanager
def stopped_by_signals() -> Iterator[Bell]:
    """A bell that SIGTERM and Ctrl-C set while inside; a second one ends at once, as usual."""
    asked = Bell()
    before: dict[signal.Signals, Any] = {}

    def ask(number: int, _frame: Any) -> None:
        asked.ring()
        signal.signal(number, before[signal.Signals(number)])

    for number in (signal.SIGTERM, signal.SIGINT):
        before[number] = signal.signal(number, ask)
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def started(port: int) -> Simulator:
    """A simulator that listens from this port on. Raises OSError when one is taken, and gives the others back."""
    simulator = Simulator(port)
    try:
        return simulator.start()
    except OSError:
        simulator.stop()
        raise


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65_000),
    default=PORT,
    show_default=True,
    help="The first of the ports, which follow each other; 0 takes any that are free.",
)
@click.option("--every", type=click.FloatRange(min=0.1), help="Publish a post on the blog every so many seconds.")
def simulate(port: int, every: float | None) -> None:
    """Run stand-ins of the platforms, and a blog, on this machine until Ctrl-C."""
    try:
        simulator = started(port)
    except OSError as error:
        raise click.ClickException(f"A port is taken ({error.strerror}): choose another with --port.") from None
    with simulator, stopped_by_signals() as asked:
        say(f"{'Timelines':<15}{simulator.base_url}")
        say(f"{'Blog':<15}{simulator.blog.feed_url}")
        for network in simulator.networks:
            say(f"{network.timelines[0].platform:<15}{network.base_url}")
        say("Put an address into a channel's options as base_url. Ctrl-C stops.")
        if every:
            simulator.blog.publishes_every(every)
        asked.wait()
