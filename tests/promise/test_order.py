"""A channel sends in the blog's order, whichever page was seen first; an older post that cannot go keeps none back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from adapters.contract import Receipt
from bot.ledger import attempts
from bot.ledger.database import Database, now
from bot.ledger.deliveries import Ledger
from bot.ledger.entries import pages_due, wants_look
from bot.ledger.schema import deliveries, entries
from bot.model import Channel, Entry, Hold
from bot.steps import look
from bot.steps.intake import take_in
from tests.making import servers
from tests.making.ledger import FEED, a_channel, a_delivery, an_entry, an_entry_id, lately
from tests.making.servers import Served
from tests.making.wordpress import page

served = servers.served


def waits(database: Database, channel: Channel, served: Served, title: str) -> int:
    """The id of an entry whose delivery waits for the first look at its page."""
    entry_id = an_entry_id(database, an_entry(title, link=served.at(f"/{title.lower()}/", page())))
    with database.write() as connection:
        wants_look(connection, entry_id, now())
    a_delivery(database, channel, entry_id, frozenset({Hold.PAGE}))
    return entry_id


def sends_next(ledger: Ledger, channel: Channel) -> int | None:
    """The entry that the channel would send now."""
    claimed = attempts.claim(ledger, channel)
    return claimed.entry_id if claimed else None


def test_the_older_post_goes_first_also_when_the_newer_ones_page_was_seen_first(ledger: Ledger, served: Served) -> None:
    channel = a_channel(ledger.database)
    older, newer = (waits(ledger.database, channel, served, title) for title in ("Older", "Newer"))
    look.look(ledger.database, newer, [channel], loopback=True)
    assert sends_next(ledger, channel) is None
    look.look(ledger.database, older, [channel], loopback=True)
    assert sends_next(ledger, channel) == older


def test_an_older_post_whose_page_cannot_be_seen_keeps_nobody_waiting(ledger: Ledger, served: Served, clock) -> None:
    channel = a_channel(ledger.database)
    older, newer = (waits(ledger.database, channel, served, title) for title in ("Older", "Newer"))
    served.at("/older/", status=503)
    for entry_id in (newer, older):
        look.look(ledger.database, entry_id, [channel], loopback=True)
    clock.shift(31)
    assert pages_due(ledger.database) == [older]
    assert sends_next(ledger, channel) == newer


def test_a_newer_post_whose_page_was_not_seen_yet_keeps_no_older_one_waiting(on_sqlite: Ledger, served: Served) -> None:
    channel = a_channel(on_sqlite.database)
    older, _ = (waits(on_sqlite.database, channel, served, title) for title in ("Older", "Newer"))
    look.look(on_sqlite.database, older, [channel], loopback=True)
    assert sends_next(on_sqlite, channel) == older


def test_what_waits_for_its_page_on_another_channel_keeps_nobody_waiting(on_sqlite: Ledger, served: Served) -> None:
    channel, other = (a_channel(on_sqlite.database, name) for name in ("x", "y"))
    waits(on_sqlite.database, other, served, "Older")
    newer = waits(on_sqlite.database, channel, served, "Newer")
    look.look(on_sqlite.database, newer, [channel, other], loopback=True)
    assert sends_next(on_sqlite, channel) == newer


def test_a_post_that_is_out_keeps_nobody_waiting_when_its_page_is_looked_at_again(
    on_sqlite: Ledger, served: Served
) -> None:
    channel = a_channel(on_sqlite.database)
    older, newer = (waits(on_sqlite.database, channel, served, title) for title in ("Older", "Newer"))
    for entry_id in (older, newer):
        look.look(on_sqlite.database, entry_id, [channel], loopback=True)
    claimed = attempts.claim(on_sqlite, channel)
    assert claimed is not None
    attempts.published(on_sqlite, channel, claimed, Receipt("1", "https://x.com/i/status/1"))
    with on_sqlite.database.write() as connection:
        wants_look(connection, older, now())
    assert sends_next(on_sqlite, channel) == newer


@pytest.mark.parametrize("broken_at", ["load", "visit", "_public"])
def test_a_look_that_ends_in_a_way_not_foreseen_keeps_nobody_waiting(
    broken_at: str, on_sqlite: Ledger, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = a_channel(on_sqlite.database)
    older, newer = (waits(on_sqlite.database, channel, served, title) for title in ("Older", "Newer"))
    with monkeypatch.context() as broken:
        broken.setattr(look, broken_at, _broken)
        with pytest.raises(RuntimeError):
            look.look(on_sqlite.database, older, [channel], loopback=True)
    look.look(on_sqlite.database, newer, [channel], loopback=True)
    assert sends_next(on_sqlite, channel) == newer
    assert pages_due(on_sqlite.database) == []


def _broken(*_: object, **__: object) -> None:
    raise RuntimeError("a bug")


def test_what_is_held_for_a_person_keeps_nobody_waiting(ledger: Ledger, served: Served) -> None:
    channel = a_channel(ledger.database)
    a_delivery(ledger.database, channel, holds=frozenset({Hold.APPROVAL}))
    newer = waits(ledger.database, channel, served, "Newer")
    look.look(ledger.database, newer, [channel], loopback=True)
    assert sends_next(ledger, channel) == newer


OLD, OLDER = (an_entry(title, published=lately(hours=hours)) for title, hours in (("Old", 1), ("Older", 2)))
UNDATED = an_entry("Undated", published=None)


@pytest.mark.parametrize("shown", [[OLD, OLDER], [OLDER, OLD]], ids=["newest first", "oldest first"])
def test_entries_are_planned_oldest_first_in_whichever_order_the_feed_shows_them(
    shown: list[Entry], on_sqlite: Ledger
) -> None:
    assert planned(on_sqlite.database, shown) == ["Older", "Old"]


def test_without_dates_the_last_of_the_document_is_the_oldest(on_sqlite: Ledger) -> None:
    assert planned(on_sqlite.database, [UNDATED, OLDER, OLD]) == ["Old", "Older", "Undated"]


def planned(database: Database, shown: list[Entry]) -> list[str]:
    """The titles of what a feed's second reading shows as new, in the order in which they would be sent."""
    channel = a_channel(database)
    known = an_entry("StoredEntry", published=lately(days=30))
    with database.write() as connection:
        take_in(connection, FEED, [known], [channel])
        take_in(connection, FEED, [*shown, known], [channel])
        order = (deliveries.c.due_at, deliveries.c.id)
        query = select(entries.c.title).join(deliveries, deliveries.c.entry_id == entries.c.id).order_by(*order)
        return list(connection.execute(query).scalars())
