"""When a feed is read, and what becomes of a feed that cannot be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select

from bot.ledger.database import Database, now
from bot.ledger.deliveries import Ledger, find
from bot.ledger.feeds import hasten
from bot.ledger.schema import deliveries, feeds
from bot.model import Channel, Delivery, Feed
from bot.steps import poll
from tests.making import servers
from tests.making.ledger import a_channel, told
from tests.making.servers import Served
from tests.making.wordpress import BlogPost, rss

served = servers.served


@dataclass
class Reader:
    """A feed that is read every minute, and the ledger that it is read into."""

    database: Database
    served: Served
    feed: Feed
    channel: Channel

    def reads(self) -> float:
        """Read the feed; returns after how many seconds it is due again."""
        poll.poll(self.database, self.feed, [self.channel])
        return (self.row.next_at - now()).total_seconds()

    @property
    def row(self) -> Row[Any]:
        with self.database.read() as connection:
            return connection.execute(select(feeds)).one()

    @property
    def is_due(self) -> bool:
        return poll.due(self.database, [self.feed]) == [self.feed]

    @property
    def asked(self) -> list[tuple[str, str | None]]:
        """The addresses that were asked for, each with the condition that was sent."""
        return [(path, headers.get("If-None-Match")) for path, headers in self.served.asked]

    @property
    def planned(self) -> list[Delivery]:
        with self.database.read() as connection:
            return find(connection, deliveries.c.id > 0)


@pytest.fixture
def reader(on_sqlite: Ledger, served: Served, clock) -> Reader:
    """A feed that can be read."""
    url = served.at("/feed/", rss(BlogPost(1)), etag='"one"')
    return Reader(on_sqlite.database, served, Feed("blog", url, "Blog", loopback=True), a_channel(on_sqlite.database))


def test_a_feed_is_due_at_once_and_then_once_a_minute(reader: Reader, clock) -> None:
    assert reader.is_due
    assert reader.reads() == 60
    assert not reader.is_due
    clock.shift(60)
    assert reader.is_due


def test_a_feed_can_be_hastened(reader: Reader) -> None:
    reader.reads()
    hasten(reader.database)
    assert reader.is_due


def test_a_feed_has_its_own_pace(reader: Reader) -> None:
    reader.feed = replace(reader.feed, poll=timedelta(hours=2))
    assert reader.reads() == 7200


def test_a_feed_that_fails_is_read_ever_later_up_to_an_hour(reader: Reader) -> None:
    reader.served.at("/feed/", status=500)
    assert [reader.reads() for _ in range(8)] == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert (reader.row.failures, "has a fault (500)" in reader.row.error) == (8, True)


def test_a_feed_that_can_be_read_again_forgets_its_failures(reader: Reader) -> None:
    reader.served.at("/feed/", status=500)
    for _ in range(4):
        reader.reads()
    reader.served.at("/feed/", rss(BlogPost(1)))
    assert reader.reads() == 60
    assert (reader.row.failures, reader.row.error, reader.row.error_at) == (0, "", None)


@pytest.mark.parametrize(("asked_for", "kept"), [(7200, 7200), (5, 60)], ids=["longer than ours", "shorter than ours"])
def test_the_time_that_a_busy_server_asks_for_is_kept(reader: Reader, asked_for: int, kept: int) -> None:
    reader.served.at("/feed/", status=429, retry_after=str(asked_for))
    assert reader.reads() == kept


def test_a_server_that_is_away_is_a_failure_too(reader: Reader) -> None:
    reader.feed = replace(reader.feed, url="http://127.0.0.1:9/feed/")
    assert reader.reads() == 60
    assert "could not be read" in reader.row.error


def test_a_feed_that_is_gone_for_good_is_never_read_again_and_told_once(reader: Reader, clock) -> None:
    reader.served.at("/feed/", status=410)
    reader.reads()
    clock.shift(timedelta(days=7))
    hasten(reader.database)
    assert not reader.is_due
    (only,) = told(reader.database)
    assert "is gone for good (410)" in only


def test_a_feed_that_is_gone_is_read_again_under_another_address(reader: Reader) -> None:
    reader.served.at("/feed/", status=410)
    reader.reads()
    reader.feed = replace(reader.feed, url=reader.served.at("/new/", rss(BlogPost(1))))
    assert reader.is_due
    reader.reads()
    assert (reader.row.gone, reader.row.error) == (False, "")


def test_a_feed_that_moved_for_good_is_read_on_and_told_once(reader: Reader) -> None:
    new = reader.served.at("/new/", rss(BlogPost(1)))
    reader.served.at("/feed/", status=301, location=new)
    for _ in range(3):
        reader.reads()
    assert (reader.row.moved_to, reader.row.url, reader.row.error) == (new, reader.feed.url, "")
    assert told(reader.database) == [
        f"The feed blog has moved for good to {new}. Put that address into the configuration."
    ]


def test_a_server_s_not_modified_is_believed_for_an_hour_and_no_longer(reader: Reader, clock) -> None:
    for minutes in (0, 30, 30, 1, 1):
        clock.shift(timedelta(minutes=minutes))
        reader.reads()
    assert [condition for _, condition in reader.asked] == [None, '"one"', '"one"', None, '"one"']


def test_another_address_is_read_from_its_beginning_and_its_known_posts_are_not_new(reader: Reader) -> None:
    reader.reads()
    reader.served.at("/new/", rss(BlogPost(2, "A newer one"), BlogPost(1)))
    reader.feed = replace(reader.feed, url=f"{reader.served.url}/new/")
    assert reader.is_due
    reader.reads()
    assert reader.asked == [("/feed/", None), ("/new/", None)]
    (only,) = reader.planned
    assert "A newer one" in str(only.draft)


def test_a_reading_says_whether_deliveries_were_planned(reader: Reader) -> None:
    assert not poll.poll(reader.database, reader.feed, [reader.channel])
    reader.served.at("/feed/", rss(BlogPost(2), BlogPost(1)))
    assert poll.poll(reader.database, reader.feed, [reader.channel])
    assert not poll.poll(reader.database, reader.feed, [reader.channel])


def test_the_team_hears_once_of_a_feed_that_fails_for_half_an_hour(reader: Reader, clock) -> None:
    reader.reads()
    reader.served.at("/feed/", status=500)
    heard = []
    for minutes in (0, 30, 1, 60):
        clock.shift(timedelta(minutes=minutes))
        reader.reads()
        heard.append(len(told(reader.database)))
    assert heard == [0, 0, 1, 1]
    assert "The feed blog cannot be read." in told(reader.database)[0]


def test_the_team_hears_again_of_a_feed_that_fails_another_time(reader: Reader, clock) -> None:
    for _ in range(2):
        reader.served.at("/feed/", status=500)
        for minutes in (0, 31):
            clock.shift(timedelta(minutes=minutes))
            reader.reads()
        reader.served.at("/feed/", rss(BlogPost(1)))
        reader.reads()
    assert len(told(reader.database)) == 2
