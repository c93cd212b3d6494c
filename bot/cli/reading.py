"""The verbs that show what is in the ledger: queue, history, show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

import click

from adapters.contract import Draft
from bot.cli.acting import names, on_channels
from bot.cli.here import Here, pass_here
from bot.cli.printing import as_json, cell_words, picture_words, print_csv, print_json, print_words, say, table
from bot.cli.wording import next_step
from bot.desk.naming import Meaning, resolve
from bot.desk.words import HOLDS, STATES, first_line, local, quoted
from bot.ledger import records
from bot.ledger.records import Called, Shared, Story, Waiting
from bot.model import FINAL, Hold, State


@click.command()
@as_json
@pass_here
def queue(here: Here, json_wanted: bool) -> None:
    """Show what waits: what needs a person first, then what is sent when its time has come."""
    waiting = records.queue(here.database)
    if json_wanted:
        return print_json(waiting)
    headings = ("Delivery", "Title", "State", "Since", "Due", "Why")
    rows = [
        (
            delivery.delivery,
            delivery.title,
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
    if not entries:
        return say("There are no entries yet: they come with the first run.")
    for entry in entries:
        _print_entry(entry)
    return None


def _lines(entries: Iterable[Shared]) -> Iterator[Sequence[object]]:
    for entry in entries:
        head = (entry.entry, entry.title, entry.link, entry.published)
        for cell in entry.deliveries:
            yield (*head, cell.delivery, cell.channel, cell.round, cell.state, cell.at, cell.url)
        if not entry.deliveries:
            yield (*head, "", "", "", "", "", "")


def _print_entry(entry: Shared) -> None:
    """An entry, and under it where each of its deliveries went or stands."""
    dated = f"{entry.published.astimezone():%Y-%m-%d}" if entry.published else "undated"
    say(f"{entry.entry}  {dated}  {quoted(entry.title)}{'' if entry.deliveries else ' – not shared'}")
    width = max((len(cell.delivery) for cell in entry.deliveries), default=0)
    for cell in entry.deliveries:
        say(f"    {cell.delivery.ljust(width)}  {cell_words(cell)}")


@click.command()
@names
@on_channels
@as_json
@pass_here
def show(here: Here, names: tuple[str, ...], channels: tuple[str, ...], json_wanted: bool) -> None:
    """Show entries and their deliveries: the words, the picture, and all that happened to each."""
    meant = _by_entry(resolve(here.database, names, channels))
    told = [(meaning, _stories(here, ones)) for meaning, ones in meant]
    if json_wanted:
        return print_json([_facts(meaning, stories) for meaning, stories in told])
    for place, (meaning, stories) in enumerate(told):
        if place:
            say()
        _print_meaning(meaning, stories)
    return None


def _by_entry(meanings: Iterable[Meaning]) -> list[tuple[Meaning, list[Called]]]:
    """Each entry that was named once, with all its deliveries that were named, each once."""
    entries: dict[int, tuple[Meaning, list[Called]]] = {}
    for meaning in meanings:
        _, ones = entries.setdefault(meaning.stored.id, (meaning, []))
        ones += [called for called in meaning.deliveries if called not in ones]
    return list(entries.values())


def _stories(here: Here, ones: Iterable[Called]) -> dict[str, Story]:
    return {called.name: records.story(here.database, called.delivery.id) for called in ones}


def _print_meaning(meaning: Meaning, stories: dict[str, Story]) -> None:
    entry = meaning.stored.entry
    say(f"Entry {meaning.stored.id}: {quoted(entry.name)}")
    say(f"    {entry.link}")
    if not stories:
        say(f"It was never planned for any channel. `oncecast repost {meaning.stored.id}` shares it.")
    for name, story in stories.items():
        say()
        _print_story(name, story)


def _print_story(name: str, story: Story) -> None:
    _print_head(name, story)
    if story.delivery.draft:
        _print_draft(name, story, Draft.from_json(story.delivery.draft))
    say("What happened:")
    for event in story.events:
        moved = STATES[event.became] if event.was is not event.became else "stays " + STATES[event.became]
        say(f"    {local(event.at)}  {event.who}: {moved}{f' – {event.why}' if event.why else ''}")


def _print_head(name: str, story: Story) -> None:
    delivery = story.delivery
    verb = "has" if delivery.state is State.FAILED else "is"
    say(f"{name} {verb} {STATES[delivery.state]}. {delivery.why}".rstrip())
    for hold in sorted(delivery.holds):
        say(f"It is held because {HOLDS[hold]}.")
    if delivery.state is State.PENDING:
        say(f"It is due at {local(delivery.due_at)}.")
    if delivery.state is State.PENDING and story.paused_why:
        say(f"Its channel is paused. {story.paused_why}")
    if delivery.receipt_url:
        say(f"It is public at {delivery.receipt_url}")
    if delivery.look_at:
        say(f"Oncecast itself looks whether it is public, next at {local(delivery.look_at)}.")
    if delivery.state not in (*FINAL, State.HANDED_OVER):
        say(next_step(name, delivery.state))


def _print_draft(name: str, story: Story, draft: Draft) -> None:
    by_hand = story.delivery.state is State.HANDED_OVER
    say("The text to copy:" if by_hand else f"The words ({draft.count} characters as counted there):")
    print_words(draft.text)
    if not by_hand:
        return say(f"    [{picture_words(draft.image)}]")
    for key, words in (("group_url", "Where it belongs"), ("share_url", "Or share it from here")):
        if address := draft.body.get(key):
            say(f"{words}: {address}")
    return say(f"When it is out, say `oncecast done {name} --url ADDRESS`; `oncecast skip {name}` passes it over.")


def _facts(meaning: Meaning, stories: dict[str, Story]) -> dict[str, Any]:
    """The entry and its deliveries for a program; the ledger's own ids and marks are left out."""
    entry = meaning.stored.entry
    told = {"entry": meaning.stored.id, "title": entry.name, "link": entry.link, "published": entry.published}
    return told | {"deliveries": [_story_facts(name, story) for name, story in stories.items()]}


INNER = ("id", "entry_id", "channel_id", "token", "lease_until", "prepared", "prepared_until", "hint", "duplicate")
"""What of a delivery concerns the ledger alone."""


def _story_facts(name: str, story: Story) -> dict[str, Any]:
    facts = {key: value for key, value in asdict(story.delivery).items() if key not in INNER}
    return {"delivery": name, "channel": story.channel, "kind": story.kind} | facts | {"events": story.events}
