"""How long a text is, as each network counts: exactly where its rule is known, and never too short."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from uniseg.graphemecluster import grapheme_cluster_boundaries

from adapters.text.counting import begins_link, graphemes_and_bytes, mastodon, utf16_units, visible, weighted
from adapters.text.graphemes import grapheme_ends, graphemes
from bot.simulator.twitter import text as tweet_text
from tests.making.measuring import within
from tests.making.x_cases import CASES, OVER

LINK = "https://blog.example.org/2026/11/what-is-a-biopsy/?p=12"
FAMILY = "👨‍👩‍👧‍👦"
PIECES = (
    "a . com foo jp / ? = _ - @ ( ) https:// http:// é 日本 x.com xyz # & 1 \ufe0f \u20e3 👩 \u200d 🇩 🇪 ❤ 👧 🏽 … : 80 "
    "www. www.a-very-long-name-of-a-host. \u0301 + $ ' ~ | Then example %20 ; , ! – » „ a.a.a. README.md müller.de "
    "xn-- t.co b) (c ü .berlin .health /wiki_(a) ж * [ ] “ \ufeff 🏴\U000e0067\U000e0062 ⚕ ♀ 🧑 ӿ ß © "
    "\u200b .рф 中国 健.tg ?a= :80é İ https://公益.公司"
)
SCRAPS = st.lists(st.sampled_from([" ", "\n", *PIECES.split()]), max_size=20).map("".join)
"""Texts made of what is hard to count: pieces of links, emoji and marks."""
CLUSTERS = st.text(
    "a \r\n\u0301\u200d\u200c👩👧🏽🇩🇪❤\ufe0f각ᄀ가ᅡᆨक\u094dषि\u0600\u0dca\u0d4d\u0b95©\u0903\xad\U000e0067", max_size=12
)
"""Texts in which it is hard to tell where a character ends."""
HOSTILE = (
    "a.a.a. aa.bb. http:// (x.com foo.bar. https://a.com/( https://a.com/(a) é.com @a.b @a@b.c @a@b. /( xn-- ?a(",
    "рф. a.рф https://患. https://患.рф é-https:// a.com:80 健.tg?a= .健康a",
    "1️⃣ ❤️ 🇩 🇩🇪 👩\u200d 👍🏽 \u0301 \u0323\u0301 e\u0301 क् ᄀ 각 癌 اب \u0600 \u0958 👨‍👩‍👧‍👦 \r\n",
)


@pytest.mark.parametrize(("text", "weight"), CASES)
def test_x_counts_by_its_published_rules(text: str, weight: int) -> None:
    assert weighted(text) == weight


@pytest.mark.parametrize(("text", "weight"), OVER)
def test_x_may_count_less_but_never_more(text: str, weight: int) -> None:
    assert weighted(text) >= max(weight, tweet_text.weight(text))


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("https://e.org/", True),
        ("https://blog.example.org/a/@", True),
        ("https://e.org/a,", True),
        ("https://e.org/a!(", False),
        ("https://blog.unheardof/", False),
        ("https://e.org/ https://e.org/", False),
        ("e.org/", True),
        ("so https://e.org/", False),
    ],
)
def test_what_begins_a_link_whatever_letters_follow(text: str, certain: bool) -> None:
    assert begins_link(text) is certain


def test_the_table_of_hard_cases_is_long_and_holds_nothing_twice() -> None:
    texts = [text for text, _ in CASES + OVER]
    assert len(CASES) >= 150
    assert len(set(texts)) == len(texts)


@given(SCRAPS)
@settings(max_examples=300)
def test_x_never_counts_more_than_we_do(text: str) -> None:
    assert weighted(text) >= tweet_text.weight(text)


@pytest.mark.parametrize("text", ["癌", "é", "👩‍⚕️", f"See {LINK}", "Living with cancer. "])
def test_a_text_that_is_written_twice_weighs_twice_as_much(text: str) -> None:
    assert weighted(f"{text} {text}") == 2 * weighted(text) + 1


@pytest.mark.parametrize("text", ["cafe\u0301 " * 400, "한글 " * 800, "癌" * 1_500])
def test_a_long_text_weighs_at_least_what_it_weighs_composed(text: str) -> None:
    whole = weighted(unicodedata.normalize("NFC", text))
    assert whole <= weighted(text) <= whole + 5


@pytest.mark.parametrize("piece", [piece for pieces in HOSTILE for piece in pieces.split(" ")])
@pytest.mark.parametrize("count", [weighted, graphemes_and_bytes, mastodon, utf16_units, visible])
def test_counting_takes_linear_time(count: Callable[[str], int], piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    count(text[:100])
    within(0.05, lambda: count(text))


@pytest.mark.parametrize(
    ("text", "seen"),
    [("", 0), ("cafe\u0301", 4), (FAMILY, 1), ("🇩🇪🇫🇷", 2), ("🇩🇪🇫", 2), ("क्षि", 1), ("각", 1), ("a\r\nb", 3), ("กำ", 1)],
)
def test_bluesky_counts_what_a_reader_sees_as_one_character(text: str, seen: int) -> None:
    assert graphemes(text) == len(grapheme_ends(text)) == seen


@given(CLUSTERS | st.text(max_size=12))
@settings(max_examples=300)
def test_characters_end_where_unicode_says(text: str) -> None:
    assert grapheme_ends(text) == list(grapheme_cluster_boundaries(text))[1:]
    assert graphemes(text) == len(grapheme_ends(text))


@pytest.mark.parametrize(
    ("text", "fits"),
    [("a" * 300, True), ("a" * 301, False), (FAMILY * 120, True), (FAMILY * 121, False), ("癌" * 300, True)],
)
def test_bluesky_takes_300_characters_and_3000_bytes(text: str, fits: bool) -> None:
    assert (graphemes_and_bytes(text) <= 300) is fits
    assert fits is (graphemes(text) <= 300 and len(text.encode()) <= 3_000)


@pytest.mark.parametrize("link", [LINK, "https://x.co", "https://en.wikipedia.org/wiki/Cancer_(disease)"])
def test_mastodon_counts_a_link_as_its_instance_says(link: str) -> None:
    assert mastodon(f"See {link}.") == 4 + 23 + 1
    assert mastodon(f"See {link}.", per_url=25) == 4 + 25 + 1


@pytest.mark.parametrize("text", ["example.org/a/long/path/to/a/page", "README.md", "main.py and it.so"])
def test_mastodon_counts_an_address_without_a_scheme_as_text(text: str) -> None:
    assert mastodon(text) == len(text)


@pytest.mark.parametrize("text", ["https://shop.unheardof/" + "a" * 50, "ahttps://example.org/a/very/long/address"])
def test_what_mastodon_may_not_link_counts_whole(text: str) -> None:
    assert mastodon(text) >= len(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("@ann@example.social", 4),
        ("By @ann@example.social, @ben", 13),
        ("(@ann@clinic.example.social).", 7),
        ("@ann", 4),
        ("ann@example.social", 18),
        ("@ann@example.social@b", 21),
        ("https://example.com/@ann@example.social", 23),
    ],
)
def test_mastodon_does_not_count_the_domain_of_a_mention(text: str, count: int) -> None:
    assert mastodon(text) == count


@given(SCRAPS | CLUSTERS)
def test_mastodon_never_counts_fewer_than_the_characters_outside_links(text: str) -> None:
    outside = text.replace("@", "").replace("http", "")
    assert mastodon(outside) == len(outside) >= graphemes(outside)


def test_telegram_counts_utf16_units() -> None:
    assert [utf16_units(text) for text in ("abc", "癌", "😀", FAMILY, "\ud800")] == [3, 1, 2, 11, 1]


@given(st.text())
def test_no_network_counts_more_characters_than_linkedin_and_facebook_are_allowed(text: str) -> None:
    assert visible(text) == len(text) + sum(char > "\uffff" for char in text) >= graphemes(text)
