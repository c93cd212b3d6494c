"""Whose turn it is on a channel: what may be sent next, in the blog's order, and what has to wait."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, Select, or_, select, tuple_

from bot.ledger.database import now
from bot.ledger.deliveries import Ledger
from bot.ledger.schema import channels, deliveries, entries
from bot.model import State

_OTHER = deliveries.alias()  # made once: it costs more than the query


FRESH = timedelta(minutes=1)
"""How long it is believed that a page is public, once it was seen."""


def unseen_lately(delivery_id: int) -> Select[int]:
    """The entry of a delivery, if its page was seen longer ago than it can be believed."""
    joined = select(entries.c.id).join(deliveries, deliveries.c.entry_id == entries.c.id)
    return joined.where(deliveries.c.id == delivery_id, entries.c.page_seen_at < now() - FRESH)


def next_due(channel_id: int) -> Select[int]:
    """The channel's next delivery that may be sent now."""
    of_channel = deliveries.c.channel_id == channel_id
    free = select(channels.c.id).where(channels.c.id == channel_id, *free_channel())
    sending = select(_OTHER.c.id).where(_OTHER.c.channel_id == channel_id, _OTHER.c.state == State.SENDING)
    due = select(deliveries.c.id).where(of_channel, deliveries.c.state == State.PENDING, deliveries.c.due_at <= now())
    return (
        due.where(
            believable(),
            deliveries.c.in_question.is_(False),
            free.exists(),
            ~sending.exists(),
            ~_unseen_before().exists(),
        )
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(1)
    )


def _unseen_before() -> Select[int]:
    """What is due before a delivery on its channel, and waits only for the first look at its page.

    A channel sends in the blog's order, also where the page of a newer entry was seen first. A look that failed keeps
    nobody waiting.
    """
    return (
        select(_OTHER.c.id)
        .join(entries, entries.c.id == _OTHER.c.entry_id)
        .where(_OTHER.c.channel_id == deliveries.c.channel_id, _OTHER.c.state == State.HELD)
        .where(tuple_(_OTHER.c.due_at, _OTHER.c.id) < tuple_(deliveries.c.due_at, deliveries.c.id))
        .where(entries.c.page_at <= now(), entries.c.page_looks == 0)
    )


def believable() -> ColumnElement[bool]:
    """What was attempted once is not sent before a look for it can be believed."""
    never = deliveries.c.first_attempted_at.is_(None)
    return or_(never, deliveries.c.believe_at.is_(None), deliveries.c.believe_at <= now())


def ready(ledger: Ledger) -> set[int]:
    """The ids of the channels that have something due and may send it."""
    due = (
        deliveries.c.state == State.PENDING,
        deliveries.c.due_at <= now(),
        deliveries.c.in_question.is_(False),
        believable(),
    )
    joined = deliveries.join(channels, channels.c.id == deliveries.c.channel_id)
    with ledger.database.read() as connection:
        query = select(deliveries.c.channel_id).select_from(joined).where(*due, *free_channel()).distinct()
        return set(connection.execute(query).scalars())


def free_channel() -> tuple[ColumnElement[bool], ...]:
    """A channel that is neither paused nor has to wait."""
    return channels.c.paused_at.is_(None), or_(channels.c.not_before.is_(None), channels.c.not_before <= now())
