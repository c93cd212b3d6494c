"""A page that went away, or behind a password, while its delivery waited is not shared."""

from __future__ import annotations

from datetime import timedelta

import pytest
from time_machine import Traveller

from bot.ledger import attempts
from bot.ledger.database import now
from bot.ledger.deliveries import Ledger
from bot.ledger.entries import pages_due, wants_look
from bot.model import Channel, Delivery, Hold, State
from bot.steps import look
from tests.making import servers
from tests.making.ledger import a_channel, a_delivery, an_entry, an_entry_id, offline, read
from tests.making.servers import Served
from tests.making.wordpress import page, password_form

served = servers.served
GONE = {"trashed": ("", 404), "gone for good": ("", 410), "behind a password": (password_form(), 200)}


def waits(ledger: Ledger, served: Served, channel: Channel, wait: timedelta) -> Delivery:
    """A delivery whose page was seen to be public, and which leaves after a while."""
    entry_id = an_entry_id(ledger.database, an_entry(link=served.at("/post/", page())))
    with ledger.database.write() as connection:
        wants_look(connection, entry_id, now())
    delivery = a_delivery(ledger.database, channel, entry_id, frozenset({Hold.PAGE}), now() + wait)
    looks(ledger, channel)
    return delivery


def looks(ledger: Ledger, channel: Channel) -> None:
    """The step of the daemon that looks at pages."""
    for entry_id in pages_due(ledger.database):
        look.look(ledger.database, entry_id, [channel], loopback=True)


def sent(ledger: Ledger, channel: Channel) -> bool:
    """Whether the channel would send something now, after the pages that it wants to see were looked at."""
    if attempts.claim(ledger, channel):
        return True
    looks(ledger, channel)
    return attempts.claim(ledger, channel) is not None


@pytest.mark.parametrize("why", GONE)
@pytest.mark.parametrize("minutes", [2, 30, 600])
def test_what_went_away_while_it_waited_is_held(
    why: str, minutes: int, ledger: Ledger, served: Served, clock: Traveller
) -> None:
    channel = a_channel(ledger.database)
    delivery = waits(ledger, served, channel, timedelta(minutes=minutes))
    body, status = GONE[why]
    served.at("/post/", body, status)
    clock.shift(timedelta(minutes=minutes))
    looks(ledger, channel)
    assert not sent(ledger, channel)
    stands = read(ledger.database, delivery)
    assert (stands.state, stands.holds) == (State.HELD, {Hold.NOT_PUBLIC})


def test_what_is_still_public_goes_out_and_keeps_its_approval(ledger: Ledger, served: Served, clock: Traveller) -> None:
    channel = a_channel(ledger.database)
    delivery = waits(ledger, served, channel, timedelta(minutes=2))
    clock.shift(timedelta(minutes=2))
    asked = len(served.asked)
    assert sent(ledger, channel)
    assert len(served.asked) == asked + 1
    assert read(ledger.database, delivery).draft == delivery.draft


def test_a_page_that_was_seen_a_moment_ago_is_not_asked_again(ledger: Ledger, served: Served, clock: Traveller) -> None:
    channel = a_channel(ledger.database)
    waits(ledger, served, channel, timedelta(0))
    asked = len(served.asked)
    clock.shift(50)
    assert attempts.claim(ledger, channel) is not None
    assert len(served.asked) == asked


def test_what_is_handed_to_a_person_was_looked_at_just_before(
    on_sqlite: Ledger, served: Served, clock: Traveller
) -> None:
    channel = a_channel(on_sqlite.database, "group", offline("linkedin_group", group="1"))
    waits(on_sqlite, served, channel, timedelta(minutes=5))
    served.at("/post/", status=404)
    clock.shift(timedelta(minutes=5))
    assert attempts.hand_over(on_sqlite, channel) is None
    looks(on_sqlite, channel)
    assert attempts.hand_over(on_sqlite, channel) is None
