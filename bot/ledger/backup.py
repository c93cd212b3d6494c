"""A copy of the ledger while it is in use, and the way back. SQLite only: PostgreSQL has its own tools for both."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.ledger.database import Database, LedgerError, now


def backup(database: Database, target: Path) -> int:
    """Write a consistent copy of the ledger, also while a daemon works on it; returns its size in bytes.

    Raises LedgerError when the file exists already or cannot be written, or on PostgreSQL.
    """
    source = _file(database, "pg_dump")
    if target.exists():
        raise LedgerError(f"{target} exists already; name another file.")
    try:
        _copy(source, target)
    except OSError as error:
        raise LedgerError(f"{target} cannot be written: {error.strerror}. Name a file in a folder of yours.") from None
    return target.stat().st_size


def restore(database: Database, source: Path) -> Path | None:
    """Put a backup in the ledger's place, and the ledger aside; returns where it is now. No daemon may be at work.

    Raises LedgerError when the file is no ledger.
    """
    current = _file(database, "pg_restore")
    if not _is_ledger(source):
        raise LedgerError(f"{source} is not a backup of an Oncecast ledger; nothing was changed.")
    fresh = current.with_name(current.name + ".restoring")
    fresh.unlink(missing_ok=True)
    _copy(source, fresh)
    aside = None
    if current.exists():
        aside = current.with_name(f"{current.name}.before-{now():%Y%m%d-%H%M%S}")
        for trace in (
            "",
            "-wal",
            "-shm",
        ):  # moved as they are: a damaged ledger cannot be read, and is kept all the same
            if Path(f"{current}{trace}").exists():
                Path(f"{current}{trace}").replace(f"{aside}{trace}")
    fresh.replace(current)
    return aside


def _file(database: Database, tool: str) -> Path:
    if not database.is_sqlite:
        raise LedgerError(f"The ledger is on PostgreSQL: use {tool}. The daemon notices by itself when it is older.")
    return Path(database.url.database or "")


def _copy(source: Path, target: Path) -> None:
    """Copy whole or not at all, readable by the owner alone."""
    aside = target.with_name(target.name + ".partial")
    aside.unlink(missing_ok=True)
    aside.touch(mode=0o600)
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old, closing(sqlite3.connect(aside)) as new:
        old.backup(new)
    with aside.open("rb") as written:
        os.fsync(written.fileno())
    aside.replace(target)


def _is_ledger(source: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as opened:
            whole = opened.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            return whole and opened.execute("SELECT count(*) FROM deliveries").fetchone() is not None
    except sqlite3.Error:
        return False
