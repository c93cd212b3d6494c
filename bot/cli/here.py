"""What every verb starts from: the configuration at hand, the opened house, and who is asking."""

from __future__ import annotations

import getpass
import logging
from functools import cached_property
from pathlib import Path

import click

from adapters.contract import AdapterError
from bot.blog.feeds import FeedError
from bot.cli.wording import refused
from bot.desk.decisions import By
from bot.desk.refusals import Decision, Obstacle, Refusal, RefusedError
from bot.desk.words import several_lines
from bot.house import House, open_house
from bot.ledger.database import Database, LedgerError, TroubleError
from bot.ledger.generation import LedgerGoneError
from bot.ledger.records import Called
from bot.model import Channel
from config.loading import find_file, load
from config.mistakes import ConfigError
from config.secrets import MissingSecretError
from config.settings import Settings

logging.getLogger("requests_hardened").setLevel(logging.ERROR)  # what it warns of is said in a sentence anyway

FORESEEN = (
    ConfigError,
    MissingSecretError,
    LedgerError,
    RefusedError,
    LookupError,
    AdapterError,
    FeedError,
    TroubleError,
)


def sentence(error: Exception) -> str:
    """What a person reads of a foreseen error. A KeyError or an IndexError is a bug, and raised again."""
    if isinstance(error, KeyError | IndexError):
        raise error
    if isinstance(error, LedgerGoneError):
        back = "Bring it back with `oncecast restore FILE`; or, to begin anew and know of nothing published before,"
        return several_lines(f"{error} {back} delete {error.beside}.")
    if isinstance(error, TroubleError):
        return several_lines(f"The ledger cannot be read or written at the moment: {error.orig}. Try again.")
    if isinstance(error, RefusedError):
        return "\n".join(refused(refusal) for refusal in error.refusals)
    return several_lines(str(error))


class Here:
    """The configuration file that was named, and what follows from it, each opened when it is first needed."""

    def __init__(self, given: str | None) -> None:
        self.path = find_file(Path(given) if given else None)

    @cached_property
    def settings(self) -> Settings:
        """The settings. Raises ConfigError."""
        return load(self.path)

    @cached_property
    def house(self) -> House:
        """The ledger and all active channels. Raises ConfigError, MissingSecretError and LedgerError."""
        return open_house(self.settings)

    @property
    def database(self) -> Database:
        """The ledger's database."""
        return self.house.database

    @property
    def by(self) -> By:
        """Who decides, in which ledger."""
        return By(self.database, who())

    def channel_of(self, called: Called, asked: Decision) -> Channel:
        """A delivery's channel. Raises RefusedError when the configuration has it no more, or not active."""
        for channel in self.house.channels:
            if channel.id == called.delivery.channel_id:
                return channel
        raise RefusedError(Refusal(Obstacle.INACTIVE, called.name, asked, channel=called.channel))

    def close(self) -> None:
        """Give the ledger back, if it was opened."""
        if "house" in self.__dict__:
            self.database.close()


def who() -> str:
    """The person's name on this machine."""
    try:
        return getpass.getuser()
    except (KeyError, ImportError, OSError):
        return "someone"


pass_here = click.make_pass_decorator(Here)
