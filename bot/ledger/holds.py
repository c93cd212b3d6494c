"""Taking reasons away from what is held."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.ledger.deliveries import change, move
from bot.model import Delivery, Hold, State


def unhold(
    connection: Connection, delivery: Delivery, reasons: set[Hold], who: str, why: str, due_at: datetime | None = None
) -> bool:
    """Take reasons away from a held delivery; when none is left, it is pending. True when it is."""
    left = delivery.holds - reasons
    if left:
        change(connection, delivery, holds=sorted(left))
        return False
    due = {} if due_at is None else {"due_at": due_at}
    return move(connection, delivery.id, State.HELD, State.PENDING, who, why, **due)
