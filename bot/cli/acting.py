"""How a verb acts on deliveries: it says on which, asks, does each, and ends with what it did and the way back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence

import click

from bot.cli.here import Here
from bot.cli.printing import on_terminal, say, to_paste
from bot.cli.wording import filled, listed, refused, some
from bot.desk.naming import chosen, resolve
from bot.desk.refusals import Decision, Obstacle, Refusal, RefusedError
from bot.desk.words import HOLDS, STATES, counted, one_line, quoted
from bot.ledger.records import Called
from bot.model import Hold

NAMES_HELP = "An entry's number, as in 14, or that and a channel, as in 14/x; 14/x/2 is the second round there."
names = click.argument("names", nargs=-1, required=True, metavar="NAME...", help=NAMES_HELP)
on_channels = click.option(
    "--channel",
    "channels",
    multiple=True,
    metavar="CHANNEL",
    help="Of an entry, only what goes to this channel; may be given several times.",
)
unasked = click.option("--yes", is_flag=True, help="Do not ask.")


class Acting:
    """A decision about to be carried out: `ones` are the deliveries that it is about, `done` those it was done to."""

    def __init__(self, here: Here, asked: Decision, ones: Sequence[Called], refusals: Sequence[Refusal] = ()) -> None:
        if not ones:
            raise RefusedError(*refusals)
        self.here, self.asked, self.ones = here, asked, ones
        self.done: list[Called] = []
        self._refused = False
        self._refuse(refusals)
        announce(here, ones)

    @classmethod
    def on(
        cls, here: Here, asked: Decision, names: Iterable[str], channels: Sequence[str] = (), one_only: bool = False
    ) -> Acting:
        """Act on what these names mean. Raises RefusedError, before anything is done, when one of them means nothing.

        `one_only`: when it can be said of one delivery at a time.
        """
        ones, refusals = chosen(resolve(here.database, names, channels), asked)
        meant = [called.name for called in ones] + [refusal.name for refusal in refusals]
        if one_only and ones and len(meant) > 1:
            raise RefusedError(Refusal(Obstacle.ONE_ONLY, meant[0], asked, known=tuple(meant)))
        return cls(here, asked, ones, refusals)

    def ask(self, question: str, yes: bool) -> None:
        """Ask about these deliveries, as `confirm` does."""
        confirm(question.replace("{them}", self._them()), yes)

    def _them(self) -> str:
        names = [called.name for called in self.ones]
        return listed(names) if len(names) < 4 else f"these {counted(len(names), 'delivery', 'deliveries')}"

    def each(self, do: Callable[[Called], object]) -> None:
        """Do it to each; what one of them refuses does not keep it from the others."""
        for called in self.ones:
            try:
                do(called)
            except RefusedError as error:
                self._refuse(error.refusals)
            else:
                self.done.append(called)

    def _refuse(self, refusals: Iterable[Refusal]) -> None:
        for refusal in refusals:
            self._refused = True
            click.echo(f"Error: {to_paste(refused(refusal))}", err=True)

    def end(self, did: str, then: str, text: str = "") -> None:
        """Say what was done and how it is undone, and leave with exit code 1 when something was refused.

        `text` is a person's, where the way back needs it.
        """
        if names := [called.name for called in self.done]:
            say(f"{did}: {some(names)}.")
            say(filled(then, names, text))
        if self._refused:
            raise click.exceptions.Exit(1)


def confirm(question: str, yes: bool) -> None:
    """Ask, unless that was answered beforehand; a no ends the verb, and so does a question that nobody would see."""
    if yes:
        return
    if not (on_terminal(sys.stdin) and on_terminal(sys.stdout)):
        raise click.ClickException("There is no terminal to ask on: add --yes. Nothing was changed.")
    try:
        agreed = click.confirm(one_line(question))
    except click.Abort:
        agreed = False
        say()
    if not agreed:
        say("Nothing was changed.")
        raise click.exceptions.Exit(1)


def announce(here: Here, ones: Iterable[Called]) -> None:
    """Say which deliveries these are: each entry with its title, and under it its channels."""
    entries: dict[int, list[Called]] = {}
    for called in ones:
        entries.setdefault(called.delivery.entry_id, []).append(called)
    platforms = {channel.name: channel.adapter.title for channel in here.house.channels}
    for entry_id, several in entries.items():
        say(f"Entry {entry_id}, {quoted(several[0].title)}:")
        width = max(len(called.name) for called in several)
        for called in several:
            say(f"    {called.name.ljust(width)}  on {platforms.get(called.channel, called.channel)}, {stand(called)}")


def stand(called: Called) -> str:
    """How a delivery stands, with why it is held."""
    holds = held_for(called)
    return STATES[called.delivery.state] + (f": {holds}" if holds else "")


def held_for(called: Called) -> str:
    """Why a delivery is held."""
    return "; ".join(HOLDS[Hold(hold)] for hold in sorted(called.delivery.holds))
