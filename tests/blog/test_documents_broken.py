"""Documents that are cut off, broken, or no feeds: refused with a sentence, or read as far as they are whole."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.blog.documents import DocumentError, parse
from bot.model import Document, Entry
from tests.making.wordpress import BLOG, FEED, BlogPost, atom, page, rdf, rss, rss092

PIECES = [
    b"</item>",
    b"<item>",
    b"]]>",
    b"<![CDATA[",
    b"&x;",
    b"<!--",
    b' encoding="punycode"',
    b'xml:base="[/"',
    b"<div>",
]


def read(body: bytes | str) -> Document:
    return parse(body.encode() if isinstance(body, str) else body, "", FEED)


def only(body: bytes) -> Entry:
    (entry,) = read(body).entries
    return entry


def refused(body: bytes | str) -> str:
    with pytest.raises(DocumentError) as error:
        read(body)
    return str(error.value)


@pytest.mark.parametrize("feed", [rss, atom, rdf, rss092])
@pytest.mark.parametrize("part", [0.999, 0.9, 0.5])
def test_a_document_cut_off_on_its_way_is_not_believed(feed: Callable[..., bytes], part: float) -> None:
    body = feed(BlogPost(1), BlogPost(2)).rstrip()
    assert (
        refused(body[: int(len(body) * part)])
        == "blog.example/feed/ ends in the middle: the document was cut off on its way."
    )


def test_a_json_feed_cut_off_on_its_way_is_not_believed() -> None:
    assert "not whole JSON" in refused(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": []})[:-3])


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (page(), "blog.example/feed/ is not a feed but an HTML page; look up the address of the blog's feed."),
        ("hello", "blog.example/feed/ is not a feed but something else; look up the address of the blog's feed."),
        (" \n", "blog.example/feed/ answered with nothing; a feed was expected."),
        ('{"a": 1}', "blog.example/feed/ is JSON but not a JSON Feed; look up the address of the blog's feed."),
    ],
)
def test_what_is_no_feed_is_refused_with_a_way_out(body: str, sentence: str) -> None:
    assert refused(body) == sentence


def test_what_readers_commented_is_never_taken_for_posts() -> None:
    comment = BlogPost(1, link=f"{BLOG}/2026/11/post-1/#comment-12")
    assert "give the feed of the blog's posts" in refused(rss(comment))
    assert len(read(rss(comment, BlogPost(2))).entries) == 2, "a post may lead to a comment"
    assert read(rss()).entries == ()


def test_a_sloppy_but_whole_document_is_read() -> None:
    body = (
        rss(BlogPost(1, title="AT&T &nbsp; Caf&eacute;", excerpt="<b>R&D</b> &nbsp; &amp; you")) + b"<!-- cached -->\n"
    )
    assert (only(body).title, only(body).summary) == ("AT&T Café", "R&D & you")
    assert only(body.replace(b"<language>", b"<unclosed><language>")).guid == f"{BLOG}/?p=1"


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_whatever_arrives_is_a_document_or_an_error_with_a_sentence(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([rss, atom, rdf, rss092]))(BlogPost(1), BlogPost(2))
    for _ in range(data.draw(st.integers(1, 3))):
        at, gone = data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, 40))
        whole = whole[:at] + data.draw(st.binary(max_size=8) | st.sampled_from(PIECES)) + whole[at + gone :]
    with contextlib.suppress(DocumentError):
        for entry in read(whole).entries:
            assert entry.guid
            assert entry.link.startswith("http")
