"""How settings become what the daemon works with: a ledger, feeds, and channels with their adapters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.house import House, open_house, pause_what_is_closed
from bot.ledger.schema import channels
from bot.model import Filter, Route
from bot.steps.tell import Mail, Webhook
from config.loading import parse
from config.secrets import MissingSecretError
from tests.making.ledger import told

HEAD = """
[blog]
name = "The Cancer Blog"
[feeds.all]
url = "https://blog.example.org/feed/"
guard = 7
"""
PAGE = """
[channels.page]
kind = "facebook"
approve = true
wait = "10m"
gap = "1h"
options = { page = "100200300" }
"""
GROUP = """
[channels.group]
kind = "linkedin_group"
options = { group = "4119104", mode = "assisted" }
"""
Opened = Callable[..., House]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """Opens the house of a configuration, each time with the same ledger."""
    monkeypatch.setenv("ONCECAST_PAGE_ACCESS_TOKEN", "s3cret-page-token")
    houses: list[House] = []

    def open_it(*parts: str) -> House:
        houses.append(open_house(parse(HEAD + "".join(parts), tmp_path / "oncecast.toml")))
        return houses[-1]

    yield open_it
    for house in houses:
        house.database.close()


def paused(house: House) -> list[str]:
    with house.database.read() as connection:
        return list(connection.execute(select(channels.c.name).where(channels.c.paused_at.is_not(None))).scalars())


def test_a_feed_knows_its_blog_and_its_numbers(opened: Opened) -> None:
    (feed,) = opened().feeds
    assert (feed.name, feed.blog, feed.guard, feed.poll) == ("all", "The Cancer Blog", 7, timedelta(minutes=1))


def test_a_channel_has_its_adapter_and_its_numbers(opened: Opened) -> None:
    page = opened(PAGE).channel("page")
    assert (page.adapter.kind, page.adapter.credentials) == ("facebook", {"access_token": "s3cret-page-token"})
    assert (page.approve, page.wait, page.gap) == (True, timedelta(minutes=10), timedelta(hours=1))


def test_a_channel_has_its_routes(opened: Opened) -> None:
    routes = '[[channels.group.routes]]\nfeeds = ["all"]\nexclude = { words = ["video"], years = [2024] }\n'
    expected = Route(("all",), Filter(), Filter(words=("video",), years=(2024,)))
    assert opened(GROUP, routes).channel("group").routes == (expected,)
    assert opened(GROUP).channel("group").routes == ()


def test_how_often_an_attempt_is_repeated_is_configured(opened: Opened) -> None:
    retry = opened('[retry]\nlimit = 3\nfirst = "5s"\n').ledger.retry
    assert (retry.limit, retry.first, retry.longest) == (3, timedelta(seconds=5), timedelta(hours=2))


def test_a_channel_keeps_its_place_in_the_ledger_whatever_happens_to_the_others(opened: Opened) -> None:
    before = opened(PAGE, GROUP).channel("group").id
    assert opened(GROUP).channel("group").id == before
    assert opened(GROUP, PAGE).channel("page").id != before


def test_a_channel_that_is_not_active_is_not_there_and_keeps_its_place(opened: Opened) -> None:
    before = opened(PAGE, GROUP).channel("page").id
    asleep = opened(PAGE.replace("approve", "active = false\napprove"), GROUP)
    assert [channel.name for channel in asleep.channels] == ["group"]
    assert opened(PAGE, GROUP).channel("page").id == before


def test_a_channel_that_does_not_exist_is_told_with_those_that_do(opened: Opened) -> None:
    with pytest.raises(LookupError, match="no active channel 'pge' in the configuration; it has: page, group"):
        opened(PAGE, GROUP).channel("pge")
    with pytest.raises(LookupError, match="it has: none"):
        opened().channel("page")


def test_a_channel_without_its_secrets_is_there_and_says_what_is_missing(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ONCECAST_PAGE_ACCESS_TOKEN")
    house = opened(PAGE, GROUP)
    assert [channel.name for channel in house.channels] == ["page", "group"]
    assert list(house.missing) == ["page"]
    assert "ONCECAST_PAGE_ACCESS_TOKEN is not set" in house.missing["page"]


def test_a_channel_without_its_secrets_is_paused_and_told_once_and_the_others_go_on(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ONCECAST_PAGE_ACCESS_TOKEN")
    for _ in range(2):
        house = opened(PAGE, GROUP)
        assert paused(house) in ([], ["page"])
        pause_what_is_closed(house)
    assert paused(house) == ["page"]
    (only,) = told(house.database)
    assert "ONCECAST_PAGE_ACCESS_TOKEN" in only
    assert "`oncecast channels resume page`" in only


def test_with_all_secrets_nothing_is_paused(opened: Opened) -> None:
    house = opened(PAGE, GROUP)
    pause_what_is_closed(house)
    assert (paused(house), house.missing) == ([], {})


def test_every_secret_in_use_is_known_so_that_it_can_be_kept_out_of_the_log(opened: Opened) -> None:
    assert opened(PAGE, GROUP).secrets() == {"s3cret-page-token"}


def test_an_adapter_gets_pictures_from_the_ledger(opened: Opened) -> None:
    with pytest.raises(LookupError, match=r"is not in the ledger\."):
        opened(PAGE).channel("page").adapter.picture("0123456789abcdef")


def test_this_machine_s_own_pages_are_looked_at_only_when_a_feed_says_so(opened: Opened) -> None:
    assert not opened().loopback
    assert opened('[feeds.rehearsed]\nurl = "http://127.0.0.1:1/feed/"\nloopback = true\n').loopback


def test_the_team_is_told_by_all_ways_that_are_configured(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", "https://chat.example.org/hooks/1")
    monkeypatch.setenv("MAIL_PASSWORD", "s3cret")
    email = '[tell.email]\nhost = "mail.example.org"\nsender = "o@example.org"\nto = ["ana@example.org"]\n'
    login = 'username = "o"\npassword = { env = "MAIL_PASSWORD" }\n'
    voices = opened('[tell]\nwebhook = { env = "HOOK" }\n', email, login).voices
    letter = Mail("mail.example.org", 587, "starttls", "o@example.org", ("ana@example.org",), "o", "s3cret")
    assert voices == (Webhook("https://chat.example.org/hooks/1"), letter)
    assert opened().voices == ()


def test_a_way_to_tell_the_team_without_its_secret_is_an_error_that_names_it(opened: Opened) -> None:
    with pytest.raises(MissingSecretError, match="HOOK_NOT_SET is not set"):
        _ = opened('[tell]\nwebhook = { env = "HOOK_NOT_SET" }\n').voices
