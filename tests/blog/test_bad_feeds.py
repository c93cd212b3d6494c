"""Feeds that are hostile or broken: an error, or entries as a person would read them, soon, and no other feed waits."""

from __future__ import annotations

import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from threading import Event

import pytest
import time_machine
from sqlalchemy import select

from benchmarks import fuzz
from bot.ledger.database import Database
from bot.ledger.deliveries import Ledger, find
from bot.ledger.schema import deliveries, entries, feeds
from bot.model import Feed, Hold
from bot.steps import poll
from tests.making import servers
from tests.making.hostile import CORPUS, Case
from tests.making.ledger import a_channel, told
from tests.making.measuring import until
from tests.making.servers import Served
from tests.making.wordpress import BlogPost, rss

served = servers.served

SECONDS, BYTES = 5.0, 250_000_000
"""What a document may take of one processor, and of memory, the document itself among it."""


def feed_at(url: str, name: str = "bad") -> Feed:
    return Feed(name, url, f"The blog of {name}", loopback=True)


def titles(database: Database, feed: Feed) -> tuple[str, ...]:
    """The titles that the ledger has from a feed, in the document's order."""
    with database.read() as connection:
        ours = select(entries.c.title).where(entries.c.blog == feed.blog).order_by(entries.c.id.desc())
        return tuple(connection.execute(ours).scalars())


def error(database: Database, feed: Feed) -> str:
    """What the ledger says is wrong with a feed."""
    with database.read() as connection:
        return str(connection.execute(select(feeds.c.error).where(feeds.c.name == feed.name)).scalar_one())


def read(database: Database, served: Served, case: Case) -> Feed:
    """Read a document of the corpus as the daemon would."""
    feed = feed_at(served.at("/bad/", case.body(), **dict(case.headers)))
    poll.poll(database, feed, [])
    return feed


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_document_is_an_error_or_entries_within_seconds(name: str, on_sqlite: Ledger, served: Served) -> None:
    begun = time.process_time()  # of all threads: the document is fetched in one and read in another
    feed = read(on_sqlite.database, served, CORPUS[name])
    assert time.process_time() - begun < SECONDS
    assert titles(on_sqlite.database, feed) == CORPUS[name].titles
    assert CORPUS[name].error in error(on_sqlite.database, feed)
    assert bool(CORPUS[name].error) == bool(error(on_sqlite.database, feed))


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_document_takes_little_memory(name: str, on_sqlite: Ledger, served: Served) -> None:
    tracemalloc.start()
    try:
        read(on_sqlite.database, served, CORPUS[name])
        assert tracemalloc.get_traced_memory()[1] < BYTES
    finally:
        tracemalloc.stop()


def test_a_good_feed_is_read_while_a_bad_one_drips(on_sqlite: Ledger, served: Served) -> None:
    enough = Event()

    def drips(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not enough.wait(0.02):
            handler.wfile.write(b"<")

    bad, good = feed_at(served.does("/bad/", drips)), feed_at(served.at("/good/", rss(BlogPost(1, "Fine"))), "good")
    with ThreadPoolExecutor() as pool:
        reading = pool.submit(poll.poll, on_sqlite.database, bad, [])
        until(lambda: [path for path, _ in served.asked] == ["/bad/"])
        poll.poll(on_sqlite.database, good, [])
        assert not reading.done()
        enough.set()
    assert titles(on_sqlite.database, good) == ("Fine",)
    assert error(on_sqlite.database, bad)


def test_a_good_feed_is_read_beside_a_heavy_one(on_sqlite: Ledger, served: Served) -> None:
    heavy = feed_at(served.at("/bad/", CORPUS["200,000 nested elements"].body()))
    good = feed_at(served.at("/good/", rss(BlogPost(1, "Fine"))), "good")
    with ThreadPoolExecutor() as pool:
        pool.submit(poll.poll, on_sqlite.database, heavy, [])
        poll.poll(on_sqlite.database, good, [])
    assert titles(on_sqlite.database, good) == ("Fine",)
    assert error(on_sqlite.database, heavy)


def test_a_feed_whose_guids_change_at_every_fetch_is_the_same_feed_and_publishes_nothing(
    on_sqlite: Ledger, served: Served, clock: time_machine.Coordinates
) -> None:
    feed, channel = feed_at(served.url + "/bad/"), a_channel(on_sqlite.database)
    for fetched in range(4):
        posts = [BlogPost(number, f"Post {number}", guid=f"{number}-{fetched}") for number in range(8)]
        served.at("/bad/", rss(*posts))
        poll.poll(on_sqlite.database, feed, [channel])
        clock.shift(61)
    assert len(titles(on_sqlite.database, feed)) == 8
    assert planned(on_sqlite.database) == []


def test_a_feed_whose_guids_and_links_change_at_every_fetch_is_held_for_a_person(
    on_sqlite: Ledger, served: Served, clock: time_machine.Coordinates
) -> None:
    feed, channel = feed_at(served.url + "/bad/"), a_channel(on_sqlite.database)
    for fetched in range(4):
        address = f"http://blog.example/{fetched}"
        posts = [BlogPost(n, f"Post {n}", guid=f"{n}-{fetched}", link=f"{address}/{n}/") for n in range(3)]
        served.at("/bad/", rss(*posts))
        poll.poll(on_sqlite.database, feed, [channel])
        clock.shift(61)
    assert len(planned(on_sqlite.database)) == 9
    assert all(Hold.GUARD in holds for holds in planned(on_sqlite.database))
    assert any("as when a blog has moved" in text for text in told(on_sqlite.database))


def planned(database: Database) -> list[frozenset[Hold]]:
    """Why each delivery of the ledger waits."""
    with database.read() as connection:
        return [delivery.holds for delivery in find(connection, deliveries.c.id > 0)]


@pytest.mark.parametrize("target", fuzz.TARGETS)
def test_whatever_is_read_is_understood_or_refused_with_a_sentence(target: str) -> None:
    fuzz.run(target, seed=1, examples=150)
