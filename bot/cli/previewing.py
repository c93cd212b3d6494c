"""The verb preview: what each channel would get of an entry, from the ledger or straight from the feeds."""

from __future__ import annotations

from functools import partial

import click

from bot.cli.here import Here, pass_here
from bot.cli.printing import as_json, picture_words, print_json, print_words, say
from bot.desk.finding import Found, facts, newest_entries, wanted_entries
from bot.desk.words import dollars, quoted
from bot.model import Channel


@click.command()
@click.argument("entry", required=False)
@click.option(
    "--latest", type=click.IntRange(1, 50), default=1, show_default=True, help="How many of the newest entries."
)
@as_json
@pass_here
def preview(here: Here, entry: str | None, latest: int, json_wanted: bool) -> None:
    """Show what each channel would get, with its length and picture; publishes nothing and needs no secrets.

    ENTRY is a number or an address; left out, the newest entry. Before the first run the feeds are read for it.
    """
    tell = partial(say, err=True)
    found = wanted_entries(here.house, entry, tell) if entry else newest_entries(here.house, tell, latest)
    channels = here.house.channels
    if json_wanted:
        return print_json([facts(entry, channels) for entry in found])
    if not found:
        return say("The blog has no entries yet, so there is nothing to preview.")
    for place, each in enumerate(found):
        if place:
            say()
        say(f"{quoted(each.stored.entry.name)}  {each.stored.entry.link}")
        if each.note:
            say(each.note)
        for channel in channels:
            print_draft(each, channel)
    if not channels:
        say("There are no channels yet: `oncecast channels add twitter x` adds one.")
    return None


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
    say(f"    [{picture_words(shown.picture, bool(shown.card))}]")
    say(f"    [Hashtags: {' '.join(f'#{tag}' for tag in shown.hashtags) or 'none'}]")
    for warning in shown.warnings:
        if warning != found.note:
            say(f"    Warning: {warning}")
    return None
