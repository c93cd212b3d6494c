"""Before anything of an entry goes out, its page is looked at; the same look finds its picture."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import Row, select, update

from bot.desk.decisions import By, release
from bot.ledger.database import now
from bot.ledger.deliveries import Ledger
from bot.ledger.entries import pages_due, picture_bytes, wants_look
from bot.ledger.schema import entries
from bot.model import Channel, Delivery, Hold, State
from bot.steps import deliver, look
from tests.making import servers
from tests.making.ledger import a_channel, a_delivery, an_entry, an_entry_id, offline, read, told
from tests.making.servers import Served
from tests.making.wordpress import page, password_form

served = servers.served


@pytest.fixture
def channel(on_sqlite: Ledger) -> Channel:
    """A Facebook Page that gets the entry's picture as a photo."""
    return a_channel(on_sqlite.database, "page", offline("facebook", page="100200300", style="photo"))


def waits(ledger: Ledger, served: Served, channel: Channel, *also: Hold, due_in: float = 0) -> Delivery:
    """A delivery of an entry whose page has not been looked at; anybody can read it."""
    link = served.at("/post/", page())
    entry_id = an_entry_id(ledger.database, an_entry(link=link))
    with ledger.database.write() as connection:
        wants_look(connection, entry_id, now())
    due_at = now() + timedelta(seconds=due_in)
    return a_delivery(ledger.database, channel, entry_id, frozenset({Hold.PAGE, *also}), due_at)


def looked(ledger: Ledger, channel: Channel, loopback: bool = True) -> list[bool]:
    """Look at every page whose time has come; which of them could be seen."""
    database = ledger.database
    return [look.look(database, entry_id, [channel], loopback) for entry_id in pages_due(database)]


def stands(ledger: Ledger, delivery: Delivery) -> tuple[State, frozenset[Hold]]:
    after = read(ledger.database, delivery)
    return after.state, after.holds


def row_of(ledger: Ledger, delivery: Delivery) -> Row[Any]:
    with ledger.database.read() as connection:
        return connection.execute(select(entries).where(entries.c.id == delivery.entry_id)).one()


def a_picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 400), "teal").save(out, "PNG")
    return out.getvalue()


def with_picture(served: Served) -> None:
    served.at("/a.png", a_picture(), content_type="image/png")
    head = f'<meta property="og:image" content="{served.url}/a.png" /><meta property="og:image:alt" content="Teal" />'
    served.at("/post/", page(head=head))


def test_nothing_goes_out_before_its_page_was_looked_at(on_sqlite: Ledger, served: Served, channel: Channel) -> None:
    delivery = waits(on_sqlite, served, channel)
    assert deliver.due(on_sqlite, [channel]) == []
    assert looked(on_sqlite, channel) == [True]
    assert stands(on_sqlite, delivery) == (State.PENDING, frozenset())
    assert deliver.due(on_sqlite, [channel]) == [channel]
    assert looked(on_sqlite, channel) == []


def test_the_picture_of_the_page_is_kept_and_stands_in_the_draft(
    on_sqlite: Ledger, served: Served, channel: Channel
) -> None:
    delivery = waits(on_sqlite, served, channel)
    assert (delivery.draft or {})["image"] is None
    with_picture(served)
    looked(on_sqlite, channel)
    image = (read(on_sqlite.database, delivery).draft or {})["image"]
    assert (image["alt"], image["media_type"], image["width"]) == ("Teal", "image/jpeg", 640)
    assert picture_bytes(on_sqlite.database, image["sha256"]).startswith(b"\xff\xd8\xff")


def test_a_picture_is_fetched_once(on_sqlite: Ledger, served: Served, channel: Channel, clock) -> None:
    delivery = waits(on_sqlite, served, channel, due_in=3600)
    with_picture(served)
    looked(on_sqlite, channel)
    clock.shift(3600)
    looked(on_sqlite, channel)
    assert [path for path, _ in served.asked] == ["/post/", "/a.png", "/post/"]
    assert stands(on_sqlite, delivery)[0] is State.PENDING


