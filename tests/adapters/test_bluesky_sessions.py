"""How a Bluesky server lets in and refuses: one session for many requests, and what each refusal means."""

from __future__ import annotations

import logging
import traceback
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError
from time_machine import Traveller

from adapters.bluesky.adapter import Bluesky
from adapters.contract import (
    AdapterError,
    CredentialError,
    InDoubtError,
    Receipt,
    RejectedError,
    TransientError,
    UnsupportedError,
)
from bot.simulator import Simulator
from bot.simulator.bluesky.api import DID, HANDLE
from tests.making.bluesky_account import account, asked, composed, published, ready

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_one_session_does_for_an_hour(simulator: Simulator, clock: Traveller) -> None:
    adapter = account(simulator)
    for number in range(3):
        published(adapter, title=f"Number {number}")
        clock.shift(timedelta(minutes=25))
    assert len(asked(simulator, "createSession")) == 1
    published(adapter, title="An hour later")
    assert len(asked(simulator, "createSession")) == 2


def test_a_clock_that_was_set_back_wants_a_new_session(simulator: Simulator, clock: Traveller) -> None:
    adapter = account(simulator)
    published(adapter)
    clock.shift(timedelta(days=-2))
    published(adapter, title="In the past")
    assert len(asked(simulator, "createSession")) == 2


def test_a_session_that_is_over_did_nothing_and_is_opened_anew(simulator: Simulator, clock: Traveller) -> None:
    adapter = account(simulator)
    draft = ready(adapter)
    clock.shift(timedelta(minutes=5))
    simulator.bluesky.ends_the_sessions()
    with pytest.raises(TransientError) as caught:
        adapter.publish(draft, "key")
    assert (type(caught.value), caught.value.retry_after) == (TransientError, timedelta(0))
    assert simulator.bluesky.published == []
    assert adapter.publish(draft, "key").id == simulator.bluesky.published[0].id


def test_sessions_that_are_refused_at_once_are_not_opened_in_a_circle(simulator: Simulator) -> None:
    adapter = account(simulator)
    draft = ready(adapter)
    simulator.bluesky.refuses_the_next(400, code="ExpiredToken")
    with pytest.raises(TransientError) as caught:
        adapter.publish(draft, "key")
    assert caught.value.retry_after is None


@pytest.mark.parametrize("trouble", ["resets_the_next", "fails_the_next", "answers_nonsense", "loses_the_next_reply"])
def test_while_a_session_is_opened_nothing_is_in_doubt(simulator: Simulator, clock: Traveller, trouble: str) -> None:
    adapter = account(simulator)
    draft = ready(adapter)
    clock.shift(timedelta(hours=2))
    getattr(simulator.bluesky, trouble)(to="change")
    with pytest.raises(TransientError):
        adapter.publish(draft, "key")
    assert asked(simulator, "putRecord") == []


@pytest.mark.parametrize(
    ("status", "code"), [(400, None), (401, "AuthFactorTokenRequired"), (401, "AccountTakedown"), (404, None)]
)
def test_a_login_that_is_refused_is_for_a_person_to_mend(simulator: Simulator, status: int, code: str | None) -> None:
    simulator.bluesky.refuses_the_next(status, code=code, to="change")
    with pytest.raises(CredentialError, match=r"identifier|password|account"):
        published(account(simulator))


@pytest.mark.parametrize("why", ["AccountTakedown", "AccountDeactivated"])
def test_an_account_that_is_not_active_pauses_its_channel(simulator: Simulator, why: str) -> None:
    adapter = account(simulator)
    draft = ready(adapter)
    simulator.bluesky.revokes_the_token(why)
    with pytest.raises(CredentialError):
        adapter.publish(draft, "key")
    with pytest.raises(CredentialError):
        adapter.check()


