"""The link that is shared: whole on every network, and known for the same page by whoever compares."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.text.counting import LINK, weighted
from adapters.text.links import same_page, whole
from bot.planning.drafts import tagged
from bot.simulator.twitter import text as tweet_text
from tests.making.measuring import within

BLOG = "https://blog.example.org"
ENDS = {
    "/患者の声/": "/%E6%82%A3%E8%80%85%E3%81%AE%E5%A3%B0/",
    "/سرطان/?p=1": "/%D8%B3%D8%B1%D8%B7%D8%A7%D9%86/?p=1",
    "/κ/": "/%CE%BA/",
    "/❤️/": "/%E2%9D%A4%EF%B8%8F/",
    "/santé/#été": "/sant%C3%A9/#%C3%A9t%C3%A9",
    "/?q=患者": "/?q=%E6%82%A3%E8%80%85",
    "/Foo_(bar": "/Foo_%28bar",
    "/Foo_(bar)_baz": "/Foo_(bar)_baz",
    "/Foo_(bar)": "/Foo_%28bar%29",
    "/Foo_(bar)$": "/Foo_%28bar%29%24",
    "/a()b/((c))": "/a%28%29b/%28%28c%29%29",
    "/?q=(b)&c": "/?q=%28b%29&c",
    '/a"b/<c>': "/a%22b/%3Cc%3E",
    "/a{b}|c\\d^e`f": "/a%7Bb%7D%7Cc%5Cd%5Ee%60f",
    "/a b": "/a%20b",
    "/a[0]?b[]=1": "/a%5B0%5D?b%5B%5D=1",
    "/a.": "/a%2E",
    "/a...?b=c,": "/a%2E%2E%2E?b=c%2C",
    "/wait!?": "/wait%21",
    "/?!": "/?%21",
    "/a?q=b+": "/a?q=b%20",
    "/a?": "/a",
    "/a#": "/a",
    "/a.#top!": "/a%2E#top%21",
    "?p=1": "/?p=1",
    "#top": "/#top",
    "/#!/a?b:?c": "/#!/a?b%3A?c",
    "/#a$?": "/#a%24%3F",
    "/100%": "/100%25",
    "/%e6%82%a3/%E8%80%85": "/%e6%82%a3/%E8%80%85",
    "/%%41": "/%25%41",
    "": "",
    "/": "/",
    "/2026/11/a-b_c/?p=1&lang=de#top": "/2026/11/a-b_c/?p=1&lang=de#top",
    "/@ann/a,b;c=d:e+f!g'h*i$j~k": "/@ann/a,b;c=d:e+f!g'h*i$j~k",
}
"""How addresses end in the feed, and how in the post."""
ADDRESSES = st.text(
    st.one_of(st.characters(codec="utf-8", exclude_categories=["Cc"]), st.sampled_from("/?#&=.()[]%+!a1 $")),
    max_size=30,
)


@pytest.mark.parametrize(("end", "shared"), ENDS.items())
def test_what_a_network_may_leave_out_of_a_link_is_escaped(end: str, shared: str) -> None:
    assert whole(BLOG + end) == BLOG + shared


@pytest.mark.parametrize(
    "host", ["https://пример.рф", "http://127.0.0.1:8080", "https://user@xn--p1ai.example.org:8443"]
)
def test_the_host_stays_as_the_blog_wrote_it(host: str) -> None:
    assert whole(f"{host}/κ.") == f"{host}/%CE%BA%2E"


@pytest.mark.parametrize("link", ["", "mailto:ana@example.org", "/a b", "ftp://example.org/κ"])
def test_what_is_no_web_address_stays_as_it_is(link: str) -> None:
    assert whole(link) == link


@pytest.mark.parametrize("piece", ["!", "(", "?!", "#!", "κ", "(a)", "%"])
def test_a_hostile_link_is_made_whole_in_linear_time(piece: str) -> None:
    within(0.5, lambda: whole(f"{BLOG}/{piece * 50_000}a"))


@given(ADDRESSES)
def test_the_escaped_link_is_the_same_page_and_stays_as_it_is(end: str) -> None:
    link = f"{BLOG}/{end}".strip()
    assert whole(whole(link)) == whole(link)
    assert same_page(whole(link), link)
    assert same_page(whole(tagged(link, {"utm_source": "a b."})), link)


@given(ADDRESSES)
def test_x_makes_one_link_of_it(end: str) -> None:
    link = whole(f"{BLOG}/{end}")
    assert [one.expanded for one in tweet_text.links(f"See {link} now", "1")] == [link]
    assert weighted(link) == tweet_text.weight(link) == LINK
