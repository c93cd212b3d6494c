"""Which channel takes which entry, by configuration alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.model import Channel, Entry, Filter, Route, StoredEntry
from bot.planning import drafts
from tests.making.ledger import offline

VIDEO = Entry(
    guid="v",
    link="https://blog.example.org/v/",
    title="ESMO 2026: what is new in lung cancer",
    summary="A conversation on video.",
    author="Ana Lopez",
    categories=("Videos", "ESMO"),
    published=datetime(2026, 10, 3, tzinfo=UTC),
)
GUIDE = Entry(
    guid="g",
    link="https://blog.example.org/g/",
    title="Sleeping well during chemotherapy",
    summary="A guide for patients and carers.",
    author="Ben Roth",
    categories=("Patient guides",),
    published=datetime(2025, 5, 1, tzinfo=UTC),
)


def on(*routes: Route) -> Channel:
    return Channel(id=1, name="x", adapter=offline(), routes=routes)


def test_a_channel_without_routes_takes_everything() -> None:
    assert drafts.takes(on(), VIDEO, {"all"})
    assert drafts.takes(on(), GUIDE, set())


def test_videos_of_a_year_go_to_one_channel_and_patient_guides_to_another() -> None:
    videos = on(Route(include=Filter(categories=("Videos",), years=(2026,))))
    guides = on(Route(include=Filter(categories=("patient guides",))))
    assert [drafts.takes(videos, VIDEO, {"all"}), drafts.takes(videos, GUIDE, {"all"})] == [True, False]
    assert [drafts.takes(guides, VIDEO, {"all"}), drafts.takes(guides, GUIDE, {"all"})] == [False, True]


@pytest.mark.parametrize(
    ("route", "taken"),
    [
        (Route(feeds=("all",)), True),
        (Route(feeds=("videos",)), False),
        (Route(include=Filter(words=("lung cancer",))), True),
        (Route(include=Filter(words=("lung", "skin"))), True),
        (Route(include=Filter(words=("can",))), False),
        (Route(include=Filter(authors=("ana lopez",))), True),
        (Route(include=Filter(authors=("Ana",))), False),
        (Route(include=Filter(categories=("ESMO",), authors=("Ben Roth",))), False),
        (Route(include=Filter(years=(2025,))), False),
        (Route(exclude=Filter(words=("video",))), False),
        (Route(exclude=Filter(categories=("Patient guides",))), True),
        (Route(include=Filter(categories=("Videos",)), exclude=Filter(years=(2026,))), False),
    ],
    ids=str,
)
def test_a_route_takes_what_it_includes_and_does_not_exclude(route: Route, taken: bool) -> None:
    assert drafts.takes(on(route), VIDEO, {"all"}) is taken


def test_an_entry_is_taken_when_any_route_takes_it() -> None:
    both = on(Route(feeds=("videos",)), Route(include=Filter(words=("ESMO",))))
    assert drafts.takes(both, VIDEO, {"all"})


def test_each_of_several_authors_counts() -> None:
    entry = Entry(guid="a", link="https://blog.example.org/a/", title="Together", author="Ana Lopez, Ben Roth")
    for author in ("ben roth", "Ana Lopez", "Ana Lopez, Ben Roth"):
        assert drafts.takes(on(Route(include=Filter(authors=(author,)))), entry, set())


def test_an_entry_without_a_date_is_of_no_year() -> None:
    undated = Entry(guid="u", link="https://blog.example.org/u/", title="Undated")
    assert not drafts.takes(on(Route(include=Filter(years=(2026,)))), undated, {"all"})


def test_words_of_another_alphabet_are_found_whole() -> None:
    entry = Entry(guid="j", link="https://blog.example.org/j/", title="Überleben nach Krebs")
    assert drafts.takes(on(Route(include=Filter(words=("überleben",)))), entry, set())
    assert not drafts.takes(on(Route(include=Filter(words=("leben",)))), entry, set())


def test_what_cannot_be_composed_is_a_sentence_and_not_a_draft() -> None:
    outcome = drafts.draft_for(on(), StoredEntry(1, "Blog", VIDEO), wording="word " * 200)
    assert isinstance(outcome, str)
    assert outcome.endswith(".")