def test_check_tries_the_password_and_not_the_session(simulator: Simulator) -> None:
    adapter = account(simulator)
    told = adapter.check()
    assert (told.id, told.name, told.url) == (DID, f"@{HANDLE}", f"https://bsky.app/profile/{HANDLE}")
    simulator.bluesky.revokes_the_token()
    with pytest.raises(CredentialError, match="App passwords"):
        adapter.check()


def test_the_token_of_a_session_is_a_secret_too(simulator: Simulator, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    adapter = account(simulator)
    draft, token = ready(adapter), adapter._login.token
    simulator.bluesky.refuses_the_next(400, {"error": f"Odd {token}", "message": f"{token} and simulated-app-password"})
    with pytest.raises(RejectedError, match="•••") as caught:
        adapter.publish(draft, "key")
    told = [repr(draft), repr(adapter._login), *traceback.format_exception(caught.value), caplog.text]
    told += [f"{request.path}?{request.raw_query}" for request in simulator.bluesky.requests]
    assert token.startswith("simulated-access-jwt")
    assert not any(secret in "\n".join(told) for secret in (token, "simulated-app-password"))


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"RateLimit-Reset": "1795350600"}, timedelta(minutes=30)),
        ({"RateLimit-Reset": "1795348800"}, timedelta(minutes=1)),
        ({"RateLimit-Reset": "9" * 15}, timedelta(minutes=15)),
        ({"RateLimit-Reset": "soon"}, timedelta(minutes=15)),
        ({"Retry-After": "7", "RateLimit-Reset": "1795350600"}, timedelta(seconds=7)),
    ],
)
def test_a_limit_is_waited_for_as_long_as_it_says(
    simulator: Simulator, clock: Traveller, headers: dict[str, str], pause: timedelta
) -> None:
    adapter = account(simulator)
    draft = ready(adapter)
    simulator.bluesky.refuses_the_next(429, headers=headers)
    with pytest.raises(TransientError) as caught:
        adapter.publish(draft, "key")
    assert caught.value.retry_after == pause


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"error": 7}', b'{"error": {"message": "x"}}'])
@pytest.mark.parametrize(
    ("status", "error"), [(400, RejectedError), (413, RejectedError), (401, CredentialError), (502, InDoubtError)]
)
def test_a_refusal_is_judged_also_where_its_body_is_odd(
    simulator: Simulator, body: bytes, status: int, error: type[AdapterError]
) -> None:
    adapter = account(simulator)
    draft = ready(adapter)
    simulator.bluesky.refuses_the_next(status, body)
    with pytest.raises(error):
        adapter.publish(draft, "key")


def test_a_yes_for_another_address_is_doubt(simulator: Simulator) -> None:
    adapter = account(simulator)
    draft = ready(adapter)
    simulator.bluesky.refuses_the_next(200, {"uri": f"at://{DID}/app.bsky.feed.post/3kabcdefghijk", "cid": "x"})
    with pytest.raises(InDoubtError):
        adapter.publish(draft, "key")


def test_withdrawing_twice_is_as_good_as_once_and_takes_an_address(simulator: Simulator) -> None:
    adapter = account(simulator)
    receipt, other = published(adapter), published(adapter, title="Another")
    for _ in range(2):
        adapter.withdraw(receipt)
    adapter.withdraw(Receipt(other.url, other.url))
    assert simulator.bluesky.published == []


def test_revising_is_not_offered(simulator: Simulator) -> None:
    adapter = account(simulator)
    with pytest.raises(UnsupportedError):
        adapter.revise(published(adapter), composed())


@pytest.mark.parametrize("given", ["@CancerBlog.example.org", " cancerblog.example.org"])
def test_a_handle_may_be_written_as_people_write_it(given: str) -> None:
    assert Bluesky.Options(identifier=given).identifier == HANDLE
    assert Bluesky.Options(identifier=DID).identifier == DID


@pytest.mark.parametrize("wrong", ["cancerblog", "blog@example.org", "https://bsky.app/profile/x.org", "did:key:x", ""])
def test_an_identifier_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        Bluesky.Options(identifier=wrong)
