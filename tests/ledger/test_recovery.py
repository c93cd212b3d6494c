"""What a lease that ran out means: never attempted is pending, attempted is in doubt."""

from __future__ import annotations

from bot.ledger import attempts, recovery
from bot.ledger.deliveries import Ledger
from bot.model import State
from tests.making.ledger import a_channel, a_delivery, read, told


def test_a_crash_before_the_last_mark_leaves_a_pending_delivery(ledger: Ledger, clock) -> None:
    channel = a_channel(ledger.database)
    delivery = a_delivery(ledger.database, channel)
    attempts.claim(ledger, channel)
    assert recovery.recover(ledger, [channel]) == 0
    clock.shift(attempts.LEASE)
    recovery.recover(ledger, [channel])
    assert read(ledger.database, delivery).state is State.PENDING


def test_a_crash_after_the_last_mark_leaves_a_doubt(ledger: Ledger, clock) -> None:
    channel = a_channel(ledger.database)
    delivery = a_delivery(ledger.database, channel)
    claimed = attempts.claim(ledger, channel)
    assert claimed is not None
    attempts.mark_attempted(ledger, claimed)
    clock.shift(attempts.LEASE)
    recovery.recover(ledger, [channel])
    assert read(ledger.database, delivery).state is State.IN_DOUBT


def test_a_crash_on_a_channel_that_left_the_configuration_asks_a_person(ledger: Ledger, clock) -> None:
    channel = a_channel(ledger.database)
    a_delivery(ledger.database, channel)
    claimed = attempts.claim(ledger, channel)
    assert claimed is not None
    attempts.mark_attempted(ledger, claimed)
    clock.shift(attempts.LEASE)
    recovery.recover(ledger, [])
    assert "not known whether" in told(ledger.database)[0]
