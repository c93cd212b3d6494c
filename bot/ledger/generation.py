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
from bot.ledger.notices import tell_of
from bot.ledger.schema import marks

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


def expect_ledger(database: Database, path: Path) -> None:
    """Raises LedgerError when the file is there and its SQLite ledger is not: nothing is baselined anew by accident."""
    if database.is_sqlite and path.exists() and not Path(database.url.database or "").exists():
        raise LedgerError(
            f"The ledger {database.url.database} is gone, but {path.name} beside it says that there was one. Bring it "
            f"back with `oncecast restore FILE`; or, to begin anew and know of nothing published before, delete {path}."
        )


def examine(database: Database, path: Path) -> str:
    """Why the ledger may be older than the world, or nothing; what it may not know of is then looked for first."""
    with database.write() as connection:
        latest = _latest(connection)
        why = _why(database, latest, _remembered(path)) if latest else ""
        if why:
            question_feeds(connection)
            waiting = question_all(connection)
            text = (
                f"{why} What may have been shared meanwhile is looked for before it is shared ({waiting} waiting now, "
                "and what the feeds show as new); where there is no way to look, it is held for a person."
            )
            tell_of(connection, f"generation:{now():%Y-%m-%dT%H:%M:%S}", text)
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
