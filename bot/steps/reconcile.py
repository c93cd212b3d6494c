"""Finding out, by looking at the platform, how a delivery in doubt ended.

This module decides what a look means; `looks` and `attempts` write it down.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from adapters.contract import CannotTellError, Draft, Receipt
from adapters.http.wire import attempt
from bot.ledger import attempts, looks
from bot.ledger.database import now
from bot.ledger.deliveries import Ledger
from bot.ledger.entries import load
from bot.model import Channel, Delivery, State
from bot.steps.outcome import outcome_of

MARGIN = timedelta(days=1)
"""How far ours may have been ahead of a platform's clock when we sent what we look for: what is older is not seen."""


LONG_AGO = timedelta(days=14)
"""How far back to look for an entry without a date that an older ledger may not know of."""


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
    draft = Draft.from_json(delivery.draft or {}, delivery.prepared)
    since = _since(ledger, delivery) - MARGIN
    others = looks.other_receipts(ledger, delivery)
    with attempt():
        found = outcome_of(channel, lambda: channel.adapter.find(draft, since, delivery.hint, others), CannotTellError)
    if isinstance(found, Receipt):
        attempts.published(ledger, channel, delivery, found, "Looked, and found it public.")
    elif found is None:
        return looks.absent(ledger, delivery, looked_at) is not State.IN_DOUBT
    else:
        looks.cannot_tell(ledger, delivery, str(found))
    return isinstance(found, Receipt)


def _since(ledger: Ledger, delivery: Delivery) -> datetime:
    """From when on it may have become public: our first attempt, or, unknown to this ledger, the entry's own time."""
    if delivery.first_attempted_at is not None:
        return delivery.first_attempted_at
    with ledger.database.read() as connection:
        published = load(connection, delivery.entry_id).entry.published
    return min(published or delivery.created_at - LONG_AGO, delivery.created_at)
