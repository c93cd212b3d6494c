"""Looking at an entry's page before its first publication: a protected or vanished page is never shared.

The same look finds the entry's picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.blog.drawing import card, is_card
from bot.blog.fetching import FetchError
from bot.blog.pages import Page
from bot.blog.pages import look as look_at_page
from bot.blog.pictures import Picture
from bot.blog.pictures import of as picture_of
from bot.ledger.database import Database, now
from bot.ledger.deliveries import DAEMON, change, find, unhold
from bot.ledger.entries import Known, load
from bot.ledger.notices import tell_of
from bot.ledger.schema import deliveries, entries, pictures
from bot.model import Channel, Delivery, Hold, State
from bot.steps.intake import recompose

AHEAD = timedelta(minutes=10)
"""A page seen this long before its delivery is due need not be looked at again."""


def due(database: Database) -> list[int]:
    """The entries whose page is to be looked at now."""
    with database.read() as connection:
        ready = select(entries.c.id).where(entries.c.page_at <= now()).order_by(entries.c.page_at)
        return list(connection.execute(ready).scalars())


def look(
    database: Database, entry_id: int, channels: Sequence[Channel], loopback: bool = False, colour: str = ""
) -> bool:
    """Look at an entry's page and its picture, and release or hold its deliveries; True when it could be seen.

    An entry without a picture gets a plain card of this colour, or none where there is no colour.
    """
    with database.read() as connection:
        known = load(connection, entry_id)
    try:
        _look(database, known, channels, loopback, colour)
    except FetchError as error:
        _again_later(database, entry_id, str(error))
        return False
    except Exception as error:
        _again_later(database, entry_id, f"Something not foreseen happened ({type(error).__name__}).")
        raise
    return True


def _look(database: Database, known: Known, channels: Sequence[Channel], loopback: bool, colour: str) -> None:
    entry_id, page = known.id, look_at_page(known.entry.link, loopback=loopback)
    picture = _picture(known, page, loopback, colour) if page.public else None
    with database.write() as connection:
        if picture is not None:
            _keep(connection, entry_id, picture)
            recompose(connection, entry_id, channels)
        held = find(connection, deliveries.c.entry_id == entry_id, deliveries.c.state == State.HELD)
        (_public if page.public else _not_public)(connection, entry_id, held, page)


def _picture(known: Known, page: Page, loopback: bool, colour: str) -> Picture | None:
    """The entry's picture, unless it is kept already; a card is no reason not to look for a better one."""
    if known.image and not is_card(known.image, known.blog):
        return None
    found = picture_of(known.entry, page, loopback)
    return found or (card(known.entry.title, known.blog, colour) if colour else None)


def _again_later(database: Database, entry_id: int, why: str) -> None:
    """The page could not be seen: ever later, up to an hour, and the team hears of it in the end."""
    with database.write() as connection:
        looks: int = connection.execute(select(entries.c.page_looks).where(entries.c.id == entry_id)).scalar_one()
        again = now() + min(timedelta(seconds=30) * 2 ** min(looks, 10), timedelta(hours=1))
        values = {"page_at": again, "page_looks": looks + 1}
        connection.execute(update(entries).where(entries.c.id == entry_id).values(values))
        if looks >= 6:
            tell_of(
                connection, f"page:{entry_id}", f"The page of entry {entry_id} cannot be looked at, so it waits. {why}"
            )


def _keep(connection: Connection, entry_id: int, picture: Picture) -> None:
    """Keep the bytes by their hash, and name the picture in the entry."""
    there = select(pictures.c.sha256).where(pictures.c.sha256 == picture.sha256)
    if connection.execute(there).first() is None:
        facts = {"media_type": picture.media_type, "width": picture.width, "height": picture.height}
        data = {"sha256": picture.sha256, "size": len(picture.data), "data": picture.data}
        connection.execute(insert(pictures).values(**facts, **data))
    named = {"picture": picture.sha256, "picture_alt": picture.alt}
    connection.execute(update(entries).where(entries.c.id == entry_id).values(named))


def _public(connection: Connection, entry_id: int, held: Sequence[Delivery], _page: Page) -> None:
    """The page may be shared: what is due soon is released, what is due later is looked at again then."""
    later = [delivery for delivery in held if delivery.due_at > now() + AHEAD]
    for delivery in held:
        if delivery not in later:
            unhold(connection, delivery, {Hold.PAGE, Hold.NOT_PUBLIC}, DAEMON, "The page is public.")
    _looked(connection, entry_id, page_seen_at=now(), page_at=min((one.due_at for one in later), default=None))


def _not_public(connection: Connection, entry_id: int, held: Sequence[Delivery], page: Page) -> None:
    """The page must not be shared: its deliveries wait for a person, who hears of it."""
    for delivery in held:
        holds = sorted(delivery.holds - {Hold.PAGE} | {Hold.NOT_PUBLIC})
        change(connection, delivery, holds=holds, why=page.why)
    _looked(connection, entry_id, page_at=None, page_seen_at=None)
    if held:
        name = load(connection, entry_id).entry.name
        text = f"“{name}” is not shared. {page.why} When it is public, say `oncecast release {held[0].id}`."
        tell_of(connection, f"not_public:{entry_id}:{now():%Y-%m-%dT%H:%M}", text)


def _looked(connection: Connection, entry_id: int, **values: Any) -> None:
    connection.execute(update(entries).where(entries.c.id == entry_id).values(page_looks=0, **values))


def picture_bytes(database: Database, sha256: str) -> bytes:
    """The bytes of a picture that is kept. Raises LookupError when there is none."""
    with database.read() as connection:
        data = connection.execute(select(pictures.c.data).where(pictures.c.sha256 == sha256)).scalar()
    if data is None:
        raise LookupError(f"The picture {sha256[:12]} is not in the ledger.")
    return bytes(data)
