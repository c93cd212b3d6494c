"""A WordPress blog's own story: what its documents and pages say, and what is public because of it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Row, Table, func, select

from bot.desk.decisions import By, release
from bot.ledger.database import Database
from bot.ledger.deliveries import Ledger, find
from bot.ledger.entries import pages_due
from bot.ledger.records import held_of_feed
from bot.ledger.schema import deliveries, entries, feeds, identities
from bot.model import Channel, Delivery, Feed, Hold, State
from bot.simulator import Published, Simulator
from bot.steps import deliver, look, poll
from tests.making import servers
from tests.making.kinds import staged
from tests.making.ledger import a_channel, told
from tests.making.servers import Served
from tests.making.wordpress import BlogPost, atom, page, password_form, rss

served = servers.served


@dataclass
class Blog:
    """A blog on a real server, the feed that is read from it, and X to publish to."""

    served: Served
    ledger: Ledger
    channel: Channel
    simulator: Simulator

    @property
    def feed(self) -> Feed:
        return Feed("blog", f"{self.served.url}/feed/", "The Cancer Blog", loopback=True)

    def post(self, number: int, title: str = "", **values: Any) -> BlogPost:
        """A post with a page that anybody can read."""
        link = values.pop("link", f"{self.served.url}/2026/11/post-{number}/")
        self.served.at(urlsplit(link).path, page())
        return BlogPost(number, title or f"Post {number}", link=link, **values)

    def shows(self, *posts: BlogPost) -> None:
        """The feed shows these from now on, newest first."""
        self.served.at("/feed/", rss(*posts))

    def is_read(self) -> bool:
        return poll.poll(self.ledger.database, self.feed, [self.channel])

    def works(self) -> None:
        """One round: the feed is read, pages are looked at, and what is due goes out."""
        self.is_read()
        for entry_id in pages_due(self.ledger.database):
            look.look(self.ledger.database, entry_id, [self.channel], loopback=True)
        while deliver.deliver(self.ledger, self.channel):
            pass

    @property
    def public(self) -> list[Published]:
        return self.simulator.twitter.published

    @property
    def titles(self) -> list[str]:
        """The first lines of what is public, in the order in which it appeared."""
        return [post.text.partition("\n")[0] for post in self.public]

    @property
    def planned(self) -> list[Delivery]:
        with self.ledger.database.read() as connection:
            return find(connection, deliveries.c.id > 0)

    @property
    def row(self) -> Row[Any]:
        with self.ledger.database.read() as connection:
            return connection.execute(select(feeds)).one()


@pytest.fixture
def blog(on_sqlite: Ledger, served: Served, simulator: Simulator, clock) -> Blog:
    """A blog with two old posts, whose feed was read once."""
    made = Blog(served, on_sqlite, a_channel(on_sqlite.database, "x", staged("twitter", simulator).adapter), simulator)
    made.shows(made.post(2), made.post(1))
    made.works()
    return made


def test_the_first_reading_publishes_nothing(blog: Blog) -> None:
    assert blog.public == blog.planned == []
    assert blog.row.title == "The Cancer Blog"


def test_an_edited_title_under_another_address_publishes_nothing(blog: Blog) -> None:
    blog.shows(blog.post(2, "Post 2 (CORRECTED)", link=f"{blog.served.url}/2026/11/renamed/"), blog.post(1))
    blog.works()
    assert blog.public == []


def test_a_post_written_long_ago_and_scheduled_for_today_is_published_once(blog: Blog) -> None:
    blog.shows(blog.post(30, "Scheduled post", guid="https://blog.example/?p=0"), blog.post(2), blog.post(1))
    for _ in range(2):
        blog.works()
    assert blog.titles == ["Scheduled post"]


def shows_a_burst(blog: Blog) -> list[BlogPost]:
    """Fourteen posts within a moment: ten stand in the feed, the others on the page behind it."""
    burst = [blog.post(number) for number in range(16, 2, -1)]
    blog.shows(*burst[:10])
    blog.served.at("/feed/?paged=2", rss(*burst[10:], blog.post(2), blog.post(1), title="Page 2 &#8211; The Blog"))
    return burst


def test_a_burst_longer_than_the_feed_is_held_whole_and_told_once(blog: Blog) -> None:
    shows_a_burst(blog)
    for _ in range(2):
        blog.works()
    assert [delivery.holds for delivery in blog.planned] == [{Hold.GUARD}] * 14
    (only,) = told(blog.ledger.database)
    assert "14 entries turned up at once" in only
    assert blog.public == []


def test_a_burst_that_a_person_releases_goes_out_once_each_in_order(blog: Blog) -> None:
    burst = shows_a_burst(blog)
    blog.works()
    for one in held_of_feed(blog.ledger.database, "blog"):
        release(By(blog.ledger.database, "ana"), one.delivery.id)
    for _ in range(2):
        blog.works()
    assert blog.titles == [post.title for post in reversed(burst)]


def test_a_page_that_asks_for_a_password_is_never_shared_even_when_released(blog: Blog, clock) -> None:
    members_only = blog.post(3, "Protected: Members only")
    blog.served.at("/2026/11/post-3/", page(password_form("Dieser Inhalt ist passwortgeschützt.")))
    blog.shows(members_only, blog.post(2), blog.post(1))
    blog.works()
    (held,) = blog.planned
    release(By(blog.ledger.database, "ana"), held.id)
    clock.shift(60)
    blog.works()
    assert [(one.state, one.holds) for one in blog.planned] == [(State.HELD, {Hold.NOT_PUBLIC})]
    assert "asks for a password" in told(blog.ledger.database)[-1]
    assert blog.public == []


def test_a_post_withdrawn_before_it_went_out_is_held(blog: Blog) -> None:
    blog.shows(blog.post(3, "Withdrawn"), blog.post(2), blog.post(1))
    blog.served.at("/2026/11/post-3/", page(), status=404)
    blog.works()
    assert [(one.state, one.holds) for one in blog.planned] == [(State.HELD, {Hold.NOT_PUBLIC})]
    assert "“Withdrawn” is not shared." in told(blog.ledger.database)[0]


def test_the_same_posts_as_atom_are_not_new(blog: Blog) -> None:
    blog.served.at("/feed/", atom(blog.post(2), blog.post(1)))
    blog.works()
    assert (blog.planned, blog.row.error) == ([], "")
    blog.served.at("/feed/", atom(blog.post(3, "Written as Atom"), blog.post(2), blog.post(1)))
    blog.works()
    assert blog.titles == ["Written as Atom"]


@pytest.mark.parametrize("broken", ["truncated", "a web page", "empty", "an error of the database"])
def test_a_broken_document_changes_nothing_and_what_it_hid_is_published_later(blog: Blog, broken: str, clock) -> None:
    posts = blog.post(3, "Hidden for a while"), blog.post(2), blog.post(1)
    pages = {"truncated": rss(*posts)[:-150], "a web page": page(), "empty": b""}
    status = 500 if broken not in pages else 200
    before = blog.row
    blog.served.at("/feed/", pages.get(broken, rss(*posts)), status, etag='"new"', last_modified="now")
    blog.works()
    after = blog.row
    assert (after.etag, after.last_modified, after.body_hash) == (before.etag, before.last_modified, before.body_hash)
    assert (after.error != "", after.error_at is not None, blog.planned) == (True, True, [])
    blog.shows(*posts)
    blog.works()
    assert (blog.titles, blog.row.error, blog.row.error_at) == (["Hidden for a while"], "", None)


def test_a_feed_that_has_not_changed_says_so_and_nothing_is_read(blog: Blog, clock) -> None:
    document = rss(blog.post(3, "Once"), blog.post(2), blog.post(1))

    def answers(handler: BaseHTTPRequestHandler) -> None:
        unchanged = handler.headers["If-None-Match"] == '"third"' and handler.headers["If-Modified-Since"] == "today"
        handler.send_response(304 if unchanged else 200)
        handler.send_header("ETag", '"third"')
        handler.send_header("Last-Modified", "today")
        handler.send_header("Content-Length", "0" if unchanged else str(len(document)))
        handler.end_headers()
        handler.wfile.write(b"" if unchanged else document)

    blog.served.does("/feed/", answers)
    blog.works()
    clock.shift(60)
    blog.works()
    assert blog.served.asked[-1][1]["If-None-Match"] == '"third"'
    assert (blog.titles, blog.row.etag, blog.row.error) == (["Once"], '"third"', "")


def test_a_document_is_not_forgotten_by_a_daemon_that_dies_while_it_writes(blog: Blog) -> None:
    blog.shows(blog.post(3, "Written in the end"), blog.post(2), blog.post(1))
    broken = replace(blog.channel, adapter=None)  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        poll.poll(blog.ledger.database, blog.feed, [broken])
    blog.works()
    assert blog.titles == ["Written in the end"]


@pytest.fixture
def two_daemons(database: Database) -> Iterator[list[Database]]:
    """Two daemons' own connections to one ledger."""
    url = database.url.render_as_string(hide_password=False)
    opened = [Database(url), Database(url)]
    yield opened
    for each in opened:
        each.close()


def shows_both_together(served: Served, read: list[Feed], *posts: BlogPost) -> None:
    """Each of two readings is answered only when the other has asked as well."""
    both, document = Barrier(2), rss(*posts)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        both.wait(60)
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n" + document)

    for feed in read:
        served.does(urlsplit(feed.url).path, answer)


def count(database: Database, table: Table) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.mark.parametrize("names", [("blog", "blog"), ("blog", "videos")], ids=["one feed", "two feeds of one blog"])
def test_two_daemons_that_read_at_the_same_time_take_a_post_in_once(
    two_daemons: list[Database], served: Served, names: tuple[str, str]
) -> None:
    first, channel = two_daemons[0], a_channel(two_daemons[0])
    read = [Feed(name, served.at(f"/{name}/feed/", rss(BlogPost(0))), "B", guard=99, loopback=True) for name in names]
    for feed in read:
        poll.poll(first, feed, [channel])
    shows_both_together(served, read, *map(BlogPost, range(12, -1, -1)))
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda daemon, feed: poll.poll(daemon, feed, [channel]), two_daemons, read))
    assert [count(first, table) for table in (deliveries, entries, identities)] == [12, 13, 26]
