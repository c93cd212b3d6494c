"""What tests are made of: entries, channels and deliveries in a ledger, with real adapters behind them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, text

from adapters import adapter_class
from adapters.contract import Adapter
from adapters.http.session import PlatformSession
from bot.desk.telling import told_of
from bot.ledger.database import Database, now
from bot.ledger.deliveries import delivery_by_id
from bot.ledger.entries import Sighting, load, record
from bot.ledger.feeds import feed_row
from bot.ledger.notices import find as find_notices
from bot.ledger.planned import Planned, write_delivery
from bot.ledger.schema import channels, events, metadata
from bot.model import Channel, Delivery, Entry, Feed, Hold
from bot.planning import drafts

FEED = Feed("blog", "http://blog.example.org/feed/", "The Blog")


def emptied(database: Database) -> Database:
    """The same database with nothing in its tables, its ids from 1 on; what SQLAlchemy has compiled for it stays."""
    with database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
        if not database.is_sqlite:  # where TRUNCATE takes many times as long on tables with hardly a row
            numbered = [table.name for table in metadata.sorted_tables if "id" in table.c]
            connection.execute(text("; ".join(f"ALTER SEQUENCE {name}_id_seq RESTART" for name in numbered)))
    return database


def an_entry(title: str = "Sleep after treatment", **values: Any) -> Entry:
    """An entry of the invented blog, dated now unless told otherwise."""
    slug = title.lower().replace(" ", "-")
    link = f"https://blog.example.org/{slug}/"
    return Entry(
        **{"guid": f"https://blog.example.org/?p={slug}", "link": link, "title": title, "published": now()} | values
    )


def offline(kind: str = "twitter", **options: Any) -> Adapter:
    """A real adapter that has nobody to speak to: enough to compose."""
    adapter = adapter_class(kind)
    return adapter(adapter.Options(**options), {}, PlatformSession(adapter.real, "http://127.0.0.1:9"), lambda _: b"")


def a_channel(database: Database, name: str = "x", adapter: Adapter | None = None, **values: Any) -> Channel:
    """A channel of the ledger; on X unless told otherwise."""
    adapter = adapter or offline()
    with database.write() as connection:
        row = {"name": name, "kind": adapter.kind, "started_at": now()}
        channel_id = connection.execute(insert(channels).values(row).returning(channels.c.id)).scalar_one()
    return Channel(id=channel_id, name=name, adapter=adapter, **values)


def an_entry_id(database: Database, entry: Entry | None = None) -> int:
    """An entry, written into the ledger as the blog's feed showed it."""
    with database.write() as connection:
        feed_row(connection, FEED)
        return record(connection, FEED.blog, FEED.name, Sighting(entry or an_entry()))[0]


def a_delivery(
    database: Database,
    channel: Channel,
    entry_id: int | None = None,
    holds: frozenset[Hold] = frozenset(),
    due_at: datetime | None = None,
) -> Delivery:
    """A delivery that is due now; pending, or held for these reasons."""
    entry_id = an_entry_id(database) if entry_id is None else entry_id
    with database.write() as connection:
        stored = load(connection, entry_id)
        draft = drafts.draft_for(channel, stored)
        planned = Planned(entry_id, channel, draft, due_at or now(), holds)
        delivery_id = write_delivery(connection, planned)
        assert delivery_id is not None
        return delivery_by_id(connection, delivery_id)


def read(database: Database, delivery: Delivery) -> Delivery:
    """The delivery as it stands in the ledger now."""
    with database.read() as connection:
        return delivery_by_id(connection, delivery.id)


def log_of(database: Database, delivery: Delivery) -> list[tuple[str | None, str]]:
    """The moves of a delivery, oldest first, from state to state."""
    with database.read() as connection:
        query = select(events.c.was, events.c.became).where(events.c.delivery_id == delivery.id).order_by(events.c.id)
        return [(was, became) for was, became in connection.execute(query)]


def told(database: Database) -> list[str]:
    """What the team has been, or will be, told."""
    with database.read() as connection:
        return [told_of(notice) for notice in find_notices(connection)]


def lately(**span: float) -> datetime:
    """A time so long ago."""
    return now() - timedelta(**span)
