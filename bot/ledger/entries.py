"""The entries in the ledger: who is who among them, and what is kept of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from adapters.contract import Image
from adapters.text.links import canonical
from bot.ledger.database import Database, now
from bot.ledger.schema import entries, feed_entries, identities, pictures
from bot.model import Entry, Picture, StoredEntry

TOLD = ("guid", "link", "title", "summary", "author", "language", "published", "updated")


@dataclass(frozen=True, slots=True)
class Sighting:
    """An entry in a document, and what the ledger knows of it."""

    entry: Entry
    entry_id: int | None = None
    in_feed: bool = False
    """Whether this feed has shown it before."""
    uncertain: bool = False
    """Its link is another entry's, under another title."""
    twin: bool = False
    """Its title and date are those of another entry: the blog may have moved."""

    @property
    def is_known(self) -> bool:
        """Whether it was seen before, in this feed or another of the blog."""
        return self.entry_id is not None


def recognise(connection: Connection, blog: str, feed: str, entry: Entry) -> Sighting:
    """What the ledger knows of an entry: by its guid, else by its canonical link with the same title."""
    entry_id = _witnessed(connection, blog, "guid", entry.guid)
    uncertain = False
    if entry_id is None and (by_link := _witnessed(connection, blog, "link", canonical(entry.link))) is not None:
        title = connection.execute(select(entries.c.title).where(entries.c.id == by_link)).scalar_one()
        uncertain = title.casefold() != entry.title.casefold()
        entry_id = None if uncertain else by_link
    if entry_id is None:
        return Sighting(entry, uncertain=uncertain, twin=_has_twin(connection, blog, entry))
    shown = feed_entries.c.feed == feed, feed_entries.c.entry_id == entry_id
    return Sighting(entry, entry_id, connection.execute(select(feed_entries).where(*shown)).first() is not None)


def _witnessed(connection: Connection, blog: str, witness: str, value: str) -> int | None:
    same = identities.c.blog == blog, identities.c.witness == witness, identities.c.value == value
    return connection.execute(select(identities.c.entry_id).where(*same)).scalar()


def _has_twin(connection: Connection, blog: str, entry: Entry) -> bool:
    if not entry.title or entry.published is None:
        return False
    same = entries.c.blog == blog, entries.c.title == entry.title, entries.c.published == entry.published
    return connection.execute(select(entries.c.id).where(*same)).first() is not None


def record(connection: Connection, blog: str, feed: str, sighting: Sighting) -> tuple[int, bool]:
    """Write what a document tells of an entry; returns its id, and whether it is new or reads differently now."""
    values = _values(sighting.entry)
    entry_id, changed = sighting.entry_id, True
    if entry_id is None:
        statement = insert(entries).values(blog=blog, seen_at=now(), **values).returning(entries.c.id)
        entry_id = connection.execute(statement).scalar_one()
    else:
        changed = _revise(connection, entry_id, values)
    for witness, value in (("guid", sighting.entry.guid), ("link", canonical(sighting.entry.link))):
        _note_identity(connection, {"blog": blog, "witness": witness, "value": value, "entry_id": entry_id})
    if not sighting.in_feed:
        connection.execute(insert(feed_entries).values(feed=feed, entry_id=entry_id))
    return entry_id, changed


def _values(entry: Entry) -> dict[str, Any]:
    told = asdict(entry)
    lists = {"categories": list(entry.categories), "images": [list(image) for image in entry.images]}
    return {name: told[name] for name in TOLD} | lists


def _revise(connection: Connection, entry_id: int, values: Mapping[str, Any]) -> bool:
    del_guid = {name: value for name, value in values.items() if name != "guid"}
    columns = [entries.c[name] for name in del_guid]
    stands = dict(connection.execute(select(*columns).where(entries.c.id == entry_id)).mappings().one())
    if stands == del_guid:
        return False
    connection.execute(update(entries).where(entries.c.id == entry_id).values(del_guid))
    return True


def _note_identity(connection: Connection, identity: Mapping[str, Any]) -> None:
    """A guid or link that is another entry's already stays that one's."""
    try:
        with connection.begin_nested():
            connection.execute(insert(identities).values(identity))
    except IntegrityError:
        return


