"""What a feed's document means for the ledger: what is new, what is the same, what a person must see first.

Entries, their deliveries and the feed's validators are written in one transaction, after the document was understood.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.ledger import feeds
from bot.ledger.database import Database, Transaction, now
from bot.ledger.deliveries import change
from bot.ledger.entries import Sighting, load, recognise, record, wants_look
from bot.ledger.notices import note_entry, note_feed
from bot.ledger.planned import Planned, write_delivery
from bot.ledger.waiting import entries_waiting, untouched
from bot.model import Channel, Entry, Feed, Hold, Matter, StoredEntry
from bot.planning import drafts


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a document: how many entries were new to the feed, and why they are held, if they are."""

    new: int = 0
    planned: int = 0
    why_held: str = ""


def knows(database: Database, feed: Feed, entry: Entry) -> bool:
    """Whether the feed has shown this entry before."""
    with database.read() as connection:
        return recognise(connection, feed.blog, feed.name, entry).in_feed


def take_in(connection: Transaction, feed: Feed, read: Sequence[Entry], channels: Iterable[Channel]) -> Taken:
    """Write the entries of a document, oldest first, and plan the deliveries of those that are new."""
    feeds.queue_up(connection)
    row = feeds.feed_row(connection, feed)
    sightings = [recognise(connection, feed.blog, feed.name, entry) for entry in _once(read)]
    new = [sighting for sighting in sightings if not sighting.in_feed]
    if row.baseline_at is None:
        why, chosen = "", _newest(new, feed.backlog)
        feeds.keep(connection, feed.name, baseline_at=_baseline(sightings))
    else:
        why, chosen = _guard(feed, sightings, new), new
    planned = 0
    for sighting in _oldest_first(sightings):
        entry_id, changed = record(connection, feed.blog, feed.name, sighting)
        if any(sighting is choice for choice in chosen):
            holds = _holds(sighting, row.baseline_at, why)
            planned += _plan(connection, load(connection, entry_id), channels, holds, why, row.in_question)
        elif changed and sighting.is_known:
            recompose(connection, entry_id, channels)
    if why and planned:
        note_feed(connection, Matter.GUARD, feed.name, why, f"{now():%Y-%m-%dT%H:%M:%S}")
    return Taken(len(new), planned, why)


def _once(read: Sequence[Entry]) -> list[Entry]:
    """The entries without those that stand twice in the document, the first of each kept."""
    return list({entry.guid: entry for entry in reversed(read)}.values())[::-1]


def _oldest_first(sightings: Sequence[Sighting]) -> list[Sighting]:
    """The blog's order, in which its entries are planned and sent; where dates are missing, the document's, turned."""
    turned = list(reversed(sightings))
    dated = [sighting.entry.published for sighting in turned if sighting.entry.published]
    return (
        turned
        if len(dated) < len(turned)
        else sorted(turned, key=lambda sighting: sighting.entry.published or dated[0])
    )


def _newest(new: Sequence[Sighting], count: int) -> list[Sighting]:
    """The newest by date; where dates are missing, the document's order decides."""
    oldest = datetime.min.replace(tzinfo=now().tzinfo)
    return sorted(new, key=lambda sighting: sighting.entry.published or oldest, reverse=True)[:count]


def _baseline(sightings: Sequence[Sighting]) -> datetime:
    """The time that separates the archive from what is new: the newest date shown, but never the future."""
    at = now()
    return max((min(sighting.entry.published, at) for sighting in sightings if sighting.entry.published), default=at)


def _guard(feed: Feed, sightings: Sequence[Sighting], new: Sequence[Sighting]) -> str:
    """Why all that is new must wait for a person, or nothing."""
    if len(new) > feed.guard:
        return f"{len(new)} entries turned up at once, more than the {feed.guard} that go out by themselves."
    if 2 * sum(sighting.twin for sighting in new) > len(new):
        return "Entries came again under other identities, as when a blog has moved."
    if len(new) > 1 and not any(sighting.in_feed for sighting in sightings):
        return "Nothing in the feed is as it was before, as when a blog has moved."
    return ""


def _holds(sighting: Sighting, baseline_at: datetime | None, why: str) -> frozenset[Hold]:
    """The reasons why a new entry's deliveries must wait; its page is always looked at first."""
    published = sighting.entry.published
    late = baseline_at is not None and published is not None and published < baseline_at
    holds = {Hold.PAGE}
    holds |= {Hold.LATE} if late or sighting.uncertain else set()
    holds |= {Hold.GUARD} if why else set()
    return frozenset(holds)


REASONS = {
    Hold.LATE: "It is dated before the feed was first seen, or its identity is uncertain.",
    Hold.APPROVAL: "Drafts of this channel wait for a person.",
}


def _plan(
    connection: Transaction,
    stored: StoredEntry,
    channels: Iterable[Channel],
    holds: frozenset[Hold],
    why: str,
    in_question: bool,
) -> int:
    count = 0
    for channel in channels:
        if drafts.takes(channel, stored.entry, stored.feeds):
            reasons = holds | ({Hold.APPROVAL} if channel.approve else frozenset())
            planned = Planned(
                stored.id,
                channel,
                drafts.draft_for(channel, stored),
                due_at=now() + channel.wait,
                holds=reasons,
                why=" ".join([why, *(REASONS[hold] for hold in sorted(reasons) if hold in REASONS)]).strip(),
                in_question=in_question,
            )
            count += write_delivery(connection, planned) is not None
    if count:
        wants_look(connection, stored.id, now())
        _tell_late(connection, stored, holds)
    return count


def _tell_late(connection: Transaction, stored: StoredEntry, holds: Collection[Hold]) -> None:
    if Hold.LATE in holds and Hold.GUARD not in holds:
        note_entry(connection, Matter.LATE, stored.id, REASONS[Hold.LATE])


def recompose(connection: Transaction, entry_id: int, channels: Iterable[Channel]) -> None:
    """Compose anew what has not been attempted nor approved: the entry, its picture or the options have changed."""
    by_id = {channel.id: channel for channel in channels}
    stored = load(connection, entry_id)
    for delivery in untouched(connection, entry_id):
        if channel := by_id.get(delivery.channel_id):
            fresh = drafts.draft_for(channel, stored, delivery.wording)
            if not isinstance(fresh, str) and fresh.to_json() != delivery.draft:
                change(connection, delivery, draft=fresh.to_json(), prepared={}, prepared_until=None)


def recompose_all(database: Database, channels: Sequence[Channel]) -> None:
    """Compose anew every untouched draft, as after the options of a channel have changed."""
    with database.write() as connection:
        for entry_id in entries_waiting(connection):
            recompose(connection, entry_id, channels)
