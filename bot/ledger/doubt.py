"""How doubt begins: a request may or may not have taken effect."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection

from adapters.http import wire
from bot.ledger.database import now
from bot.ledger.deliveries import DAEMON, LEASE, move
from bot.ledger.notices import note_delivery
from bot.model import Delivery, Matter, State


def begin_doubt(
    connection: Connection,
    delivery: Delivery,
    find_after: timedelta | None,
    why: str,
    *conditions: ColumnElement[bool],
    **values: Any,
) -> bool:
    """Move a delivery to in_doubt. With no way to look (`find_after` None) a person is asked at once."""
    at = now()
    doubt: dict[str, Any] = {"doubt_since": at, **values}
    if find_after is not None:
        doubt |= {"look_at": at + find_after, "believe_at": _ended(delivery, at) + find_after}
    moved = move(connection, delivery.id, delivery.state, State.IN_DOUBT, DAEMON, why, *conditions, **doubt)
    if moved and find_after is None:
        ask_a_person(connection, delivery, why, at)
    return moved


def _ended(delivery: Delivery, at: datetime) -> datetime:
    """When the attempt can no longer be under way, also where a clock has jumped since its lease was written."""
    if delivery.lease_until is None:
        return at
    return min(max(delivery.lease_until, at + timedelta(seconds=wire.WHOLE)), at + LEASE)


def ask_a_person(connection: Connection, delivery: Delivery, why: str, since: datetime | None) -> None:
    """Nobody but a person can find out whether the delivery is public, in the doubt that began then."""
    note_delivery(connection, Matter.IN_DOUBT, delivery, why, since)
