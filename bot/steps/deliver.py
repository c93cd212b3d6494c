"""The way of a delivery to its platform: claim, prepare, publish, settle.

This module decides what an outcome means; `attempts` writes it down. What nobody answered is found out in `reconcile`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from adapters.contract import (
    AdapterError,
    CannotTellError,
    CredentialError,
    Draft,
    DuplicateError,
    InDoubtError,
    Receipt,
    RejectedError,
    TransientError,
)
from adapters.http.wire import attempt, under_way
from bot.ledger import attempts, turns
from bot.ledger.database import now
from bot.ledger.deliveries import Ledger
from bot.model import Channel, Delivery, delivery_name
from bot.steps import looking
from bot.steps.outcome import outcome_of

log = logging.getLogger(__name__)


def due(ledger: Ledger, channels: Iterable[Channel]) -> list[Channel]:
    """The channels that have something due and may send it."""
    ready = turns.ready(ledger)
    return [channel for channel in channels if channel.id in ready]


def deliver(ledger: Ledger, channel: Channel) -> bool:
    """Deliver the channel's next delivery that is due; False when there was none."""
    if channel.adapter.hands_over:
        return attempts.hand_over(ledger, channel) is not None
    delivery = attempts.claim(ledger, channel)
    if delivery is None:
        return False
    with attempt(until=delivery.lease_until):
        outcome = _look_first(ledger, channel, delivery) or _send(ledger, channel, delivery)
    if outcome is not None:
        settle(ledger, channel, delivery, outcome)
    return True


def _look_first(ledger: Ledger, channel: Channel, delivery: Delivery) -> Receipt | AdapterError | None:
    """Whoever was attempted once is looked for right before every further request; None when it may be made.

    A look that finds nothing is good for the one request that follows it. It is not claimed before such a look can be
    believed.
    """
    if delivery.first_attempted_at is None or not channel.adapter.limits.searchable:
        return None
    found = looking.find(ledger, channel, delivery)
    return found.because if isinstance(found, CannotTellError) and isinstance(found.because, CredentialError) else found


def _send(ledger: Ledger, channel: Channel, delivery: Delivery) -> Receipt | AdapterError | None:
    ready = _prepare(ledger, channel, delivery)
    return _publish(ledger, channel, delivery, ready) if isinstance(ready, Draft) else ready


def _prepare(ledger: Ledger, channel: Channel, delivery: Delivery) -> Draft | AdapterError:
    """The draft with its uploads done, or why not. Nothing is public yet, so nothing here can be in doubt."""
    fresh = delivery.prepared_until is not None and delivery.prepared_until > now()
    draft = Draft.from_json(delivery.draft or {}, delivery.prepared if fresh else {})
    outcome = outcome_of(channel, lambda: channel.adapter.prepare(draft), TransientError)
    if isinstance(outcome, InDoubtError | DuplicateError):
        return TransientError(str(outcome))
    if isinstance(outcome, Draft) and outcome.prepared != draft.prepared:
        attempts.keep_prepared(ledger, delivery, outcome, now() + channel.adapter.limits.prepared_for)
    return outcome


def _publish(ledger: Ledger, channel: Channel, delivery: Delivery, draft: Draft) -> Receipt | AdapterError | None:
    """The one request that counts, after the last mark; None when the lease was lost and nothing may be sent."""
    if not attempts.mark_attempted(ledger, delivery):
        log.warning("%s was not sent, its lease was over.", _name(channel, delivery))
        return None
    outcome = outcome_of(channel, lambda: channel.adapter.publish(draft, delivery.key), InDoubtError)
    if isinstance(outcome, TransientError) and (begun := under_way.get()) and not begun.sent:
        attempts.never_left(ledger, delivery)
    return outcome


def settle(ledger: Ledger, channel: Channel, delivery: Delivery, outcome: Receipt | AdapterError) -> None:
    """Write an attempt's outcome into the ledger. The default is doubt."""
    why, find_after = str(outcome), channel.adapter.limits.find_after
    match outcome:
        case Receipt():
            attempts.published(ledger, channel, delivery, outcome)
        case TransientError():
            attempts.later(ledger, channel, delivery, why, outcome.retry_after)
        case CredentialError():
            attempts.refused(ledger, channel, delivery, why)
        case RejectedError():
            attempts.failed(ledger, channel, delivery, why)
        case DuplicateError():
            attempts.doubted(ledger, channel, delivery, why, find_after, duplicate=True, hint=outcome.hint)
        case _:
            attempts.doubted(ledger, channel, delivery, why, find_after)
    log.info("%s: %s", _name(channel, delivery), getattr(outcome, "url", why))


def _name(channel: Channel, delivery: Delivery) -> str:
    return delivery_name(delivery.entry_id, channel.name, delivery.round)
