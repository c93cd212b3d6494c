"""The verb preview: what each channel would get of an entry, from the ledger or straight from the feeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import click

from adapters.contract import Draft, Image
from adapters.text.links import same_page
from bot.blog import pages, pictures
from bot.blog.drawing import card
from bot.blog.feeds import FeedError, Validators, read
from bot.blog.fetching import FetchError
from bot.cli.here import Here, pass_here
from bot.cli.printing import as_json, dollars, print_json, quoted, say, several_lines
from bot.desk.preview import Preview
from bot.desk.preview import preview as preview_of
from bot.house import House
from bot.ledger.deliveries import find
from bot.ledger.entries import Known, load, newest, search
from bot.ledger.schema import deliveries
from bot.model import Channel, Document, Feed


@dataclass(frozen=True)
class Found:
    """An entry to preview: what is known of it, the drafts it has already, and what to note."""

    known: Known
    drafts: Mapping[int, Draft]
    """Those of open deliveries, by channel: they may have a person's own words."""
    note: str = ""

    def on(self, channel: Channel) -> Preview:
        """The draft as it would go out now, with all that is to be known of it."""
        return preview_of(channel, self.known, self.drafts.get(channel.id), self.note)


@click.command()
@click.argument("entry", required=False)
@click.option(
    "--latest", type=click.IntRange(1, 50), default=1, show_default=True, help="How many of the newest entries."
)
@as_json
@pass_here
def preview(here: Here, entry: str | None, latest: int, json_wanted: bool) -> None:
    """Show what each channel would get, with its length and picture; publishes nothing and needs no secrets.

    ENTRY is an id or an address; left out, the newest entry. Before the first run the feeds are read for it.
    """
    found = _wanted(here, entry) if entry else _newest(here, latest)
    channels = here.house.channels
    if json_wanted:
        return print_json([facts(one, channels) for one in found])
    if not found:
        return say("The blog has no entries yet, so there is nothing to preview.")
    for place, one in enumerate(found):
        if place:
            say()
        say(f"{quoted(one.known.entry.name)}  {one.known.entry.link}")
        if one.note:
            say(one.note)
        for channel in channels:
            print_draft(one, channel)
    if not channels:
        say("There are no channels yet: `oncecast channels add twitter x` adds one.")
    return None


def newest_entry(here: Here) -> Found | None:
    """The newest entry there is, in the ledger or else in the feeds."""
    return next(iter(_newest(here, 1)), None)


def _newest(here: Here, latest: int) -> list[Found]:
    with here.database.read() as connection:
        ids = newest(connection, latest)
    if ids:
        return [_from_ledger(here.house, entry_id) for entry_id in ids]
    return [_with_picture(here.house, one) for one in _from_feeds(here.house)[:latest]]


def _wanted(here: Here, wanted: str) -> list[Found]:
    with here.database.read() as connection:
        ids = search(connection, wanted)
    if ids:
        return [_from_ledger(here.house, entry_id) for entry_id in ids]
    for one in _from_feeds(here.house):
        if (
            same_page(wanted, one.known.entry.link)
            or same_page(f"https://{wanted}", one.known.entry.link)
            or wanted == one.known.entry.guid
        ):
            return [_with_picture(here.house, one)]
    raise LookupError(f"There is no entry {wanted} in the ledger or the feeds; `oncecast history` shows what there is.")


def _from_ledger(house: House, entry_id: int) -> Found:
    with house.database.read() as connection:
        known = load(connection, entry_id)
        still = find(connection, deliveries.c.entry_id == entry_id, deliveries.c.settled_at.is_(None))
    found = Found(known, {one.channel_id: Draft.from_json(one.draft) for one in still if one.draft})
    return found if known.page_seen_at else _with_picture(house, found)


def _from_feeds(house: House) -> list[Found]:
    """What the feeds show, newest first; nothing is stored. Raises FeedError when none of them can be read."""
    entries: dict[str, Found] = {}
    for feed, document in _documents(house):
        for entry in document.entries:
            before = entries[entry.guid].known.feeds if entry.guid in entries else frozenset()
            entries[entry.guid] = Found(Known(0, feed.blog, entry, feeds=before | {feed.name}), {})
    dated = sorted(entries.values(), key=lambda one: _stamp(one.known), reverse=True)
    return dated if any(one.known.entry.published for one in dated) else list(entries.values())