def test_two_entries_with_the_same_picture_share_it(on_sqlite: Ledger, served: Served, channel: Channel) -> None:
    for title in ("One", "Another"):
        entry_id = an_entry_id(on_sqlite.database, an_entry(title, link=f"{served.url}/post/"))
        delivery = a_delivery(on_sqlite.database, channel, entry_id, frozenset({Hold.PAGE}))
        with_picture(served)
        look.look(on_sqlite.database, entry_id, [channel], loopback=True)
        assert stands(on_sqlite, delivery)[0] is State.PENDING
        assert row_of(on_sqlite, delivery).picture


def test_an_entry_without_a_picture_gets_a_plain_card_where_the_blog_wants_one(
    on_sqlite: Ledger, served: Served, channel: Channel
) -> None:
    delivery = waits(on_sqlite, served, channel)
    look.look(on_sqlite.database, delivery.entry_id, [channel], True, "#1f4e5f")
    image = (read(on_sqlite.database, delivery).draft or {})["image"]
    assert (image["alt"], image["width"]) == ("Sleep after treatment – The Blog", 1200)


def test_without_a_colour_there_is_no_card(on_sqlite: Ledger, served: Served, channel: Channel) -> None:
    delivery = waits(on_sqlite, served, channel)
    looked(on_sqlite, channel)
    assert (read(on_sqlite.database, delivery).draft or {})["image"] is None


def test_a_card_gives_way_to_a_picture_that_the_page_shows_later(
    on_sqlite: Ledger, served: Served, channel: Channel, clock
) -> None:
    delivery = waits(on_sqlite, served, channel, due_in=3600)
    look.look(on_sqlite.database, delivery.entry_id, [channel], True, "#1f4e5f")
    with_picture(served)
    clock.shift(3600)
    look.look(on_sqlite.database, delivery.entry_id, [channel], True, "#1f4e5f")
    assert (read(on_sqlite.database, delivery).draft or {})["image"]["alt"] == "Teal"


def test_a_card_follows_a_title_that_was_corrected_before_it_went_out(
    on_sqlite: Ledger, served: Served, channel: Channel, clock
) -> None:
    delivery = waits(on_sqlite, served, channel, due_in=3600)
    look.look(on_sqlite.database, delivery.entry_id, [channel], True, "#1f4e5f")
    with on_sqlite.database.write() as connection:
        connection.execute(update(entries).where(entries.c.id == delivery.entry_id).values(title="Rest"))
    clock.shift(3600)
    look.look(on_sqlite.database, delivery.entry_id, [channel], True, "#1f4e5f")
    assert (read(on_sqlite.database, delivery).draft or {})["image"]["alt"] == "Rest – The Blog"


def test_a_picture_that_is_not_kept_is_a_lookup_error(on_sqlite: Ledger) -> None:
    with pytest.raises(LookupError, match=r"The picture 0123456789ab is not in the ledger\."):
        picture_bytes(on_sqlite.database, "0123456789abcdef")


def test_a_page_that_cannot_be_seen_is_looked_at_ever_later(
    on_sqlite: Ledger, served: Served, channel: Channel, clock
) -> None:
    delivery, pauses = waits(on_sqlite, served, channel), []
    served.at("/post/", "Bad gateway", status=502)
    for _ in range(9):
        assert looked(on_sqlite, channel) == [False]
        again = row_of(on_sqlite, delivery).page_at
        pauses.append((again - now()).total_seconds())
        clock.move_to(again)
    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert stands(on_sqlite, delivery) == (State.HELD, {Hold.PAGE})


def test_the_team_hears_once_of_a_page_that_cannot_be_seen_for_a_while(
    on_sqlite: Ledger, served: Served, channel: Channel, clock
) -> None:
    delivery, heard = waits(on_sqlite, served, channel), []
    served.at("/post/", "Bad gateway", status=502)
    for _ in range(9):
        looked(on_sqlite, channel)
        heard.append(len(told(on_sqlite.database)))
        clock.move_to(row_of(on_sqlite, delivery).page_at)
    assert heard == [0, 0, 0, 0, 0, 0, 1, 1, 1]
    assert "cannot be looked at, so it waits." in told(on_sqlite.database)[0]


