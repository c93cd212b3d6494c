"""Whether the ledger is as old as the world: a small file beside it remembers its latest heartbeat.

A ledger that is behind that file was restored or copied; what it does not know of may be public already.
"""

from __future__ import annotations

import json
import logging
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from bot.ledger.database import Database, LedgerError, now
from bot.ledger.deliveries import question_all
from bot.ledger.feeds import question as question_feeds
from bot.ledger.notices import note_ledger
from bot.ledger.schema import marks
from bot.model import Matter

log = logging.getLogger(__name__)

ASLEEP = timedelta(days=1)
"""A ledger that nobody wrote for so long may have been replaced by another meanwhile."""


@dataclass(frozen=True, slots=True)
class Beat:
    """A heartbeat: of which ledger, and when."""

    ledger: str
    at: str
    """ISO 8601, in UTC."""


def path_of(database: Database, folder: Path) -> Path:
    """The file beside an SQLite ledger, or in the configuration's folder for PostgreSQL."""
    return Path(f"{database.url.database}.generation") if database.is_sqlite else folder / "oncecast.generation"


class LedgerGoneError(LedgerError):
    """The ledger is not there, and a file beside it says that there was one: nothing is baselined anew by accident."""

    def __init__(self, ledger: str, beside: Path, how: str = "gone") -> None:
        super().__init__(f"The ledger {ledger} is {how}, but {beside.name} beside it says that there was one.")
        self.beside = beside


def expect_ledger(database: Database, path: Path) -> None:
    """Raises LedgerGoneError when the file is there and its SQLite ledger is not."""
    ledger = database.url.database or ""
    if database.is_sqlite and path.exists() and not Path(ledger).exists():
        raise LedgerGoneError(ledger, path)


def examine(database: Database, path: Path) -> str:
    """Why the ledger may be older than the world, or nothing; what it may not know of is then looked for first.

    Raises LedgerGoneError when no daemon has ever written into it, and one did into the ledger that was here before.
    """
    with database.write() as connection:
        latest, remembered = _latest(connection), _remembered(path)
        if latest is None and remembered is not None:
            raise LedgerGoneError(database.url.database or "", path, "empty")
        why = _why(database, latest, remembered) if latest else ""
        if why:
            question_feeds(connection)
            waiting = question_all(connection)
            told = f"{why} What waits now: {waiting}."
            note_ledger(connection, Matter.GENERATION, told, f"{now():%Y-%m-%dT%H:%M:%S}")
    beat(database, path)
    return why


def _why(database: Database, latest: Beat, remembered: Beat | None) -> str:
    if remembered is None:
        return "The ledger may be a copy: the file beside it is missing." if database.is_sqlite else ""
    if remembered.ledger != latest.ledger:
        return "The ledger is another one than before."
    if remembered.at > latest.at:
        return (
            f"The ledger is older than it was: it ends at {latest.at}, and it had been written until {remembered.at}."
        )
    if now() - datetime.fromisoformat(latest.at) > ASLEEP:
        return f"Nothing was written into the ledger since {latest.at}."
    return ""


def beat(database: Database, path: Path) -> None:
    """Leave a mark in the ledger that the daemon is alive, and then the same beside it."""
    with database.write() as connection:
        latest = _latest(connection)
        fresh = Beat(latest.ledger if latest else uuid.uuid4().hex, now().isoformat())
        connection.execute(delete(marks).where(marks.c.name == "heartbeat"))
        connection.execute(insert(marks).values(name="heartbeat", value=fresh.ledger, at=now()))
    _remember(path, fresh)


def _latest(connection: Connection) -> Beat | None:
    row: Any = connection.execute(select(marks).where(marks.c.name == "heartbeat")).first()
    return Beat(row.value, row.at.isoformat()) if row else None


def _remembered(path: Path) -> Beat | None:
    try:
        return Beat(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _remember(path: Path, fresh: Beat) -> None:
    """Replace the file whole; that it cannot be written must not stop the daemon."""
    aside = path.with_name(path.name + ".new")
    try:
        aside.write_text(json.dumps(asdict(fresh)), encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        log.warning("%s could not be written: %s", path, error.strerror)
