"""The channels in the ledger: their ids, whose accounts they are, and when they wait or are paused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, or_, select, update

from adapters.contract import Account
from bot.ledger.database import Database, now
from bot.ledger.deliveries import DAEMON
from bot.ledger.notices import note_channel
from bot.ledger.schema import channels
from bot.model import Channel, Matter


def id_of(connection: Connection, name: str, kind: str) -> int:
    """The channel's own id in the ledger, made at first sight: a new channel starts now and gets no archive."""
    known = connection.execute(select(channels.c.id).where(channels.c.name == name)).scalar()
    if known is None:
        statement = insert(channels).values(name=name, kind=kind, started_at=now()).returning(channels.c.id)
        known = connection.execute(statement).scalar_one()
    return int(known)


AHEAD = timedelta(days=14)
"""How long before credentials end the team hears of it."""


def remember(
    database: Database, channel: Channel, account: Account, configured: Iterable[Channel] = ()
) -> Matter | None:
    """Keep whose account a channel is. The channel is paused when that was another's before, or is another channel's.

    Returns why, if it was paused.
    """
    with database.write() as connection:
        before = connection.execute(select(channels).where(channels.c.id == channel.id)).one()
        if before.account_id and before.account_id != account.id:
            why = f"The credentials open {account.name} now; before it was {before.account_name}."
            pause(connection, channel.id, DAEMON, why, Matter.OTHER_ACCOUNT)
            return Matter.OTHER_ACCOUNT
        if twin := _twin(connection, channel, account.id, configured):
            pause(connection, channel.id, DAEMON, _same(account.name, twin), Matter.SAME_ACCOUNT)
            return Matter.SAME_ACCOUNT
        if account.expires_at is not None and account.expires_at < now() + AHEAD:
            why = f"The credentials end on {account.expires_at:%d %B %Y}."
            note_channel(connection, Matter.EXPIRES, channel.id, why, f"{account.expires_at:%Y-%m-%d}")
    known = {"account_id": account.id, "account_name": account.name, "account_url": account.url}
    checked(database, channel, **known, expires_at=account.expires_at, checked_at=now())
    return None


def pause_twins(connection: Connection, configured: Sequence[Channel]) -> None:
    """Of channels that are known to be one account only the first goes on: each would publish there."""
    for place, channel in enumerate(configured):
        row = connection.execute(select(channels).where(channels.c.id == channel.id)).one()
        if twin := _twin(connection, channel, row.account_id, configured[:place]):
            pause(connection, channel.id, DAEMON, _same(row.account_name, twin), Matter.SAME_ACCOUNT)


def _twin(connection: Connection, channel: Channel, account_id: str, configured: Iterable[Channel]) -> str:
    """The name of another channel at work that is the same account, or nothing."""
    others = [other.id for other in configured if other.id != channel.id]
    same = channels.c.kind == channel.adapter.kind, channels.c.account_id == account_id, channels.c.account_id != ""
    free = channels.c.id.in_(others), channels.c.paused_at.is_(None)
    return connection.execute(select(channels.c.name).where(*same, *free).order_by(channels.c.id)).scalar() or ""


def _same(account: str, twin: str) -> str:
    return f"It is the same account as the channel {twin}, {account}, and each post would be published there twice."


def forget(database: Database, channel: Channel) -> None:
    """Forget whose account a channel was; the next check takes whichever the credentials open."""
    checked(database, channel, account_id="", account_name="", account_url="", checked_at=None)


def checked(database: Database, channel: Channel, **values: object) -> None:
    """Keep what a check found: columns of the channel's row."""
    with database.write() as connection:
        connection.execute(update(channels).where(channels.c.id == channel.id).values(**values))


def pause(connection: Connection, channel_id: int, who: str, why: str, matter: Matter = Matter.PAUSED) -> bool:
    """Stop a channel until a person resumes it; the team hears of it. False when it was paused already."""
    paused = connection.execute(
        update(channels)
        .where(channels.c.id == channel_id, channels.c.paused_at.is_(None))
        .values(paused_at=now(), paused_why=why)
        .returning(channels.c.id)
    ).first()
    if paused is not None and who == DAEMON:
        note_channel(connection, matter, channel_id, why, f"{now():%Y-%m-%dT%H:%M:%S}")
    return paused is not None


def wait_until(connection: Connection, channel: Channel, at: datetime) -> None:
    """Nothing leaves on the channel before this time."""
    connection.execute(update(channels).where(channels.c.id == channel.id).values(not_before=at))


def unchecked(database: Database, since: datetime) -> set[int]:
    """The ids of the channels that were not checked since then; a paused one waits for its person."""
    stale = or_(channels.c.checked_at.is_(None), channels.c.checked_at < since)
    with database.read() as connection:
        return set(connection.execute(select(channels.c.id).where(stale, channels.c.paused_at.is_(None))).scalars())


def go_on(connection: Connection, channel_id: int) -> bool:
    """End a pause, and whatever the channel waited for. False, and nothing is changed, when it was not paused."""
    free = {"paused_at": None, "paused_why": "", "not_before": None}
    paused = channels.c.id == channel_id, channels.c.paused_at.is_not(None)
    return connection.execute(update(channels).where(*paused).values(free).returning(channels.c.id)).first() is not None
