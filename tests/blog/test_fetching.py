"""Addresses from outside: what is refused, what is followed, and when reading stops."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.blog.fetching import FetchError, fetch, place
from tests.making import servers
from tests.making.servers import Served

served = servers.served

OK = b"HTTP/1.1 200 OK\r\n"


def refused(url: str, **options: object) -> str:
    with pytest.raises(FetchError) as error:
        fetch(url, **options)  # type: ignore[arg-type]
    return str(error.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/feed",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.0.0.1/",
        "http://0.0.0.0/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[fe80::1]/",
        "http://[64:ff9b::a00:1]/",
        "http://100.64.0.1/",
    ],
)
def test_a_private_or_reserved_address_is_never_read(url: str) -> None:
    assert "private or reserved address" in refused(url)


def test_the_rehearsal_may_read_this_machine_but_no_other_private_address(served: Served) -> None:
    assert fetch(served.at("/", "yes"), loopback=True).body == b"yes"
    assert "private" in refused("http://10.0.0.1/", loopback=True)


def test_a_redirect_to_a_private_address_is_refused(served: Served) -> None:
    url = served.at("/", status=302, location="http://169.254.169.254/latest/")
    assert refused(url, loopback=True).startswith("169.254.169.254/latest/ is at a private")


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/", "gopher://127.0.0.1/", "javascript:1"])
def test_only_http_and_https_are_read_also_after_a_redirect(served: Served, target: str) -> None:
    assert "is not an http or https address" in refused(target)
    assert "is not an http or https address" in refused(served.at("/", status=301, location=target), loopback=True)


@pytest.mark.parametrize("url", ["", "http://", "http://[bad/", "http://host:99999/", "http://" + "a" * 70 + ".org/"])
def test_what_is_no_address_is_refused_with_a_sentence(url: str) -> None:
    assert refused(url).endswith(".")


def test_a_feed_that_moved_for_good_tells_where_to(served: Served) -> None:
    served.at("/new", "here")
    served.at("/newer", status=308, location="/new")
    fetched = fetch(served.at("/old", status=301, location="/newer"), loopback=True)
    assert (fetched.body, fetched.moved_to, fetched.url) == (b"here", served.url + "/new", served.url + "/new")


def test_one_temporary_redirect_on_the_way_and_nothing_has_moved_for_good(served: Served) -> None:
    served.at("/new", "here")
    served.at("/newer", status=302, location="/new")
    fetched = fetch(served.at("/old", status=301, location="/newer"), loopback=True)
    assert (fetched.body, fetched.moved_to) == (b"here", "")


def test_where_a_feed_moved_to_is_told_without_the_password(served: Served) -> None:
    served.at("/new", "here")
    url = served.at("/old", status=301, location="/new").replace("://", "://team:secret@")
    assert fetch(url, loopback=True).moved_to == served.url + "/new"


def test_a_ring_of_redirects_ends_after_five(served: Served) -> None:
    assert "more than 5 times" in refused(served.at("/", status=301, location="/"), loopback=True)
    assert len(served.asked) == 6


def test_a_status_is_an_answer_and_comes_with_the_time_the_server_asks_for(served: Served) -> None:
    fetched = fetch(served.at("/", "busy", status=503, retry_after="120"), loopback=True)
    assert (fetched.status, fetched.body, fetched.retry_after) == (503, b"busy", timedelta(minutes=2))


def test_cookies_are_not_carried_from_hop_to_hop(served: Served) -> None:
    served.at("/new", "here")
    fetch(served.at("/old", status=302, location="/new", set_cookie="a=b"), loopback=True)
    assert [headers.get("Cookie") for _, headers in served.asked] == [None, None]


def test_it_says_who_it_is(served: Served) -> None:
    fetch(served.at("/"), {"Accept": "text/html"}, loopback=True)
    assert (served.asked[0][1]["User-Agent"], served.asked[0][1]["Accept"]) == ("Oncecast/0.1", "text/html")


def test_proxies_of_the_environment_are_not_used(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert fetch(served.at("/", "direct"), loopback=True).body == b"direct"


@pytest.mark.parametrize(
    "beginning",
    [
        OK + b"Content-Length: 90000\r\n\r\n",
        OK + b"\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n30000\r\n",
        b"",
    ],
    ids=["with a length", "without a length", "chunked", "in the headers"],
)
def test_a_reply_that_trickles_in_is_cut_off_at_the_deadline(served: Served, beginning: bytes) -> None:
    drops = [b"HTTP/1.1 200 OK\r\nX-Slow: "] if not beginning else [beginning]
    url = served.raw("/", *drops, *[b"."] * 5_000, pause=0.02)
    begun = time.monotonic()
    assert "did not answer whole within 0.3 seconds" in refused(url, loopback=True, seconds=0.3)
    assert time.monotonic() - begun < 20  # the whole reply takes five times as long


def test_a_reply_over_the_cap_is_refused(served: Served) -> None:
    assert "larger than 1,000 bytes" in refused(served.at("/", b"x" * 1_001), loopback=True, cap=1_000)
    assert len(fetch(served.at("/", b"x" * 1_000), loopback=True, cap=1_000).body) == 1_000


def test_the_cap_counts_unpacked_bytes(served: Served) -> None:
    bomb = gzip.compress(gzip.compress(bytes(50_000_000)))
    url = served.at("/", bomb, content_encoding="gzip, gzip")
    assert "larger than 100,000 bytes" in refused(url, loopback=True, cap=100_000)


@pytest.mark.parametrize(
    "reply",
    [
        OK + b"Content-Length: 100\r\n\r\nonly this",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello",
        OK + b"Content-Encoding: gzip\r\nContent-Length: 7\r\n\r\nnot it!",
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ],
    ids=["short", "no last chunk", "half a chunk", "no chunk", "not gzip", "nothing", "not http"],
)
def test_a_reply_cut_off_on_its_way_is_not_believed(served: Served, reply: bytes) -> None:
    assert "could not be read (" in refused(served.raw("/", reply), loopback=True)


def test_nobody_there_is_an_error_too() -> None:
    assert "could not be read (ConnectionError)" in refused("http://127.0.0.1:9/", loopback=True)


def test_errors_name_host_and_path_only() -> None:
    assert place("https://team:secret@example.org:8080/feed?key=secret#x") == "example.org:8080/feed"
    assert "secret" not in refused("http://team:secret@127.0.0.1:9/feed?key=secret", loopback=True)


@pytest.mark.parametrize("seconds", ["1", "0", "Sun, 22 Nov 2026 12:00:00 GMT", "soon", ""])
def test_any_retry_after_can_be_read(served: Served, seconds: str, clock: Callable[[], object]) -> None:
    waits = {"1": timedelta(seconds=1), "0": timedelta(0), "Sun, 22 Nov 2026 12:00:00 GMT": timedelta(0)}
    assert fetch(served.at("/", status=429, retry_after=seconds), loopback=True).retry_after == waits.get(seconds)
