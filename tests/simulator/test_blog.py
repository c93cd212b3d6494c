"""The simulated blog speaks as WordPress does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import pytest
import requests

from bot.simulator import INVENTED_POSTS, Simulator


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


def get(address: str, **given: Any) -> requests.Response:
    return requests.get(address, timeout=5, **given)


def entries(sim: Simulator, query: str = "") -> list[Any]:
    document = feedparser.parse(get(sim.blog.feed_url + query).content)
    assert not document.bozo
    return list(document.entries)


def test_it_starts_with_three_invented_posts(sim: Simulator) -> None:
    assert [entry.title for entry in entries(sim)] == [post.title for post in INVENTED_POSTS[2::-1]]


def test_titles_survive_the_feed(sim: Simulator) -> None:
    titles = ["Q&A: <b> “quotes” – naïve 患者 🎗️", "AT&amp;T", "Über das Warten"]
    for title in titles:
        sim.blog.publishes(title)
    seen = [entry.title.replace("&lt;", "<").replace("&gt;", ">") for entry in entries(sim)[:3]]
    assert [title.replace("&amp;", "&") for title in seen] == [title.replace("&amp;", "&") for title in titles[::-1]]


@pytest.mark.parametrize("path", ["/feed/", "/feed/atom/", "/?feed=rss2", "/feed"])
def test_all_feeds_tell_the_same(sim: Simulator, path: str) -> None:
    post = sim.blog.publishes("Soup", summary="Hot & good", author="A. Nobody", categories=("One", "Two"))
    entry = feedparser.parse(get(sim.blog.base_url + path).content).entries[0]
    assert (entry.title, entry.link, entry.id) == ("Soup", post.link, post.guid)
    assert (entry.author, [tag.term for tag in entry.tags]) == ("A. Nobody", ["One", "Two"])
    assert entry.summary == "Hot &amp; good"


def test_older_posts_are_on_further_pages_until_there_are_none(sim: Simulator) -> None:
    for number in range(10):
        sim.blog.publishes(f"Number {number}")
    assert (len(entries(sim)), len(entries(sim, "?paged=2"))) == (10, 3)
    beyond = get(f"{sim.blog.feed_url}?paged=3")
    assert beyond.status_code == 404
    assert feedparser.parse(beyond.content).feed.title.startswith("Page not found")


def test_a_category_has_a_feed(sim: Simulator) -> None:
    sim.blog.publishes("Soup", categories=("Our Kitchen",))
    found = feedparser.parse(get(f"{sim.blog.base_url}/category/our-kitchen/feed/").content).entries
    assert [entry.title for entry in found] == ["Soup"]


def test_an_unchanged_feed_is_not_sent_again(sim: Simulator) -> None:
    first = get(sim.blog.feed_url, headers={"Accept-Encoding": "identity"})
    known = {"If-None-Match": first.headers["ETag"], "If-Modified-Since": first.headers["Last-Modified"]}
    assert get(sim.blog.feed_url, headers=known).status_code == 304
    sim.blog.publishes("News", at=datetime.now(UTC) + timedelta(seconds=-1))
    sim.blog.edits("news", title="Newer")
    other = {**known, "If-None-Match": '"other"'}
    assert get(sim.blog.feed_url, headers=other).status_code == 200


def test_the_etag_of_a_compressed_feed_is_weak_and_matches_nothing(sim: Simulator) -> None:
    first = get(sim.blog.feed_url, headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    assert first.headers["ETag"].startswith('W/"')
    assert get(sim.blog.feed_url, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    strong = {"If-None-Match": first.headers["ETag"].removeprefix("W/")}
    assert get(sim.blog.feed_url, headers=strong).status_code == 304


def test_a_page_has_the_tags_that_crawlers_read(sim: Simulator) -> None:
    post = sim.blog.publishes("Soup & stories", summary="Hot", alt="A bowl")
    page = get(post.link).text
    assert '<meta property="og:title" content="Soup &amp; stories" />' in page
    assert f'<link rel="canonical" href="{post.link}" />' in page
    assert f'<img src="{post.image}" alt="A bowl" />' in page


def test_pictures_are_real(sim: Simulator) -> None:
    from io import BytesIO

    from PIL import Image

    reply = get(str(sim.blog.publishes("Soup").image))
    with Image.open(BytesIO(reply.content)) as image:
        image.load()
        assert (image.format, image.size) == ("PNG", (1200, 630))
    assert reply.headers["Content-Type"] == "image/png"


def test_an_edit_keeps_date_guid_and_address(sim: Simulator) -> None:
    post = sim.blog.publishes("Befor")
    before = entries(sim)[0]
    sim.blog.edits(post.slug, title="Before")
    after = entries(sim)[0]
    assert after.title == "Before"
    assert (after.id, after.link, after.published) == (before.id, before.link, before.published)


def test_a_moved_post_keeps_its_guid_and_redirects(sim: Simulator) -> None:
    post = sim.blog.publishes("Soup")
    moved = sim.blog.moves(post.slug, "broth")
    assert (entries(sim)[0].id, entries(sim)[0].link) == (post.guid, moved.link)
    for old in (post.link, post.guid):
        assert get(old).url == moved.link


def test_a_withdrawn_post_is_gone_from_feed_and_site(sim: Simulator) -> None:
    post = sim.blog.publishes("Soup")
    sim.blog.withdraws(post.slug)
    assert "Soup" not in [entry.title for entry in entries(sim)]
    assert get(post.link).status_code == 404


def test_a_protected_post_shows_a_form_only(sim: Simulator) -> None:
    post = sim.blog.publishes("Draft", summary="Not yet")
    sim.blog.protects(post.slug)
    assert entries(sim)[0].title == "Protected: Draft"
    assert 'name="post_password"' in get(post.link).text
    assert "Not yet" not in get(post.link).text + get(sim.blog.feed_url).text


def test_a_scheduled_post_appears_in_its_time(sim: Simulator) -> None:
    import time_machine

    post = sim.blog.publishes("Tomorrow", at=datetime.now(UTC) + timedelta(days=1))
    assert get(post.link).status_code == 404
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1, minutes=1)):
        assert entries(sim)[0].title == "Tomorrow"


def test_any_document_can_be_served_instead(sim: Simulator) -> None:
    sim.blog.serves(b"<rss", content_type="text/plain", status=203, headers={"X-Cache": "HIT"})
    reply = get(sim.blog.feed_url)
    assert (reply.status_code, reply.content, reply.headers["X-Cache"]) == (203, b"<rss", "HIT")
    sim.blog.serves_its_own_feed()
    sim.blog.serves_page("/robots.txt", "User-agent: *")
    assert len(entries(sim)) == 3
    assert get(f"{sim.blog.base_url}/robots.txt").text == "User-agent: *"


def test_equal_titles_get_addresses_of_their_own(sim: Simulator) -> None:
    first, second = sim.blog.publishes("患者と Tee"), sim.blog.publishes("患者と Tee")
    assert second.slug == f"{first.slug}-2"
    assert get(first.link).status_code == get(second.link).status_code == 200


def test_after_the_last_invented_post_comes_the_first_again(sim: Simulator) -> None:
    titles = [sim.blog.publishes_the_next().title for _ in range(len(INVENTED_POSTS) - 2)]
    assert titles[-2:] == [INVENTED_POSTS[-1].title, f"{INVENTED_POSTS[0].title} (2)"]
