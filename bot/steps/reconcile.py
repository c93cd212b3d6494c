"""Finding out, by looking at the platform, how a delivery in doubt ended.

This module decides what a look means; `looks` and `attempts` write it down.
"""

from __future__ import annotations

from collections.abc import Iterable

from adapters.contract import Receipt
from adapters.http.wire import attempt
from bot.ledger import attempts, looks
from bot.ledger.database import now
from bot.ledger.deliveries import Ledger
from bot.model import Channel, Delivery, State
from bot.steps import looking


def due(ledger: Ledger, channels: Iterable[Channel]) -> list[Channel]:
    """The channels that have something to be looked for now."""
    waiting = looks.channels_to_look_at(ledger)
    return [channel for channel in channels if channel.id in waiting]


def reconcile(ledger: Ledger, channel: Channel) -> bool:
    """Look for the channel's deliveries in doubt whose time has come; True when one was settled."""
    looks.question(ledger, channel)
    return any([_look(ledger, channel, delivery) for delivery in looks.to_look_for(ledger, channel)])


def _look(ledger: Ledger, channel: Channel, delivery: Delivery) -> bool:
    if not looks.postpone(ledger, delivery):
        return False
    looked_at = now()
    with attempt():
        found = looking.find(ledger, channel, delivery)
    if isinstance(found, Receipt):
        attempts.published(ledger, channel, delivery, found, "Looked, and found it public.")
    elif found is None:
        return looks.absent(ledger, delivery, looked_at) is not State.IN_DOUBT
    else:
        looks.cannot_tell(ledger, delivery, str(found))
    return isinstance(found, Receipt)
