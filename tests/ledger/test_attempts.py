"""The life of an attempt: claimed in order, marked before the world is touched, settled by what the platform said."""

from __future__ import annotations

from datetime import timedelta

from adapters.contract import Receipt
from bot.ledger import attempts, recovery, turns
from bot.ledger.database import now
from bot.ledger.deliveries import Ledger
from bot.model import State
from tests.making.ledger import a_channel, a_delivery, an_entry, an_entry_id, read, told


def test_a_channel_has_at_most_one_delivery_in_sending(ledger: Ledger) -> None:
    channel = a_channel(ledger.database)
    for title in ("first", "second"):
        a_delivery(ledger.database, channel, an_entry_id(ledger.database, an_entry(title)))
    assert attempts.claim(ledger, channel) is not None
    assert attempts.claim(ledger, channel) is None


def test_what_is_due_first_is_sent_first(ledger: Ledger) -> None:
    channel = a_channel(ledger.database)
    late = a_delivery(ledger.database, channel, an_entry_id(ledger.database, an_entry("later")))
    early = a_delivery(
        ledger.database, channel, an_entry_id(ledger.database, an_entry("now")), due_at=now() - timedelta(hours=1)
    )
    claimed = attempts.claim(ledger, channel)
    assert claimed is not None
    assert claimed.id == early.id != late.id


def test_nothing_is_sent_before_it_is_due(ledger: Ledger, clock) -> None:
    channel = a_channel(ledger.database)
    a_delivery(ledger.database, channel, due_at=now() + timedelta(hours=1))
    assert turns.ready(ledger) == set()
    assert attempts.claim(ledger, channel) is None
    clock.shift(3601)
    assert turns.ready(ledger) == {channel.id}
    assert attempts.claim(ledger, channel) is not None


def test_a_worker_whose_lease_is_over_may_not_touch_the_world(ledger: Ledger, clock) -> None:
    channel = a_channel(ledger.database)
    a_delivery(ledger.database, channel)
    claimed = attempts.claim(ledger, channel)
    assert claimed is not None
    clock.shift(attempts.LEASE)
    assert not attempts.mark_attempted(ledger, claimed)
    assert recovery.recover(ledger, [channel]) == 1
    again = attempts.claim(ledger, channel)
    assert again is not None
    assert not attempts.mark_attempted(ledger, claimed)
    assert attempts.mark_attempted(ledger, again)


def test_a_reply_that_comes_after_the_lease_ends_the_doubt_that_began_meanwhile(ledger: Ledger, clock) -> None:
    channel = a_channel(ledger.database)
    delivery = a_delivery(ledger.database, channel)
    claimed = attempts.claim(ledger, channel)
    assert claimed is not None
    attempts.mark_attempted(ledger, claimed)
    clock.shift(attempts.LEASE)
    recovery.recover(ledger, [channel])
    attempts.published(ledger, channel, claimed, Receipt("7", "https://x.com/i/status/7"))
    assert read(ledger.database, delivery).state is State.PUBLISHED


def test_a_receipt_that_belongs_to_another_delivery_is_a_doubt(ledger: Ledger) -> None:
    channel = a_channel(ledger.database)
    for title in ("first", "second"):
        delivery = a_delivery(ledger.database, channel, an_entry_id(ledger.database, an_entry(title)))
        claimed = attempts.claim(ledger, channel)
        assert claimed is not None
        attempts.published(ledger, channel, claimed, Receipt("7", "https://x.com/i/status/7"))
    assert read(ledger.database, delivery).state is State.IN_DOUBT


def test_pauses_between_attempts_double_and_after_the_last_a_person_is_asked(ledger: Ledger, clock) -> None:
    channel = a_channel(ledger.database)
    delivery = a_delivery(ledger.database, channel)
    pauses = []
    for _ in range(ledger.retry.limit):
        claimed = attempts.claim(ledger, channel)
        assert claimed is not None
        attempts.later(ledger, channel, claimed, "Not now.")
        pauses.append((read(ledger.database, delivery).due_at - now()).total_seconds())
        clock.shift(timedelta(hours=3))
    expected = [30, 60, 120, 240, 480, 960, 1920]
    assert all(0.89 * pause < seen < 1.11 * pause for pause, seen in zip(expected, pauses[:-1], strict=True))
    assert read(ledger.database, delivery).state is State.FAILED
    assert "oncecast retry" in told(ledger.database)[-1]


def test_a_pause_the_platform_asks_for_is_kept_by_the_whole_channel_and_is_no_failure(ledger: Ledger, clock) -> None:
    channel = a_channel(ledger.database)
    delivery = a_delivery(ledger.database, channel)
    other = a_delivery(ledger.database, channel, an_entry_id(ledger.database, an_entry("other")))
    claimed = attempts.claim(ledger, channel)
    assert claimed is not None
    attempts.later(ledger, channel, claimed, "Too many.", timedelta(minutes=15))
    assert read(ledger.database, delivery).attempts == 0
    assert attempts.claim(ledger, channel) is None
    clock.shift(timedelta(minutes=15))
    claimed = attempts.claim(ledger, channel)
    assert claimed is not None
    assert claimed.id in (delivery.id, other.id)


def test_credentials_that_do_not_open_pause_the_channel_and_lose_nothing(ledger: Ledger) -> None:
    channel = a_channel(ledger.database)
    delivery = a_delivery(ledger.database, channel)
    claimed = attempts.claim(ledger, channel)
    assert claimed is not None
    attempts.refused(ledger, channel, claimed, "The token was revoked.")
    assert read(ledger.database, delivery).state is State.PENDING
    assert attempts.claim(ledger, channel) is None
    assert told(ledger.database) == [
        "x is paused. The token was revoked. When it is mended: `oncecast channels resume x`."
    ]
