"""What the words of a template say, and what becomes of what does not fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.contract import Post, UnsupportedError
from adapters.text.counting import weighted
from adapters.wording.posts import END, MENTION, written
from tests.making.measuring import within

LINK = "https://blog.example.org/2026/11/what-is-a-biopsy/?p=12"
POST = Post(
    title="What is a biopsy?",
    link=LINK,
    summary="How it is done, and what comes next.",
    author="Ana Lopez",
    categories=("Patient guides", "Biopsy"),
    hashtags=("Biopsy", "PatientGuides"),
    published=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
    blog="The Cancer Blog",
    language="en",
)
WHOLE = "{{ title }}\n\n{{ summary }}\n\n{{ byline }}\n\n{{ link }}\n\n{{ hashtags }}"


def text(template: str = WHOLE, limit: int = 280, **changed: object) -> str:
    return written(replace(POST, **changed), template, limit, weighted)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{{ title }}", "What is a biopsy?"),
        ("New: {{ title|upper }}", "New: WHAT IS A BIOPSY?"),
        ("{{ blog|lower }}", "the cancer blog"),
        ("{{ summary|shorten(12) }}", "How it is…"),
        ("{{ 'ESMO in brief'|title }}, {{ 'mRNA'|capitalize }}", "ESMO In Brief, MRNA"),
        ("{{ categories }} {{ hashtags }}", "Patient guides, Biopsy #Biopsy #PatientGuides"),
        ("{{ categories|join(' · ') }}", "Patient guides · Biopsy"),
        ("{% for tag in hashtags %}<{{ tag }}>{% endfor %}", "<#Biopsy><#PatientGuides>"),
        ("{{ published }} {{ published|date('%-d.%m.%Y') }}", "2026-11-22 22.11.2026"),
        ("{% if 'Biopsy' in categories %}Guide{% else %}News{% endif %}", "Guide"),
        ("{{ byline }}, {{ author }}, {{ language }}", "By Ana Lopez, Ana Lopez, en"),
    ],
)
def test_a_template_says_what_its_words_and_filters_mean(template: str, shown: str) -> None:
    assert written(POST, template, 280, weighted, on_card=True) == shown


def test_the_posts_own_template_wins_over_the_networks() -> None:
    assert text(template="{{ title }}") == f"What is a biopsy?\n\n{LINK}"
    assert written(replace(POST, template="See {{ link }}"), "{{ title }}", 280, weighted) == f"See {LINK}"


@pytest.mark.parametrize("template", ["{{ title }}", "{{ link|shorten(9) }}", "{{ link|upper }}", "{{ link }}x"])
def test_a_template_without_the_whole_link_gets_it_below(template: str) -> None:
    assert text(template).split("\n\n")[-1] == LINK


def test_the_link_may_stand_anywhere_and_is_not_added_twice() -> None:
    assert text("{{ title }} ({{ link }}).") == f"What is a biopsy? ({LINK})."
    assert text("{{ title }}", title=f"See {LINK}") == f"See {LINK}"


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("👉{{ link }}", f"👉{LINK}"),
        ("→{{ link }}", f"→{LINK}"),
        ("（{{ link }}）", f"（{LINK} ）"),
        ("「{{ link }}」、{{ blog }}", f"「{LINK} 」、The Cancer Blog"),
        ("続きは：{{ link }}", f"続きは：{LINK}"),
        ("続きは{{ link }}を", f"続きは {LINK} を"),
        ("{{ title }}:{{ link }}", f"What is a biopsy?:{LINK}"),
        ("Link={{ link }}", f"Link={LINK}"),
        ("Link{{ link }}!", f"Link {LINK}!"),
        ("“{{ link }}” #{{ link }}", f"“{LINK} ” #{LINK}"),
        ("[{{ link }}]{{ blog }}", f"[{LINK}]The Cancer Blog\n\n{LINK}"),
        ("https://x.org/?u={{ link }}", f"https://x.org/?u={LINK}\n\n{LINK}"),
        ("{{ link }}/more", f"{LINK}/more\n\n{LINK}"),
        ("{{ link }}x {{ link }}👉", f"{LINK}x {LINK} 👉"),
    ],
)
def test_a_link_with_something_glued_to_it_stands_once_and_whole(template: str, shown: str) -> None:
    assert text(template) == shown


def test_where_a_card_carries_the_link_the_text_needs_none() -> None:
    assert written(POST, "{{ title }}", 280, weighted, on_card=True) == "What is a biopsy?"
    assert written(replace(POST, title="", summary=""), "{{ title }}", 280, weighted, on_card=True) == LINK


def test_an_empty_word_takes_its_line_with_it() -> None:
    assert text("{{ title }}\n{{ byline }}\n{{ link }}", author="") == f"What is a biopsy?\n{LINK}"
    assert text(author="", summary="", hashtags=()) == f"What is a biopsy?\n\n{LINK}"
    assert text("{{ title }}  {{ author }} – {{ link }}", author="") == f"What is a biopsy? – {LINK}"


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{{ title }}\nBy {{ author }}", "What is a biopsy?"),
        ("Tags: {{ hashtags }}\n\n{{ title }}", "What is a biopsy?"),
        ("Tags: {% for tag in hashtags %}{{ tag }} {% endfor %}\n{{ title }}", "What is a biopsy?"),
        ("{{ 'By' }} {{ author }} {{ author|upper }}\n{{ title }}", "What is a biopsy?"),
        ("By {{ author }} – {{ blog }}", "By – The Cancer Blog"),
        ("{{ title }}\n{% if author %}By {{ author }}{% endif %}\n{{ blog }}", "What is a biopsy?\nThe Cancer Blog"),
        ("{% for tag in hashtags %}\n{{ tag }}\n{% endfor %}\nRead more", "Read more"),
        ("{% if author %}\nBy {{ author }}\n{% endif %}\n\nRead more", "Read more"),
        ("News{% if author %} by {{ author }}{% endif %}", "News"),
        ("{{ title }}\n\nRead more", "What is a biopsy?\n\nRead more"),
    ],
)
def test_a_line_whose_words_are_all_empty_goes_with_its_fixed_text(template: str, shown: str) -> None:
    post = replace(POST, author="", hashtags=())
    assert written(post, template, 280, weighted, on_card=True) == shown


def test_hashtags_without_room_take_their_line_with_them() -> None:
    assert text("{{ title }}\n\nTags: {{ hashtags }}", title="word " * 49).endswith(f"word\n\n{LINK}")


def test_without_a_title_the_summary_takes_its_place_and_is_not_said_twice() -> None:
    assert text(title="", author="", hashtags=()) == f"{POST.summary}\n\n{LINK}"
    assert text(title=POST.summary, author="", hashtags=()) == f"{POST.summary}\n\n{LINK}"


def test_the_summary_is_shortened_first_and_ends_with_an_ellipsis_that_counts() -> None:
    shown = text(summary="word " * 100)
    assert shown.startswith("What is a biopsy?\n\nword word")
    assert shown.endswith(f"word…\n\nBy Ana Lopez\n\n{LINK}\n\n#Biopsy #PatientGuides")
    assert 274 < weighted(shown) <= 280


def test_a_summary_of_which_little_would_remain_is_left_out() -> None:
    assert text(title="word " * 40, summary="summary " * 20).split("\n\n")[1] == "By Ana Lopez"


def test_hashtags_go_next_from_the_last_and_then_the_title_is_cut_between_words() -> None:
    assert text(title="word " * 45).endswith(f"word\n\nBy Ana Lopez\n\n{LINK}\n\n#Biopsy")
    shown = text(title="word " * 100)
    assert shown.endswith(f"word…\n\nBy Ana Lopez\n\n{LINK}")
    assert 274 < weighted(shown) <= 280


def test_what_cannot_fit_is_refused_with_the_way_out() -> None:
    with pytest.raises(UnsupportedError, match="shorter link"):
        written(POST, WHOLE, 20, len)
    for alone in ("word " * 60, "word " * 60 + "\n{{ title }}"):
        with pytest.raises(UnsupportedError, match=r"alone counts \d+, and 280 are allowed: use a shorter template"):
            text(alone)
    for roomy in ("word " * 60 + "{{ title }}", "w " * 127 + "\n{{ title }}"):
        with pytest.raises(UnsupportedError, match="no room for the title in 280: use a shorter template"):
            text(roomy)
    with pytest.raises(UnsupportedError, match="nothing to publish"):
        text(title="", summary="", link="")


def test_a_persons_wording_stands_as_it_is_with_the_link_below() -> None:
    shown = text(wording="Read this, @friend {{ title }}:\n\n\n\nit  helps.\n")
    assert shown == f"Read this, @friend {{{{ title }}}}:\n\nit helps.\n\n{LINK}"


@pytest.mark.parametrize(
    "wording", [f"Read {LINK} today", f"({LINK})", f"See {LINK}.", f"{LINK}&utm_source=x now", f"👉{LINK}）"]
)
def test_a_wording_that_has_the_link_does_not_get_it_twice(wording: str) -> None:
    assert text(wording=wording) == wording


def test_a_longer_address_in_a_wording_is_another_link() -> None:
    assert text(wording=f"See {LINK}3") == f"See {LINK}3\n\n{LINK}"


def test_a_wording_that_does_not_fit_is_refused_and_not_cut() -> None:
    with pytest.raises(UnsupportedError, match="shorten it"):
        text(wording="word " * 60)


@pytest.mark.parametrize(
    ("language", "byline"),
    [("de-AT", "Von Ana"), ("it", "Di Ana"), ("fr", "Par Ana"), ("ja", "文：Ana"), ("ar", "بقلم Ana"), ("", "By Ana")],
)
def test_the_byline_is_in_the_language_of_the_post(language: str, byline: str) -> None:
    assert text("{{ byline }}", author="Ana", language=language).startswith(byline)


def test_the_byline_mentions_the_handle_in_the_networks_own_form() -> None:
    assert text("{{ byline }}", handle="@ana").startswith("By Ana Lopez (@ana)\n")
    assert text("{{ byline }}", handle="urn:li:person:a").startswith(f"By {MENTION}Ana Lopez{END}\n")
    assert text("{{ byline }} {{ handle }}", author="", handle="@ana") == LINK


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("@{{ author }} {{ '@' }}{{ author }}", "@ Ben @ Ben"),
        ("{{ blog }}{{ author }}", "Meet @ Ben"),
        ("{{ handle }}{{ author }} {{ handle }}さん ({{ handle }})", "@ anaBen @anaさん (@ana)"),
        ("{{ handle|upper }} {{ handle|shorten(3) }}", "@ANA @ a…"),
        ("@{{ handle }}", "@@ana"),
        ("{{ author }}@[1:{{ author }}]", "Ben@ [1:Ben]"),
    ],
)
def test_words_side_by_side_mention_nobody_but_the_author(template: str, shown: str) -> None:
    post = replace(POST, author="Ben", handle="@ana", blog="Meet @")
    assert written(post, template, 280, len, on_card=True) == shown


def test_a_mention_with_its_server_is_the_authors_only_as_a_whole() -> None:
    words = {"author": "Ben", "handle": "@ana@e.org", "blog": ".evil.org"}
    assert text("{{ handle }}. ({{ handle }})", **words).startswith("@ana@e.org. (@ana@e.org)")
    assert text("{{ handle }}{{ blog }}", **words).startswith("@ ana@e.org.evil.org")


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Live @ASCO today", "Live @ ASCO today"),
        ("RT@drana, (@drana) and ＠drana", "RT@ drana, (@ drana) and ＠ drana"),
        ("write to ana@example.org", "write to ana@example.org"),
        ("see https://example.org/@ana", "see https://example.org/@ana"),
        ("zero\u200b@\u200bdrana", "zero@drana"),
        ("https://e.org/a、@ana さん", "https://e.org/a、@ ana さん"),
        ("(https://e.org/)@ana “https://e.org/”@ana", "(https://e.org/)@ ana “https://e.org/”@ ana"),
        ("https://blog.unheardof/@ana", "https://blog.unheardof/@ ana"),
        ("https://e.org/a,@ana (https://e.org/a/@ana)", "https://e.org/a,@ ana (https://e.org/a/@ana)"),
        ("x@[123:Bob] and https://e.org/@[123]", "x@ [123:Bob] and https://e.org/@ [123]"),
        ("éRT@ana", "éRT@ ana"),
    ],
)
def test_nobody_is_mentioned_by_the_words_of_the_blog(title: str, shown: str) -> None:
    assert text("{{ title }}", title=title).split("\n")[0] == shown
    assert text("{{ summary }}", summary=title).split("\n")[0] == shown
    assert text("{{ author }}", author=title).split("\n")[0] == shown


@pytest.mark.parametrize("word", ["/@a", "@", "@[", "https://e.org/@a", " https://e.org/@a", "(https://e.org/@a"])
def test_many_at_signs_take_no_time(word: str) -> None:
    post = replace(POST, title=word * 2_000)
    within(1, lambda: written(post, "{{ title }}", 10**9, len))


@given(st.text(max_size=300), st.text(max_size=900), st.text(max_size=90), st.integers(240, 400))
def test_a_post_fits_and_its_link_stands_whole(title: str, summary: str, author: str, limit: int) -> None:
    shown = text(limit=limit, title=title, summary=summary, author=author)
    assert weighted(shown) <= limit
    assert LINK in shown.split("\n\n")
    assert "\n\n\n" not in shown
