"""The lock beside an SQLite ledger: one daemon works on it at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from bot.ledger.database import Database, LedgerError


@contextmanager
def the_only_daemon(database: Database) -> Iterator[None]:
    """Hold a lock beside an SQLite ledger; the system gives it back even when the daemon is killed.

    Raises LedgerError when another daemon has it. On PostgreSQL there may be several.
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
            raise LedgerError(f"The file {side} cannot be used: {error}.") from None
        raise LedgerError(
            f"Another Oncecast is at work on the ledger {database.url.database} already; this one leaves."
        ) from None
    with closing(lock):
        yield
