"""What a person must hear of before readers notice: credentials that end or open another account."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta

from adapters.contract import AdapterError, CredentialError
from adapters.http.replies import scrub
from adapters.http.wire import attempt
from bot.ledger.channels import checked, pause, remember, unchecked
from bot.ledger.database import Database, now
from bot.ledger.deliveries import DAEMON
from bot.model import Channel

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)


def due(database: Database, configured: Iterable[Channel]) -> list[Channel]:
    """The channels whose credentials were not checked for a day; a paused one waits for its person."""
    ids = unchecked(database, now() - EVERY)
    return [channel for channel in configured if channel.id in ids]


def check(database: Database, channel: Channel, configured: Iterable[Channel] = ()) -> None:
    """Ask the platform whose account it is.

    The channel is paused when it is another than before, nobody's, or that of another channel.
    """
    try:
        with attempt():
            account = channel.adapter.check()
    except CredentialError as error:
        with database.write() as connection:
            pause(connection, channel.id, DAEMON, scrub(str(error), channel.adapter.credentials.values()))
        return
    except AdapterError as error:
        log.warning("%s: could not be checked: %s", channel.name, error)
        checked(database, channel, checked_at=now() - EVERY + timedelta(minutes=15))
        return
    remember(database, channel, account, configured)