def test_a_page_that_is_back_releases_what_waited_and_is_patient_anew(
    on_sqlite: Ledger, served: Served, channel: Channel, clock
) -> None:
    delivery = waits(on_sqlite, served, channel)
    served.at("/post/", status=503)
    looked(on_sqlite, channel)
    served.at("/post/", page())
    clock.shift(30)
    looked(on_sqlite, channel)
    assert stands(on_sqlite, delivery)[0] is State.PENDING
    assert (row_of(on_sqlite, delivery).page_looks, row_of(on_sqlite, delivery).page_at) == (0, None)


def test_a_page_that_is_not_public_holds_its_deliveries_and_says_how_to_go_on(
    on_sqlite: Ledger, served: Served, channel: Channel
) -> None:
    delivery = waits(on_sqlite, served, channel, Hold.GUARD)
    served.at("/post/", page(password_form()))
    looked(on_sqlite, channel)
    assert stands(on_sqlite, delivery) == (State.HELD, {Hold.GUARD, Hold.NOT_PUBLIC})
    (only,) = told(on_sqlite.database)
    assert "asks for a password" in only
    assert f"`oncecast release {delivery.id}`" in only


def test_a_public_page_takes_no_other_reason_to_wait_away(on_sqlite: Ledger, served: Served, channel: Channel) -> None:
    delivery = waits(on_sqlite, served, channel, Hold.GUARD, Hold.APPROVAL)
    looked(on_sqlite, channel)
    assert stands(on_sqlite, delivery) == (State.HELD, {Hold.GUARD, Hold.APPROVAL})


def test_what_is_released_right_after_its_page_was_seen_goes_at_once(
    on_sqlite: Ledger, served: Served, channel: Channel, clock
) -> None:
    delivery = waits(on_sqlite, served, channel, Hold.GUARD)
    looked(on_sqlite, channel)
    clock.shift(599)
    release(By(on_sqlite.database, "ana"), delivery.id)
    assert stands(on_sqlite, delivery)[0] is State.PENDING
    assert len(served.asked) == 1


def test_what_is_released_later_has_its_page_looked_at_anew(
    on_sqlite: Ledger, served: Served, channel: Channel, clock
) -> None:
    delivery = waits(on_sqlite, served, channel, Hold.GUARD)
    looked(on_sqlite, channel)
    clock.shift(601)
    release(By(on_sqlite.database, "ana"), delivery.id)
    assert stands(on_sqlite, delivery) == (State.HELD, {Hold.PAGE})
    served.at("/post/", status=410)
    looked(on_sqlite, channel)
    assert stands(on_sqlite, delivery) == (State.HELD, {Hold.NOT_PUBLIC})


@pytest.mark.parametrize(("status", "end"), [(200, State.PENDING), (404, State.HELD)])
def test_what_is_due_later_has_its_page_looked_at_again_then(
    on_sqlite: Ledger, served: Served, channel: Channel, status: int, end: State, clock
) -> None:
    delivery = waits(on_sqlite, served, channel, due_in=7200)
    looked(on_sqlite, channel)
    assert stands(on_sqlite, delivery) == (State.HELD, {Hold.PAGE})
    assert row_of(on_sqlite, delivery).page_at == delivery.due_at
    clock.move_to(delivery.due_at)
    served.at("/post/", page(), status)
    looked(on_sqlite, channel)
    assert stands(on_sqlite, delivery)[0] is end


def test_what_is_due_within_ten_minutes_is_looked_at_once(on_sqlite: Ledger, served: Served, channel: Channel) -> None:
    delivery = waits(on_sqlite, served, channel, due_in=540)
    looked(on_sqlite, channel)
    assert stands(on_sqlite, delivery)[0] is State.PENDING
    assert deliver.due(on_sqlite, [channel]) == []


def test_a_page_on_this_machine_is_not_fetched_unless_it_is_a_rehearsal(
    on_sqlite: Ledger, served: Served, channel: Channel
) -> None:
    delivery = waits(on_sqlite, served, channel)
    assert looked(on_sqlite, channel, loopback=False) == [False]
    assert served.asked == []
    assert stands(on_sqlite, delivery) == (State.HELD, {Hold.PAGE})