def _documents(house: House) -> Iterator[tuple[Feed, Document]]:
    """The feeds that can be read; of the others a person is told, unless there is none that can."""
    failed = 0
    for feed in house.feeds:
        try:
            document = read(feed.url, Validators(), loopback=feed.loopback).document
        except FeedError as error:
            failed += 1
            if failed == len(house.feeds):
                raise
            say(f"The feed {feed.name} is left out here. {error}", err=True)
        else:
            yield from ((feed, document),) if document else ()


def _stamp(known: Known) -> float:
    return known.entry.published.timestamp() if known.entry.published else 0.0


def _with_picture(house: House, found: Found) -> Found:
    """The same with the picture that would be found, and what is wrong with the page."""
    known, (loopback, colour) = found.known, house.looking
    if known.image is not None:
        return found
    try:
        page = pages.look(known.entry.link, loopback=loopback)
    except FetchError as error:
        return replace(found, note=f"Its page could not be looked at: {error}")
    if not page.public:
        return replace(found, note=f"{page.why} It would be held.")
    picture = pictures.of(known.entry, page, loopback)
    if picture is None and colour:
        picture = card(known.entry.title, known.blog, colour)
    if picture is None:
        return found
    facts = (picture.sha256, picture.media_type, picture.width, picture.height, len(picture.data), picture.alt)
    return replace(found, known=replace(known, image=Image(*facts)))


def print_draft(found: Found, channel: Channel) -> None:
    """Print a channel's draft of an entry, its length, price and picture, and what is to be known of it."""
    shown, adapter = found.on(channel), channel.adapter
    say()
    if shown.why:
        return say(f"{channel.name} ({adapter.title}): {shown.why}")
    cost = dollars(shown.price)
    say(f"{channel.name} ({adapter.title}): {shown.count} of {shown.limit} ({adapter.limits.counted}); {cost}")
    print_words(shown.text)
    if shown.link not in shown.text:
        say(f"    [Link: {shown.link}]")
    if shown.card:
        say(f"    [Card: {' – '.join(quoted(words) for words in shown.card if words)}]")
    say(f"    [{_picture_words(shown.picture, bool(shown.card))}]")
    say(f"    [Hashtags: {' '.join(f'#{tag}' for tag in shown.hashtags) or 'none'}]")
    for warning in shown.warnings:
        if warning != found.note:
            say(f"    Warning: {warning}")
    return None


def print_words(text: str) -> None:
    """Print the words of a draft, set in."""
    for line in several_lines(text).splitlines():
        say(f"    {line}".rstrip())


def picture_words(draft: Draft) -> str:
    """What picture goes with a draft."""
    return _picture_words(draft.image)


def _picture_words(image: Image | None, has_card: bool = False) -> str:
    if image is None and has_card:
        return "No picture: the card shows its words only."
    if image is None:
        return "No picture of its own; a card of the linked page shows the page's."
    alt = f"alternative text: {quoted(image.alt)}" if image.alt else "without alternative text"
    return f"Picture of {image.width} × {image.height}, {alt}"


def facts(found: Found, channels: Iterable[Channel]) -> dict[str, Any]:
    """An entry and its drafts, for a program."""
    entry = found.known.entry
    told = {"id": found.known.id or None, "entry": entry.name, "link": entry.link, "note": found.note}
    return told | {"drafts": [_draft_facts(channel, found.on(channel)) for channel in channels]}


def _draft_facts(channel: Channel, shown: Preview) -> dict[str, Any]:
    named = {"channel": channel.name, "kind": channel.adapter.kind, "limit": shown.limit, "why": shown.why}
    words = {"text": None, "count": None} if shown.why else {"text": shown.text, "count": shown.count}
    told = {"image": shown.picture, "alt": shown.alt, "hashtags": list(shown.hashtags), "price": shown.price}
    title, description = shown.card or (None, None)
    card = {"link": shown.link, "card": {"title": title, "description": description} if shown.card else None}
    return named | words | told | card | {"warnings": list(shown.warnings)}
