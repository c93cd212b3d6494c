"""Finding out, by looking at the platform, how a delivery in doubt ended.

This module decides what a look means; `doubt` and `attempts` write it down.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from adapters.contract import CannotTellError, Draft, Receipt
from adapters.wire import attempt
from bot import attempts, doubt
from bot.database import now
from bot.ledger import Ledger
from bot.model import Channel, Delivery, State
from bot.outcome import outcome_of

MARGIN = timedelta(minutes=5)
"""How far a platform's clock may be behind ours when we look for what we sent."""


def due(ledger: Ledger, channels: Iterable[Channel]) -> list[Channel]:
    """The channels that have something in doubt whose time to be looked for has come."""
    waiting = doubt.channels_to_look_at(ledger)
    return [channel for channel in channels if channel.id in waiting]


def reconcile(ledger: Ledger, channel: Channel) -> bool:
    """Look for the channel's deliveries in doubt whose time has come; True when one was settled."""
    return any([_look(ledger, channel, delivery) for delivery in doubt.to_look_for(ledger, channel)])


def _look(ledger: Ledger, channel: Channel, delivery: Delivery) -> bool:
    looked_at = now()
    draft = Draft.from_json(delivery.draft or {}, delivery.prepared)
    since = (delivery.first_attempted_at or delivery.created_at) - MARGIN
    known = doubt.known_receipts(ledger, delivery)
    with attempt():
        found = outcome_of(channel, lambda: channel.adapter.find(draft, since, delivery.hint, known), CannotTellError)
    if isinstance(found, Receipt):
        attempts.published(ledger, channel, delivery, found, "Looked, and found it public.")
    elif found is None:
        return doubt.absent(ledger, channel, delivery, looked_at) is not State.IN_DOUBT
    else:
        doubt.cannot_tell(ledger, channel, delivery, str(found))
    return isinstance(found, Receipt)
