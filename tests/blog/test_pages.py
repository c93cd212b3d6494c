"""Looking at an entry's page: who may read it, and what it says of itself."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.blog.fetching import FetchError
from bot.blog.pages import Page, featured, visit
from bot.simulator import Simulator
from tests.making import servers
from tests.making.measuring import within
from tests.making.servers import Served
from tests.making.wordpress import page, password_form

served = servers.served


def seen(served: Served, body: str | bytes, status: int = 200, **headers: str) -> Page:
    return visit(served.at("/post/", body, status, **headers), loopback=True)


def test_a_page_that_anybody_can_read_is_public(served: Served) -> None:
    found = seen(served, page())
    assert (found.public, found.why, found.title) == (True, "", "A title – The Cancer Blog")


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451])
def test_a_page_that_is_refused_or_gone_is_not_public_and_says_why(served: Served, status: int) -> None:
    found = seen(served, page(), status)
    assert not found.public
    assert found.why.startswith(f"The page {served.url[7:]}/post/ ")
    assert found.why.endswith(f"({status}).")


@pytest.mark.parametrize("words", ["This content is password protected.", "Dieser Inhalt ist geschützt.", "保護中"])
def test_a_password_form_is_known_by_its_shape_not_by_its_words(served: Served, words: str) -> None:
    found = seen(served, page(password_form(words)))
    assert (found.public, found.why) == (False, f"The page {served.url[7:]}/post/ asks for a password.")


@pytest.mark.parametrize(
    "form",
    [
        "<form method=post action=/wp-login.php?action=postpass>",
        "<FORM ACTION='/login?a=b&amp;action=postpass&c=d' METHOD=post>",
        "<input type=password name=post_password>",
        "<input\n  type='password'\n  name = 'post_password'\n>",
    ],
)
def test_a_theme_s_own_password_form_is_known_too(served: Served, form: str) -> None:
    assert not seen(served, page(form)).public


def test_a_password_form_behind_any_length_of_styles_is_found(served: Served) -> None:
    assert not seen(served, page(f"<style>{'a{}' * 300_000}</style>{password_form()}")).public


@pytest.mark.parametrize(
    "content",
    [
        "<p>WordPress calls the field post_password and the address action=postpass.</p>",
        "<code>&lt;input name=&quot;post_password&quot;&gt;</code>",
        '<form action="/newsletter"><input name="email"><input type="password" name="password"></form>',
        '<input name="my_post_password"><a href="?action=postpass">x</a>',
    ],
)
def test_an_article_about_passwords_is_public(served: Served, content: str) -> None:
    assert seen(served, page(content)).public


@pytest.mark.parametrize("status", [204, 400, 418, 429, 500, 503])
def test_what_does_not_answer_the_question_is_to_be_looked_at_again(served: Served, status: int) -> None:
    with pytest.raises(FetchError, match=rf"did not show its page \({status}\)") as error:
        seen(served, page(), status, retry_after="60")
    assert error.value.retry_after == timedelta(minutes=1)


def test_a_page_cut_off_on_its_way_is_to_be_looked_at_again(served: Served) -> None:
    with pytest.raises(FetchError, match="could not be read"):
        seen(served, page(), content_length="9999")


def test_a_page_that_moved_is_looked_at_where_it_is_now(served: Served) -> None:
    served.at("/new/", page(password_form()))
    assert not seen(served, "", 301, location="/new/").public


def test_pictures_for_previews_come_with_their_alternative_text_best_first(served: Served) -> None:
    head = """<meta name="twitter:image" content="/twitter.jpg"><meta property="og:image" content="/one.jpg">
        <meta property="og:image:width" content="1200" /><meta property="og:image:alt" content="A &quot;curve&quot;">
        <meta property="og:image" content="https://cdn.example/two.jpg"><meta name="twitter:image:alt" content="T">
        <meta property="og:image" content="javascript:alert(1)"><meta property="og:image" content="">"""
    assert seen(served, page(head=head)).images == (
        (f"{served.url}/one.jpg", 'A "curve"'),
        ("https://cdn.example/two.jpg", ""),
        (f"{served.url}/twitter.jpg", "T"),
    )


def test_the_words_for_previews_are_preferred_to_the_title(served: Served) -> None:
    head = """<meta property="og:title" content="Read this"><meta name="description" content="For machines">
        <meta property="og:description" content=" For\nreaders ">"""
    found = seen(served, page(head=head))
    assert (found.title, found.description) == ("Read this", "For readers")


def test_of_each_tag_the_first_that_says_anything_is_kept(served: Served) -> None:
    head = """<meta property="og:type" content=""><meta name="OG:Type" content=" article ">
        <meta property="og:type" content="website"><meta content="nothing">"""
    assert seen(served, page(head=head)).tags == {"og:type": "article", "title": "A title – The Cancer Blog"}


REST = '<link rel="https://api.w.org/" href="/wp-json/" />'


def test_the_page_of_a_wordpress_blog_names_the_post_in_its_interface(served: Served) -> None:
    head = f'{REST}<link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/7" />'
    asked = f"{served.url}/wp-json/wp/v2/posts/7?_embed=wp:featuredmedia"
    assert seen(served, page(head=head)).interface == asked


def test_an_older_wordpress_is_asked_by_the_end_of_the_address(served: Served) -> None:
    asked = f"{served.url}/wp-json/wp/v2/posts?slug=post&_embed=wp:featuredmedia"
    assert seen(served, page(head=REST)).interface == asked


def test_a_blog_without_the_interface_is_not_asked(served: Served) -> None:
    head = '<link rel="alternate" type="application/json" href="/feed.json" /><link>'
    found = seen(served, page(head=head))
    assert (found.interface, featured(found, loopback=True)) == ("", ("", ""))


def test_the_interface_tells_the_featured_picture_and_its_words(simulator: Simulator) -> None:
    post = simulator.blog.publishes("Sleep after treatment", picture=False)
    picture = simulator.blog.features(post.slug, "A bed by a window").featured
    found = visit(post.link, loopback=True)
    assert (found.images, featured(found, loopback=True)) == ((), (picture, "A bed by a window"))


def test_a_post_without_a_featured_picture_has_none(simulator: Simulator) -> None:
    post = simulator.blog.publishes("Sleep after treatment", picture=False)
    assert featured(visit(post.link, loopback=True), loopback=True) == ("", "")


@pytest.mark.parametrize(
    "told",
    [
        "not JSON",
        "[" * 100_000,
        "null",
        "[]",
        "[[]]",
        '{"_embedded": []}',
        '{"_embedded": {"wp:featuredmedia": [{"code": "rest_forbidden"}]}}',
        '{"_embedded": {"wp:featuredmedia": [{"source_url": 7, "alt_text": []}]}}',
        '{"_embedded": {"wp:featuredmedia": [{"source_url": "javascript:alert(1)"}]}}',
        '{"_embedded": {"wp:featuredmedia": [{"media_type": "file", "source_url": "/leaflet.pdf"}]}}',
    ],
)
def test_an_interface_that_tells_no_picture_gives_none(served: Served, told: str) -> None:
    served.at("/wp-json/wp/v2/posts?slug=post&_embed=wp:featuredmedia", told)
    assert featured(seen(served, page(head=REST)), loopback=True) == ("", "")


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_closed_interface_is_no_failure(served: Served, status: int) -> None:
    told = {"_embedded": {"wp:featuredmedia": [{"source_url": "/a.png"}]}}
    served.at("/wp-json/wp/v2/posts?slug=post&_embed=wp:featuredmedia", json.dumps([told]), status)
    assert featured(seen(served, page(head=REST)), loopback=True) == ("", "")


def test_an_interface_at_a_private_address_is_not_asked(served: Served) -> None:
    found = seen(served, page(head=REST))
    assert featured(found) == ("", "")
    assert [path for path, _ in served.asked] == ["/post/"]


@pytest.mark.parametrize("charset", ["iso-8859-1", "no-such-charset", "idna", ""])
def test_any_character_set_can_be_read(served: Served, charset: str) -> None:
    body = "<title>Café</title>".encode("latin-1" if charset == "iso-8859-1" else "utf-8")
    assert seen(served, body, content_type=f"text/html; charset={charset}").title == "Café"


def test_a_character_set_may_be_told_by_the_page(served: Served) -> None:
    assert seen(served, '<meta charset="windows-1252"><title>“Café”</title>'.encode("cp1252")).title == "“Café”"


@pytest.mark.parametrize(
    "piece", ["<div>", "<input ", "<form ", "<meta ", "<link ", "<title>", "<!--", "<input name ", "<", "name="]
)
def test_a_hostile_page_takes_no_longer_than_any_other(served: Served, piece: str) -> None:
    assert within(3, lambda: seen(served, piece * 200_000)).public
