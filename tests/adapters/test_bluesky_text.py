"""What readers of Bluesky get: a card, and text that is clickable by its bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from adapters.contract import (
    Draft,
    UnsupportedError,
)
from bot.simulator import Simulator
from tests.making.bluesky_account import ANA, LINK, account, composed, published
from tests.making.kinds import IMAGE

FACET = "app.bsky.richtext.facet"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def clickable(draft: Draft) -> list[tuple[str, str]]:
    """Each clickable piece as the bytes of the text say it, with what it does."""
    data, found = draft.text.encode(), []
    for facet in draft.body.get("facets", []):
        (feature,) = facet["features"]
        piece = data[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode()
        does = feature.get("uri") or feature.get("tag") or feature.get("did")
        found.append((piece, f"{feature['$type'].removeprefix(FACET)} {does}"))
    return found


def test_the_link_stands_on_the_card_with_the_entrys_own_words() -> None:
    draft = composed()
    card = {"uri": LINK, "title": "What is a biopsy?", "description": "How it is done, and what comes next."}
    assert draft.text == "What is a biopsy?"
    assert draft.body["embed"] == {"$type": "app.bsky.embed.external", "external": card}
    assert (draft.body["langs"], "facets" in draft.body) == (["en-GB"], False)


def test_a_card_whose_summary_says_nothing_more_has_an_empty_description() -> None:
    assert composed(summary="What is a biopsy?").body["embed"]["external"]["description"] == ""
    assert composed(title="", summary="A note.").body["embed"]["external"]["title"] == "A note."


def test_what_is_clickable_is_counted_in_bytes() -> None:
    draft = composed(title="Früherkennung 🎗️ – naïve 検診", hashtags=("Hämatologie", "がん"))
    assert clickable(draft) == [("#Hämatologie", "#tag Hämatologie"), ("#がん", "#tag がん")]


@pytest.mark.parametrize("tag", ["2026", "#", "a-b", "a" * 65, "𠮷" * 161])
def test_what_is_no_hashtag_on_bluesky_is_plain_text(tag: str) -> None:
    assert clickable(composed(wording=f"Read #{tag} #good.")) == [("#good", "#tag good")]


def test_an_address_in_a_persons_own_words_is_clickable_without_the_sentences_punctuation() -> None:
    draft = composed(wording=f"Read „it“ ({LINK}), or https://e.org/a_(b), or https://.")
    assert clickable(draft) == [(LINK, f"#link {LINK}"), ("https://e.org/a_(b)", "#link https://e.org/a_(b)")]


def test_the_shared_link_stays_whole_where_it_ends_like_a_sentence() -> None:
    link = "https://e.org/what-now?"
    assert clickable(composed(link=link, template="{{ title }} {{ link }}")) == [(link, f"#link {link}")]


def test_only_who_is_in_the_table_of_authors_is_mentioned() -> None:
    known = composed(title="Ask @ben.example.org", author="Ana López", handle=ANA)
    assert known.text == "Ask @ ben.example.org\n\nBy Ana López"
    assert clickable(known) == [("Ana López", f"#mention {ANA}")]
    assert clickable(composed(author="Ana López", wording="By @ana.example.org")) == []


def test_a_name_that_looks_like_a_hashtag_is_one_mention_and_nothing_else() -> None:
    assert clickable(composed(author="#One", handle=ANA, template="#{{ handle }} #Two")) == [
        ("#One", f"#mention {ANA}"),
        ("#Two", "#tag Two"),
    ]


@pytest.mark.parametrize(
    ("language", "langs"),
    [("de_AT", ["de-AT"]), ("EN", ["en"]), ("zh-Hant-TW", ["zh-Hant-TW"]), ("de-x-odd", ["de"]), ("", []), ("?", [])],
)
def test_a_language_is_named_only_as_the_protocol_names_it(language: str, langs: list[str]) -> None:
    assert composed(language=language).body.get("langs", []) == langs


def test_a_post_of_nothing_but_a_long_link_is_refused_in_a_sentence() -> None:
    link = f"https://e.org/{'a' * 400}"
    assert composed(title="A title", link=link).body["embed"]["external"]["uri"] == link
    with pytest.raises(UnsupportedError, match="give it a title"):
        composed(title="", summary="", link=link)


def test_a_picture_that_bluesky_would_refuse_is_refused_before() -> None:
    with pytest.raises(UnsupportedError, match="1000001 bytes"):
        composed(image=replace(IMAGE, size=1_000_001))


def test_text_and_card_arrive_as_they_were_composed(simulator: Simulator) -> None:
    published(account(simulator), author="Ana López", handle=ANA, hashtags=("Care",))
    (shown,) = simulator.bluesky.published
    assert shown.text == "What is a biopsy?\n\nBy Ana López\n\n#Care"
    assert (shown.link, shown.title, shown.picture) == (LINK, "What is a biopsy?", True)
