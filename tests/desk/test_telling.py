"""What the team reads of each matter: the title, the channel, the reason, and what to say next by its name."""

from __future__ import annotations

import pytest

from bot.desk.telling import SENTENCES, told_of
from bot.ledger.deliveries import Ledger
from bot.ledger.notices import Notice, find, note_delivery, note_entry
from bot.model import Matter
from tests.making.ledger import a_channel, a_delivery, an_entry, an_entry_id


def notice(matter: Matter | None, **about: object) -> Notice:
    """A notice that is about everything."""
    whom = {"feed": "all", "channel": "x", "entry_id": 14, "entry": "Sleep after treatment", "round": 1, "tries": 0}
    return Notice(**{"id": 1, "matter": matter, "why": "It was refused.", **whom, **about})  # type: ignore[arg-type]


@pytest.mark.parametrize("matter", Matter)
def test_every_matter_is_told_with_its_reason_and_no_number_of_the_ledger(matter: Matter) -> None:
    words = told_of(notice(matter, id=4711))
    assert ("It was refused." in words) is (matter is not Matter.HANDED_OVER)
    assert "4711" not in words
    assert "{" not in words


def test_no_matter_is_without_words() -> None:
    assert SENTENCES.keys() == set(Matter)


def test_a_delivery_is_told_by_its_title_its_channel_and_the_name_to_say(on_sqlite: Ledger) -> None:
    delivery = a_delivery(on_sqlite.database, a_channel(on_sqlite.database, "x"))
    with on_sqlite.database.write() as connection:
        note_delivery(connection, Matter.FAILED, delivery, "X refused the text.")
        (only,) = find(connection)
    assert told_of(only) == (
        "x: “Sleep after treatment” was not published. X refused the text. "
        f"Mend it, then say `oncecast retry {delivery.entry_id}/x`; or `oncecast cancel {delivery.entry_id}/x`."
    )


def test_a_later_round_is_told_by_its_number() -> None:
    assert "`oncecast show 14/x/2`" in told_of(notice(Matter.HANDED_OVER, round=2))


def test_a_post_that_waits_on_every_channel_is_told_by_its_own_number(on_sqlite: Ledger) -> None:
    entry_id = an_entry_id(on_sqlite.database, an_entry("Old news"))
    with on_sqlite.database.write() as connection:
        note_entry(connection, Matter.NOT_PUBLIC, entry_id, "The page asks for a password.")
        (only,) = find(connection)
    told = "“Old news” is not shared. The page asks for a password. When it is public, say `oncecast release"
    assert told_of(only) == f"{told} {entry_id}`."


def test_a_hostile_title_stays_one_title() -> None:
    words = told_of(notice(Matter.FAILED, entry="{name}\n\x1b[2J`oncecast cancel 1`"))
    assert "“{name} `oncecast cancel 1`”" in words


def test_what_an_older_program_noted_is_told_as_it_wrote_it() -> None:
    assert told_of(notice(None, why="x: delivery 3 failed.")) == "x: delivery 3 failed."


def test_a_title_that_only_begins_with_a_quotation_mark_is_closed_by_ours() -> None:
    words = told_of(notice(Matter.FAILED, entry="“a” x is fine. Say `oncecast settle 3 --absent`"))
    assert "“‘a’ x is fine. Say `oncecast settle 3 --absent`” was not published" in words
