"""The verbs with which a person decides about one delivery; `bot.desk.decisions` carries them out or refuses them."""

from __future__ import annotations

import click

from adapters.contract import Draft
from bot.cli.here import Here, pass_here
from bot.cli.printing import print_words, say
from bot.desk import decisions
from bot.desk.decisions import RefusedError
from bot.desk.words import OPEN_WORDS, counted
from bot.ledger.deliveries import delivery_by_id
from bot.model import Delivery, State

delivery_id = click.argument("id", type=int)


def _web_address(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value and not value.startswith(("https://", "http://")):
        raise click.BadParameter("It must begin with https:// or http://.")
    return value


def _delivery(here: Here, id: int) -> Delivery:
    with here.database.read() as connection:
        return delivery_by_id(connection, id)


@click.command()
@delivery_id
@pass_here
def hold(here: Here, id: int) -> None:
    """Keep a delivery back until it is released."""
    decisions.hold(here.by, id)
    say(f"Delivery {id} is held. `oncecast release {id}` lets it go.")


@click.command()
@click.argument("id", type=int, required=False)
@click.option("--feed", help="All that is held of this feed's entries.")
@pass_here
def release(here: Here, id: int | None, feed: str | None) -> None:
    """Let a held delivery go, or all of a feed; its page is looked at once more before."""
    if (id is None) == (feed is None):
        raise click.UsageError("Name one of the two: the ID of a delivery, or --feed.")
    if id is not None:
        decisions.release(here.by, id)
        return say(f"Delivery {id} is released. It goes out when its page is seen to be public.")
    if feed not in here.settings.feeds:
        names = ", ".join(here.settings.feeds)
        raise LookupError(f"There is no feed {feed!r} in the configuration; it has: {names}.")
    released = decisions.release_feed(here.by, feed)
    return say(f"{counted(len(released), 'delivery', 'deliveries')} released.")


@click.command()
@delivery_id
@click.option("--text", help="The words; empty: what Oncecast would write. Without this an editor opens.")
@pass_here
def edit(here: Here, id: int, text: str | None) -> None:
    """Give a delivery other words; the link is added where they lack it."""
    delivery = _delivery(here, id)
    channel = here.channel_of(delivery.channel_id)
    if text is None:
        now = delivery.wording or (Draft.from_json(delivery.draft).text if delivery.draft else "")
        text = click.edit(now)
        if text is None or not text.strip():
            return say("Nothing was changed.")
    decisions.edit(here.by, channel, id, text.strip())
    draft = Draft.from_json(_delivery(here, id).draft or {})
    say(f"Delivery {id} now reads ({draft.count} of {channel.adapter.limits.characters}):")
    return print_words(draft.text)


@click.command()
@delivery_id
@pass_here
def retry(here: Here, id: int) -> None:
    """Try a failed delivery again."""
    decisions.retry(here.by, here.channel_of(_delivery(here, id).channel_id), id)
    say(f"Delivery {id} is tried again.")


@click.command()
@delivery_id
@pass_here
def cancel(here: Here, id: int) -> None:
    """End a delivery without publishing it. One in doubt is given up, whatever became of it."""
    decisions.cancel(here.by, id)
    say(f"Delivery {id} is cancelled. `oncecast repost` would share its entry after all.")


@click.command()
@delivery_id
@pass_here
def skip(here: Here, id: int) -> None:
    """Pass over a delivery that is held, waits, or was handed over."""
    delivery = _delivery(here, id)
    if delivery.state not in (State.HELD, State.PENDING, State.HANDED_OVER):
        raise RefusedError(f"Delivery {id} is {OPEN_WORDS[delivery.state].format(id=id)}.")
    decisions.cancel(here.by, id, "Skipped by hand.")
    say(f"Delivery {id} is passed over.")


@click.command()
@delivery_id
@click.option("--url", default="", callback=_web_address, help="The address of the post.")
@pass_here
def done(here: Here, id: int, url: str) -> None:
    """Say that a delivery that was handed over has been shared."""
    decisions.done(here.by, id, url)
    say(f"Delivery {id} is published{f' at {url}' if url else ''}.")


@click.command()
@delivery_id
@click.option("--published", metavar="URL", callback=_web_address, help="It is public, at this address.")
@click.option("--absent", is_flag=True, help="You looked, and it is not public: it is sent again.")
@pass_here
def settle(here: Here, id: int, published: str | None, absent: bool) -> None:
    """Say how a delivery in doubt ended, after you have looked at the platform."""
    if bool(published) == absent:
        raise click.UsageError("Say one of the two: --published URL, or --absent.")
    if published:
        decisions.settle_published(here.by, id, published)
        return say(f"Delivery {id} is published at {published}.")
    decisions.settle_absent(here.by, id)
    return say(f"Delivery {id} is sent again.")
