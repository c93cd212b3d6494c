"""The verbs that set Oncecast up and look whether all is well: init, check, feeds, migrate."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

import click

from adapters import KINDS
from bot.cli.here import Here, pass_here
from bot.cli.printing import as_json, on_terminal, print_json, say, table
from bot.desk.checks import Checked, check_channel, check_feed, facts_of, lacking
from bot.desk.words import counted, local
from bot.ledger import records
from bot.ledger.database import Database
from bot.model import Feed
from config.editing import write_new
from config.secrets import open_files


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
    say(f"{here.path} is written. Next, add a channel: `oncecast channels add twitter x`.")
    say(f"Its kind is one of {', '.join(KINDS)}.")
    say("Then `oncecast check` tries everything, and `oncecast preview` shows what would be published.")


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
        done = [attempt() for attempt in each]
    feeds, channels = done[: len(house.feeds)], done[len(house.feeds) :]
    wrong, warnings = lacking(house), open_files(here.settings.references())
    if json_wanted:
        tried = {
            "feeds": [facts_of(checked) for checked in feeds],
            "channels": [facts_of(checked) for checked in channels],
        }
        print_json(tried | {"wrong": wrong, "warnings": warnings})
    else:
        _print(here, feeds, channels, wrong, warnings)
    context.exit(0 if all(checked.ok for checked in done) and not wrong else 1)


def _print(here: Here, feeds: list[Checked], channels: list[Checked], wrong: list[str], warnings: list[str]) -> None:
    say(f"{here.path}: the configuration is in order.")
    for kind, found in (("Feed", feeds), ("Channel", channels)):
        for checked in found:
            print_checked(kind, checked)
    for name in (name for name, channel in here.settings.channels.items() if not channel.active):
        say(f"Channel {name}: is not active in the configuration, so it was not tried.")
    if not here.settings.channels:
        say("There are no channels yet: `oncecast channels add twitter x` adds one.")
    for text in wrong:
        say(f"WRONG. {text}")
    for text in warnings:
        say(f"Warning: {text}")
    bad = len(wrong) + sum(not checked.ok for checked in (*feeds, *channels))
    say("All is well." if not bad else f"{counted(bad, 'thing is', 'things are')} wrong.")


def print_checked(kind: str, checked: Checked) -> None:
    """Print what came of a try."""
    say(f"{kind} {checked.name}: {'' if checked.ok else 'WRONG. '}{checked.words}")
    for note in checked.notes:
        say(f"    {note}")


@click.command()
@as_json
@pass_here
def feeds(here: Here, json_wanted: bool) -> None:
    """Show the feeds: when each was read, what went wrong, and when it is read next."""
    found = list(_feeds(here.house.feeds, records.feeds(here.database)))
    if json_wanted:
        return print_json(found)
    headings = ("Feed", "Address", "Last read", "Next", "State")
    rows = [(feed["name"], feed["url"], local(feed["read_at"]), local(feed["next_at"]), _state(feed)) for feed in found]
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
