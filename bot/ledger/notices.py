"""What a person must hear of: each matter once, kept in the ledger until it has been told.

A notice keeps the matter, whom it is about and the reason; the faces put it into words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, insert, select, update

from bot.ledger.database import Database, now
from bot.ledger.names import entry_name
from bot.ledger.schema import channels, deliveries, entries, notices
from bot.model import Delivery, Matter


@dataclass(frozen=True, slots=True)
class Notice:
    """One matter, whom it is about by the names that people use, and how often telling it was tried.

    What does not apply is None or ""; `matter` is None for a notice of an older program, whose `why` says it all.
    """

    id: int
    matter: Matter | None
    why: str
    feed: str
    channel: str | None
    entry_id: int | None
    entry: str | None
    round: int | None
    tries: int


def note_delivery(connection: Connection, matter: Matter, delivery: Delivery, why: str, once: object = "") -> None:
    """Note that the team must hear of a delivery; `once` tells apart what it may hear of again."""
    about = f"{matter}:{delivery.id}:{once}"
    whom = {"entry_id": delivery.entry_id, "channel_id": delivery.channel_id, "delivery_id": delivery.id}
    _note(connection, about, matter=matter, why=why, **whom)


def note_channel(connection: Connection, matter: Matter, channel_id: int, why: str, once: object) -> None:
    """Note that the team must hear of a channel."""
    _note(connection, f"{matter}:{channel_id}:{once}", matter=matter, why=why, channel_id=channel_id)


def note_entry(connection: Connection, matter: Matter, entry_id: int, why: str, once: object = "") -> None:
    """Note that the team must hear of an entry."""
    _note(connection, f"{matter}:{entry_id}:{once}", matter=matter, why=why, entry_id=entry_id)


def note_feed(connection: Connection, matter: Matter, feed: str, why: str, once: object) -> None:
    """Note that the team must hear of a feed."""
    _note(connection, f"{matter}:{feed}:{once}", matter=matter, why=why, feed=feed)


def note_ledger(connection: Connection, matter: Matter, why: str, once: object) -> None:
    """Note that the team must hear of the ledger itself."""
    _note(connection, f"{matter}:{once}", matter=matter, why=why)


def _note(connection: Connection, about: str, **values: object) -> None:
    """Write a notice; one that is about the same is not written again."""
    about = about[:200]
    there = select(notices.c.id).where(notices.c.about == about)
    if connection.execute(there).first() is None:
        connection.execute(insert(notices).values(about=about, at=now(), tell_at=now(), **values))


def find(connection: Connection, *conditions: ColumnElement[bool]) -> list[Notice]:
    """The notices that meet the conditions, oldest first."""
    joined = (
        notices.outerjoin(channels, channels.c.id == notices.c.channel_id)
        .outerjoin(entries, entries.c.id == notices.c.entry_id)
        .outerjoin(deliveries, deliveries.c.id == notices.c.delivery_id)
    )
    told = notices.c.id, notices.c.matter, notices.c.why, notices.c.feed, channels.c.name, entries.c.id, entry_name()
    query = select(*told, deliveries.c.round, notices.c.tries).select_from(joined).where(*conditions)
    rows = connection.execute(query.order_by(notices.c.id))
    return [Notice(number, Matter(matter) if matter else None, *rest) for number, matter, *rest in rows]


def _due() -> tuple[ColumnElement[bool], ...]:
    return notices.c.told_at.is_(None), notices.c.tell_at <= now()


def to_tell(database: Database) -> bool:
    """Whether there is anything to tell; looking does not claim it."""
    with database.read() as connection:
        return connection.execute(select(notices.c.id).where(*_due()).limit(1)).first() is not None


def claimed(database: Database) -> list[Notice]:
    """The notices that are due, oldest first, kept from other daemons while they are told."""
    with database.write() as connection:
        due = select(notices.c.id).where(*_due()).order_by(notices.c.id)
        ids = list(connection.execute(due.limit(50).with_for_update(skip_locked=True)).scalars())
        held = update(notices).where(notices.c.id.in_(ids)).values(tell_at=now() + timedelta(minutes=5))
        connection.execute(held)
        return find(connection, notices.c.id.in_(ids))


def mark_told(database: Database, heard: Iterable[Notice]) -> None:
    """The team has heard of these."""
    with database.write() as connection:
        ids = [notice.id for notice in heard]
        connection.execute(update(notices).where(notices.c.id.in_(ids)).values(told_at=now()))


def mark_untold(database: Database, unheard: Iterable[Notice]) -> None:
    """Telling failed: try again, ever later, up to six hours apart."""
    with database.write() as connection:
        for notice in unheard:
            again = now() + min(timedelta(minutes=1) * 2**notice.tries, timedelta(hours=6))
            values = {"tell_at": again, "tries": notice.tries + 1}
            connection.execute(update(notices).where(notices.c.id == notice.id).values(values))
