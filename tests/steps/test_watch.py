"""Whose account a channel is, and until when: what a person must hear of before readers notice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select

from adapters.contract import Account
from bot.desk.decisions import By, resume
from bot.ledger.channels import forget, remember
from bot.ledger.database import Database, now
from bot.ledger.deliveries import Ledger
from bot.ledger.schema import channels
from bot.model import Channel
from bot.simulator import Simulator
from bot.steps import watch
from tests.making.kinds import KINDS, Stage, staged
from tests.making.ledger import a_channel, offline, told

OURS = Account("100200300", "The Cancer Blog", "https://www.facebook.com/100200300")


@pytest.fixture
def stage(simulator: Simulator) -> Stage:
    """A Facebook Page."""
    return staged("facebook", simulator)


@pytest.fixture
def channel(on_sqlite: Ledger, stage: Stage, clock) -> Channel:
    """The Page as a channel that was never checked."""
    return a_channel(on_sqlite.database, "page", stage.adapter)


@pytest.fixture
def database(on_sqlite: Ledger) -> Database:
    """The ledger's database."""
    return on_sqlite.database


def row_of(database: Database, channel: Channel) -> Row[Any]:
    with database.read() as connection:
        return connection.execute(select(channels).where(channels.c.id == channel.id)).one()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_tells_whose_account_it_is(database: Database, simulator: Simulator, kind: str) -> None:
    made = a_channel(database, "any", staged(kind, simulator).adapter)
    watch.check(database, made)
    row = row_of(database, made)
    assert (row.paused_at, told(database)) == (None, [])
    assert all((row.account_id, row.account_name, row.account_url, row.checked_at))


def test_credentials_are_checked_at_once_and_then_once_a_day(database: Database, channel: Channel, clock) -> None:
    assert watch.due(database, [channel]) == [channel]
    watch.check(database, channel)
    clock.shift(timedelta(hours=24))
    assert watch.due(database, [channel]) == []
    clock.shift(1)
    assert watch.due(database, [channel]) == [channel]


def test_the_same_account_again_changes_nothing(database: Database, channel: Channel) -> None:
    for _ in range(2):
        watch.check(database, channel)
    assert (row_of(database, channel).paused_at, told(database)) == (None, [])


def test_credentials_of_another_account_pause_the_channel_and_a_person_is_asked(
    database: Database, channel: Channel
) -> None:
    remember(database, channel, Account("7", "Somebody else"))
    watch.check(database, channel)
    row, (only,) = row_of(database, channel), told(database)
    assert (row.paused_at is not None, row.account_id) == (True, "7")
    assert "before it was Somebody else" in row.paused_why
    assert "`oncecast channels resume page --new-account`" in only


def test_another_account_that_is_meant_is_taken_once_the_former_is_forgotten(
    database: Database, channel: Channel
) -> None:
    remember(database, channel, Account("7", "Somebody else"))
    watch.check(database, channel)
    forget(database, channel)
    resume(By(database, "ana"), channel.id)
    assert watch.due(database, [channel]) == [channel]
    watch.check(database, channel)
    assert (row_of(database, channel).account_id, row_of(database, channel).paused_at) == (OURS.id, None)


def test_a_revoked_token_pauses_the_channel_and_is_told_once(
    database: Database, channel: Channel, stage: Stage
) -> None:
    stage.platform.revokes_the_token()
    for _ in range(2):
        watch.check(database, channel)
    row, (only,) = row_of(database, channel), told(database)
    assert row.paused_why in only
    assert "`oncecast channels resume page`" in only
    assert stage.adapter.credentials["access_token"] not in only


def test_a_paused_channel_is_not_checked_until_a_person_resumes_it(
    database: Database, channel: Channel, stage: Stage, clock
) -> None:
    stage.platform.revokes_the_token()
    watch.check(database, channel)
    clock.shift(timedelta(days=3))
    assert watch.due(database, [channel]) == []
    resume(By(database, "ana"), channel.id)
    assert watch.due(database, [channel]) == [channel]


@pytest.mark.parametrize("trouble", ["it is down", "it has a fault", "it talks nonsense"])
def test_a_platform_that_gives_no_answer_is_asked_again_in_a_quarter_of_an_hour(
    database: Database, channel: Channel, stage: Stage, trouble: str, clock
) -> None:
    watch.check(database, channel)
    stage.platform.fails_the_next(503, to="any")
    if trouble == "it talks nonsense":
        stage.platform.behaves()
        stage.platform.answers_nonsense(times=2, to="any")
    elif trouble == "it is down":
        stage.platform.is_down()
    watch.check(database, channel)
    assert (row_of(database, channel).paused_at, row_of(database, channel).account_id) == (None, OURS.id)
    clock.shift(timedelta(minutes=15))
    assert watch.due(database, [channel]) == []
    clock.shift(1)
    assert watch.due(database, [channel]) == [channel]


@pytest.mark.parametrize("kind", KINDS)
def test_no_secret_stands_in_the_reason_why_a_channel_is_paused(
    database: Database, simulator: Simulator, kind: str
) -> None:
    refusing = staged(kind, simulator)
    token = next(iter(refusing.adapter.credentials.values()))
    body = {"error": {"code": 190, "message": f"{token} is odd"}, "message": f"{token} is odd", "code": token}
    names = ("title", "description")
    refusing.platform.refuses_the_next(400, body | dict.fromkeys(names, f"{token} is odd"), to="any")
    made = a_channel(database, "any", refusing.adapter)
    watch.check(database, made)
    assert "••• is odd" in row_of(database, made).paused_why
    assert token not in row_of(database, made).paused_why + "".join(told(database))


@pytest.mark.parametrize(("days", "heard"), [(14.1, 0), (13.9, 1), (-1, 1)])
def test_the_end_of_credentials_is_told_two_weeks_ahead(
    database: Database, channel: Channel, days: float, heard: int
) -> None:
    ends = now() + timedelta(days=days)
    for _ in range(2):
        assert not remember(database, channel, Account(**{**_fields(OURS), "expires_at": ends}))
    assert len(told(database)) == heard
    assert row_of(database, channel).expires_at == ends


def test_the_end_of_renewed_credentials_is_told_again(database: Database, channel: Channel, clock) -> None:
    for _ in range(2):
        ends = now() + timedelta(days=10)
        remember(database, channel, Account(**{**_fields(OURS), "expires_at": ends}))
        clock.shift(timedelta(days=60))
    assert [text.partition(".")[0] for text in told(database)] == [
        "page: The credentials end on 02 December 2026",
        "page: The credentials end on 31 January 2027",
    ]


def test_a_channel_where_a_person_shares_is_checked_without_a_request(database: Database) -> None:
    by_hand = a_channel(database, "group", offline("linkedin_group", group="4119104", mode="assisted"))
    watch.check(database, by_hand)
    assert row_of(database, by_hand).account_id == "4119104"


def _fields(account: Account) -> dict[str, Any]:
    return {"id": account.id, "name": account.name, "url": account.url}
