"""What people look at in the ledger, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.contract import Receipt
from bot.desk import decisions
from bot.desk.decisions import By
from bot.ledger import attempts, records
from bot.ledger.channels import pause
from bot.ledger.database import Database, now
from bot.ledger.deliveries import Ledger
from bot.model import Hold, State
from tests.making.ledger import FEED, a_channel, a_delivery, an_entry, an_entry_id


def test_the_queue_begins_with_what_needs_a_person(database: Database) -> None:
    channel = a_channel(database)
    plain = a_delivery(database, channel, an_entry_id(database, an_entry("One")), due_at=now() - timedelta(hours=1))
    held = a_delivery(database, channel, an_entry_id(database, an_entry("Two")), frozenset({Hold.APPROVAL}))
    found = records.queue(database)
    assert [one.delivery for one in found] == [f"{held.entry_id}/x", f"{plain.entry_id}/x"]
    assert (found[0].title, found[0].holds) == ("Two", ("approval",))


def test_the_queue_tells_since_when_a_delivery_stands_where_it_is(database: Database) -> None:
    delivery = a_delivery(database, a_channel(database))
    decisions.hold(By(database, "anna"), delivery.id)
    (one,) = records.queue(database)
    assert now() - one.since < timedelta(minutes=1)
    assert one.since.tzinfo is not None


def test_the_queue_leaves_out_what_is_settled(database: Database) -> None:
    delivery = a_delivery(database, a_channel(database))
    decisions.cancel(By(database, "anna"), delivery.id)
    assert records.queue(database) == []


def test_what_waits_on_a_paused_channel_says_so(database: Database) -> None:
    channel = a_channel(database)
    a_delivery(database, channel)
    with database.write() as connection:
        pause(connection, channel.id, "anna", "A strike.")
    (one,) = records.queue(database)
    assert (one.paused, one.why) == (True, "The channel is paused. A strike.")


def test_the_grid_has_every_entry_with_its_deliveries_newest_first(database: Database) -> None:
    old = an_entry_id(database, an_entry("Old", published=now() - timedelta(days=9)))
    new = an_entry_id(database, an_entry("New"))
    for name in ("x", "y"):
        a_delivery(database, a_channel(database, name), new)
    found = records.grid(database)
    assert [(one.entry, len(one.deliveries)) for one in found] == [(new, 2), (old, 0)]
    assert [one.title for one in records.grid(database, limit=1)] == ["New"]


def test_an_entry_without_a_date_stands_behind_those_with_one(database: Database) -> None:
    undated = an_entry_id(database, an_entry("Undated", published=None))
    dated = an_entry_id(database, an_entry("Dated"))
    assert [one.entry for one in records.grid(database)] == [dated, undated]


def test_an_entry_without_a_title_is_called_by_its_summary_or_else_its_link(database: Database) -> None:
    worded, bare = an_entry("", guid="1", summary="Words " * 20), an_entry("", guid="2", link="https://b.example/2")
    names = [records.shared(database, an_entry_id(database, entry)).title for entry in (worded, bare)]
    assert names == [worded.name, bare.name]


def test_rounds_stand_in_their_order_with_their_addresses(database: Database) -> None:
    channel, by = a_channel(database), By(database, "anna")
    delivery = a_delivery(database, channel)
    claimed = attempts.claim(Ledger(database), channel)
    assert claimed is not None
    attempts.published(Ledger(database), channel, claimed, Receipt("1", "https://x.com/i/status/1"))
    decisions.repost(by, channel, delivery.entry_id)
    cells = records.shared(database, delivery.entry_id).deliveries
    assert [(cell.delivery, cell.state, cell.url) for cell in cells] == [
        (f"{delivery.entry_id}/x", State.PUBLISHED, "https://x.com/i/status/1"),
        (f"{delivery.entry_id}/x/2", State.HELD, ""),
    ]


def test_all_that_is_held_of_a_feed_is_found_and_nothing_else(database: Database) -> None:
    channel = a_channel(database)
    held = [
        a_delivery(database, channel, an_entry_id(database, an_entry(title)), frozenset({Hold.GUARD}))
        for title in ("One", "Two")
    ]
    a_delivery(database, channel, an_entry_id(database, an_entry("Three")))
    assert [one.delivery for one in records.held_of_feed(database, FEED.name)] == held
    assert records.held_of_feed(database, "another") == []


def test_an_entry_that_does_not_exist_is_a_lookup_error(database: Database) -> None:
    with pytest.raises(LookupError, match="There is no entry 9"):
        records.shared(database, 9)


def test_a_delivery_comes_with_its_log(database: Database) -> None:
    delivery = a_delivery(database, a_channel(database))
    decisions.hold(By(database, "anna"), delivery.id)
    story = records.story(database, delivery.id)
    assert story.delivery.state is State.HELD
    assert [(one.who, one.was, one.became) for one in story.events] == [
        ("daemon", None, State.PENDING),
        ("anna", State.PENDING, State.HELD),
    ]


def test_a_delivery_that_does_not_exist_is_a_lookup_error(database: Database) -> None:
    with pytest.raises(LookupError, match="There is no delivery 9"):
        records.story(database, 9)


def test_channels_come_with_what_waits_and_what_is_public(database: Database) -> None:
    channel = a_channel(database)
    a_delivery(database, channel)
    a_channel(database, "y")
    found = records.channels(database)
    assert [(name, one["waiting"], one["published"]) for name, one in found.items()] == [("x", 1, 0), ("y", 0, 0)]


def test_feeds_come_by_name(database: Database) -> None:
    an_entry_id(database)
    assert records.feeds(database)["blog"]["url"] == "http://blog.example.org/feed/"


def test_news_is_what_happened_after_an_event_and_concerns_a_spectator(database: Database) -> None:
    channel = a_channel(database)
    a_delivery(database, channel)
    before = records.last_event(database)
    claimed = attempts.claim(Ledger(database), channel)
    assert claimed is not None
    attempts.published(Ledger(database), channel, claimed, Receipt("1", "https://x.com/i/status/1"))
    (news,) = records.news(database, before)
    assert (news.delivery, news.state, news.url) == (f"{news.entry}/x", State.PUBLISHED, "https://x.com/i/status/1")
    assert records.news(database, news.event_id) == []
