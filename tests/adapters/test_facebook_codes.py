"""What Facebook's codes and unclear replies mean: each has one outcome, and what is not clear is doubt."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from adapters.contract import (
    AdapterError,
    CredentialError,
    DuplicateError,
    InDoubtError,
    Post,
    RejectedError,
    TransientError,
)
from adapters.facebook.adapter import Facebook
from adapters.facebook.replies import MEANINGS
from bot.simulator import Simulator
from tests.making.kinds import built

TOKEN = "simulated-page-token"
POST = Post("What is a biopsy?", "https://blog.example.org/biopsy/")

CODES: list[tuple[int, int | None, type[AdapterError]]] = [
    *((code, None, InDoubtError) for code in (1, 2)),
    *((code, None, TransientError) for code in (4, 17, 32, 341, 613, 80001, 368)),
    *((code, None, CredentialError) for code in (3, 10, 102, 190, 200, 210, 299)),
    *((190, subcode, CredentialError) for subcode in (458, 459, 460, 463, 464, 467, 492, 999)),
    (368, 1390008, TransientError),
    (368, 4854002, CredentialError),
    (368, 1404078, CredentialError),
    (368, 1404082, DuplicateError),
    (100, 1366051, DuplicateError),
    (506, 1455006, DuplicateError),
    (506, None, DuplicateError),
    (100, 33, CredentialError),
    (100, 1609005, TransientError),
    *((100, subcode, RejectedError) for subcode in (None, 1609008, 1346003, 1404102, 2061006)),
    (54321, None, RejectedError),
]


def page(simulator: Simulator, **options: Any) -> Any:
    return built(Facebook, simulator.facebook.base_url, page="100200300", **options)


def published(adapter: Any, post: Post = POST) -> Any:
    return adapter.publish(adapter.prepare(adapter.compose(post)), "key")


@pytest.mark.parametrize(("code", "subcode", "error"), CODES)
def test_each_code_of_facebook_has_one_meaning(
    simulator: Simulator, code: int, subcode: int | None, error: type[AdapterError]
) -> None:
    told = {"message": "No.", "code": code} | ({"error_subcode": subcode} if subcode else {})
    simulator.facebook.refuses_the_next(400, {"error": told})
    with pytest.raises(AdapterError) as caught:
        published(page(simulator))
    assert type(caught.value) is error


def test_the_table_of_codes_is_tested_whole() -> None:
    tested = {str(each) for code, subcode, _ in CODES for each in (code, subcode)}
    missing = {code for code in MEANINGS if not code.startswith(("http", "2"))} - tested
    assert missing == set()


@pytest.mark.parametrize(("status", "error"), [(401, CredentialError), (403, CredentialError), (404, RejectedError)])
def test_a_refusal_without_a_code_is_judged_by_its_status(
    simulator: Simulator, status: int, error: type[AdapterError]
) -> None:
    simulator.facebook.refuses_the_next(status, "<html>No.</html>")
    with pytest.raises(error):
        published(page(simulator))


def test_an_unknown_code_that_facebook_calls_transient_is_doubt(simulator: Simulator) -> None:
    simulator.facebook.refuses_the_next(400, {"error": {"code": 54321, "is_transient": True}})
    with pytest.raises(InDoubtError):
        published(page(simulator))


@pytest.mark.parametrize("status", [302, 408, 500, 502])
def test_what_the_library_takes_for_success_is_doubt(simulator: Simulator, status: int) -> None:
    simulator.facebook.refuses_the_next(status, {"id": "100200300_1"})
    with pytest.raises(InDoubtError):
        published(page(simulator))


@pytest.mark.parametrize("body", ["[1]", "false", "null", "{", "{}", '{"id": null}', "<a href='?access_token=1'>"])
def test_a_reply_that_is_no_object_with_an_id_is_doubt(simulator: Simulator, body: str) -> None:
    simulator.facebook.refuses_the_next(200, body)
    with pytest.raises(InDoubtError):
        published(page(simulator))


def test_a_limit_lasts_for_the_minutes_that_facebook_names(simulator: Simulator) -> None:
    simulator.facebook.limits_for(1_500)
    with pytest.raises(TransientError) as caught:
        published(page(simulator))
    assert caught.value.retry_after == timedelta(minutes=25)


def test_a_limit_without_a_time_lasts_an_hour(simulator: Simulator) -> None:
    simulator.facebook.limits_without_a_time()
    with pytest.raises(TransientError) as caught:
        published(page(simulator))
    assert caught.value.retry_after == timedelta(hours=1)


def test_a_dead_token_is_told_in_plain_words_by_its_reason(simulator: Simulator) -> None:
    simulator.facebook.revokes_the_token("190/460")
    with pytest.raises(CredentialError, match=r"password was changed.*make a new Page token"):
        published(page(simulator))


def test_facebooks_own_words_are_told_without_the_token(simulator: Simulator) -> None:
    simulator.facebook.refuses_the_next(400, {"error": {"code": 100, "message": f"Bad {TOKEN} here"}})
    with pytest.raises(RejectedError) as caught:
        published(page(simulator))
    assert "Bad ••• here" in str(caught.value)
