"""Attempts whose lease is over: a daemon stopped in the middle, or a reply never came."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from bot.ledger.attempts import end_attempt
from bot.ledger.database import now
from bot.ledger.deliveries import Ledger, find, mine
from bot.ledger.doubt import begin_doubt
from bot.ledger.schema import deliveries
from bot.model import Channel, Delivery, State


def recover(ledger: Ledger, channels: Iterable[Channel]) -> int:
    """End what was `sending` when its lease ran out: never attempted is pending, attempted is in doubt."""
    over = deliveries.c.state == State.SENDING, deliveries.c.lease_until <= now()
    with ledger.database.read() as connection:
        if not find(connection, *over):
            return 0
    known = {channel.id: channel for channel in channels}
    with ledger.database.write() as connection:
        return sum(
            _recover_one(connection, delivery, known.get(delivery.channel_id)) for delivery in find(connection, *over)
        )


def _recover_one(connection: Connection, delivery: Delivery, channel: Channel | None) -> bool:
    if delivery.attempted_at is None:
        why = "The daemon stopped before it was sent."
        return end_attempt(connection, delivery, State.PENDING, why, due_at=now())
    why = "The daemon stopped while it was being sent; the reply was lost."
    find_after = channel.adapter.limits.find_after if channel else None
    return begin_doubt(connection, delivery, find_after, why, *mine(delivery))
