"""Bluesky's own ways: one key for one post, and how a post is looked for."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from time_machine import Traveller

from adapters.bluesky.text import new_key, time_of
from adapters.contract import (
    CannotTellError,
    DuplicateError,
    Receipt,
    RejectedError,
)
from adapters.looks import is_other
from bot.simulator import Simulator
from bot.simulator.bluesky.api import DID, HANDLE
from tests.making.bluesky_account import LINK, POST, a_minute_ago, account, asked, composed, published, ready

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_key_and_time_are_chosen_before_anything_is_sent_and_kept(simulator: Simulator, clock: Traveller) -> None:
    draft = ready(account(simulator))
    kept = json.loads(json.dumps(draft.prepared))
    assert time_of(kept["rkey"]) == pytest.approx(NOON, abs=timedelta(milliseconds=1))
    assert (kept["created_at"], kept["did"]) == ("2026-11-22T12:00:00.000Z", DID)
    clock.shift(600)
    assert account(simulator).prepare(draft) == draft


def test_another_daemon_that_sends_the_same_again_makes_no_second_post(simulator: Simulator, clock: Traveller) -> None:
    draft = ready(account(simulator))
    first = account(simulator).publish(draft, "key")
    clock.shift(600)
    assert account(simulator).publish(draft, "key") == first
    assert first == Receipt(first.id, f"https://bsky.app/profile/{DID}/post/{draft.prepared['rkey']}", NOON)
    assert len(simulator.bluesky.published) == 1


def test_the_request_that_counts_says_that_nothing_may_be_there_yet(simulator: Simulator) -> None:
    published(account(simulator))
    (request,) = asked(simulator, "putRecord")
    assert b'"swapRecord": null' in request.body
    assert b"validate" not in request.body


def test_another_post_under_the_same_key_is_never_written_over(simulator: Simulator) -> None:
    adapter = account(simulator)
    draft = ready(adapter)
    first = adapter.publish(draft, "key")
    other = replace(adapter.compose(replace(POST, wording="Other words.")), prepared=draft.prepared)
    with pytest.raises(DuplicateError) as caught:
        adapter.publish(other, "key")
    assert caught.value.hint == first.id
    assert [shown.text for shown in simulator.bluesky.published] == ["What is a biopsy?"]
    with pytest.raises(CannotTellError, match=first.url):
        adapter.find(other, a_minute_ago(), first.id)


def test_a_picture_is_uploaded_again_before_the_server_forgets_it(simulator: Simulator, clock: Traveller) -> None:
    adapter = account(simulator)
    draft = ready(adapter)
    clock.shift(adapter.limits.prepared_for)
    adapter.publish(draft, "key")
    late = ready(adapter)
    clock.shift(timedelta(hours=1))
    simulator.bluesky._records.clear()
    with pytest.raises(RejectedError, match="uploaded anew when it is tried again"):
        adapter.publish(late, "key")


def test_keys_of_one_moment_differ_and_tell_it() -> None:
    keys = {new_key(NOON) for _ in range(10)}
    assert len(keys) == 10
    for key in keys:
        at = time_of(key)
        assert at is not None
        assert timedelta(0) <= at - NOON < timedelta(milliseconds=1)
    assert new_key(NOON) < new_key(NOON + timedelta(milliseconds=1))
    assert time_of("self") is None


def test_a_look_asks_for_the_posts_own_key_first_and_needs_no_password(simulator: Simulator) -> None:
    adapter = account(simulator)
    draft = ready(adapter)
    receipt = adapter.publish(draft, "key")
    simulator.bluesky.revokes_the_token()
    assert account(simulator).find(draft, a_minute_ago()) == receipt
    assert len(asked(simulator, "getRecord")) == 1
    assert asked(simulator, "listRecords") == []


def test_a_post_is_found_after_the_account_has_changed_its_handle(simulator: Simulator) -> None:
    draft = ready(account(simulator))
    receipt = account(simulator).publish(draft, "key")
    assert account(simulator, identifier="former.example.org").find(draft, a_minute_ago()) == receipt


def test_a_post_is_found_by_a_ledger_that_does_not_know_its_key(simulator: Simulator) -> None:
    adapter = account(simulator)
    receipt = published(adapter)
    assert adapter.find(composed(), a_minute_ago()) == receipt
    assert adapter.find(ready(adapter), a_minute_ago()) == receipt


def test_a_post_that_waited_long_for_its_turn_is_found(simulator: Simulator, clock: Traveller) -> None:
    adapter = account(simulator)
    draft = ready(adapter)
    clock.shift(adapter.limits.prepared_for)
    receipt = adapter.publish(draft, "key")
    assert adapter.find(composed(), datetime.now(UTC)) == receipt


def test_looking_goes_on_to_the_next_page_and_stops_where_posts_are_older(
    simulator: Simulator, clock: Traveller
) -> None:
    adapter = account(simulator)
    receipt = published(adapter, image=None)
    for number in range(101):
        clock.shift(1)
        published(adapter, image=None, title=f"Number {number}", link=f"https://e.org/{number}")
    assert adapter.find(composed(), NOON) == receipt
    assert len(asked(simulator, "listRecords")) == 2
    clock.shift(timedelta(days=1))
    assert adapter.find(composed(), datetime.now(UTC)) is None
    assert len(asked(simulator, "listRecords")) == 3


def listing(*keys: str, **more: Any) -> dict[str, Any]:
    uris = [f"at://{DID}/app.bsky.feed.post/{key}" for key in keys]
    return {"records": [{"uri": uri, "cid": "x", "value": {"text": "Other"}} for uri in uris], **more}


def test_a_list_without_an_end_is_no_proof_of_absence(simulator: Simulator) -> None:
    endless = listing(new_key(datetime.now(UTC)), cursor="x")
    simulator.bluesky.refuses_the_next(200, endless, times=20, to="read")
    with pytest.raises(CannotTellError, match="more posts"):
        account(simulator).find(composed(), a_minute_ago())


def test_a_list_that_names_no_further_page_is_whole(simulator: Simulator) -> None:
    simulator.bluesky.refuses_the_next(200, listing(new_key(datetime.now(UTC))), to="read")
    assert account(simulator).find(composed(), a_minute_ago()) is None
    assert len(simulator.bluesky.requests) == 1


def test_a_list_in_another_order_is_read_to_its_end(simulator: Simulator) -> None:
    receipt = published(account(simulator))
    old, new = new_key(NOON - timedelta(days=900)), new_key(datetime.now(UTC))
    simulator.bluesky.refuses_the_next(200, listing(old, new, old, cursor="zzzzzzzzzzzzz"), to="read")
    assert account(simulator).find(composed(), a_minute_ago()) == receipt


@pytest.mark.parametrize(
    "odd", [{}, {"records": [{}]}, {"records": "none"}, {"records": [{"uri": "at://x", "value": {}}]}]
)
def test_a_list_that_cannot_be_read_is_no_proof_of_absence(simulator: Simulator, odd: Any) -> None:
    simulator.bluesky.refuses_the_next(200, odd, to="read")
    with pytest.raises(CannotTellError):
        account(simulator).find(composed(), a_minute_ago())


def test_the_same_link_with_other_words_is_for_a_person_to_judge(simulator: Simulator) -> None:
    adapter = account(simulator)
    receipt = published(adapter, wording="Somebody was faster.")
    with pytest.raises(CannotTellError, match=receipt.url):
        adapter.find(ready(adapter), a_minute_ago())


def test_a_link_in_the_text_counts_as_well_as_a_card(simulator: Simulator) -> None:
    adapter = account(simulator)
    draft = ready(adapter, image=None)
    body = {name: value for name, value in draft.body.items() if name != "embed"}
    adapter.publish(replace(draft, body=body | {"text": f"Look: {LINK}."}), "key")
    with pytest.raises(CannotTellError):
        adapter.find(composed(), a_minute_ago())


def test_an_answer_to_a_reader_is_not_taken_for_the_post(simulator: Simulator) -> None:
    adapter = account(simulator)
    draft = ready(adapter)
    adapter.publish(replace(draft, body={**draft.body, "reply": {}}), "key")
    assert adapter.find(composed(), a_minute_ago()) is None


def test_a_post_is_known_by_the_address_that_a_person_copied() -> None:
    uri, key = f"at://{DID}/app.bsky.feed.post/3kabcdefghijk", "3kabcdefghijk"
    assert is_other(uri, {f"https://bsky.app/profile/{HANDLE}/post/{key}"})
    assert is_other(uri, {f"https://bsky.app/profile/{DID}/post/{key}/"})
    assert not is_other(uri, {f"at://{DID}/app.bsky.feed.post/3kabcdefghijj"})
