"""Reading a feed when its time has come, and keeping what became of it.

What its document means is decided in `intake`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.blog.feeds import FeedError, Reading, Validators, further_pages, read
from bot.ledger import feeds
from bot.ledger.database import Database, Transaction, now
from bot.ledger.feeds import FeedRow
from bot.ledger.notices import note_feed
from bot.model import Channel, Feed, Matter
from bot.steps.intake import Taken, knows, take_in

WHOLE = timedelta(hours=1)
"""How often a feed is read without validators: a server's "not modified" is not believed for ever."""
SILENT_FOR = timedelta(minutes=30)
"""How long a feed fails before the team hears of it."""


def due(database: Database, configured: Iterable[Feed]) -> list[Feed]:
    """The feeds whose time to be read has come; one that is gone is not read again."""
    later = feeds.later(database)
    return [feed for feed in configured if (feed.name, feed.url) not in later]


def poll(database: Database, feed: Feed, channels: Sequence[Channel]) -> bool:
    """Read a feed and take in what is new; True when deliveries were planned.

    A failure is kept on the feed, loses nothing, and is told after a while.
    """
    with database.write() as connection:
        row = feeds.feed_row(connection, feed)
        feeds.keep(connection, feed.name, next_at=now() + feed.poll)
    whole = row.whole_at is None or now() - row.whole_at > WHOLE
    validators = Validators(row.etag, row.last_modified, row.body_hash)
    try:
        reading = read(feed.url, validators, loopback=feed.loopback, unconditional=whole)
        entries = () if reading.document is None else _whole_burst(database, feed, reading, row.baseline_at)
    except FeedError as error:
        _failed(database, feed, row, error)
        return False
    with database.write() as connection:
        taken = Taken() if reading.document is None else take_in(connection, feed, entries, channels)
        _read(connection, feed, row, reading, whole)
    return taken.planned > 0


def _whole_burst(database: Database, feed: Feed, reading: Reading, baseline_at: datetime | None) -> tuple[Any, ...]:
    """The document's entries, and those of the pages behind it where all of them are new: ten were not enough."""
    document = reading.document
    assert document is not None  # noqa: S101 - the caller has looked
    entries = document.entries
    if baseline_at is None and len(entries) >= feed.backlog:
        return entries
    if not entries or any(knows(database, feed, entry) for entry in entries):
        return entries
    behind = further_pages(feed.url, document, lambda entry: knows(database, feed, entry), loopback=feed.loopback)
    return (*entries, *behind)


def _read(connection: Transaction, feed: Feed, row: FeedRow, reading: Reading, whole: bool) -> None:
    values: dict[str, Any] = {
        "etag": reading.validators.etag,
        "last_modified": reading.validators.last_modified,
        "body_hash": reading.validators.body_hash,
        "read_at": now(),
        "in_question": False,
        "failures": 0,
        "error": "",
        "error_at": None,
    }
    if whole:
        values["whole_at"] = now()
    if reading.document is not None:
        values["title"] = reading.document.title
    if reading.moved_to and reading.moved_to != row.moved_to:
        values["moved_to"] = reading.moved_to
        note_feed(connection, Matter.FEED_MOVED, feed.name, reading.moved_to, reading.moved_to)
    feeds.keep(connection, feed.name, **values)


def _failed(database: Database, feed: Feed, row: FeedRow, error: FeedError) -> None:
    """Keep the error; come back at the server's own time, or ever later, up to an hour."""
    since = row.error_at or now()
    pause = error.retry_after or min(feed.poll * 2 ** min(row.failures, 12), timedelta(hours=1))
    values = {
        "failures": row.failures + 1,
        "error": str(error),
        "error_at": since,
        "gone": error.gone,
        "next_at": now() + min(max(pause, feed.poll), timedelta(days=1)),
    }
    with database.write() as connection:
        feeds.keep(connection, feed.name, **values)
        if error.gone or now() - since > SILENT_FOR:
            matter = Matter.FEED_GONE if error.gone else Matter.FEED_SILENT
            note_feed(connection, matter, feed.name, str(error), f"{since:%Y-%m-%dT%H:%M:%S}")
