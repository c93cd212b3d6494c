"""The database under the ledger: SQLite or PostgreSQL behind the same two doors, one to write and one to read.

It knows nothing of deliveries. All times go in and come out aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    create_engine,
    event,
    inspect,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.types import TypeDecorator

from bot.ledger.version import VERSION

Transaction = Connection
"""One transaction, as `write` and `read` open it; outside this room it is only passed on."""


def now() -> datetime:
    """The present, aware and in UTC."""
    return datetime.now(UTC)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware time, stored in UTC; a naive one is refused. SQLite would drop the offset otherwise."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: UTC, and naive where the database knows no zones."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone was about to be stored.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


TroubleError = OperationalError
"""The database cannot be read or written at the moment; `orig` tells why, in its own words."""


class LedgerError(Exception):
    """The ledger cannot be opened or is not what this program expects; the text says what to do."""


class Database:
    """A database by its URL: `sqlite:///file` or `postgresql://…`."""

    def __init__(self, url: str) -> None:
        self.url: URL = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer, self._reader = _sqlite(self.url, "BEGIN IMMEDIATE"), _sqlite(self.url, "BEGIN")
        else:
            self._writer = self._reader = create_engine(self.url, pool_pre_ping=True, pool_size=10)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may write; committed at the end, undone by an exception."""
        with self._writer.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that reads; on SQLite it never waits for a writer."""
        with self._reader.begin() as connection:
            yield connection

    def version(self) -> str | None:
        """The version of the tables, or None where there are none yet."""
        with self.read() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

    def migrate(self) -> None:
        """Bring the tables to this program's version; two that do it at once do no harm.

        Raises LedgerError when the ledger is newer than this program.
        """
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        try:
            if self.version() != VERSION:
                self._upgrade()
        except DBAPIError as error:
            raise LedgerError(
                f"The ledger {self.url.render_as_string()} cannot be opened: {error.orig}. "
                "Look at [ledger] url in the configuration, and whether this user may write there."
            ) from error

    def _upgrade(self) -> None:
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", "bot.ledger:migrations")
        with self.write() as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(7362846)"))
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise LedgerError(
                    f"The ledger is of a version that this program does not know ({error}). Use the newer program."
                ) from error

    def close(self) -> None:
        """Give all connections back."""
        self._writer.dispose()
        self._reader.dispose()


def _sqlite(url: URL, begin: str) -> Engine:
    """An engine whose transactions start with `begin`: the driver's own way loses updates without a word."""
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


class TakenError(Exception):
    """An address that was named as a delivery's own is another delivery's already."""


@contextmanager
def each_its_own_address() -> Iterator[None]:
    """Raises TakenError when an address that is written inside is another delivery's."""
    try:
        yield
    except IntegrityError:
        raise TakenError from None
