"""The entry that a person means, from the ledger or straight from the feeds, with what each channel would get of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from adapters.contract import Draft, Image
from adapters.text.links import same_page
from bot.blog import pages, pictures
from bot.blog.drawing import card
from bot.blog.feeds import FeedError, Validators, read
from bot.blog.fetching import FetchError
from bot.desk.preview import Preview
from bot.desk.preview import preview as preview_of
from bot.house import House
from bot.ledger.entries import load, newest, search
from bot.ledger.waiting import open_of
from bot.model import Channel, Document, Feed, StoredEntry


@dataclass(frozen=True)
class Found:
    """An entry to preview: what is known of it, the drafts it has already, and what to note."""

    stored: StoredEntry
    drafts: Mapping[int, Draft]
    """Those of open deliveries, by channel: they may have a person's own words."""
    note: str = ""

    def on(self, channel: Channel) -> Preview:
        """The draft as it would go out now, with all that is to be known of it."""
        return preview_of(channel, self.stored, self.drafts.get(channel.id), self.note)


Telling = Callable[[str], None]
"""Tells a person of a feed that could not be read."""


def newest_entries(house: House, tell: Telling, latest: int = 1) -> list[Found]:
    """The newest entries there are, in the ledger or else in the feeds. Raises FeedError when no feed can be read."""
    with house.database.read() as connection:
        ids = newest(connection, latest)
    if ids:
        return [_from_ledger(house, entry_id) for entry_id in ids]
    return [_with_picture(house, found) for found in _from_feeds(house, tell)[:latest]]


def wanted_entries(house: House, wanted: str, tell: Telling) -> list[Found]:
    """The entries that a person may mean, by id or address. Raises LookupError when there is none."""
    with house.database.read() as connection:
        ids = search(connection, wanted)
    if ids:
        return [_from_ledger(house, entry_id) for entry_id in ids]
    for found in _from_feeds(house, tell):
        if (
            same_page(wanted, found.stored.entry.link)
            or same_page(f"https://{wanted}", found.stored.entry.link)
            or wanted == found.stored.entry.guid
        ):
            return [_with_picture(house, found)]
    raise LookupError(f"There is no entry {wanted} in the ledger or the feeds; `oncecast history` shows what there is.")


def _from_ledger(house: House, entry_id: int) -> Found:
    with house.database.read() as connection:
        stored = load(connection, entry_id)
        still = open_of(connection, entry_id)
    found = Found(
        stored, {delivery.channel_id: Draft.from_json(delivery.draft) for delivery in still if delivery.draft}
    )
    return found if stored.page_seen_at else _with_picture(house, found)


def _from_feeds(house: House, tell: Telling) -> list[Found]:
    """What the feeds show, newest first; nothing is stored. Raises FeedError when none of them can be read."""
    entries: dict[str, Found] = {}
    for feed, document in _documents(house, tell):
        for entry in document.entries:
            before = entries[entry.guid].stored.feeds if entry.guid in entries else frozenset()
            entries[entry.guid] = Found(StoredEntry(0, feed.blog, entry, feeds=before | {feed.name}), {})
    dated = sorted(entries.values(), key=lambda found: _stamp(found.stored), reverse=True)
    return dated if any(found.stored.entry.published for found in dated) else list(entries.values())


def _documents(house: House, tell: Telling) -> Iterator[tuple[Feed, Document]]:
    """The feeds that can be read; of the others a person is told, unless there is none that can."""
    failed = 0
    for feed in house.feeds:
        try:
            document = read(feed.url, Validators(), loopback=feed.loopback).document
        except FeedError as error:
            failed += 1
            if failed == len(house.feeds):
                raise
            tell(f"The feed {feed.name} is left out here. {error}")
        else:
            yield from ((feed, document),) if document else ()


def _stamp(stored: StoredEntry) -> float:
    return stored.entry.published.timestamp() if stored.entry.published else 0.0


def _with_picture(house: House, found: Found) -> Found:
    """The same with the picture that would be found, and what is wrong with the page."""
    stored, (loopback, colour) = found.stored, house.looking
    if stored.image is not None:
        return found
    try:
        page = pages.visit(stored.entry.link, loopback=loopback)
    except FetchError as error:
        return replace(found, note=f"Its page could not be looked at: {error}")
    if not page.public:
        return replace(found, note=f"{page.why} It would be held.")
    picture = pictures.of(stored.entry, page, loopback)
    if picture is None and colour:
        picture = card(stored.entry.title, stored.blog, colour)
    if picture is None:
        return found
    facts = (picture.sha256, picture.media_type, picture.width, picture.height, len(picture.data), picture.alt)
    return replace(found, stored=replace(stored, image=Image(*facts)))


def facts(found: Found, channels: Iterable[Channel]) -> dict[str, Any]:
    """An entry and its drafts, for a program."""
    entry = found.stored.entry
    told = {"entry": found.stored.id or None, "title": entry.name, "link": entry.link, "note": found.note}
    return told | {"drafts": [_draft_facts(channel, found.on(channel)) for channel in channels]}


def _draft_facts(channel: Channel, shown: Preview) -> dict[str, Any]:
    named = {"channel": channel.name, "kind": channel.adapter.kind, "limit": shown.limit, "why": shown.why}
    words = {"text": None, "count": None} if shown.why else {"text": shown.text, "count": shown.count}
    told = {"image": shown.picture, "alt": shown.alt, "hashtags": list(shown.hashtags), "price": shown.price}
    title, description = shown.card or (None, None)
    card = {"link": shown.link, "card": {"title": title, "description": description} if shown.card else None}
    return named | words | told | card | {"warnings": list(shown.warnings)}
