"""The verbs that set Oncecast up and look whether all is well: init, check, feeds, migrate."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import click

from adapters.contract import AdapterError
from adapters.http.replies import scrub
from adapters.http.wire import attempt
from bot.blog.cards import READERS, cards
from bot.blog.feeds import FeedError, Validators, read
from bot.blog.fetching import FetchError
from bot.blog.pages import look
from bot.cli.here import Here, pass_here
from bot.cli.printing import as_json, counted, local, on_terminal, print_json, quoted, say, table
from bot.house import House
from bot.ledger import records
from bot.ledger.database import Database
from bot.model import Channel, Document, Entry, Feed
from bot.steps.watch import remember
from config.editing import write_new
from config.secrets import MissingSecretError, open_files


@click.command()
@click.option("--blog-name", help="The name of the blog, as readers know it.")
@click.option("--feed", help="The address of the blog's feed.")
@pass_here
def init(here: Here, blog_name: str | None, feed: str | None) -> None:
    """Make a configuration file for a blog; asks for what is not given."""
    if here.path.exists():
        raise click.ClickException(f"{here.path} is there already; it was left as it is.")
    blog_name = blog_name or click.prompt("The name of the blog, as readers know it")
    feed = feed or click.prompt("The address of its feed (RSS, Atom or JSON)")
    write_new(here.path, blog_name, feed)
    say(f"{here.path} is written. Next, add a channel: `oncecast channels add twitter x` (or facebook, linkedin,")
    say("linkedin_group, mastodon, bluesky). Then `oncecast check` tries everything, and `oncecast preview` shows what")
    say("would be published.")


@dataclass(frozen=True)
class Checked:
    """What came of trying a feed or a channel: `words` for a person, `facts` for a program."""

    name: str
    ok: bool
    words: str
    facts: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@click.command()
@as_json
@pass_here
@click.pass_context
def check(context: click.Context, here: Here, json_wanted: bool) -> None:
    """Try the configuration, every feed and every credential; publishes nothing.

    Leaves with exit code 1 when something is wrong.
    """
    house = here.house
    kinds = {channel.adapter.kind for channel in house.channels}
    tries = [partial(check_feed, feed, kinds) for feed in house.feeds]
    tries += [partial(check_channel, house, channel) for channel in house.channels]
    with click.progressbar(tries, label="Trying", file=sys.stderr, hidden=not on_terminal(sys.stderr)) as each:
        done = [one() for one in each]
    feeds, channels = done[: len(house.feeds)], done[len(house.feeds) :]
    wrong, warnings = _lacking(house), open_files(here.settings)
    if json_wanted:
        tried = {"feeds": [told(one) for one in feeds], "channels": [told(one) for one in channels]}
        print_json(tried | {"wrong": wrong, "warnings": warnings})
    else:
        _print(here, feeds, channels, wrong, warnings)
    context.exit(0 if all(one.ok for one in done) and not wrong else 1)


def told(checked: Checked) -> dict[str, Any]:
    """What came of a try, for a program."""
    return {key: value for key, value in asdict(checked).items() if key != "facts"} | checked.facts


def _print(here: Here, feeds: list[Checked], channels: list[Checked], wrong: list[str], warnings: list[str]) -> None:
    say(f"{here.path}: the configuration is in order.")
    for kind, found in (("Feed", feeds), ("Channel", channels)):
        for one in found:
            print_checked(kind, one)
    for name in (name for name, one in here.settings.channels.items() if not one.active):
        say(f"Channel {name}: is not active in the configuration, so it was not tried.")
    if not here.settings.channels:
        say("There are no channels yet: `oncecast channels add twitter x` adds one.")
    for text in wrong:
        say(f"WRONG. {text}")
    for text in warnings:
        say(f"Warning: {text}")
    bad = len(wrong) + sum(not one.ok for one in (*feeds, *channels))
    say("All is well." if not bad else f"{counted(bad, 'thing is', 'things are')} wrong.")


def print_checked(kind: str, one: Checked) -> None:
    """Print what came of a try."""
    say(f"{kind} {one.name}: {'' if one.ok else 'WRONG. '}{one.words}")
    for note in one.notes:
        say(f"    {note}")


def check_feed(feed: Feed, kinds: Collection[str] = READERS) -> Checked:
    """Read a feed and the page of its newest entry once; nothing of it is kept."""
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
    notes = (moved if reading.moved_to else []) + _card_notes(feed, reading.document, kinds)
    return Checked(feed.name, True, f"{reading.document.title}, {shown}", facts, tuple(notes))


def _card_notes(feed: Feed, document: Document, kinds: Collection[str]) -> list[str]:
    """What X and Facebook will show of the newest entry's page, and what the page lacks."""
    if not document.entries or not READERS.keys() & kinds:
        return []
    newest = max(document.entries, key=_dated)
    try:
        page = look(newest.link, loopback=feed.loopback)
    except FetchError as error:
        return [f"The page of {quoted(newest.name)} could not be looked at: {error}"]
    if not page.public:
        return [f"{page.why} It would be held."]
    told = cards(page, kinds, feed.loopback)
    return [line for card in told for line in (card.words, *(f"  {lack}" for lack in card.lacks))]


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
    if not remember(house.database, channel, account):
        why = f"The credentials open {account.name} now; before it was {before['account_name']}. If that is meant, say"
        return Checked(channel.name, False, f"{why} `oncecast channels resume {channel.name} --new-account`.", facts)
    ends = f"the credentials end on {local(account.expires_at)}." if account.expires_at else "no end is known."
    words = f"{channel.adapter.title}, {account.name}{f' ({account.url})' if account.url else ''}; {ends}"
    paused = f"It is paused. {before['paused_why']} `oncecast channels resume {channel.name}` lets it go on."
    return Checked(channel.name, True, words, facts, (*account.notes, *([paused] if before["paused_at"] else [])))


def _lacking(house: House) -> list[str]:
    """What is missing to tell the team."""
    try:
        house.voices  # noqa: B018 - asking is enough
    except MissingSecretError as error:
        return [str(error)]
    return []


@click.command()
@as_json
@pass_here
def feeds(here: Here, json_wanted: bool) -> None:
    """Show the feeds: when each was read, what went wrong, and when it is read next."""
    found = list(_feeds(here.house.feeds, records.feeds(here.database)))
    if json_wanted:
        return print_json(found)
    headings = ("Feed", "Address", "Last read", "Next", "State")
    rows = [(one["name"], one["url"], local(one["read_at"]), local(one["next_at"]), _state(one)) for one in found]
    return table(headings, rows, "There are no feeds.")


def _feeds(configured: Iterable[Feed], known: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    keys = ("title", "read_at", "next_at", "baseline_at", "error", "error_at", "gone", "moved_to")
    for feed in configured:
        row = known.get(feed.name, {})
        yield {"name": feed.name, "url": feed.url} | {key: row.get(key) for key in keys}


def _state(feed: dict[str, Any]) -> str:
    """How a feed does, in a sentence."""
    if feed["gone"]:
        return f"Gone for good. {feed['error']}"
    if feed["error"]:
        since: datetime = feed["error_at"]
        return f"Since {local(since)}: {feed['error']}"
    if feed["moved_to"]:
        return f"Has moved to {feed['moved_to']}: put that address into the configuration."
    return "Well." if feed["read_at"] else "Not read yet."


@click.command()
@pass_here
def migrate(here: Here) -> None:
    """Bring the ledger to this program's version; `run` does that by itself."""
    database = Database(here.settings.ledger_url())
    database.migrate()
    say(f"The ledger {database.url.render_as_string()} is at version {database.version()}.")
    database.close()
