"""What a person must hear of before readers notice: credentials that end or open another account."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import or_, select, update

from adapters.contract import Account, AdapterError, CredentialError
from adapters.http.replies import scrub
from adapters.http.wire import attempt
from bot.ledger.database import Database, now
from bot.ledger.deliveries import DAEMON, pause
from bot.ledger.notices import tell_of
from bot.ledger.schema import channels
from bot.model import Channel

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
AHEAD = timedelta(days=14)
"""How long before credentials end the team hears of it."""


def due(database: Database, configured: Iterable[Channel]) -> list[Channel]:
    """The channels whose credentials were not checked for a day; a paused one waits for its person."""
    stale = or_(channels.c.checked_at.is_(None), channels.c.checked_at < now() - EVERY)
    with database.read() as connection:
        ids = set(connection.execute(select(channels.c.id).where(stale, channels.c.paused_at.is_(None))).scalars())
    return [channel for channel in configured if channel.id in ids]


def check(database: Database, channel: Channel) -> None:
    """Ask the platform whose account it is; pause the channel when it is another than before, or nobody's."""
    try:
        with attempt():
            account = channel.adapter.check()
    except CredentialError as error:
        with database.write() as connection:
            pause(connection, channel.id, DAEMON, scrub(str(error), channel.adapter.credentials.values()))
        return
    except AdapterError as error:
        log.warning("%s: could not be checked: %s", channel.name, error)
        _checked(database, channel, checked_at=now() - EVERY + timedelta(minutes=15))
        return
    remember(database, channel, account)


def remember(database: Database, channel: Channel, account: Account) -> bool:
    """Keep whose account a channel is. False, and paused, when it was another's before."""
    with database.write() as connection:
        before = connection.execute(select(channels).where(channels.c.id == channel.id)).one()
        if before.account_id and before.account_id != account.id:
            why = (
                f"The credentials open {account.name} now; before it was {before.account_name}. If that is meant, "
                f"say `oncecast channels resume {channel.name} --new-account`."
            )
            pause(connection, channel.id, DAEMON, why)
            return False
        if account.expires_at is not None and account.expires_at < now() + AHEAD:
            text = f"{channel.name}: the credentials end on {account.expires_at:%d %B %Y}. Renew them before that day."
            tell_of(connection, f"expires:{channel.id}:{account.expires_at:%Y-%m-%d}", text)
    known = {"account_id": account.id, "account_name": account.name, "account_url": account.url}
    _checked(database, channel, **known, expires_at=account.expires_at, checked_at=now())
    return True


def forget(database: Database, channel: Channel) -> None:
    """Forget whose account a channel was; the next check takes whichever the credentials open."""
    _checked(database, channel, account_id="", account_name="", account_url="", checked_at=None)


def _checked(database: Database, channel: Channel, **values: object) -> None:
    with database.write() as connection:
        connection.execute(update(channels).where(channels.c.id == channel.id).values(**values))
