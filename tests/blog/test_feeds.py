"""Reading a feed over the network: unchanged, moved, refused, cut off, and longer than one page."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from bot.blog.feeds import FeedError, Reading, Validators, further_pages, read
from bot.model import Entry
from tests.making import servers
from tests.making.servers import Served
from tests.making.wordpress import BlogPost, page, rss

served = servers.served

NOTHING_KNOWN = Validators()


def first(url: str, validators: Validators = NOTHING_KNOWN, **options: bool) -> Reading:
    return read(url, validators, loopback=True, **options)


def refused(url: str) -> FeedError:
    with pytest.raises(FeedError) as error:
        first(url)
    return error.value


def posts(*numbers: int) -> bytes:
    return rss(*map(BlogPost, numbers))


def behind(served: Served, known: Callable[[Entry], bool], path: str = "/feed/", **options: int) -> list[str]:
    """The numbers of the posts on the further pages, as their guids end."""
    document = first(served.url + path).document
    assert document is not None
    entries = further_pages(served.url + path, document, known, loopback=True, **options)
    return [entry.guid.rpartition("=")[2] for entry in entries]


def all_new(_: Entry) -> bool:
    return False


def up_to(number: int) -> Callable[[Entry], bool]:
    return lambda entry: int(entry.guid.rpartition("=")[2]) <= number


def test_a_feed_is_read_whole_at_first_sight(served: Served) -> None:
    reading = first(served.at("/feed/", posts(2, 1), etag='"abc"', last_modified="Sun, 22 Nov 2026 06:00:02 GMT"))
    assert reading.document is not None
    assert [entry.link[-7:] for entry in reading.document.entries] == ["post-2/", "post-1/"]
    assert (reading.validators.etag, reading.validators.last_modified[:11]) == ('"abc"', "Sun, 22 Nov")
    asked = served.asked[0][1]
    assert "application/rss+xml" in asked["Accept"]
    assert (asked["If-None-Match"], asked["If-Modified-Since"]) == (None, None)


@pytest.mark.parametrize(("changed", "kept"), [("12:00:00", False), ("11:59:59", False), ("11:59:50", True)])
def test_validators_of_a_feed_that_changed_a_moment_ago_are_not_kept(
    served: Served, clock: object, changed: str, kept: bool
) -> None:
    url = served.at("/feed/", posts(1), etag='"abc"', last_modified=f"Sun, 22 Nov 2026 {changed} GMT")
    validators = first(url).validators
    assert (bool(validators.etag), bool(validators.last_modified)) == (kept, kept)
    assert first(url, validators).document is None, "the same body is known by its hash"


def test_the_next_time_both_conditions_are_sent_and_304_means_unchanged(served: Served) -> None:
    known = Validators('W/"abc"', "Sun, 22 Nov 2026 06:00:02 GMT", "of the body")
    assert first(served.at("/feed/", status=304), known) == Reading(None, known)
    asked = served.asked[0][1]
    assert (asked["If-None-Match"], asked["If-Modified-Since"]) == ('"abc"', "Sun, 22 Nov 2026 06:00:02 GMT")


def test_the_same_body_again_is_unchanged_whatever_the_server_says(served: Served) -> None:
    validators = first(served.at("/feed/", posts(1), etag='"1"')).validators
    again = first(served.at("/feed/", posts(1), etag='"2"'), validators)
    assert again.document is None
    assert (again.validators.etag, again.validators.body_hash) == ('"2"', validators.body_hash)


def test_an_unconditional_read_asks_for_the_whole_feed(served: Served) -> None:
    reading = first(served.at("/feed/", posts(1)), Validators('"abc"', "yesterday", "another"), unconditional=True)
    assert reading.document is not None
    assert served.asked[0][1]["If-None-Match"] is None


def test_a_304_that_nobody_asked_for_is_an_error(served: Served) -> None:
    assert "(304)" in str(refused(served.at("/feed/", status=304)))


def test_a_packed_feed_is_unpacked(served: Served) -> None:
    assert first(served.at("/feed/", gzip.compress(posts(1)), content_encoding="gzip")).document is not None
    assert "gzip" in served.asked[0][1]["Accept-Encoding"]


def test_a_feed_that_moved_for_good_is_read_and_says_where_to(served: Served) -> None:
    served.at("/new/", posts(1))
    assert first(served.at("/feed/", status=301, location="/new/")).moved_to == served.url + "/new/"
    assert first(served.at("/feed/", status=302, location="/new/")).moved_to == ""


def test_a_feed_that_is_gone_is_gone(served: Served) -> None:
    error = refused(served.at("/feed/", status=410))
    assert error.gone
    assert str(error).endswith("/feed/ says that the feed is gone for good (410).")


@pytest.mark.parametrize("asks", ["3600", "Sun, 22 Nov 2026 13:00:00 GMT"])
@pytest.mark.parametrize("status", [429, 503])
def test_the_time_a_busy_server_asks_for_is_passed_on(
    served: Served, status: int, asks: str, clock: time_machine.Coordinates
) -> None:
    error = refused(served.at("/feed/", status=status, retry_after=asks))
    assert (error.retry_after, error.gone) == (timedelta(hours=1), False)


@pytest.mark.parametrize("status", [204, 400, 401, 403, 404, 500, 502])
def test_every_other_status_is_an_error_that_names_the_place_and_no_secret(served: Served, status: int) -> None:
    url = served.at("/feed/?key=secret", posts(1), status=status).replace("://", "://team:secret@")
    sentence = str(refused(url))
    assert sentence.startswith(f"{served.url[7:]}/feed/ ")
    assert sentence.endswith(f"({status}).")
    assert "secret" not in sentence


@pytest.mark.parametrize(
    "body", [page().encode(), b"", posts(1)[:-20], b'{"cut": ', b"Service temporarily unavailable"]
)
def test_what_is_no_whole_feed_is_an_error_and_never_an_empty_feed(served: Served, body: bytes) -> None:
    assert str(refused(served.at("/feed/", body))).startswith(f"{served.url[7:]}/feed/ ")


def test_a_feed_whose_connection_broke_is_an_error_even_where_no_length_was_told(served: Served) -> None:
    assert "cut off" in str(refused(served.raw("/feed/", b"HTTP/1.1 200 OK\r\n\r\n", posts(1, 2)[:900])))


def test_nobody_there_is_an_error_with_a_sentence() -> None:
    assert str(refused("http://127.0.0.1:9/feed/")) == "127.0.0.1:9/feed/ could not be read (ConnectionError)."


def test_a_burst_longer_than_the_feed_is_read_from_the_pages_behind(served: Served) -> None:
    served.at("/feed/", posts(9, 8, 7))
    served.at("/feed/?paged=2", posts(6, 5, 4))
    served.at("/feed/?paged=3", posts(3, 2, 1))
    assert behind(served, up_to(2)) == ["6", "5", "4", "3"]


def test_nothing_more_is_read_when_the_first_page_shows_a_known_entry(served: Served) -> None:
    served.at("/feed/", posts(9, 8, 7))
    assert behind(served, up_to(7)) == []
    assert len(served.asked) == 1


@pytest.mark.parametrize("status", [404, 410, 400])
def test_the_pages_end_where_the_blog_says_so(served: Served, status: int) -> None:
    served.at("/feed/", posts(4, 3))
    served.at("/feed/?paged=2", posts(2, 1))
    served.at("/feed/?paged=3", rss(title="Page not found"), status=status)
    assert behind(served, all_new) == ["2", "1"]


def test_the_pages_end_with_an_empty_one(served: Served) -> None:
    served.at("/feed/", posts(2))
    served.at("/feed/?paged=2", posts())
    assert behind(served, all_new) == []


def test_a_blog_that_knows_no_pages_shows_the_same_again_and_that_is_enough(served: Served) -> None:
    served.at("/feed/", posts(2, 1))
    served.at("/feed/?paged=2", posts(2, 1))
    assert behind(served, all_new) == []
    assert len(served.asked) == 2


def test_an_entry_that_slid_to_the_next_page_meanwhile_counts_once(served: Served) -> None:
    served.at("/feed/", posts(4, 3))
    served.at("/feed/?paged=2", posts(3, 2))
    assert behind(served, up_to(1)) == ["2"]


def test_pages_are_asked_for_beside_what_the_address_asks_already(served: Served) -> None:
    served.at("/?feed=rss2&paged=1", posts(2))
    served.at("/?feed=rss2&paged=2", posts(1))
    assert behind(served, all_new, "/?feed=rss2&paged=1") == ["1"]


def test_at_most_so_many_pages_are_read(served: Served) -> None:
    served.at("/feed/", posts(100))
    for number in range(2, 9):
        served.at(f"/feed/?paged={number}", posts(100 - number))
    assert behind(served, all_new, at_most=4) == ["98", "97", "96"]


@pytest.mark.parametrize("status", [500, 429])
def test_a_page_that_fails_fails_the_whole_reading_so_that_nothing_is_lost(served: Served, status: int) -> None:
    served.at("/feed/", posts(4, 3))
    served.at("/feed/?paged=2", posts(2), status=status)
    with pytest.raises(FeedError, match=f"({status})"):
        behind(served, all_new)
