"""When the ledger cannot be written: nothing is published, and when it can be again, work goes on by itself."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from bot.cli.rehearsing import configuration
from bot.house import open_house
from bot.ledger import attempts, recovery
from bot.ledger.database import Database
from bot.ledger.deliveries import Ledger
from bot.ledger.feeds import hasten
from bot.model import Channel, Delivery, State
from bot.simulator import Simulator
from bot.simulator.network import Network
from bot.steps import deliver, poll, reconcile
from config.loading import load
from scheduler import Daemon
from tests.making.kinds import Stage, staged
from tests.making.ledger import a_channel, a_delivery, read
from tests.making.measuring import until


@pytest.fixture
def on_sqlite(tmp_path: Path, blank: Path) -> Iterator[Ledger]:
    """A ledger in a file of its own: these tests damage it."""
    opened = Database(f"sqlite:///{shutil.copy(blank, tmp_path / 'ledger.db')}")
    yield Ledger(opened)
    opened.close()


@pytest.fixture
def stage(simulator: Simulator) -> Stage:
    """A Page that would take the same post twice."""
    made = staged("facebook", simulator)
    made.platform.overlooks_duplicates()
    return made


def on(stage: Stage, ledger: Ledger) -> tuple[Channel, Delivery]:
    channel = a_channel(ledger.database, "page", stage.adapter)
    return channel, a_delivery(ledger.database, channel)


def posts_to(platform: Network) -> list[str]:
    """The paths of all requests that could have made something public."""
    paths = [request.path for request in platform.requests if request.method == "POST"]
    return [path for path in paths if not path.endswith("/debug_token")]


@contextmanager
def full(database: Database) -> Iterator[None]:
    """No file may grow any more."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    journal = Path(f"{database.url.database}-wal")
    resource.setrlimit(resource.RLIMIT_FSIZE, (journal.stat().st_size if journal.exists() else 0, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


@contextmanager
def told(database: Database, pragma: str, after: str) -> Iterator[None]:
    """Every connection of the database is told this when it is taken."""

    def tell(connection, words: str) -> None:
        connection.execute(f"PRAGMA {words}")

    def taken(connection, *_: object) -> None:
        tell(connection, pragma)

    event.listen(database._writer, "checkout", taken)
    yield
    event.remove(database._writer, "checkout", taken)
    event.listen(database._writer, "checkout", lambda connection, *_: tell(connection, after))


def read_only(database: Database) -> AbstractContextManager[None]:
    """The ledger may be read and not written."""
    return told(database, "query_only=ON", after="query_only=OFF")


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Another program holds the ledger's lock for longer than we wait."""
    other = Database(str(database.url))
    with told(database, "busy_timeout=20", after="busy_timeout=15000"), other.write():
        yield
    other.close()


TROUBLES: dict[str, Callable[[Database], AbstractContextManager[None]]] = {
    "full": full,
    "read-only": read_only,
    "locked": locked,
}


@pytest.fixture(params=TROUBLES)
def trouble(request: pytest.FixtureRequest, on_sqlite: Ledger) -> AbstractContextManager[None]:
    """Why the ledger cannot be written."""
    return TROUBLES[request.param](on_sqlite.database)


def work(ledger: Ledger, channel: Channel, clock: time_machine.Coordinates) -> None:
    """Ten minutes of the daemon's rounds."""
    for _ in range(10):
        recovery.recover(ledger, [channel])
        reconcile.reconcile(ledger, channel)
        deliver.deliver(ledger, channel)
        clock.shift(60)


def test_nothing_is_claimed_while_the_ledger_cannot_be_written_and_then_it_is_published(
    stage: Stage, on_sqlite: Ledger, trouble: AbstractContextManager[None], clock: time_machine.Coordinates
) -> None:
    channel, delivery = on(stage, on_sqlite)
    with trouble, pytest.raises(DBAPIError):
        deliver.deliver(on_sqlite, channel)
    assert posts_to(stage.platform) == []
    work(on_sqlite, channel, clock)
    assert read(on_sqlite.database, delivery).state is State.PUBLISHED
    assert len(stage.published) == 1


def test_without_the_last_mark_nothing_is_sent_and_after_the_lease_it_is_published(
    stage: Stage, on_sqlite: Ledger, trouble: AbstractContextManager[None], clock: time_machine.Coordinates
) -> None:
    channel, delivery = on(stage, on_sqlite)
    claimed = attempts.claim(on_sqlite, channel)
    assert claimed is not None
    ready = deliver._prepare(on_sqlite, channel, claimed)
    with trouble, pytest.raises(DBAPIError):
        deliver._publish(on_sqlite, channel, claimed, ready)  # type: ignore[arg-type]
    assert posts_to(stage.platform) == []
    work(on_sqlite, channel, clock)
    assert read(on_sqlite.database, delivery).state is State.PUBLISHED
    assert len(stage.published) == 1


def test_an_outcome_that_cannot_be_written_is_found_out_by_looking(
    stage: Stage, on_sqlite: Ledger, trouble: AbstractContextManager[None], clock: time_machine.Coordinates
) -> None:
    channel, delivery = on(stage, on_sqlite)
    claimed = attempts.claim(on_sqlite, channel)
    assert claimed is not None
    outcome = deliver._publish(on_sqlite, channel, claimed, deliver._prepare(on_sqlite, channel, claimed))  # type: ignore[arg-type]
    assert outcome is not None
    with trouble, pytest.raises(DBAPIError):
        deliver.settle(on_sqlite, channel, claimed, outcome)
    assert read(on_sqlite.database, delivery).state is State.SENDING
    work(on_sqlite, channel, clock)
    assert read(on_sqlite.database, delivery).state is State.PUBLISHED
    assert len(posts_to(stage.platform)) == 1


@pytest.mark.parametrize("name", TROUBLES)
def test_the_daemon_outlives_a_ledger_that_cannot_be_written(
    name: str, tmp_path: Path, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    house = open_house(load(configuration(tmp_path, simulator)))
    poll.poll(house.database, house.feeds[0], house.channels)
    daemon = Daemon(house)
    with TROUBLES[name](house.database):
        simulator.blog.publishes("A walk through our new day clinic")
        daemon.start()
        until(lambda: caplog.text.count("could not begin") + caplog.text.count("failed") > 4)
        assert posts_to(simulator.facebook) + posts_to(simulator.linkedin) + posts_to(simulator.twitter) == []
    hasten(house.database)
    until(lambda: len(simulator.facebook.published) == 1 and len(simulator.twitter.published) == 1)
    assert daemon.stop()
    house.database.close()


WRITER = """
import sys
from sqlalchemy import text
from bot.ledger.database import Database

with Database(sys.argv[1]).write() as connection:
    connection.execute(text("UPDATE deliveries SET attempted_at = CURRENT_TIMESTAMP, why = :w"), {"w": "x" * 9_000_000})
    print("writing", flush=True)
    sys.stdin.read()
"""
"""Marks the delivery, with so many words that the journal gets some of them, and never commits."""


def test_a_program_killed_in_mid_write_leaves_no_mark_and_nothing_was_sent(
    stage: Stage, on_sqlite: Ledger, clock: time_machine.Coordinates
) -> None:
    channel, delivery = on(stage, on_sqlite)
    assert attempts.claim(on_sqlite, channel) is not None
    told = [sys.executable, "-c", WRITER, str(on_sqlite.database.url)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(told, cwd=Path(__file__).parents[2], **pipes) as writer:  # type: ignore[call-overload]
        assert writer.stdout.readline() == b"writing\n"
        writer.kill()
    assert read(on_sqlite.database, delivery).attempted_at is None
    work(on_sqlite, channel, clock)
    assert read(on_sqlite.database, delivery).state is State.PUBLISHED
    assert len(posts_to(stage.platform)) == 1


@pytest.mark.parametrize("missing", [1, 24, 4_000, 4_121, 9_000])
def test_a_journal_torn_by_a_power_cut_loses_at_most_the_mark_that_was_being_written(
    missing: int, stage: Stage, on_sqlite: Ledger, tmp_path: Path, clock: time_machine.Coordinates
) -> None:
    channel, delivery = on(stage, on_sqlite)
    claimed = attempts.claim(on_sqlite, channel)
    assert claimed is not None
    attempts.mark_attempted(on_sqlite, claimed)
    ledger, journal = Path(str(on_sqlite.database.url.database)), (tmp_path / "torn.db-wal")
    shutil.copy(ledger, tmp_path / "torn.db")
    journal.write_bytes(Path(f"{ledger}-wal").read_bytes()[:-missing])
    torn = Ledger(Database(f"sqlite:///{tmp_path / 'torn.db'}"))
    assert read(torn.database, delivery).attempted_at is None
    work(torn, channel, clock)
    assert read(torn.database, delivery).state is State.PUBLISHED
    assert len(posts_to(stage.platform)) == 1
    torn.database.close()
