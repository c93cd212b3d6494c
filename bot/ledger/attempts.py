"""The life of one attempt in the ledger: claimed with a lease, marked before the world is touched, settled.

Each public function that takes the ledger is one transaction. What an attempt's outcome means is decided in `deliver`.
"""

from __future__ import annotations

import random
import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func
from sqlalchemy.exc import IntegrityError

from adapters.contract import Draft, Receipt
from bot.ledger.channels import pause, wait_until
from bot.ledger.database import now
from bot.ledger.deliveries import DAEMON, LEASE, Ledger, change, delivery_by_id, mine, move, note, tell_failed
from bot.ledger.doubt import begin_doubt
from bot.ledger.entries import wants_look
from bot.ledger.notices import note_delivery
from bot.ledger.schema import deliveries
from bot.ledger.turns import next_due, unseen_lately
from bot.model import Channel, Delivery, Hold, Matter, State


def claim(ledger: Ledger, channel: Channel) -> Delivery | None:
    """Take the channel's next delivery that is due, with a lease and a fresh token, or None.

    None too while the channel is paused, has to wait, or has one in `sending`.
    """
    lease = {"token": uuid.uuid4().hex, "lease_until": now() + LEASE, "attempted_at": None}
    with ledger.database.write() as connection:
        return _take(connection, channel, State.SENDING, attempts=deliveries.c.attempts + 1, **lease)


def hand_over(ledger: Ledger, channel: Channel) -> Delivery | None:
    """Give the channel's next delivery that is due to a person, who hears of it; or None."""
    with ledger.database.write() as connection:
        if delivery := _take(connection, channel, State.HANDED_OVER):
            note_delivery(connection, Matter.HANDED_OVER, delivery, "")
        return delivery


def _take(connection: Connection, channel: Channel, became: State, **values: Any) -> Delivery | None:
    delivery_id = connection.execute(next_due(channel.id)).scalar()
    if delivery_id is None or _sent_back(connection, delivery_id):
        return None
    try:
        with connection.begin_nested():
            moved = move(connection, delivery_id, State.PENDING, became, DAEMON, "", **values)
    except IntegrityError:  # another daemon took another delivery of this channel at the same moment
        return None
    return delivery_by_id(connection, delivery_id) if moved else None


def _sent_back(connection: Connection, delivery_id: int) -> bool:
    """Send a delivery back whose page was not seen just now: it may have gone, or behind a password, meanwhile."""
    entry_id = connection.execute(unseen_lately(delivery_id)).scalar()
    if entry_id is None:
        return False
    wants_look(connection, entry_id, now())
    why = "Its page is looked at once more."
    return move(connection, delivery_id, State.PENDING, State.HELD, DAEMON, why, holds=[Hold.PAGE])


def keep_prepared(ledger: Ledger, delivery: Delivery, draft: Draft, until: datetime) -> None:
    """Keep the ids of uploads, so that the next attempt need not upload again."""
    with ledger.database.write() as connection:
        change(connection, delivery, prepared=dict(draft.prepared), prepared_until=until)


def mark_attempted(ledger: Ledger, delivery: Delivery) -> bool:
    """The last mark before the world is touched. False when the lease is over or another's: then send nothing."""
    at = now()
    first = func.coalesce(deliveries.c.first_attempted_at, at)
    with ledger.database.write() as connection:
        return change(connection, delivery, deliveries.c.lease_until > at, attempted_at=at, first_attempted_at=first)


def never_left(ledger: Ledger, delivery: Delivery) -> None:
    """The request that was marked never left this machine: it was no attempt, and nothing needs to be looked for."""
    with ledger.database.write() as connection:
        change(connection, delivery, attempted_at=None, first_attempted_at=delivery.first_attempted_at)


def published(ledger: Ledger, channel: Channel, delivery: Delivery, receipt: Receipt, why: str = "") -> None:
    """The post is public, and this is its receipt: after an attempt, or after a look."""
    values = {"receipt_id": receipt.id, "receipt_url": receipt.url}
    try:
        with ledger.database.write() as connection:
            # A reply that comes after the lease is still the truth, and ends the doubt that began meanwhile.
            if not (
                end_attempt(connection, delivery, State.PUBLISHED, why, **values)
                or move(connection, delivery.id, State.IN_DOUBT, State.PUBLISHED, DAEMON, why, **values)
            ):
                stands = delivery_by_id(connection, delivery.id).state
                note(connection, delivery.id, DAEMON, f"A late reply named {receipt.url}.", stands, stands)
            if channel.gap:
                wait_until(connection, channel, now() + channel.gap)
    except IntegrityError:
        doubted(ledger, channel, delivery, f"The platform named {receipt.id}, which is another delivery's post.", None)


def failed(ledger: Ledger, channel: Channel, delivery: Delivery, why: str) -> None:
    """Certainly not public; a person decides."""
    with ledger.database.write() as connection:
        if end_attempt(connection, delivery, State.FAILED, why, believe_at=_believe_at(channel)):
            tell_failed(connection, delivery, why)


def later(ledger: Ledger, channel: Channel, delivery: Delivery, why: str, retry_after: timedelta | None = None) -> None:
    """Nothing is public: again at the platform's own time, or after a growing pause; after the last, a person."""
    if retry_after is None and delivery.attempts >= ledger.retry.limit:
        return failed(ledger, channel, delivery, f"Tried {delivery.attempts} times. {why}")
    with ledger.database.write() as connection:
        attempts = delivery.attempts - (retry_after is not None)  # a pause that was asked for is no failure
        due_at = now() + (_growing(ledger, delivery.attempts) if retry_after is None else retry_after)
        values = {"due_at": due_at, "attempts": attempts, "believe_at": _believe_at(channel)}
        end_attempt(connection, delivery, State.PENDING, why, **values)
        if retry_after is not None:
            wait_until(connection, channel, due_at)
    return None


def refused(ledger: Ledger, channel: Channel, delivery: Delivery, why: str) -> None:
    """The platform does not know us: nothing is public, and the channel waits for a person."""
    with ledger.database.write() as connection:
        values = {"due_at": now(), "attempts": delivery.attempts - 1, "believe_at": _believe_at(channel)}
        end_attempt(connection, delivery, State.PENDING, why, **values)
        pause(connection, channel.id, DAEMON, why)


def doubted(
    ledger: Ledger, channel: Channel, delivery: Delivery, why: str, find_after: timedelta | None, **evidence: Any
) -> None:
    """It may be public or not. `find_after` as in `Limits`; `evidence` is what a duplicate refusal said."""
    with ledger.database.write() as connection:
        begin_doubt(connection, delivery, find_after, why, *mine(delivery), **evidence)


def end_attempt(connection: Connection, delivery: Delivery, became: State, why: str, **values: Any) -> bool:
    """End an attempt, or a look, while the delivery is still as we read it: same state, same token."""
    return move(connection, delivery.id, delivery.state, became, DAEMON, why, *mine(delivery), **values)


def _believe_at(channel: Channel) -> datetime | None:
    """From when on a look for what was attempted just now can be believed."""
    find_after = channel.adapter.limits.find_after
    return None if find_after is None else now() + find_after


def _growing(ledger: Ledger, attempts: int) -> timedelta:
    """Doubling from the first pause to the longest, with jitter so that channels do not march in step."""
    pause = min(ledger.retry.first * 2 ** max(attempts - 1, 0), ledger.retry.longest)
    return timedelta(seconds=pause.total_seconds() * random.uniform(0.9, 1.1))  # noqa: S311
