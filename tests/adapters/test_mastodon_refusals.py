"""What a Mastodon server's refusals mean, and how long its limits are waited for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from time_machine import Traveller

from adapters.contract import (
    AdapterError,
    CredentialError,
    DuplicateError,
    InDoubtError,
    Receipt,
    RejectedError,
    TransientError,
)
from adapters.mastodon.adapter import Mastodon
from adapters.mastodon.replies import PAUSE
from bot.simulator import Simulator
from tests.conftest import NOON
from tests.making.kinds import IMAGE, POST, built

TOKEN = "simulated-mastodon-token"


def answer(simulator: Simulator, address: str = "", pictured: bool = False) -> Receipt | AdapterError:
    """What comes of one attempt."""
    adapter = built(Mastodon, address or simulator.mastodon.base_url)
    post = replace(POST, image=IMAGE if pictured else None)
    try:
        return adapter.publish(adapter.prepare(adapter.compose(post)), "key")
    except AdapterError as error:
        return error


@pytest.mark.parametrize(
    ("status", "error"),
    [
        *((status, RejectedError) for status in (400, 405, 409, 410, 413, 415, 418, 422)),
        *((status, CredentialError) for status in (401, 403)),
        *((status, InDoubtError) for status in (301, 304, 307, 408, 500, 501, 502, 503, 504, 520)),
        (429, TransientError),
    ],
)
def test_a_status_says_what_happens_next(simulator: Simulator, status: int, error: type[AdapterError]) -> None:
    simulator.mastodon.refuses_the_next(status)
    assert type(answer(simulator)) is error
    assert simulator.mastodon.published == []


def test_a_refusal_tells_the_servers_words_without_the_token(simulator: Simulator) -> None:
    said = f"Validation failed: Text is odd, {TOKEN}"
    simulator.mastodon.refuses_the_next(422, {"error": said})
    told = str(answer(simulator))
    assert told == "The server refused it. Its words: Validation failed: Text is odd, ••• (HTTP 422)"


@pytest.mark.parametrize("body", ["<html>" + "x" * 5000, "[]", '{"error": {"a": 1}}', '{"error": null}', "", "\xff"])
def test_a_refusal_in_another_form_says_nothing(simulator: Simulator, body: str) -> None:
    simulator.mastodon.refuses_the_next(422, body)
    assert str(answer(simulator)) == "The server refused it. Its words: none (HTTP 422)"


@pytest.mark.parametrize("said", ["Invalid Bearer token", "invalid_request: unknown access token", "Expired token."])
def test_a_400_that_names_a_wrong_token_is_about_the_token(simulator: Simulator, said: str) -> None:
    simulator.mastodon.refuses_the_next(400, said, headers={"Content-Type": "text/plain"})
    assert type(answer(simulator)) is CredentialError
    simulator.mastodon.refuses_the_next(400, code="token")
    assert type(answer(simulator)) is CredentialError


def test_a_picture_that_is_in_a_post_already_is_a_sign_that_the_first_attempt_worked(simulator: Simulator) -> None:
    simulator.mastodon.overlooks_duplicates()
    adapter = built(Mastodon, simulator.mastodon.base_url)
    draft = adapter.prepare(adapter.compose(POST))
    adapter.publish(draft, "key")
    with pytest.raises(DuplicateError, match="in a post already"):
        adapter.publish(draft, "key")
    assert len(simulator.mastodon.published) == 1


def test_a_400_about_the_post_is_about_the_post(simulator: Simulator) -> None:
    simulator.mastodon.refuses_the_next(400, {"error": "Invalid visibility; see Tokens of appreciation"})
    assert type(answer(simulator)) is RejectedError


def test_an_address_without_mastodon_is_told_as_that(simulator: Simulator) -> None:
    error = answer(simulator, simulator.blog.base_url)
    assert type(error) is CredentialError
    assert "check base_url" in str(error)


def test_a_post_that_was_made_with_this_key_and_deleted_is_not_made_again(simulator: Simulator) -> None:
    receipt = answer(simulator)
    assert isinstance(receipt, Receipt)
    built(Mastodon, simulator.mastodon.base_url).withdraw(receipt)
    error = answer(simulator)
    assert type(error) is RejectedError
    assert "was deleted there" in str(error)
    assert simulator.mastodon.published == []


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"X-RateLimit-Reset": "2026-11-22T12:07:00.123456Z"}, timedelta(minutes=7, microseconds=123456)),
        ({"X-RateLimit-Reset": "2026-11-22T13:07:00+01:00"}, timedelta(minutes=7)),
        ({"X-RateLimit-Reset": str(int(NOON.timestamp()) + 90)}, timedelta(seconds=90)),
        ({"X-RateLimit-Reset": "2026-11-22T12:07:00Z", "Retry-After": "9"}, timedelta(minutes=7)),
        ({"Retry-After": "9"}, timedelta(seconds=9)),
        ({"X-RateLimit-Reset": "2026-11-22T11:00:00Z"}, PAUSE),
        ({"X-RateLimit-Reset": "2036-11-22T11:00:00Z"}, timedelta(days=1)),
        ({"X-RateLimit-Reset": "9" * 400}, PAUSE),
        ({"X-RateLimit-Reset": "soon", "Retry-After": "later"}, PAUSE),
        ({}, PAUSE),
    ],
)
def test_a_limit_is_waited_for_as_long_as_the_server_says(
    simulator: Simulator, clock: Traveller, headers: dict[str, str], wait: timedelta
) -> None:
    assert datetime.now(UTC) == NOON
    simulator.mastodon.refuses_the_next(429, headers=headers)
    error = answer(simulator)
    assert isinstance(error, TransientError)
    assert error.retry_after == wait


def test_what_is_wrong_with_a_picture_is_known_before_anything_is_public(simulator: Simulator) -> None:
    expected = {422: RejectedError, 401: CredentialError, 500: TransientError, 429: TransientError}
    for status, error in expected.items():
        simulator.mastodon.refuses_the_next(status, to="upload")
        assert type(answer(simulator, pictured=True)) is error
    assert simulator.mastodon.published == []


@pytest.mark.parametrize("trouble", ["answers_nonsense", "loses_the_next_reply", "fails_the_next"])
def test_a_refusal_stands_where_the_picture_cannot_be_asked_for(simulator: Simulator, trouble: str) -> None:
    simulator.mastodon.refuses_the_next(422)
    getattr(simulator.mastodon, trouble)(to="read")
    assert type(answer(simulator, pictured=True)) is RejectedError
