"""What is new, what is the same, and what a person must see first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.ledger.database import Database, now
from bot.ledger.deliveries import find
from bot.ledger.schema import deliveries
from bot.model import Channel, Delivery, Entry, Feed, Filter, Hold, Route, State
from bot.steps.intake import Taken, take_in
from tests.conftest import NOON
from tests.making.ledger import FEED, a_channel, an_entry, lately, told

OLD = [
    an_entry("Old one", published=NOON - timedelta(days=3)),
    an_entry("Older one", published=NOON - timedelta(days=9)),
]
"""Older than whatever the clock says: the fixture's time, or a real one, which is later."""


def shows(database: Database, channel: Channel | list[Channel], *read: Entry, feed: Feed = FEED) -> Taken:
    """The feed shows these entries, newest first."""
    channels = channel if isinstance(channel, list) else [channel]
    with database.write() as connection:
        return take_in(connection, feed, read, channels)


def planned(database: Database) -> list[Delivery]:
    with database.read() as connection:
        return find(connection, deliveries.c.id > 0)


@pytest.fixture
def channel(database: Database) -> Channel:
    """A channel, and a feed whose baseline is taken."""
    made = a_channel(database)
    shows(database, made, *OLD)
    return made


def test_the_first_sight_of_a_feed_publishes_nothing(database: Database, channel: Channel) -> None:
    assert planned(database) == []


def test_a_backlog_publishes_that_many_of_the_newest_at_first_sight(database: Database) -> None:
    feed = Feed("blog", FEED.url, FEED.blog, backlog=1)
    shows(database, a_channel(database), OLD[1], OLD[0], feed=feed)
    (only,) = planned(database)
    assert only.draft is not None
    assert "Old one" in only.draft["text"]


def test_a_new_entry_waits_only_for_its_page_to_be_looked_at(database: Database, channel: Channel) -> None:
    shows(database, channel, an_entry("New"), *OLD)
    (only,) = planned(database)
    assert (only.state, only.holds) == (State.HELD, {Hold.PAGE})
    assert told(database) == []


def test_new_entries_are_delivered_in_the_order_in_which_they_were_written(
    database: Database, channel: Channel
) -> None:
    shows(database, channel, an_entry("Second"), an_entry("First", published=lately(minutes=1)), *OLD)
    assert ["First" in str(one.draft) for one in planned(database)] == [True, False]


def test_the_same_document_again_changes_nothing(database: Database, channel: Channel) -> None:
    new = an_entry("New")
    shows(database, channel, new, *OLD)
    assert shows(database, channel, new, *OLD) == Taken()
    assert len(planned(database)) == 1


def test_an_edited_entry_is_not_new_but_its_unsent_draft_follows(database: Database, channel: Channel) -> None:
    new = an_entry("New")
    shows(database, channel, new, *OLD)
    edited = an_entry("New, corrected", guid=new.guid, link="https://blog.example.org/renamed/")
    shows(database, channel, edited, *OLD)
    (only,) = planned(database)
    assert only.draft is not None
    assert only.draft["text"] == "New, corrected\n\nhttps://blog.example.org/renamed/"


def test_an_approved_draft_stays_as_it_was_approved(database: Database, channel: Channel) -> None:
    new = an_entry("New")
    shows(database, channel, new, *OLD)
    with database.write() as connection:
        connection.execute(deliveries.update().values(approved=True))
    shows(database, channel, an_entry("New, corrected", guid=new.guid), *OLD)
    assert "corrected" not in str(planned(database)[0].draft)


def test_another_guid_with_the_same_link_and_title_is_the_same_entry(database: Database, channel: Channel) -> None:
    tracked = "http://www.blog.example.org/old-one?utm_source=rss"
    again = an_entry("Old one", guid="something-else", link=tracked, published=None)
    assert shows(database, channel, again, OLD[1]) == Taken()


def test_another_guid_with_the_same_link_and_another_title_is_held(database: Database, channel: Channel) -> None:
    shows(database, channel, an_entry("Who knows", guid="else", link=OLD[0].link), *OLD)
    assert Hold.LATE in planned(database)[0].holds
    assert "oncecast release" in told(database)[0]


def test_an_unknown_entry_dated_before_the_baseline_is_held(database: Database, channel: Channel) -> None:
    shows(database, channel, *OLD, an_entry("Slid back", published=lately(days=30)))
    assert planned(database)[0].holds == {Hold.PAGE, Hold.LATE}


def test_an_entry_dated_after_the_baseline_is_new_wherever_it_stands(database: Database, channel: Channel) -> None:
    shows(database, channel, *OLD, an_entry("At the end"))
    assert planned(database)[0].holds == {Hold.PAGE}


