"""A new delivery is written, or another hand has written it, or all that comes with it is undone: none is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.ledger.deliveries import Ledger
from bot.ledger.schema import entries
from bot.steps.intake import take_in
from tests.making.ledger import FEED, a_channel, an_entry, lately


def test_what_the_database_refuses_undoes_the_reading_with_it(ledger: Ledger) -> None:
    channel = a_channel(ledger.database)
    old, new = an_entry("Old", published=lately(days=3)), an_entry("New")
    with ledger.database.write() as connection:
        take_in(connection, FEED, [old], [channel])
    with pytest.raises(IntegrityError), ledger.database.write() as connection:
        take_in(connection, FEED, [new, old], [replace(channel, id=4711)])
    with ledger.database.write() as connection:
        assert list(connection.execute(select(entries.c.title)).scalars()) == ["Old"]
        assert take_in(connection, FEED, [new, old], [channel]).planned == 1
