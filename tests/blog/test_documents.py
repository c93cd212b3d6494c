"""Feeds as a person would read them: identity, words, dates, pictures, and what is not believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.blog.documents import parse
from bot.model import Document, Entry
from tests.making.measuring import within
from tests.making.wordpress import BLOG, FEED, BlogPost, atom, rdf, rss, rss092

PICTURE = f"{BLOG}/wp-content/uploads/fig-1.jpg"


def read(body: bytes | str, content_type: str = "") -> Document:
    return parse(body.encode() if isinstance(body, str) else body, content_type, FEED)


def only(body: bytes | str) -> Entry:
    (entry,) = read(body).entries
    return entry


def json_feed(*entries: Any, **more: Any) -> bytes:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "The Blog", "items": entries, **more}
    return json.dumps(feed).encode()


def test_a_wordpress_feed_is_read_as_its_author_meant_it() -> None:
    document = read(rss(BlogPost(7)))
    assert (document.title, document.language) == ("The Cancer Blog", "en-US")
    assert document.entries == (
        Entry(
            guid=f"{BLOG}/?p=7",
            link=f"{BLOG}/2026/11/post-7/",
            title="A title",
            summary="An excerpt.",
            author="María José Núñez",
            categories=("Breast cancer",),
            language="en-US",
            published=datetime(2026, 11, 22, 6, 0, 7, tzinfo=UTC),
        ),
    )


def test_atom_tells_the_same_and_when_a_post_was_changed() -> None:
    told, also = only(rss(BlogPost(7))), only(atom(BlogPost(7)))
    assert (also.guid, also.link, also.title, also.summary) == (told.guid, told.link, told.title, told.summary)
    assert (also.author, also.categories, also.published) == (told.author, told.categories, told.published)
    assert also.published is not None
    assert also.updated == also.published + timedelta(days=1)


def test_rss_1_knows_entries_by_their_address() -> None:
    entry = only(rdf(BlogPost(7)))
    assert entry.guid == entry.link == f"{BLOG}/2026/11/post-7/"
    assert (entry.author, entry.categories) == ("María José Núñez", ("Breast cancer",))
    assert entry.published == datetime(2026, 11, 22, 6, 0, 7, tzinfo=UTC)


def test_without_an_id_an_entry_is_known_by_its_link_however_it_is_written() -> None:
    one = only(rss092(BlogPost(1, link="https://www.blog.example/p/?utm_source=rss")))
    other = only(rss092(BlogPost(1, link="http://blog.example/p")))
    assert one.guid == other.guid == "blog.example/p"
    assert (one.author, one.published) == ("", None)


@pytest.mark.parametrize("guid", [f"{BLOG}/?p=1", "7", "tag:blog.example,2026:7", "some words/7", "a&#038;b"])
def test_an_id_stays_exactly_as_the_document_has_it(guid: str) -> None:
    assert only(rss(BlogPost(1, guid=guid))).guid == guid.replace("&#038;", "&")


@pytest.mark.parametrize(
    ("written", "reads"),
    [
        ("Q&#038;A: a &amp;amp; b", "Q&A: a & b"),
        ("L&#8217;oncologie aujourd&#8217;hui&#160;: à l&#8217;écoute", "L’oncologie aujourd’hui : à l’écoute"),
        ("Überleben: “smart quotes” &#038; 患者 🎗️", "Überleben: “smart quotes” & 患者 🎗️"),
        ("\n\t\tComment on a\n post\t\t", "Comment on a post"),
        ("The &lt;em&gt;BRCA1&lt;/em&gt; gene, p &lt; 0.05", "The BRCA1 gene, p < 0.05"),
        ("Null&#xFFFD;", "Null\ufffd"),
        ('Living with cancer<br/>A guide for <a href="x">carers</a>', "Living with cancer A guide for carers"),
        ("<p>One</p><p>two</p> <FONT color=red>three</FONT> fo<wbr>ur<img src=a>", "One two three four"),
        ("One<!-- two --><script>alert(1)</script><style>p {}</style>", "One"),
        ("The &amp;lt;em&amp;gt;BRCA1&amp;lt;/em&amp;gt; gene", "The BRCA1 gene"),
        ("&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;One", "One"),
        ("p &amp;lt; 0.05, a &lt;b and c&gt; d, x &lt; y", "p < 0.05, a <b and c> d, x < y"),
        ("Law&amp;ethics of Nano&amp;microplastics", "Law&ethics of Nano&microplastics"),
        ("Drug&amp;regulation", "Drug&regulation"),
        ("", ""),
    ],
)
def test_titles_are_read_as_a_person_reads_them(written: str, reads: str) -> None:
    assert only(rss(BlogPost(1, title=written))).title == reads


@pytest.mark.parametrize("feed", [rss, atom, rdf, rss092])
def test_doubly_escaped_titles_read_the_same_in_every_format(feed: Callable[..., bytes]) -> None:
    assert only(feed(BlogPost(1, title="Sticky &#038; escaped &#038;amp; title"))).title == "Sticky & escaped & title"


@pytest.mark.parametrize("feed", [rss, atom])
def test_an_ampersand_between_words_stays_in_a_category(feed: Callable[..., bytes]) -> None:
    assert only(feed(BlogPost(1, categories=("Law&amp;ethics",)))).categories == ("Law&ethics",)


def test_plain_atom_text_keeps_what_looks_like_a_tag() -> None:
    text = atom(BlogPost(1)).replace(b'<title type="html"><![CDATA[A title]]>', b'<title type="text">Why &lt;b&gt;?')
    text = text.replace(b'type="html"><![CDATA[An excerpt.]]>', b'type="text">p &lt;b and c')
    assert (only(text).title, only(text).summary) == ("Why <b>?", "p <b and c")


@pytest.mark.parametrize(
    ("written", "reads"),
    [
        ("Größe &#60; 5 mm &#38; p&#60;0.05. Long sentence [&#8230;]", "Größe < 5 mm & p<0.05. Long sentence…"),
        ("<p>One</p><p>two<br/>three <b>f</b>our</p><script>alert(1)</script><style>p{}</style>", "One two three four"),
        ("H<sub>2</sub>O", "H2O"),
        ("<p>Words [&#8230;]</p>\n<p>The post <a>A</a> appeared first on <a>Blog</a>.</p>", "Words…"),
        ("<![if gte mso 9]>Word<![endif]> wrote this <!-- not this -->", "Word wrote this"),
    ],
)
def test_summaries_are_the_words_without_the_markup(written: str, reads: str) -> None:
    assert only(rss(BlogPost(1, excerpt=written))).summary == reads


def test_without_a_description_the_text_itself_is_the_summary() -> None:
    assert only(rss(BlogPost(1, excerpt="", content="<p>The text.</p><p>More.</p>"))).summary == "The text. More."


def test_a_whole_article_as_description_is_kept_to_its_beginning() -> None:
    summary = only(rss(BlogPost(1, excerpt="word " * 3_000))).summary
    assert len(summary) <= 5_000
    assert summary.endswith("word…")


@pytest.mark.parametrize("piece", ["<div>", "<!--", "<", "<a x='", "<p", "</", "&", "<![", "<img ", "<script>"])
def test_hostile_markup_takes_no_longer_than_other_markup(piece: str) -> None:
    body = rss(BlogPost(1, excerpt=piece * 200_000, content=f"<img src='/a.jpg'>{piece * 200_000}"))
    within(2, lambda: only(body))


def test_a_long_document_is_read_quickly_and_to_its_thousandth_entry() -> None:
    body = rss(*(BlogPost(number, content="<p>Some <b>words</b></p>" * 40) for number in range(2_000)))
    assert len(within(3, lambda: read(body)).entries) == 1_000


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("/2026/post/", f"{BLOG}/2026/post/"),
        ("post two", f"{BLOG}/feed/post%20two"),
        ("//other.example/x?a=1&amp;b=2", "https://other.example/x?a=1&b=2"),
        (f"{BLOG}/%e6%82%a3%e8%80%85/", f"{BLOG}/%e6%82%a3%e8%80%85/"),
    ],
)
def test_relative_links_are_made_whole_and_others_stay_as_they_are(written: str, link: str) -> None:
    assert only(rss(BlogPost(1, link=written))).link == link


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "", "http://[bad"])
def test_an_entry_without_a_web_address_is_left_out(link: str) -> None:
    assert [entry.link for entry in read(rss(BlogPost(1, link=link), BlogPost(2))).entries] == [BlogPost(2).url]


def test_a_guid_stands_for_the_link_only_when_it_is_one() -> None:
    body = '<rss version="2.0"><channel><item><guid>{}</guid><title>T</title></item></channel></rss>'
    assert only(body.format("https://blog.example/p")).link == "https://blog.example/p"
    assert read(body.format("42")).entries == ()


@pytest.mark.parametrize(
    "date", ["Mon, 30 Feb 2026 10:00:00 GMT", "22. November 2026", "Sun, 22 Nov 2026 25:99:99 GMT"]
)
def test_an_impossible_date_is_no_date(date: str) -> None:
    assert only(rss(BlogPost(1)).replace(b"Sun, 22 Nov 2026 06:00:01 +0000", date.encode())).published is None


def test_dates_of_any_zone_are_told_in_utc() -> None:
    written = rss(BlogPost(1)).replace(b"06:00:01 +0000", b"06:00:01 +0130")
    assert only(written).published == datetime(2026, 11, 22, 4, 30, 1, tzinfo=UTC)


def test_categories_and_tags_come_in_order_and_once() -> None:
    names = ("Policy &amp; Advocacy", "日本", "ASCO26", "日本", " ")
    assert only(rss(BlogPost(1, categories=names))).categories == ("Policy & Advocacy", "日本", "ASCO26")


def test_several_authors_are_all_named_and_no_mail_address_is() -> None:
    more = "<dc:creator>Ann Other</dc:creator><author>ann@blog.example</author>"
    assert only(rss(BlogPost(1, author="Ann", more=more))).author == "Ann, Ann Other"


def test_the_picture_a_plugin_names_comes_with_its_description() -> None:
    media = (
        f'<media:content url="{PICTURE}" medium="image"><media:description>A curve</media:description></media:content>'
    )
    enclosure = f'<enclosure url="{PICTURE}" length="1" type="image/jpeg" />'
    entry = only(
        rss(BlogPost(1, more=media + enclosure, content=f'<img src="{PICTURE}" alt="other"><img src="/b.png">'))
    )
    assert entry.images == ((PICTURE, "A curve"), (f"{BLOG}/b.png", ""))
    assert entry.summary == "An excerpt."


def test_the_description_of_one_medium_is_never_another_s() -> None:
    def media(path: str, kind: str, about: str) -> str:
        told = f"<media:description>{about}</media:description>" if about else ""
        return f'<media:content url="{BLOG}/{path}" medium="{kind}">{told}</media:content>'

    two_arms = media("a.jpg", "image", "Arm A") + media("b.jpg", "image", "Arm B")
    film = media("talk.mp4", "video", "Watch our talk") + media("b.jpg", "image", "")
    assert only(rss(BlogPost(1, more=two_arms))).images == ((f"{BLOG}/a.jpg", ""), (f"{BLOG}/b.jpg", ""))
    assert only(rss(BlogPost(1, more=film))).images == ((f"{BLOG}/b.jpg", ""),)


def test_a_small_picture_for_lists_comes_after_those_of_the_text() -> None:
    listed = f'<media:thumbnail url="{BLOG}/small.jpg" />'
    found = only(rss(BlogPost(1, more=listed, content='<img src="/large.jpg" alt="A curve">'))).images
    assert found == ((f"{BLOG}/large.jpg", "A curve"), (f"{BLOG}/small.jpg", ""))


def test_pictures_in_the_text_count_where_no_plugin_names_one() -> None:
    content = '<img src="data:image/gif;base64,R0" data-src="/late.jpg" alt="Sp&auml;t"><IMG SRC=second.png>'
    images = only(rss(BlogPost(1, content=content))).images
    assert images == ((f"{BLOG}/late.jpg", "Spät"), (f"{BlogPost(1).url}second.png", ""))


def test_avatars_emoji_and_counting_pixels_are_no_pictures() -> None:
    avatar = '<media:content url="https://0.gravatar.com/avatar/1" medium="image" />'
    content = '<img src="https://s.w.org/images/core/emoji/1.png"><img src="/count.gif" width="1" height="1">'
    assert only(rss(BlogPost(1, more=avatar, content=content))).images == ()


def test_only_enclosures_that_are_pictures_count_also_in_atom() -> None:
    sound = '<link rel="enclosure" type="audio/mpeg" href="/a.mp3"/>'
    picture = f'<link rel="enclosure" type="image/png" href="{PICTURE}"/>'
    assert only(atom(BlogPost(1, more=sound + picture))).images == ((PICTURE, ""),)


def test_the_page_past_the_end_of_a_wordpress_feed_has_no_entries() -> None:
    assert read(rss(title="Page not found &#8211; The Cancer Blog")).entries == ()


def test_a_json_feed_is_a_feed() -> None:
    told = {"id": 7, "url": "/p/7", "title": "R&D", "content_html": "<p>Words<img src=/a.png alt=A></p>", "tags": ["x"]}
    told |= {"date_published": "2026-11-22T07:00:00+01:00", "authors": [{"name": "Ann"}, {"name": "Ben"}]}
    entry = only(json_feed(told, language="de"))
    assert (entry.guid, entry.link, entry.title, entry.summary) == ("7", f"{BLOG}/p/7", "R&D", "Words")
    assert (entry.author, entry.categories, entry.language) == ("Ann, Ben", ("x",), "de")
    assert (entry.published, entry.images) == (datetime(2026, 11, 22, 6, tzinfo=UTC), ((f"{BLOG}/a.png", "A"),))


@pytest.mark.parametrize("odd", [None, 1, "x", [], {}, {"url": 5}, {"url": "javascript:1", "id": "a"}, {"id": "a"}])
def test_what_is_no_entry_of_a_json_feed_is_passed_over(odd: Any) -> None:
    told = {"id": "\ud800a\x00", "url": "https://blog.example/p", "title": None, "tags": 5, "date_published": "soon"}
    assert only(json_feed(odd, {**told, "authors": [odd], "author": odd})).guid == "a"


def test_the_character_set_is_the_document_s_own_or_else_the_server_s() -> None:
    body = rss(BlogPost(1, title="Café")).decode()
    assert only(body.replace("UTF-8", "UTF-16", 1).encode("utf-16")).title == "Café"
    assert only(body.replace("UTF-8", "ISO-8859-1", 1).encode("latin-1")).title == "Café"
    nameless = body.replace(' encoding="UTF-8"', "", 1).encode("latin-1")
    assert read(nameless, "text/xml; charset=ISO-8859-1").entries[0].title == "Café"
