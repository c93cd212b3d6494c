"""The verb repost: an entry once more, or one of the archive for the first time."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

import click

from bot.cli.acting import confirm, unasked
from bot.cli.here import Here, pass_here
from bot.cli.printing import cell_words, may_be_public, on_terminal, say
from bot.cli.wording import filled
from bot.desk import decisions
from bot.desk.refusals import Refusal, RefusedError
from bot.desk.words import one_line, quoted
from bot.ledger import records
from bot.ledger.entries import load, search
from bot.ledger.records import Shared
from bot.model import Channel, delivery_name
from bot.planning import drafts


@click.command()
@click.argument("entry")
@click.option("--channel", "names", multiple=True, help="Only on this channel; may be given several times.")
@click.option("--text", default="", help="Other words; the link is added where they lack it.")
@unasked
@pass_here
def repost(here: Here, entry: str, names: tuple[str, ...], text: str, yes: bool) -> None:
    """Share an ENTRY (its number or address) again; also one of the archive that was never shared.

    Without --channel it goes to every channel whose routes take it. Shows first where it went already, and asks.
    """
    entry_id = _entry_id(here, entry)
    channels = [here.house.channel(name) for name in dict.fromkeys(names)] or _takers(here, entry_id)
    if not channels:
        raise click.ClickException("No channel's routes take this entry: name one with --channel.")
    shared = records.shared(here.database, entry_id)
    _print_before(shared, channels, text)
    question = f"Share {quoted(shared.title)} now on {', '.join(channel.name for channel in channels)}?"
    confirm(question, yes)
    _plan(here, channels, entry_id, text)


def _entry_id(here: Here, wanted: str) -> int:
    if named := re.fullmatch(r"([0-9]+)/([a-z0-9][a-z0-9_-]*)(/[0-9]+)?", wanted.strip().lower()):
        said = f"`oncecast repost {named[1]} --channel {named[2]}`"
        raise click.ClickException(f"repost takes the entry, and --channel: {said}.")
    with here.database.read() as connection:
        ids = search(connection, wanted)
    if not ids:
        raise LookupError(
            f"There is no entry {one_line(wanted)} in the ledger. `oncecast history --limit 100` shows those there are."
        )
    if len(ids) > 1:
        numbers = ", ".join(map(str, ids))
        raise click.ClickException(f"Several entries have this address: say which by its number, {numbers}.")
    return ids[0]


def _takers(here: Here, entry_id: int) -> list[Channel]:
    """The channels whose routes take the entry."""
    with here.database.read() as connection:
        stored = load(connection, entry_id)
    return [channel for channel in here.house.channels if drafts.takes(channel, stored.entry, stored.feeds)]


def _print_before(shared: Shared, channels: Sequence[Channel], text: str) -> None:
    """Where the entry went already, or stands."""
    if not shared.deliveries:
        return say(f"Entry {shared.entry}, {quoted(shared.title)}, was not shared before.")
    say(f"Entry {shared.entry}, {quoted(shared.title)}, before:")
    width = max(len(cell.delivery) for cell in shared.deliveries)
    for cell in shared.deliveries:
        say(f"    {cell.delivery.ljust(width)}  {cell_words(cell)}")
    if any(may_be_public(cell) for cell in shared.deliveries if cell.channel in {channel.name for channel in channels}):
        say("The first attempt may be public: look first.")
    again = {cell.channel for cell in shared.deliveries if cell.url} & {channel.name for channel in channels}
    if again and not text:
        say("Some platforms refuse the same words twice; --text gives others.")
    return None


def _plan(here: Here, channels: Sequence[Channel], entry_id: int, text: str) -> None:
    """Plan it on each channel; what one of them refuses does not keep it from the others."""
    planned: list[str] = []
    refused: list[Refusal] = []
    with click.progressbar(channels, label="Planning", file=sys.stderr, hidden=not on_terminal(sys.stderr)) as each:
        for channel in each:
            try:
                again = decisions.repost(here.by, channel, entry_id, text)
                planned.append(delivery_name(entry_id, channel.name, again.round))
            except RefusedError as error:
                refused += error.refusals
    if planned:
        say(f"To be shared when the page has been looked at: {', '.join(planned)}.")
        say(filled("Until {they} {be} sent, `oncecast cancel {names}` ends {it}.", planned))
    if refused:
        raise RefusedError(*refused)
