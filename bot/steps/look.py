"""Looking at an entry's page before its first publication: a protected or vanished page is never shared.

The same look finds the entry's picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.blog.drawing import card, is_card
from bot.blog.fetching import FetchError
from bot.blog.pages import Page, visit
from bot.blog.pictures import of as picture_of
from bot.ledger.database import Database, Transaction, now
from bot.ledger.deliveries import DAEMON, change
from bot.ledger.entries import keep_picture, load, look_again, page_looked_at
from bot.ledger.holds import unhold
from bot.ledger.notices import note_entry
from bot.ledger.waiting import held_of
from bot.model import Channel, Delivery, Hold, Matter, Picture, StoredEntry
from bot.steps.intake import recompose

AHEAD = timedelta(minutes=10)
"""A page seen this long before its delivery is due need not be looked at again."""


def look(
    database: Database, entry_id: int, channels: Sequence[Channel], loopback: bool = False, colour: str = ""
) -> bool:
    """Look at an entry's page and its picture, and release or hold its deliveries; True when it could be seen.

    An entry without a picture gets a plain card of this colour, or none where there is no colour.
    """
    try:
        _look(database, entry_id, channels, loopback, colour)
    except FetchError as error:
        _again_later(database, entry_id, str(error))
        return False
    except Exception as error:
        _again_later(database, entry_id, f"Something not foreseen happened ({type(error).__name__}).")
        raise
    return True


def _look(database: Database, entry_id: int, channels: Sequence[Channel], loopback: bool, colour: str) -> None:
    with database.read() as connection:
        stored = load(connection, entry_id)
    page = visit(stored.entry.link, loopback=loopback)
    picture = _picture(stored, page, loopback, colour) if page.public else None
    with database.write() as connection:
        if picture is not None:
            keep_picture(connection, entry_id, picture)
            recompose(connection, entry_id, channels)
        held = held_of(connection, [entry_id])
        (_public if page.public else _not_public)(connection, entry_id, held, page)


def _picture(stored: StoredEntry, page: Page, loopback: bool, colour: str) -> Picture | None:
    """The entry's picture, unless it is kept already; a card is no reason not to look for a better one."""
    if stored.image and not is_card(stored.image, stored.blog):
        return None
    found = picture_of(stored.entry, page, loopback)
    return found or (card(stored.entry.title, stored.blog, colour) if colour else None)


def _again_later(database: Database, entry_id: int, why: str) -> None:
    """The page could not be seen: ever later, up to an hour, and the team hears of it in the end."""
    with database.write() as connection:
        looks = look_again(connection, entry_id)
        if looks == 6:
            note_entry(connection, Matter.UNSEEN, entry_id, why, now())


def _public(connection: Transaction, entry_id: int, held: Sequence[Delivery], _page: Page) -> None:
    """The page may be shared: what is due soon is released, what is due later is looked at again then."""
    later = [delivery for delivery in held if delivery.due_at > now() + AHEAD]
    for delivery in held:
        if delivery not in later:
            unhold(connection, delivery, {Hold.PAGE, Hold.NOT_PUBLIC}, DAEMON, "The page is public.")
    page_looked_at(
        connection, entry_id, page_seen_at=now(), page_at=min((delivery.due_at for delivery in later), default=None)
    )


def _not_public(connection: Transaction, entry_id: int, held: Sequence[Delivery], page: Page) -> None:
    """The page must not be shared: its deliveries wait for a person, who hears of it."""
    for delivery in held:
        holds = sorted(delivery.holds - {Hold.PAGE} | {Hold.NOT_PUBLIC})
        change(connection, delivery, holds=holds, why=page.why)
    page_looked_at(connection, entry_id, page_at=None, page_seen_at=None)
    if held:
        note_entry(connection, Matter.NOT_PUBLIC, entry_id, page.why, f"{now():%Y-%m-%dT%H:%M}")
