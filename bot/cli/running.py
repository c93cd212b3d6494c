"""The verbs that work: run, once and simulate; and what they share: the log, the one daemon, how they are stopped."""

from __future__ import annotations

import logging
from dataclasses import asdict

import click

import scheduler
from bot.cli.here import Here, pass_here
from bot.cli.printing import as_json, print_json, say
from bot.cli.wording import news_words
from bot.desk.words import counted, local
from bot.house import House, pause_what_is_closed
from bot.ledger import records
from bot.ledger.feeds import hasten
from bot.ledger.generation import examine
from bot.ledger.lock import the_only_daemon
from bot.logs import logged
from bot.simulator import Simulator
from bot.steps.intake import recompose_all
from bot.stopping import stopped_by_signals


@click.command()
@pass_here
@click.pass_context
def run(context: click.Context, here: Here) -> None:
    """Publish each new post of the blog to every channel, until stopped by SIGTERM or Ctrl-C.

    One daemon works on a ledger; a second one says so and leaves.
    """
    house = here.house
    with the_only_daemon(house.database), logged(house):
        _begin(house)
        watched = f"{counted(len(house.feeds), 'feed')} for {counted(len(house.channels), 'channel')}"
        logging.getLogger("oncecast").info("Watching %s; Ctrl-C or SIGTERM stops.", watched)
        context.exit(scheduler.run(house))


@click.command()
@as_json
@pass_here
def once(here: Here, json_wanted: bool) -> None:
    """Read the feeds and do all that is due, then leave; for cron, in the place of `run`."""
    house = here.house
    before = records.last_event(house.database)
    with logged(house):
        _begin(house)
        hasten(house.database)
        scheduler.once(house)
    news = records.news(house.database, before)
    if json_wanted:
        return print_json(
            [{key: value for key, value in asdict(arrival).items() if key != "event_id"} for arrival in news]
        )
    for arrival in news:
        say(f"{local(arrival.at)}  {news_words(arrival)}")
    return None


def _begin(house: House) -> None:
    if why := examine(house.database, house.generation):
        logging.getLogger("oncecast").warning("%s", why)
    pause_what_is_closed(house)
    recompose_all(house.database, house.channels)


PORT = 8800
"""The first of the simulator's usual ports."""


def started(port: int) -> Simulator:
    """A simulator that listens from this port on. Raises OSError when one is taken, and gives the others back."""
    simulator = Simulator(port)
    try:
        return simulator.start()
    except OSError:
        simulator.stop()
        raise


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65_000),
    default=PORT,
    show_default=True,
    help="The first of the ports, which follow each other; 0 takes any that are free.",
)
@click.option("--every", type=click.FloatRange(min=0.1), help="Publish a post on the blog every so many seconds.")
def simulate(port: int, every: float | None) -> None:
    """Run stand-ins of the platforms, and a blog, on this machine until Ctrl-C."""
    try:
        simulator = started(port)
    except OSError as error:
        raise click.ClickException(f"A port is taken ({error.strerror}): choose another with --port.") from None
    with simulator, stopped_by_signals() as asked:
        say(f"{'Timelines':<15}{simulator.base_url}")
        say(f"{'Blog':<15}{simulator.blog.feed_url}")
        for network in simulator.networks:
            say(f"{network.timelines[0].platform:<15}{network.base_url}")
        say("Put an address into a channel's options as base_url. Ctrl-C stops.")
        if every:
            simulator.blog.publishes_every(every)
        asked.wait()
