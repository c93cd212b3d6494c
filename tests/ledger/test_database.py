"""Times in the database: aware, in UTC, on both."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.ledger.database import Database, now
from bot.ledger.schema import deliveries
from tests.making.ledger import a_channel, a_delivery


def test_times_come_back_aware_and_in_utc(database: Database) -> None:
    delivery = a_delivery(database, a_channel(database))
    with database.read() as connection:
        due_at = connection.execute(select(deliveries.c.due_at)).scalar_one()
    assert due_at == delivery.due_at
    assert due_at.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    delivery = a_delivery(database, a_channel(database))
    with pytest.raises(Exception, match="without a zone"), database.write() as connection:
        connection.execute(
            update(deliveries).where(deliveries.c.id == delivery.id).values(due_at=now().replace(tzinfo=None))
        )
