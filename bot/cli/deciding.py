"""The verbs with which a person decides about deliveries; `bot.desk.decisions` carries them out or refuses them."""

from __future__ import annotations

from collections.abc import Sequence

import click

from adapters.contract import Draft
from bot.cli.acting import NAMES_HELP, Acting, held_for, names, on_channels, unasked
from bot.cli.here import Here, pass_here
from bot.cli.printing import print_words, say
from bot.cli.wording import filled, pasted
from bot.desk import decisions
from bot.desk.refusals import Decision, Obstacle, Refusal, RefusedError
from bot.ledger import records
from bot.ledger.deliveries import delivery_by_id
from bot.ledger.records import Called
from bot.model import Hold, State

UNTIL_SENT = "To keep {it} back before {they} {be} sent, say `oncecast hold {names}`."
BEFORE_GIVING_UP = (
    "Look first. If {they} {be} public, say `oncecast settle {one} --published URL` instead: "
    "after a cancel nothing more can be recorded of {it}."
)
LOOK_FIRST = "{all} may be public: look before you share {it} again. "
AFTER_ALL = "To share {it} after all, say {again}."
WORDS_LOST = " That gives {all} not the words of a person that {they} had: `oncecast show {names}` shows them."
FOR_GOOD = "This cannot be undone. To share {it} once more, say {again}."


def _web_address(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value and not value.startswith(("https://", "http://")):
        raise click.BadParameter("It must begin with https:// or http://.")
    return value


@click.command()
@names
@on_channels
@pass_here
def hold(here: Here, names: tuple[str, ...], channels: tuple[str, ...]) -> None:
    """Keep deliveries back until they are released."""
    acting = Acting.on(here, Decision.HOLD, names, channels)
    acting.each(lambda called: decisions.hold(here.by, called.delivery.id))
    already = [called for called in acting.done if called.delivery.holds - {Hold.PAGE}]
    acting.done = [called for called in acting.done if called not in already]
    for called in already:
        reason = "by hand" if called.delivery.why == decisions.HELD_BY_HAND else held_for(called)
        say(f"{called.name} was held already ({reason}); it stays held.")
    acting.end("Held back", "To let {it} go, say `oncecast release {names}`.")


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME...]", help=NAMES_HELP)
@on_channels
@click.option("--feed", help="All that is held of this feed's entries.")
@unasked
@pass_here
def release(here: Here, names: tuple[str, ...], channels: tuple[str, ...], feed: str | None, yes: bool) -> None:
    """Let held deliveries go, or all of a feed; their pages are looked at once more before."""
    if bool(names) == (feed is not None):
        raise click.UsageError("Name one of the two: deliveries, as in 14 or 14/x, or --feed.")
    if feed is None:
        acting = Acting.on(here, Decision.RELEASE, names, channels)
    elif held := _held(here, feed, channels):
        acting = Acting(here, Decision.RELEASE, held)
    else:
        return say(f"Nothing is held of the feed {feed}.")
    if len(acting.ones) > 1:
        acting.ask("Release {them}?", yes)
    acting.each(lambda called: decisions.release(here.by, called.delivery.id))
    return acting.end("Released, to go out when the page is seen to be public", UNTIL_SENT)


def _held(here: Here, feed: str, channels: tuple[str, ...]) -> list[Called]:
    """What is held of a feed, on these channels if any are named.

    Raises LookupError when there is no such feed, RefusedError when there is no such channel.
    """
    if feed not in here.settings.feeds:
        known = ", ".join(here.settings.feeds)
        raise LookupError(f"There is no feed {feed!r} in the configuration; it has: {known}.")
    there = tuple(records.channels(here.database))
    if unknown := [
        Refusal(Obstacle.NO_CHANNEL, feed, channel=name, known=there) for name in channels if name not in there
    ]:
        raise RefusedError(*unknown)
    held = records.held_of_feed(here.database, feed)
    return [called for called in held if not channels or called.channel in channels]


@click.command()
@names
@on_channels
@click.option("--text", help="The words; empty: what Oncecast would write. Without this an editor opens.")
@pass_here
def edit(here: Here, names: tuple[str, ...], channels: tuple[str, ...], text: str | None) -> None:
    """Give a delivery other words; the link is added where they lack it."""
    acting = Acting.on(here, Decision.EDIT, names, channels, one_only=True)
    (called,) = acting.ones
    channel = here.channel_of(called, Decision.EDIT)
    if text is None:
        now = called.delivery.wording or (Draft.from_json(called.delivery.draft).text if called.delivery.draft else "")
        text = click.edit(now)
        if text is None or not text.strip():
            return say("Nothing was changed.")
    decisions.edit(here.by, channel, called.delivery.id, text.strip())
    with here.database.read() as connection:
        draft = Draft.from_json(delivery_by_id(connection, called.delivery.id).draft or {})
    say(f"{called.name} now reads ({draft.count} of {channel.adapter.limit_for(draft)}):")
    print_words(draft.text)
    if called.delivery.state is State.FAILED:
        say(f"`oncecast retry {called.name}` sends it.")
    if back := _words_back(called, text.strip()):
        say(back)
    return None