def test_several_entries_of_the_same_second_are_all_new(database: Database, channel: Channel) -> None:
    at = now()
    shows(database, channel, *(an_entry(f"Twin {n}", published=at) for n in range(3)), *OLD)
    assert len(planned(database)) == 3


def test_more_than_the_guards_number_at_once_is_held_and_told_once(database: Database, channel: Channel) -> None:
    burst = [an_entry(f"Burst {n}") for n in range(FEED.guard + 1)]
    shows(database, channel, *burst, *OLD)
    assert all(Hold.GUARD in one.holds for one in planned(database))
    assert len(told(database)) == 1
    assert "6 entries turned up at once" in told(database)[0]


def test_exactly_the_guards_number_goes_out(database: Database, channel: Channel) -> None:
    shows(database, channel, *(an_entry(f"Few {n}") for n in range(FEED.guard)), *OLD)
    assert all(one.holds == {Hold.PAGE} for one in planned(database))


def test_a_blog_that_moved_with_all_its_guids_and_links_is_held(database: Database, channel: Channel) -> None:
    moved = [
        an_entry(one.title, guid=f"new-{n}", link=f"https://new.example/{n}", published=one.published)
        for n, one in enumerate(OLD)
    ]
    shows(database, channel, *moved)
    assert all(Hold.GUARD in one.holds for one in planned(database))
    assert "moved" in told(database)[0]


def test_a_feed_in_which_nothing_is_as_before_is_held(database: Database, channel: Channel) -> None:
    shows(database, channel, an_entry("Quite"), an_entry("Different"))
    assert all(Hold.GUARD in one.holds for one in planned(database))


def test_a_feed_whose_guids_change_at_every_reading_publishes_nothing_again(
    database: Database, channel: Channel
) -> None:
    for reading in range(3):
        shows(
            database,
            channel,
            *(an_entry(one.title, guid=f"{reading}-{one.guid}", published=one.published) for one in OLD),
        )
    assert planned(database) == []


def test_an_entry_that_stands_twice_in_a_document_is_one(database: Database, channel: Channel) -> None:
    new = an_entry("New")
    shows(database, channel, new, new, *OLD)
    assert len(planned(database)) == 1


def test_a_second_feed_of_the_blog_adds_routes_and_never_a_second_delivery(
    database: Database, channel: Channel
) -> None:
    videos = Feed("videos", "http://blog.example.org/videos/feed/", FEED.blog)
    only_videos = a_channel(database, "videos", routes=(Route(feeds=("videos",)),))
    both = [channel, only_videos]
    shows(database, both, OLD[0], feed=videos)
    new = an_entry("A video")
    shows(database, both, new, *OLD)
    shows(database, both, new, OLD[0], feed=videos)
    shows(database, both, new, *OLD)
    assert sorted(one.channel_id for one in planned(database)) == [channel.id, only_videos.id]


def test_a_channel_gets_only_what_its_routes_take(database: Database, channel: Channel) -> None:
    picky = a_channel(database, "picky", routes=(Route(include=Filter(words=("video",))),))
    shows(database, [picky], an_entry("A text"), an_entry("A video"), *OLD)
    assert len(planned(database)) == 1


def test_a_channel_that_asks_for_approval_holds_every_draft(database: Database, channel: Channel) -> None:
    careful = a_channel(database, "careful", approve=True)
    shows(database, [careful], an_entry("New"), *OLD)
    assert planned(database)[0].holds == {Hold.PAGE, Hold.APPROVAL}


def test_a_waiting_window_is_a_due_time_and_no_hold(database: Database, channel: Channel, clock) -> None:
    patient = a_channel(database, "patient", wait=timedelta(hours=2))
    shows(database, [patient], an_entry("New"), *OLD)
    (only,) = planned(database)
    assert only.due_at == now() + timedelta(hours=2)
    assert only.holds == {Hold.PAGE}


def test_what_cannot_be_composed_fails_with_its_reason_and_is_told(database: Database, channel: Channel) -> None:
    too_long = "http://localhost/" + "x" * 400  # X does not see a link in it, so every character counts
    shows(database, channel, an_entry("New", link=too_long), *OLD)
    (only,) = planned(database)
    assert only.state is State.FAILED
    assert told(database)[0].startswith("x: “")
    assert only.why in told(database)[0]


def test_identities_of_one_blog_do_not_touch_another(database: Database, channel: Channel) -> None:
    other = Feed("other", "http://other.example.org/feed/", "Another blog")
    shows(database, channel, *OLD, feed=other)
    assert shows(database, channel, an_entry("New", guid=OLD[0].guid), *OLD[1:], feed=other).new == 0