def load(connection: Connection, entry_id: int) -> StoredEntry:
    """An entry by its id. Raises LookupError when there is none."""
    joined = entries.outerjoin(pictures, entries.c.picture == pictures.c.sha256)
    query = select(entries, pictures.c.media_type, pictures.c.width, pictures.c.height, pictures.c.size)
    row = connection.execute(query.select_from(joined).where(entries.c.id == entry_id)).mappings().first()
    if row is None:
        raise LookupError(f"There is no entry {entry_id}.")
    image = None
    if row["picture"]:
        facts = (row["media_type"], row["width"], row["height"], row["size"])
        image = Image(row["picture"], *facts, alt=row["picture_alt"])
    shown = connection.execute(select(feed_entries.c.feed).where(feed_entries.c.entry_id == entry_id)).scalars()
    times = row["seen_at"], row["page_seen_at"]
    return StoredEntry(row["id"], row["blog"], entry_of(dict(row)), image, *times, frozenset(shown))


def entry_of(row: Mapping[str, Any]) -> Entry:
    """The entry that a row of the table holds."""
    images = tuple((address, alt) for address, alt in row["images"])
    return Entry(**{name: row[name] for name in TOLD}, categories=tuple(row["categories"]), images=images)


def search(connection: Connection, wanted: str) -> list[int]:
    """The ids of the entries that a person may mean: by id, guid, or any form of its link; newest first."""
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 19:
        return list(connection.execute(select(entries.c.id).where(entries.c.id == int(wanted))).scalars())
    links = {canonical(wanted), canonical(f"https://{wanted}")}  # pasted addresses often lack their beginning
    by_link = and_(identities.c.witness == "link", identities.c.value.in_(links))
    by_guid = and_(identities.c.witness == "guid", identities.c.value == wanted)
    query = select(identities.c.entry_id).where(or_(by_link, by_guid)).distinct()
    return sorted(connection.execute(query).scalars(), reverse=True)


def newest(connection: Connection, count: int) -> list[int]:
    """The ids of the newest entries, by their date or else when they were first seen."""
    query = select(entries.c.id).order_by(entries.c.published.desc().nulls_last(), entries.c.id.desc()).limit(count)
    return list(connection.execute(query).scalars())


def wants_look(connection: Connection, entry_id: int, at: datetime) -> None:
    """The entry's page is to be looked at from `at` on, unless that is planned earlier already."""
    earlier = or_(entries.c.page_at.is_(None), entries.c.page_at > at)
    connection.execute(update(entries).where(entries.c.id == entry_id, earlier).values(page_at=at))


def seen_lately(stored: StoredEntry) -> bool:
    """Whether the page was seen, and public, within the last ten minutes."""
    return stored.page_seen_at is not None and now() - stored.page_seen_at < timedelta(minutes=10)


def keep_picture(connection: Connection, entry_id: int, picture: Picture) -> None:
    """Keep the bytes by their hash, and name the picture in the entry."""
    there = select(pictures.c.sha256).where(pictures.c.sha256 == picture.sha256)
    if connection.execute(there).first() is None:
        facts = {"media_type": picture.media_type, "width": picture.width, "height": picture.height}
        data = {"sha256": picture.sha256, "size": len(picture.data), "data": picture.data}
        connection.execute(insert(pictures).values(**facts, **data))
    named = {"picture": picture.sha256, "picture_alt": picture.alt}
    connection.execute(update(entries).where(entries.c.id == entry_id).values(named))


def page_looked_at(connection: Connection, entry_id: int, **values: Any) -> None:
    """The entry's page was seen; `values` are the columns that follow from it."""
    connection.execute(update(entries).where(entries.c.id == entry_id).values(page_looks=0, **values))


def picture_bytes(database: Database, sha256: str) -> bytes:
    """The bytes of a picture that is kept. Raises LookupError when there is none."""
    with database.read() as connection:
        data = connection.execute(select(pictures.c.data).where(pictures.c.sha256 == sha256)).scalar()
    if data is None:
        raise LookupError(f"The picture {sha256[:12]} is not in the ledger.")
    return bytes(data)


def pages_due(database: Database) -> list[int]:
    """The entries whose page is to be looked at now."""
    with database.read() as connection:
        ready = select(entries.c.id).where(entries.c.page_at <= now()).order_by(entries.c.page_at)
        return list(connection.execute(ready).scalars())


def look_again(connection: Connection, entry_id: int) -> int:
    """The page could not be seen: look again, ever later, up to an hour. Returns how often that happened before."""
    looks: int = connection.execute(select(entries.c.page_looks).where(entries.c.id == entry_id)).scalar_one()
    again = now() + min(timedelta(seconds=30) * 2 ** min(looks, 10), timedelta(hours=1))
    values = {"page_at": again, "page_looks": looks + 1}
    connection.execute(update(entries).where(entries.c.id == entry_id).values(values))
    return looks
