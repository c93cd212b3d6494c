"""One look at a platform for a delivery that may be public: what `reconcile` and `deliver` do alike."""

from __future__ import annotations

from datetime import datetime, timedelta

from adapters.contract import AdapterError, CannotTellError, Draft, Receipt
from bot.ledger import looks
from bot.ledger.deliveries import Ledger
from bot.ledger.entries import load
from bot.model import Channel, Delivery
from bot.steps.outcome import outcome_of

MARGIN = timedelta(days=1)
"""How far ours may have been ahead of a platform's clock when we sent what we look for: what is older is not seen."""
LONG_AGO = timedelta(days=14)
"""How far back to look for an entry without a date that an older ledger may not know of."""


def find(ledger: Ledger, channel: Channel, delivery: Delivery) -> Receipt | AdapterError | None:
    """What a look finds: the post, nothing, or why it cannot tell. To be called inside an attempt."""
    draft = Draft.from_json(delivery.draft or {}, delivery.prepared)
    since = _since(ledger, delivery) - MARGIN
    others = looks.other_receipts(ledger, delivery)
    return outcome_of(channel, lambda: channel.adapter.find(draft, since, delivery.hint, others), CannotTellError)


def _since(ledger: Ledger, delivery: Delivery) -> datetime:
    """From when on it may have become public: our first attempt, or, unknown to this ledger, the entry's own time."""
    if delivery.first_attempted_at is not None:
        return delivery.first_attempted_at
    with ledger.database.read() as connection:
        published = load(connection, delivery.entry_id).entry.published
    return min(published or delivery.created_at - LONG_AGO, delivery.created_at)
