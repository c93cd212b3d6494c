"""What is peculiar to X: its refusals and waiting times, pictures, and how a post is found again behind t.co."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from adapters.contract import (
    AdapterError,
    CannotTellError,
    CredentialError,
    Draft,
    DuplicateError,
    InDoubtError,
    Post,
    Receipt,
    RejectedError,
    TransientError,
    UnsupportedError,
)
from adapters.http.wire import attempt
from adapters.twitter.adapter import Twitter
from bot.simulator import Simulator
from tests.making.kinds import IMAGE, POST, built

PROBLEMS = "https://api.twitter.com/2/problems/"
PLAIN = replace(POST, image=None)


@pytest.fixture
def x(simulator: Simulator) -> Twitter:
    adapter = built(Twitter, simulator.twitter.base_url)
    assert isinstance(adapter, Twitter)
    return adapter


def publish(x: Twitter, post: Post = PLAIN) -> Receipt:
    with attempt():
        return x.publish(x.prepare(x.compose(post)), "key")


def look(x: Twitter, draft: Draft) -> Receipt | None:
    return x.find(draft, datetime.now(UTC) - timedelta(minutes=1))


def problem(title: str, detail: str = "", kind: str = "about:blank") -> dict[str, Any]:
    return {"title": title, "detail": detail or title, "type": kind}


def test_the_simulated_x_agrees_that_a_full_post_fits(x: Twitter, simulator: Simulator) -> None:
    publish(x, replace(PLAIN, title="Überlebt: “Krebs” & 癌 👩🏽‍⚕️ README.md", summary="wörd…, " * 100))
    assert len(simulator.twitter.published) == 1


def test_a_picture_is_uploaded_with_its_alternative_text(x: Twitter, simulator: Simulator) -> None:
    publish(x, POST)
    (shown,) = simulator.twitter.published
    assert (shown.picture, shown.alt) == (True, IMAGE.alt)


def test_a_channel_without_pictures_lets_x_show_the_card_of_the_page(simulator: Simulator) -> None:
    x = built(Twitter, simulator.twitter.base_url, attach_image=False)
    assert x.compose(POST).image is None


@pytest.mark.parametrize("change", [{"size": 6_000_000}, {"media_type": "image/svg+xml"}])
def test_a_picture_that_x_does_not_take_is_refused(x: Twitter, change: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedError, match="does not take this picture"):
        x.compose(replace(POST, image=replace(IMAGE, **change)))


def test_a_very_long_alternative_text_is_shortened(x: Twitter) -> None:
    image = x.compose(replace(POST, image=replace(IMAGE, alt="word " * 400))).image
    assert image == replace(IMAGE, alt=f"{'word ' * 199}word…")


@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        (
            400,
            problem("Invalid Request", "One or more parameters to your request was invalid."),
            RejectedError,
            "invalid",
        ),
        (401, problem("Unauthorized"), CredentialError, "does not accept these keys"),
        (402, problem("CreditsDepleted", kind=f"{PROBLEMS}credits"), CredentialError, "no credits"),
        (403, problem("Forbidden", "You are not permitted to perform this action."), RejectedError, "not permitted"),
        (
            403,
            problem("Forbidden", "You are not allowed to create a Tweet with duplicate content."),
            DuplicateError,
            "alr",
        ),
        (
            403,
            problem("Forbidden", kind="https://api.x.com/2/problems/oauth1-permissions"),
            CredentialError,
            "only read",
        ),
        (403, problem("Forbidden", kind=f"{PROBLEMS}client-forbidden"), CredentialError, "denies this to the app"),
        (403, problem("Forbidden", kind=f"{PROBLEMS}client-not-enrolled"), CredentialError, "no project"),
        (403, problem("Forbidden", kind=f"{PROBLEMS}unsupported-authentication"), CredentialError, "access token"),
        (403, problem("Forbidden", "User is suspended.", f"{PROBLEMS}user-suspended"), CredentialError, "suspended"),
        (403, {"errors": [{"code": 326, "message": "This account is temporarily locked."}]}, CredentialError, "locked"),
        (403, {"errors": [{"code": 187, "message": "Status is a duplicate."}]}, DuplicateError, "already"),
        (403, "<html><title>Just a moment...</title></html>", TransientError, "page of its own"),
        (404, problem("Not Found"), CredentialError, "base_url"),
        (410, problem("Gone"), CredentialError, "update Oncecast"),
        (429, problem("UsageCapExceeded", "Usage cap exceeded", f"{PROBLEMS}usage-capped"), CredentialError, "plan"),
        (429, {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}, TransientError, "rate limit"),
        (302, "", InDoubtError, "302"),
        (408, "", InDoubtError, "408"),
        (500, problem("Internal Server Error"), InDoubtError, "500"),
        (200, "[1]", InDoubtError, "no id"),
        (201, '{"data": {}}', InDoubtError, "no id"),
        (201, "", InDoubtError, "no id"),
    ],
)
def test_every_answer_of_x_means_one_thing(
    x: Twitter, simulator: Simulator, status: int, body: Any, error: type[AdapterError], words: str
) -> None:
    simulator.twitter.refuses_the_next(status, body)
    with pytest.raises(error, match=words) as caught:
        publish(x)
    assert type(caught.value) is error


@pytest.mark.parametrize("body", ["[1]", "null", "7", '{"errors":[null]}', '{"errors":{}}', '{"detail":7}', "{", ""])
@pytest.mark.parametrize("status", [400, 429])
def test_an_answer_that_trips_the_library_is_still_understood(
    x: Twitter, simulator: Simulator, status: int, body: str
) -> None:
    simulator.twitter.refuses_the_next(status, body, headers={"x-rate-limit-reset": "soon"})
    with pytest.raises(RejectedError if status == 400 else TransientError):
        publish(x)


def test_a_post_that_was_made_is_made_even_if_x_adds_errors(x: Twitter, simulator: Simulator) -> None:
    simulator.twitter.refuses_the_next(201, {"data": {"id": "77", "text": "x"}, "errors": [{"detail": "a detail"}]})
    assert publish(x) == Receipt("77", "https://x.com/i/status/77")


def test_a_limit_lasts_until_the_last_reset_of_all_that_are_used_up(x: Twitter, simulator: Simulator) -> None:
    simulator.twitter.exhausts_the_day(reset_in=7200)
    with pytest.raises(TransientError) as caught:
        publish(x)
    assert caught.value.retry_after is not None
    assert timedelta(minutes=119) < caught.value.retry_after <= timedelta(hours=2)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "1763812900"}, timedelta(seconds=100)),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "1763812700"}, timedelta(seconds=1)),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "9" * 40}, timedelta(days=7)),
        ({"x-rate-limit-remaining": "9", "Retry-After": "60"}, timedelta(seconds=60)),
        ({"x-rate-limit-remaining": "9"}, None),
    ],
)
def test_the_time_to_wait_is_read_from_what_x_sends(
    x: Twitter, simulator: Simulator, headers: dict[str, str], wait: timedelta | None
) -> None:
    full = {f"x-{who}-limit-24hour-remaining": "99" for who in ("user", "app")}
    with time_machine.travel(datetime.fromtimestamp(1763812800, UTC), tick=False):
        simulator.twitter.refuses_the_next(429, headers={**full, **headers})
        with pytest.raises(TransientError) as caught:
            publish(x)
    assert caught.value.retry_after == wait


def test_the_reply_to_an_upload_is_never_taken_for_the_reply_to_the_post(x: Twitter, simulator: Simulator) -> None:
    draft = x.prepare(x.compose(POST))
    simulator.twitter.is_down()
    with attempt(), pytest.raises(TransientError, match="could not be reached"):
        x.publish(draft, "key")


def test_a_refused_upload_is_told_before_anything_is_public(x: Twitter, simulator: Simulator) -> None:
    simulator.twitter.refuses_the_next(402, to="upload")
    with pytest.raises(CredentialError, match="no credits"):
        x.prepare(x.compose(POST))


@pytest.mark.parametrize(
    "post",
    [
        POST,
        replace(PLAIN, title="Q&A <b>: README.md & foo.jp", summary=""),
        replace(PLAIN, title="", summary="", wording=""),
        replace(PLAIN, title="cafe\u0301  Łódź 癌 👩🏽‍⚕️"),
        replace(PLAIN, wording=f"Read ({POST.link}), it helps"),
        replace(PLAIN, wording="Read https://www.blog.example.org/2026/11/what-is-a-biopsy?lang=en&p=12 today"),
        replace(PLAIN, wording=f"See {POST.link}&utm_source=x"),
        replace(PLAIN, link="", title="Words alone"),
    ],
)
def test_a_post_is_found_again_behind_short_links_escapes_and_pictures(x: Twitter, post: Post) -> None:
    receipt = publish(x, post)
    found = look(x, x.compose(post))
    assert found is not None
    assert (found.id, found.url) == (receipt.id, receipt.url)
    assert found.at is not None
    assert abs(found.at - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_same_link_with_other_words_is_for_a_person_to_judge(x: Twitter) -> None:
    receipt = publish(x)
    with pytest.raises(CannotTellError, match=receipt.url):
        look(x, x.compose(replace(PLAIN, title="Another title")))


@pytest.mark.parametrize("end", ["患者の声/", 'a"b', "wait…", "سرطان/?p=1"])
def test_our_very_words_behind_a_link_that_x_cut_are_for_a_person_to_judge(x: Twitter, end: str) -> None:
    post = replace(PLAIN, link=f"https://blog.example.org/{end}", hashtags=("Care",))
    receipt = publish(x, post)
    with pytest.raises(CannotTellError, match=receipt.url):
        look(x, x.compose(post))


def test_other_posts_of_the_account_do_not_matter(x: Twitter) -> None:
    publish(x, replace(PLAIN, link="https://blog.example.org/other"))
    publish(x, replace(PLAIN, link="", title="What is a biopsy?"))
    assert look(x, x.compose(PLAIN)) is None


def test_a_look_is_cheap_and_asks_only_for_what_is_recent(x: Twitter, simulator: Simulator) -> None:
    x.find(x.compose(PLAIN), datetime(2026, 11, 22, 12, tzinfo=UTC))
    (asked,) = simulator.twitter.requests
    assert asked.path == "/2/users/1700000000/tweets"
    assert asked.query["start_time"] == "2026-11-22T11:58:00Z"
    assert (asked.query["max_results"], asked.query["exclude"]) == ("100", "replies,retweets")


@pytest.mark.parametrize(
    "listed",
    [
        {},
        {"meta": {}},
        {"meta": {"result_count": 1}},
        {"meta": {"result_count": 1}, "data": [{"id": "1"}]},
        {"meta": {"result_count": 1}, "data": [None]},
        {"meta": {"result_count": 0, "next_token": "more"}},
        {"meta": {"result_count": 0}, "errors": [{"title": "Not Found Error"}]},
        {"errors": [{"title": "Not Found Error"}]},
        {
            "meta": {"result_count": 1},
            "data": [{"id": "1", "text": "https://t.co/a", "created_at": "2026-11-22T12:00Z"}],
        },
    ],
)
def test_a_list_that_does_not_tell_is_no_proof_of_absence(
    x: Twitter, simulator: Simulator, listed: dict[str, Any]
) -> None:
    simulator.twitter.refuses_the_next(200, json.dumps(listed), to="read")
    with pytest.raises(CannotTellError):
        look(x, x.compose(PLAIN))


def test_an_access_token_without_the_accounts_number_never_gets_into_an_address(simulator: Simulator) -> None:
    x = built(Twitter, simulator.twitter.base_url)
    x.credentials = {**x.credentials, "access_token": "a-token-of-another-kind"}
    with pytest.raises(CannotTellError, match="account's number"):
        x.find(x.compose(PLAIN), datetime.now(UTC))
    assert simulator.twitter.requests == []


def test_a_post_that_is_gone_already_is_withdrawn(x: Twitter, simulator: Simulator) -> None:
    x.withdraw(publish(x))
    assert simulator.twitter.published == []
    x.withdraw(Receipt("404", "https://x.com/i/status/404"))


def test_check_tells_the_accounts_name_and_address(x: Twitter) -> None:
    account = x.check()
    assert (account.id, account.name, account.url) == ("1700000000", "@TheCancerBlog", "https://x.com/TheCancerBlog")


def test_a_token_that_may_not_be_used_is_a_matter_of_credentials(x: Twitter, simulator: Simulator) -> None:
    simulator.twitter.refuses_the_next(
        403, problem("Forbidden", "You are not permitted to perform this action."), to="any"
    )
    with pytest.raises(CredentialError, match="not permitted"):
        x.check()


def test_every_request_carries_our_own_name(x: Twitter, simulator: Simulator) -> None:
    publish(x, POST)
    assert {request.headers["User-Agent"].partition("/")[0] for request in simulator.twitter.requests} == {"Oncecast"}


def test_the_libraries_never_log_their_authorization_header() -> None:
    assert not any(logging.getLogger(name).isEnabledFor(logging.DEBUG) for name in ("tweepy", "requests_oauthlib"))
