"""What comes of trying a feed or a channel; nothing is published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from adapters import page_reader
from adapters.contract import AdapterError
from adapters.http.replies import scrub
from adapters.http.wire import attempt
from adapters.pages import Reader
from bot.blog.cards import cards
from bot.blog.feeds import FeedError, Validators, read
from bot.blog.fetching import FetchError
from bot.blog.pages import visit
from bot.desk.words import counted, local, quoted
from bot.house import House
from bot.ledger import records
from bot.ledger.channels import remember
from bot.model import Channel, Document, Entry, Feed, Matter
from config.secrets import MissingSecretError


@dataclass(frozen=True)
class Checked:
    """What came of trying a feed or a channel: `words` for a person, `facts` for a program."""

    name: str
    ok: bool
    words: str
    facts: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def facts_of(checked: Checked) -> dict[str, Any]:
    """What came of a try, for a program."""
    return {key: value for key, value in asdict(checked).items() if key != "facts"} | checked.facts


def check_feed(feed: Feed, kinds: Iterable[str] = ()) -> Checked:
    """Read a feed once, and its newest entry's page where a platform of these kinds will; nothing of it is kept."""
    try:
        reading = read(feed.url, Validators(), loopback=feed.loopback)
    except FeedError as error:
        return Checked(feed.name, False, str(error), {"url": feed.url})
    assert reading.document is not None  # noqa: S101 - it was asked for without conditions
    entries = reading.document.entries
    newest = entries[0].name if entries else ""
    shown = (
        f"{counted(len(entries), 'entry', 'entries')}, the first is {quoted(newest)}." if entries else "no entries yet."
    )
    moved = [f"It has moved for good to {reading.moved_to}: put that address into the configuration."]
    facts = {"url": feed.url, "title": reading.document.title, "entries": len(entries), "first": newest}
    readers = [reader for kind in sorted(set(kinds)) if (reader := page_reader(kind))]
    notes = (moved if reading.moved_to else []) + _card_notes(feed, reading.document, readers)
    return Checked(feed.name, True, f"{reading.document.title}, {shown}", facts, tuple(notes))


def _card_notes(feed: Feed, document: Document, readers: Sequence[Reader]) -> list[str]:
    """What platforms will show of the newest entry's page, and what the page lacks."""
    if not document.entries or not readers:
        return []
    newest = max(document.entries, key=_dated)
    try:
        page = visit(newest.link, loopback=feed.loopback)
    except FetchError as error:
        return [f"The page of {quoted(newest.name)} could not be looked at: {error}"]
    if not page.public:
        return [f"{page.why} It would be held."]
    shown = cards(page, readers, feed.loopback)
    return [line for card in shown for line in (card.words, *(f"  {lack}" for lack in card.lacks))]


def _dated(entry: Entry) -> float:
    return entry.published.timestamp() if entry.published else 0.0


def check_channel(house: House, channel: Channel) -> Checked:
    """Ask the platform whose account it is, and remember it; another account than before is wrong."""
    if why := house.missing.get(channel.name):
        notes = tuple(why.splitlines())
        return Checked(channel.name, False, "Its secrets are missing.", {"kind": channel.adapter.kind}, notes)
    try:
        with attempt():
            account = channel.adapter.check()
    except AdapterError as error:
        why = scrub(str(error), channel.adapter.credentials.values())
        return Checked(channel.name, False, why, {"kind": channel.adapter.kind})
    before = records.channels(house.database)[channel.name]
    opened = {"account": account.name, "account_url": account.url, "expires_at": account.expires_at}
    facts = {"kind": channel.adapter.kind, "paused": before["paused_at"] is not None} | opened
    paused_for = remember(house.database, channel, account, house.channels)
    if paused_for is Matter.SAME_ACCOUNT:
        return Checked(channel.name, False, records.channels(house.database)[channel.name]["paused_why"], facts)
    if paused_for is Matter.OTHER_ACCOUNT:
        why = f"The credentials open {account.name} now; before it was {before['account_name']}. If that is meant, say"
        return Checked(channel.name, False, f"{why} `oncecast channels resume {channel.name} --new-account`.", facts)
    ends = f"the credentials end on {local(account.expires_at)}." if account.expires_at else "no end is known."
    words = f"{channel.adapter.title}, {account.name}{f' ({account.url})' if account.url else ''}; {ends}"
    paused = f"It is paused. {before['paused_why']} `oncecast channels resume {channel.name}` lets it go on."
    return Checked(channel.name, True, words, facts, (*account.notes, *([paused] if before["paused_at"] else [])))


def lacking(house: House) -> list[str]:
    """What is missing to tell the team."""
    try:
        house.voices  # noqa: B018 - asking is enough
    except MissingSecretError as error:
        return [str(error)]
    return []
