"""Writing a new delivery: what, where to and when, in the next round of its entry on its channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from adapters.contract import Draft
from bot.ledger.database import now
from bot.ledger.deliveries import DAEMON, delivery_by_id, insert_delivery, note, tell_failed
from bot.ledger.schema import deliveries
from bot.model import Channel, Hold, State


@dataclass(frozen=True, slots=True)
class Planned:
    """A delivery about to be written: what, where to and when; `draft` may be the reason why there can be none."""

    entry_id: int
    channel: Channel
    draft: Draft | str
    due_at: datetime
    holds: frozenset[Hold] = frozenset()
    wording: str = ""
    why: str = ""
    in_question: bool = False
    """Whether it may be public already, unknown to this ledger."""

    @property
    def state(self) -> State:
        """The state it starts in."""
        if isinstance(self.draft, str):
            return State.FAILED
        return State.HELD if self.holds else State.PENDING


def write_delivery(connection: Connection, planned: Planned, who: str = DAEMON, again: bool = False) -> int | None:
    """Write a new delivery and return its id.

    None when this entry already has a delivery on this channel, or, with `again`, an open one.
    """
    state, entry_id, channel = planned.state, planned.entry_id, planned.channel
    last, still_open = connection.execute(
        select(func.max(deliveries.c.round), func.count().filter(deliveries.c.settled_at.is_(None))).where(
            deliveries.c.entry_id == entry_id, deliveries.c.channel_id == channel.id
        )
    ).one()
    if still_open or (last and not again):
        return None
    why = planned.draft if isinstance(planned.draft, str) else planned.why
    values = {
        "entry_id": entry_id,
        "channel_id": channel.id,
        "round": (last or 0) + 1,
        "state": state,
        "holds": sorted(planned.holds) if state is State.HELD else [],
        "due_at": planned.due_at,
        "draft": None if isinstance(planned.draft, str) else planned.draft.to_json(),
        "wording": planned.wording,
        "prepared": {},
        "why": why,
        "in_question": planned.in_question,
        "created_at": now(),
    }
    delivery_id = insert_delivery(connection, values)
    if delivery_id is None:
        return None
    note(connection, delivery_id, who, why, None, state)
    if state is State.FAILED:
        tell_failed(connection, delivery_by_id(connection, delivery_id), why)
    return delivery_id
