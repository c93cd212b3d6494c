"""Plain text: how it is cleaned, compared, counted as X does and shortened; and what makes a hashtag."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.text.counting import weighted
from adapters.text.plain import is_hashtag, plain, same_text, shorten
from bot.simulator.twitter import text as tweet_text

LINK = "https://blog.example.org/2026/11/what-is-a-biopsy/?p=12"
FAMILY = "👨‍👩‍👧‍👦"

PIECES = (
    "a . com foo jp / ? = _ - @ ( ) https:// http:// é 日本 x.com xyz # & 1 \ufe0f \u20e3 👩 \u200d 🇩 🇪 ❤ 👧 🏽 … : 80 "
    "www. www.a-very-long-name-of-a-host. \u0301 + $ ' ~ | Then example %20 ; , ! – » „ a.a.a. README.md"
)
SCRAPS = st.lists(st.sampled_from([" ", "\n", *PIECES.split()]), max_size=20).map("".join)
"""Texts made of what is hard to count: pieces of links, emoji and marks."""


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("", 0),
        ("Living with cancer", 18),
        ("café", 4),
        ("cafe\u0301", 4),
        ("“Hope” – a word", 15),
        ("Wait…", 6),
        ("→ €5", 6),
        ("がん", 4),
        ("سرطان", 5),
        ("рак", 3),
        ("© 2026", 7),
    ],
)
def test_most_alphabets_weigh_one_and_all_else_two(text: str, weight: int) -> None:
    assert weighted(text) == weight


@pytest.mark.parametrize("emoji", ["😀", "❤️", "1️⃣", "#⃣", "🇩🇪", "👍🏽", FAMILY, "👩🏽‍⚕️", "🧎", "🏃🏿‍♀️", "👩‍❤️‍💋‍👨", "🏳️‍🌈"])
def test_an_emoji_weighs_two_however_many_code_points_it_has(emoji: str) -> None:
    assert weighted(emoji) == 2
    assert weighted(f"a{emoji}b{emoji}") == 6


@pytest.mark.parametrize("odd", ["👨‍👨‍👨", "🇦🇦", "😀\ufe0f", "👩‍👦‍👧"])
def test_a_sequence_that_may_be_no_emoji_is_counted_code_point_by_code_point(odd: str) -> None:
    assert weighted(odd) > 2


@pytest.mark.parametrize(
    "link",
    [
        "https://x.co",
        LINK,
        "HTTP://EXAMPLE.ORG/A",
        "https://example.org:8443/a?b=c&d=%20#e",
        "https://example.org/" + "long/" * 100,
        "example.org/path",
        "README.md",
        "main.py",
        "foo.jp",
        "it.so",
        "www.bbc.co.uk",
    ],
)
def test_a_link_weighs_23_with_or_without_a_scheme(link: str) -> None:
    assert weighted(link) == 23
    assert weighted(f"See ({link}).") == 23 + len("See ().")


@pytest.mark.parametrize("text", ["e.g. this", "U.S.A.", "3.5 mg", "and so on...", "1.2.3", "a.a.a."])
def test_full_stops_do_not_make_a_link(text: str) -> None:
    assert weighted(text) == len(text)


@pytest.mark.parametrize(
    "text", ["https://shop.unheardof/" + "a" * 50, "over.There", "ab@example.org", "http://192.0.2.1/a"]
)
def test_what_may_or_may_not_be_a_link_counts_as_the_longer_of_both(text: str) -> None:
    assert weighted(text) >= max(23, len(text))


@given(SCRAPS)
def test_a_text_is_never_counted_short(text: str) -> None:
    assert weighted(text) >= tweet_text.weight(text)


def test_plain_text_is_one_line_without_invisible_rubbish() -> None:
    assert plain("  Living\n\twith\u00a0can\u00adcer\u200b\ufeff \x00 today\u2028") == "Living with cancer today"
    assert plain("cafe\u0301") == "café"
    assert plain("over\u202eride \ud800") == "override"


@pytest.mark.parametrize(
    "unseen",
    ["\u034f", "\u115f", "\u1160", "\u3164", "\uffa0", "\u180b", "\U000e0067\U000e007f", "\u2060", "\U000e0001"],
)
def test_plain_text_drops_what_nobody_sees(unseen: str) -> None:
    assert plain(f"é{unseen}a{unseen}") == plain(f"{unseen}éa") == "éa"


def test_plain_text_drops_what_only_looks_like_a_space() -> None:
    assert plain("é\u2800\u2800a\u2800") == "é a"
    assert plain("Hé…\u200e") == "Hé…"


@pytest.mark.parametrize("text", ["\u1820\u180b", "\u115f\u1161", "\u1100\u1160", "🏴\U000e0067\U000e0062\U000e007f"])
def test_plain_text_keeps_what_a_script_or_a_flag_needs(text: str) -> None:
    assert plain(f"a {text} b") == f"a {text} b"


@pytest.mark.parametrize("text", [FAMILY, "می‌خواهم", "ക്‍ഷ", "שלום\u200f!", "a\u2067שלום\u2069b"])
def test_plain_text_keeps_the_joiners_and_marks_that_scripts_and_emoji_need(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize("text", ["a\u200db", "\u200dabc", "abc\u200c", "می\u200c \u200dخواهم", "é\u200c\u200db"])
def test_plain_text_drops_joiners_that_join_nothing(text: str) -> None:
    assert not {"\u200c", "\u200d"} & set(plain(text))


@given(
    st.one_of(
        st.text(),
        SCRAPS,
        st.text("a é\u0301\u200c\u200d\u200e\u05d0\u115f\u1161\u180b\u1820\u2800🏴\U000e0067\U000e007f"),
    )
)
def test_plain_text_is_plain(text: str) -> None:
    assert plain(plain(text)) == plain(text) == unicodedata.normalize("NFC", plain(text))


def test_the_same_text_is_known_through_escapes_spacing_and_composition() -> None:
    assert same_text("Q&amp;A:  cafe\u0301 &lt;b&gt;", "Q&A: café\n<b>")
    assert same_text("R&amp;amp;D", "R&amp;D")
    assert not same_text("Q&A", "Q & A")


def test_a_text_that_fits_is_left_as_it_is() -> None:
    assert shorten("Living with cancer", 18, len) == "Living with cancer"


def test_a_text_is_cut_between_words_and_ends_with_an_ellipsis_that_counts() -> None:
    assert shorten("Living with cancer, day by day", 20, len) == "Living with cancer…"
    assert shorten("Living with cancer", 13, weighted) == "Living with…"
    assert shorten("Living with cancer", 12, weighted) == "Living…"


def test_a_script_without_spaces_is_cut_between_characters() -> None:
    assert shorten("がんとともに生きる", 12, weighted) == "がんととも…"
    assert shorten("โรคมะเร็งและการรักษา", 10, len).endswith("…")


def test_a_korean_word_stays_whole() -> None:
    assert shorten("암과 함께하는 삶", 8, len) == "암과 함께하는…"
    assert shorten("암과 함께하는 삶", 7, len) == "암과…"


@pytest.mark.parametrize(
    "cluster", ["e\u0301\u0323", FAMILY, "👍🏽", "🇩🇪", "❤️", "1️⃣", "क्षि", "กำ", "🏴\U000e0067\U000e0062\U000e007f"]
)
def test_what_a_reader_sees_as_one_character_is_never_cut(cluster: str) -> None:
    for limit in range(1, 4 * len(cluster)):
        kept = shorten(cluster * 4, limit, len).removesuffix("…")
        assert kept == cluster * (len(kept) // len(cluster))


def test_a_link_is_never_cut() -> None:
    assert shorten(LINK, 30, len) == ""
    assert shorten(f"See {LINK} now", 30, len) == "See…"


def test_nothing_is_left_where_nothing_fits() -> None:
    assert shorten("Living", 0, len) == shorten("癌", 1, weighted) == ""


@given(st.one_of(st.text(), SCRAPS), st.integers(0, 60))
def test_a_shortened_text_fits_and_is_the_beginning_of_the_whole(text: str, limit: int) -> None:
    short = shorten(text, limit, weighted)
    assert weighted(short) <= limit
    assert short == text or text.startswith(short.removesuffix("…"))


@pytest.mark.parametrize("word", ["BreastCancer", "ASCO26", "COVID19", "1stLine", "früh", "患者", "سرطان_الثدي", "कैंसर"])
def test_a_hashtag_is_one_word_of_letters_and_digits(word: str) -> None:
    assert is_hashtag(word)


@pytest.mark.parametrize(
    "word",
    [
        "",
        "2026",
        "_",
        "T-cell",
        "R&D",
        "two words",
        "e.g",
        "#a",
        "🎗",
        "\u0301",
        "\ufe0fHerz",
        "1️⃣Schritt",
        "\u0301a",
        "a\u3164b",
    ],
)
def test_anything_else_would_break_a_hashtag(word: str) -> None:
    assert not is_hashtag(word)
