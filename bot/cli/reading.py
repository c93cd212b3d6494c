"""The verbs that show what is in the ledger: queue, history, show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

import click

from adapters.contract import Draft
from bot.cli.here import Here, pass_here
from bot.cli.printing import as_json, cell_words, picture_words, print_csv, print_json, print_words, say, table
from bot.desk.words import HOLDS, STATES, first_line, local, quoted
from bot.ledger import records
from bot.ledger.records import Cell, Shared, Story, Waiting
from bot.model import Hold, State


@click.command()
@as_json
@pass_here
def queue(here: Here, json_wanted: bool) -> None:
    """Show what waits: what needs a person first, then what is sent when its time has come."""
    waiting = records.queue(here.database)
    if json_wanted:
        return print_json(waiting)
    headings = ("ID", "Channel", "Entry", "State", "Since", "Due", "Why")
    rows = [
        (
            str(delivery.id),
            delivery.channel,
            delivery.entry,
            STATES[delivery.state],
            local(delivery.since),
            local(delivery.due_at),
            _why(delivery),
        )
        for delivery in waiting
    ]
    return table(headings, rows, "Nothing waits.")


def _why(waiting: Waiting) -> str:
    holds = [HOLDS[Hold(hold)] for hold in waiting.holds]
    return "; ".join([*holds, *([first_line(waiting.why)] if waiting.why else [])])


@click.command()
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many entries, newest first.")
@click.option("--csv", "csv_wanted", is_flag=True, help="Print CSV, one line for each delivery, with times in UTC.")
@as_json
@pass_here
def history(here: Here, limit: int, csv_wanted: bool, json_wanted: bool) -> None:
    """Show the entries, newest first, and where each was published."""
    entries = records.grid(here.database, limit)
    if json_wanted:
        return print_json(entries)
    if csv_wanted:
        headings = ("entry", "title", "link", "published", "delivery", "channel", "round", "state", "at", "address")
        return print_csv(headings, _lines(entries))
    names = sorted({cell.channel for entry in entries for cell in entry.deliveries})
    rows = [
        (str(entry.id), local(entry.published), entry.entry, *(_cell(entry.deliveries, name) for name in names))
        for entry in entries
    ]
    return table(("Entry", "Date", "Title", *names), rows, "There are no entries yet: they come with the first run.")


def _lines(entries: Iterable[Shared]) -> Iterator[Sequence[object]]:
    for entry in entries:
        head = (entry.id, entry.entry, entry.link, entry.published)
        for cell in entry.deliveries:
            yield (*head, cell.id, cell.channel, cell.round, cell.state, cell.at, cell.url)
        if not entry.deliveries:
            yield (*head, "", "", "", "", "", "")


def _cell(deliveries: Iterable[Cell], channel: str) -> str:
    """Where an entry stands on a channel: its latest round, and how many came before."""
    rounds = [cell for cell in deliveries if cell.channel == channel]
    if not rounds:
        return "–"
    last = rounds[-1]
    again = f" (round {last.round})" if last.round > 1 else ""
    return f"{cell_words(last)}{again}"


@click.command()
@click.argument("id", type=int)
@as_json
@pass_here
def show(here: Here, id: int, json_wanted: bool) -> None:
    """Show a delivery: its words, its picture, and all that happened to it."""
    story = records.story(here.database, id)
    if json_wanted:
        return print_json(_facts(story))
    _print_head(story)
    if story.delivery.draft:
        _print_draft(story, Draft.from_json(story.delivery.draft))
    say()
    say("What happened:")
    for event in story.events:
        moved = STATES[event.became] if event.was is not event.became else "stays " + STATES[event.became]
        say(f"    {local(event.at)}  {event.who}: {moved}{f' – {event.why}' if event.why else ''}")
    return None


def _print_head(story: Story) -> None:
    delivery = story.delivery
    say(f"Delivery {delivery.id}: {quoted(story.entry)} on {story.channel}, round {delivery.round}")
    say(f"    {story.link}")
    say(f"It is {STATES[delivery.state]}. {delivery.why}".rstrip())
    for hold in sorted(delivery.holds):
        say(f"It is held because {HOLDS[hold]}; `oncecast release {delivery.id}` lets it go.")
    if delivery.state is State.PENDING:
        say(f"It is due at {local(delivery.due_at)}.")
    if delivery.state is State.PENDING and story.paused_why:
        say(f"Its channel is paused. {story.paused_why}")
    if delivery.receipt_url:
        say(f"It is public at {delivery.receipt_url}")


def _print_draft(story: Story, draft: Draft) -> None:
    by_hand = story.delivery.state is State.HANDED_OVER
    say()
    say("The text to copy:" if by_hand else f"The words ({draft.count} characters as counted there):")
    print_words(draft.text)
    if not by_hand:
        return say(f"    [{picture_words(draft.image)}]")
    for key, words in (("group_url", "Where it belongs"), ("share_url", "Or share it from here")):
        if address := draft.body.get(key):
            say(f"{words}: {address}")
    return say(
        f"When it is out, say `oncecast done {story.delivery.id} --url ADDRESS`; else `oncecast skip` passes it over."
    )


def _facts(story: Story) -> dict[str, Any]:
    """The delivery for a program; the ledger's own marks are left out."""
    inner = ("token", "lease_until", "prepared", "prepared_until", "hint", "duplicate")
    facts = {key: value for key, value in asdict(story.delivery).items() if key not in inner}
    told = {"entry": story.entry, "link": story.link, "channel": story.channel, "kind": story.kind}
    return facts | told | {"events": story.events}
