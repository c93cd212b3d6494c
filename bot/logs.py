"""The log of a daemon, without secrets and escape sequences."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from adapters.http.replies import scrub
from bot.desk.words import several_lines
from bot.house import House
from bot.steps.tell import Webhook


@contextmanager
def logged(house: House, level: int = logging.INFO) -> Iterator[None]:
    """Write the log to stderr while inside. Raises MissingSecretError when the team could not be told of anything."""
    heard, root = logging.StreamHandler(), logging.getLogger()
    heard.setFormatter(Scrubbing(_secrets(house)))
    for chatty in ("apscheduler", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    before = root.level
    root.setLevel(level)
    root.addHandler(heard)
    try:
        yield
    finally:
        root.removeHandler(heard)
        root.setLevel(before)


def _secrets(house: House) -> set[str]:
    """Every secret value that is in use: of the channels, of the team's voices, of the ledger."""
    found = house.secrets() | {house.database.url.password or ""}
    for voice in house.voices:
        found.add(voice.url if isinstance(voice, Webhook) else getattr(voice, "password", ""))
    return found - {""}


class Scrubbing(logging.Formatter):
    """Plain lines: the time, the level where it matters, the words; without secrets and escape sequences."""

    def __init__(self, secrets: set[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S")
        self.secrets = sorted(secrets, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line, or as several when it tells of a bug."""
        return several_lines(scrub(super().format(record), self.secrets))
