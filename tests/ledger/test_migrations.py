"""Bringing the tables from any earlier version to this one, with deliveries in flight."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from bot.ledger.database import Database, LedgerError
from bot.ledger.deliveries import find
from bot.ledger.notices import claimed
from bot.ledger.schema import deliveries, metadata
from bot.ledger.version import VERSION
from bot.model import State

IN_FLIGHT = """
INSERT INTO channels (id, name, started_at) VALUES (1, 'x', '2026-11-01 00:00:00');
INSERT INTO entries (id, categories, images, seen_at) VALUES (1, '[]', '[]', '2026-11-01 00:00:00');
INSERT INTO deliveries (entry_id, channel_id, round, state, holds, due_at, draft, prepared, token, lease_until,
    attempted_at, created_at) VALUES (1, 1, 1, 'sending', '[]', '2026-11-01 00:00:00', '{}', '{}', 'token',
    '2026-11-01 00:03:00', '2026-11-01 00:00:01', '2026-11-01 00:00:00')
"""


def script() -> Config:
    config = Config()
    config.set_main_option("script_location", "bot.ledger:migrations")
    return config


@pytest.fixture(params=["sqlite", "postgresql"])
def first(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A ledger as the first version made it, with a delivery that was being sent."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'ledger.db'}")
    else:
        database = Database(request.getfixturevalue("postgresql_url"))
        with database.write() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    with database.write() as connection:
        config = script()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in IN_FLIGHT.split(";"):
            connection.execute(text(statement))
    yield database
    database.migrate()
    database.close()


def test_deliveries_in_flight_survive_an_upgrade(first: Database) -> None:
    first.migrate()
    assert first.version() == VERSION
    with first.read() as connection:
        (delivery,) = find(connection, deliveries.c.id > 0)
    assert (delivery.state, delivery.token, delivery.in_question) == (State.SENDING, "token", False)


def test_what_an_older_program_noted_is_told_still(first: Database) -> None:
    told = "INSERT INTO notices (about, text, at, tell_at) VALUES ('a', 'Mend it.', {0}, {0})"
    with first.write() as connection:
        connection.execute(text(told.format("'2026-11-01 00:00:00'")))
    first.migrate()
    assert [(notice.matter, notice.why) for notice in claimed(first)] == [(None, "Mend it.")]


def test_what_was_not_told_yet_names_the_delivery_as_people_call_it_now(first: Database) -> None:
    text_then = "x: delivery 1 failed. Mend it and say `oncecast retry 1`, or `oncecast cancel 1`."
    noted = "INSERT INTO notices (about, text, at, tell_at) VALUES ('failed:1:None:1', :text, {0}, {0})"
    with first.write() as connection:
        connection.execute(text(noted.format("'2026-11-01 00:00:00'")), {"text": text_then})
    first.migrate()
    (notice,) = claimed(first)
    assert notice.why == "x: delivery 1/x failed. Mend it and say `oncecast retry 1/x`, or `oncecast cancel 1/x`."


def test_the_migrations_make_exactly_the_tables_of_the_schema(first: Database) -> None:
    first.migrate()
    with first.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_two_that_migrate_at_once_do_no_harm(first: Database) -> None:
    failures: list[Exception] = []

    def migrate() -> None:
        own = Database(first.url.render_as_string(hide_password=False))
        try:
            own.migrate()
        except Exception as error:
            failures.append(error)
        own.close()

    both = [threading.Thread(target=migrate) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert failures == []
    assert first.version() == VERSION


def test_a_ledger_newer_than_the_program_is_refused_with_the_way_out(first: Database) -> None:
    first.migrate()
    with first.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(LedgerError, match="Use the newer program"):
        first.migrate()
    with first.write() as connection:
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{VERSION}'"))


def test_the_version_of_the_program_is_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(script()).get_current_head() == VERSION
