"""Which deliveries a person means: by an entry, its channel and its round, as in 14, 14/x and 14/x/2.

Numbers are the entries'; the ledger's own ids of deliveries mean nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bot.desk.refusals import Decision, Obstacle, Refusal, RefusedError, can_be
from bot.ledger import records
from bot.ledger.database import Database
from bot.ledger.entries import load
from bot.ledger.records import Called
from bot.model import StoredEntry

_NAME = re.compile(r"([0-9]{1,18})(?:/([a-z0-9][a-z0-9_-]{0,39})(?:/([0-9]{1,9}))?)?")


@dataclass(frozen=True, slots=True)
class Name:
    """What a person said: an entry, perhaps with a channel, perhaps with a round."""

    said: str
    entry: int
    channel: str = ""
    round: int | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name means: an entry, and the deliveries of it that were named."""

    name: Name
    stored: StoredEntry
    deliveries: tuple[Called, ...]


def parsed(said: str) -> Name:
    """The name that a person said, in capitals too. Raises RefusedError when it is none."""
    found = _NAME.fullmatch(said.strip().lower())
    if found is None:
        raise RefusedError(Refusal(Obstacle.NONSENSE, said))
    entry, channel, number = found.groups()
    return Name(said, int(entry), channel or "", int(number) if number else None)


def resolve(database: Database, said: Iterable[str], channels: Collection[str] = ()) -> list[Meaning]:
    """What each of these names means; an entry named as a whole means all its deliveries, on these channels if any.

    Raises RefusedError with everything that is wrong with any of them.
    """
    meanings: list[Meaning] = []
    wrong: list[Refusal] = []
    for each in dict.fromkeys(said):
        try:
            meanings.append(_meaning(database, parsed(each), channels))
        except RefusedError as error:
            wrong += error.refusals
    if wrong:
        raise RefusedError(*dict.fromkeys(wrong))
    return meanings


def _meaning(database: Database, name: Name, channels: Collection[str]) -> Meaning:
    if name.channel and channels and name.channel not in channels:
        raise RefusedError(Refusal(Obstacle.CONFLICT, name.said, channel=name.channel, known=tuple(channels)))
    try:
        with database.read() as connection:
            stored = load(connection, name.entry)
    except LookupError:
        raise RefusedError(Refusal(Obstacle.NO_ENTRY, str(name.entry))) from None
    there = records.of_entry(database, name.entry)
    wanted = [name.channel] if name.channel else list(dict.fromkeys(channels))
    for channel in wanted:
        _expect(database, name, channel, there)
    if name.channel:
        return Meaning(name, stored, (_round(name, [called for called in there if called.channel == name.channel]),))
    return Meaning(name, stored, tuple(called for called in there if not wanted or called.channel in wanted))


def _expect(database: Database, name: Name, channel: str, there: Sequence[Called]) -> None:
    """Raises RefusedError when the entry has nothing on the channel, or there is no such channel at all."""
    if any(called.channel == channel for called in there):
        return
    known = tuple(records.channels(database))
    if channel not in known:
        raise RefusedError(Refusal(Obstacle.NO_CHANNEL, name.said, channel=channel, known=known))
    latest = tuple({called.channel: called.name for called in there}.values())
    raise RefusedError(Refusal(Obstacle.NOT_THERE, str(name.entry), channel=channel, known=latest))


def _round(name: Name, rounds: Sequence[Called]) -> Called:
    """The round that was named, or else the latest."""
    if name.round is None:
        return rounds[-1]
    for called in rounds:
        if called.delivery.round == name.round:
            return called
    raise RefusedError(
        Refusal(Obstacle.NO_ROUND, name.said, channel=name.channel, known=tuple(called.name for called in rounds))
    )


def chosen(meanings: Iterable[Meaning], asked: Decision) -> tuple[list[Called], list[Refusal]]:
    """The deliveries among those that were meant about which this can be decided, each once, and what is refused.

    Of an entry named as a whole, those that do not fit are passed over without a word, unless none fits.
    """
    fitting: dict[int, Called] = {}
    refused: list[Refusal] = []
    for meaning in meanings:
        fit = [called for called in meaning.deliveries if can_be(asked, called.delivery)]
        fitting |= {called.delivery.id: called for called in fit}
        if not fit:
            refused.append(_nothing(meaning, asked))
    return list(fitting.values()), refused


def _nothing(meaning: Meaning, asked: Decision) -> Refusal:
    if meaning.name.channel:
        (only,) = meaning.deliveries
        return Refusal(Obstacle.STANDS, only.name, asked, only.channel, only.delivery.state)
    latest = {called.channel: (called.name, called.delivery.state) for called in meaning.deliveries}
    name = str(meaning.name.entry)
    return Refusal(Obstacle.NOTHING, name, asked, reason=meaning.stored.entry.name, others=tuple(latest.values()))
