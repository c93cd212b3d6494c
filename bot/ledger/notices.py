"""What a person must hear of: each matter once, kept in the ledger until it has been told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, insert, select, update

from bot.ledger.database import Database, now
from bot.ledger.schema import notices


@dataclass(frozen=True, slots=True)
class Notice:
    """One matter, in a sentence or two, and how often telling it was tried."""

    id: int
    text: str
    tries: int


def tell_of(connection: Connection, about: str, text: str) -> None:
    """Note that the team must hear of a matter; `about` names it, and one that is noted already is not noted again."""
    there = select(notices.c.id).where(notices.c.about == about)
    if connection.execute(there).first() is None:
        connection.execute(insert(notices).values(about=about, text=text, at=now(), tell_at=now()))


def to_tell(database: Database) -> list[Notice]:
    """The notices that are due to be told, oldest first; looking does not claim them."""
    with database.read() as connection:
        due = select(notices.c.id, notices.c.text, notices.c.tries).where(
            notices.c.told_at.is_(None), notices.c.tell_at <= now()
        )
        return [Notice(*row) for row in connection.execute(due.order_by(notices.c.id).limit(50))]


def claimed(database: Database) -> list[Notice]:
    """The notices that are due, kept from other daemons while they are told."""
    with database.write() as connection:
        due = select(notices.c.id).where(notices.c.told_at.is_(None), notices.c.tell_at <= now()).order_by(notices.c.id)
        ids = list(connection.execute(due.limit(50).with_for_update(skip_locked=True)).scalars())
        held = update(notices).where(notices.c.id.in_(ids)).values(tell_at=now() + timedelta(minutes=5))
        rows = connection.execute(held.returning(notices.c.id, notices.c.text, notices.c.tries))
        return sorted((Notice(*row) for row in rows), key=lambda notice: notice.id)


def mark_told(database: Database, notices_told: list[Notice]) -> None:
    """The team has heard of these."""
    with database.write() as connection:
        ids = [notice.id for notice in notices_told]
        connection.execute(update(notices).where(notices.c.id.in_(ids)).values(told_at=now()))


def mark_untold(database: Database, untold: list[Notice]) -> None:
    """Telling failed: try again, ever later, up to six hours apart."""
    with database.write() as connection:
        for notice in untold:
            again = now() + min(timedelta(minutes=1) * 2**notice.tries, timedelta(hours=6))
            values = {"tell_at": again, "tries": notice.tries + 1}
            connection.execute(update(notices).where(notices.c.id == notice.id).values(values))
