"""The feeds in the ledger: what is kept of each between two readings."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from bot.ledger.database import Database, now
from bot.ledger.schema import feeds
from bot.model import Feed

FeedRow = Row[Any]
"""A row of the table `feeds`; its columns are told in `bot.ledger.schema`."""


def feed_row(connection: Connection, feed: Feed) -> FeedRow:
    """The feed's row, made at first sight; another address under the same name is read from its beginning."""
    query = select(feeds).where(feeds.c.name == feed.name)
    row = connection.execute(query).first()
    if row is None:
        connection.execute(insert(feeds).values(name=feed.name, url=feed.url))
    elif row.url != feed.url:
        fresh = {
            "url": feed.url,
            "etag": "",
            "last_modified": "",
            "body_hash": "",
            "gone": False,
            "moved_to": "",
            "error": "",
        }
        connection.execute(
            update(feeds).where(feeds.c.name == feed.name).values(**fresh, error_at=None, next_at=None, failures=0)
        )
    else:
        return row
    return connection.execute(query).one()


def hasten(database: Database) -> None:
    """Make every feed due now; one that is gone stays so."""
    with database.write() as connection:
        connection.execute(update(feeds).values(next_at=None))


def later(database: Database) -> set[tuple[str, str]]:
    """The names and addresses of the feeds whose time has not come; one that is gone is not read again."""
    waiting = or_(feeds.c.next_at > now(), feeds.c.gone.is_(True))
    with database.read() as connection:
        return {(row.name, row.url) for row in connection.execute(select(feeds.c.name, feeds.c.url).where(waiting))}


def keep(connection: Connection, name: str, **values: Any) -> None:
    """Keep these columns of a feed's row."""
    connection.execute(update(feeds).where(feeds.c.name == name).values(values))


def queue_up(connection: Connection) -> None:
    """Wait for the end of whoever else takes in a document.

    Two daemons, or two feeds of one blog, must not both find an entry unknown.
    """
    connection.execute(select(feeds.c.name).order_by(feeds.c.name).with_for_update())


def question(connection: Connection) -> None:
    """What every feed shows as new at its next reading may be public already."""
    connection.execute(update(feeds).values(in_question=True))