def _words_back(called: Called, text: str) -> str:
    """How a delivery gets the words again that it had before it got these."""
    before = called.delivery.wording
    if before and before != text:
        return f"`oncecast edit {called.name} --text {pasted(before)}` gives it the words again that it had before."
    return f'`oncecast edit {called.name} --text ""` gives it Oncecast\'s own words again.' if text != before else ""


@click.command()
@names
@on_channels
@unasked
@pass_here
def retry(here: Here, names: tuple[str, ...], channels: tuple[str, ...], yes: bool) -> None:
    """Try failed deliveries again."""
    acting = Acting.on(here, Decision.RETRY, names, channels)
    if any(called.delivery.first_attempted_at for called in acting.ones):
        acting.ask("Try {them} again? There was an attempt before.", yes)
    acting.each(lambda called: decisions.retry(here.by, here.channel_of(called, Decision.RETRY), called.delivery.id))
    acting.end("To be tried again", UNTIL_SENT)


@click.command()
@names
@on_channels
@unasked
@pass_here
def cancel(here: Here, names: tuple[str, ...], channels: tuple[str, ...], yes: bool) -> None:
    """End deliveries without publishing them. One in doubt is given up, whatever became of it."""
    acting = Acting.on(here, Decision.CANCEL, names, channels)
    doubtful = [called.name for called in acting.ones if called.delivery.state is State.IN_DOUBT]
    if doubtful:
        say(filled(BEFORE_GIVING_UP, doubtful))
    acting.ask(_cancelling(doubtful, len(acting.ones)), yes)
    acting.each(lambda called: decisions.cancel(here.by, called.delivery.id, called.delivery.state))
    given_up = [called.name for called in acting.done if called.name in doubtful]
    _end_unshared(acting, "Cancelled", filled(LOOK_FIRST, given_up) if given_up else "")


def _end_unshared(acting: Acting, did: str, first: str = "") -> None:
    """Say how it is shared after all, with the words that a person gave it."""
    worded = [called for called in acting.done if called.delivery.wording]
    text = worded[0].delivery.wording if len(worded) == len(acting.done) == 1 else ""
    lost = filled(WORDS_LOST, [called.name for called in worded]) if worded and not text else ""
    acting.end(did, f"{first}{AFTER_ALL}{lost}", text)


def _cancelling(doubtful: Sequence[str], all_of_them: int) -> str:
    """The question before cancelling: what is in doubt is not ended without publishing, but given up."""
    if not doubtful:
        return "Cancel {them}, without publishing?"
    ending = "Give {it} up without finding out?" if len(doubtful) == all_of_them else "Cancel {{them}} all the same?"
    return filled(f"{{all}} may be public already. {ending}", doubtful)


@click.command()
@names
@on_channels
@unasked
@pass_here
def skip(here: Here, names: tuple[str, ...], channels: tuple[str, ...], yes: bool) -> None:
    """Pass over deliveries that are held, wait, or are to be shared by hand."""
    acting = Acting.on(here, Decision.SKIP, names, channels)
    acting.ask("Pass over {them}, without publishing?", yes)
    acting.each(lambda called: decisions.skip(here.by, called.delivery.id))
    _end_unshared(acting, "Passed over")


@click.command()
@names
@on_channels
@click.option("--url", default="", callback=_web_address, help="The address of the post; for one delivery only.")
@unasked
@pass_here
def done(here: Here, names: tuple[str, ...], channels: tuple[str, ...], url: str, yes: bool) -> None:
    """Say that deliveries were shared by hand."""
    acting = Acting.on(here, Decision.DONE, names, channels, one_only=bool(url))
    acting.ask("Mark {them} as shared by hand? That cannot be undone.", yes)
    acting.each(lambda called: decisions.done(here.by, called.delivery.id, url))
    acting.end(f"Marked as shared by hand{f', at {url}' if url else ''}", FOR_GOOD)


@click.command()
@names
@on_channels
@click.option("--published", metavar="URL", callback=_web_address, help="It is public, at this address.")
@click.option("--absent", is_flag=True, help="You looked, and it is not public: it is sent again.")
@unasked
@pass_here
def settle(
    here: Here, names: tuple[str, ...], channels: tuple[str, ...], published: str | None, absent: bool, yes: bool
) -> None:
    """Say how deliveries in doubt ended, after you have looked at the platform.

    --published also ends what was attempted before, and waits, is held or has failed.
    """
    if bool(published) == absent:
        raise click.UsageError("Say one of the two: --published URL, or --absent.")
    asked = Decision.FOUND if published else Decision.SETTLE
    acting = Acting.on(here, asked, names, channels, one_only=bool(published))
    if published:
        acting.ask(f"Mark {{them}} as published at {published}? That cannot be undone.", yes)
        acting.each(lambda called: decisions.settle_published(here.by, called.delivery.id, published))
        return acting.end(f"Published, at {published}", FOR_GOOD)
    acting.ask("Send {them} again? If it is public after all, readers will see it twice.", yes)
    acting.each(lambda called: decisions.settle_absent(here.by, called.delivery.id))
    return acting.end(
        "Not public, to be sent again",
        "Was that wrong? `oncecast settle {one} --published URL` until {they} {be} sent.",
    )
