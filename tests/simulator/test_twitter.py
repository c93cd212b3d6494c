"""The simulated X does what X's documents say."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import time_machine
import tweepy
from requests_oauthlib import OAuth1

from bot.simulator import Simulator
from bot.simulator.blog.png import picture
from bot.simulator.twitter import text as tweet_text

KEYS = ("simulated-consumer-key", "simulated-consumer-secret")
TOKENS = ("1700000000-simulated-access-token", "simulated-access-secret")
LINK = "https://blog.example.org/2026/11/a-walk/"
TIMELINE = "users/1700000000/tweets"


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


def call(sim: Simulator, method: str, path: str, auth: Any = None, **given: Any) -> requests.Response:
    address = f"{sim.twitter.base_url}/2/{path}"
    return requests.request(method, address, auth=auth or OAuth1(*KEYS, *TOKENS), timeout=5, **given)


def post(sim: Simulator, text: str, **more: Any) -> requests.Response:
    return call(sim, "POST", "tweets", json={"text": text, **more})


def upload(sim: Simulator) -> str:
    body = {"media": base64.b64encode(picture("x", 12, 6)).decode(), "media_category": "tweet_image"}
    return str(call(sim, "POST", "media/upload", json=body).json()["data"]["id"])


class Rewriting(requests.Session):
    """Sends what tweepy means for api.twitter.com to the simulator, before it is signed."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self.base_url = base_url

    def request(self, method: Any, url: Any, *given: Any, **more: Any) -> requests.Response:
        return super().request(method, str(url).replace("https://api.twitter.com", self.base_url), *given, **more)


def test_tweepy_posts_reads_back_and_deletes(sim: Simulator) -> None:
    client = tweepy.Client(None, *KEYS, *TOKENS)
    client.session = Rewriting(sim.twitter.base_url)
    assert client.get_me().data.username == "TheCancerBlog"
    created = client.create_tweet(text=f"Tea & talk {LINK}").data
    found = client.get_users_tweets(1700000000, user_auth=True, tweet_fields=["entities"]).data[0]
    assert found.entities["urls"][0]["expanded_url"] == LINK
    assert found.text.startswith("Tea &amp; talk https://t.co/")
    assert client.delete_tweet(created["id"]).data == {"deleted": True}
    assert sim.twitter.published == []


@pytest.mark.parametrize(
    "auth",
    [
        OAuth1(KEYS[0], "wrong", *TOKENS),
        OAuth1(*KEYS, "1700000000-other", TOKENS[1]),
        OAuth1(*KEYS, *TOKENS, timestamp="1600000000"),
        OAuth1(*KEYS, *TOKENS, signature_method="PLAINTEXT"),
    ],
    ids=["secret", "token", "clock", "method"],
)
def test_a_request_that_is_not_well_signed_is_refused(sim: Simulator, auth: OAuth1) -> None:
    refusal = call(sim, "GET", "users/me", auth=auth)
    unauthorized = {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
    assert (refusal.status_code, refusal.json()) == (401, unauthorized)


def test_a_signed_request_is_good_once_only(sim: Simulator) -> None:
    request = requests.Request("GET", f"{sim.twitter.base_url}/2/users/me", auth=OAuth1(*KEYS, *TOKENS)).prepare()
    with requests.Session() as session:
        assert [session.send(request).status_code for _ in range(2)] == [200, 401]


def test_a_signature_made_for_the_real_host_is_good_too(sim: Simulator) -> None:
    signed = requests.Request("GET", "https://api.x.com/2/users/me", auth=OAuth1(*KEYS, *TOKENS)).prepare()
    header = {"Authorization": signed.headers["Authorization"]}
    assert requests.get(f"{sim.twitter.base_url}/2/users/me", headers=header, timeout=5).status_code == 200


def test_the_app_alone_may_not_post(sim: Simulator) -> None:
    header = {"Authorization": "Bearer simulated-app-bearer"}
    refusal = requests.post(f"{sim.twitter.base_url}/2/tweets", json={"text": "a"}, headers=header, timeout=5)
    assert (refusal.status_code, refusal.json()["title"]) == (403, "Unsupported Authentication")


def test_the_same_text_again_is_refused_without_naming_the_first(sim: Simulator) -> None:
    first = post(sim, "Good morning").json()["data"]["id"]
    call(sim, "DELETE", f"tweets/{first}")
    refusal = post(sim, "Good morning")
    assert refusal.status_code == 403
    assert refusal.json()["detail"] == "You are not allowed to create a Tweet with duplicate content."
    assert first not in refusal.text


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("a" * 280, 280),
        ("– “ ”", 5),
        ("…•→€患", 10),
        ("see https://example.org/a?b=c#d, or foo.jp and README.md", 4 + 23 + 5 + 23 + 5 + 23),
        ("👩‍👩‍👧‍👦 🎗️ 🇪🇺 👍🏽 1️⃣", 14),
        ("mail@example.org", 16),
        ("e\u0301", 1),
    ],
)
def test_the_weight_of_a_text_follows_the_published_rules(text: str, weight: int) -> None:
    assert tweet_text.weight(text) == weight


def test_a_text_over_280_is_refused(sim: Simulator) -> None:
    assert post(sim, "a" * 281).status_code == 403
    assert post(sim, "a" * 256 + " " + LINK).status_code == 201
    assert len(sim.twitter.published) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"text": ""},
        {"text": 3},
        {"text": "a", "colour": 1},
        {"text": "$AB and $CD"},
        {"text": "a", "media": {"media_ids": ["1"]}},
        {"text": "a", "media": {"media_ids": list("12345")}},
    ],
)
def test_a_body_that_the_schema_does_not_allow_is_refused(sim: Simulator, body: Any) -> None:
    refusal = call(sim, "POST", "tweets", json=body)
    assert (refusal.status_code, refusal.json()["title"]) == (400, "Invalid Request")
    assert refusal.json()["errors"][0].keys() == {"parameters", "message"}


def test_a_picture_is_shown_with_its_alt_text(sim: Simulator) -> None:
    identity = upload(sim)
    alt = {"id": identity, "metadata": {"alt_text": {"text": "Two cups"}}}
    assert call(sim, "POST", "media/metadata", json=alt).status_code == 200
    assert post(sim, "Tea", media={"media_ids": [identity]}).status_code == 201
    shown = sim.twitter.published[0]
    assert (shown.text, shown.picture, shown.alt) == ("Tea", True, "Two cups")


def test_a_picture_can_be_uploaded_as_a_form(sim: Simulator) -> None:
    files = {"media": ("a.png", picture("x", 12, 6), "image/png")}
    reply = call(sim, "POST", "media/upload", files=files, data={"media_category": "tweet_image"})
    assert reply.json()["data"]["size"] == len(picture("x", 12, 6))
    assert call(sim, "POST", "media/upload", files=files).status_code == 400


def test_an_upload_is_forgotten_after_a_day(sim: Simulator) -> None:
    with time_machine.travel("2026-11-22T12:00Z", tick=False) as clock:
        identity = upload(sim)
        clock.shift(86_401)
        assert post(sim, "Late", media={"media_ids": [identity]}).status_code == 400


def test_an_empty_timeline_has_no_data(sim: Simulator) -> None:
    assert call(sim, "GET", TIMELINE).json() == {"meta": {"result_count": 0}}


def test_a_timeline_comes_in_pages_newest_first(sim: Simulator) -> None:
    made = [post(sim, f"Number {number}").json()["data"]["id"] for number in range(7)]
    first = call(sim, "GET", TIMELINE, params={"max_results": 5}).json()
    more = {"max_results": 5, "pagination_token": first["meta"]["next_token"]}
    second = call(sim, "GET", TIMELINE, params=more).json()
    assert [one["id"] for one in first["data"] + second["data"]] == made[::-1]
    assert first["data"][0].keys() == {"id", "text", "edit_history_tweet_ids"}
    assert "next_token" not in second["meta"]


@pytest.mark.parametrize("query", [{"max_results": 4}, {"max_results": 101}, {"since": 1}, {"start_time": "today"}])
def test_a_timeline_refuses_what_it_does_not_take(sim: Simulator, query: dict[str, Any]) -> None:
    post(sim, "One")
    assert call(sim, "GET", TIMELINE, params=query).status_code == 400


def test_a_timeline_can_start_at_a_time(sim: Simulator) -> None:
    with time_machine.travel("2026-11-22T12:00Z", tick=False) as clock:
        post(sim, "Before")
        clock.shift(60)
        later = post(sim, "After").json()["data"]["id"]
        found = call(sim, "GET", TIMELINE, params={"start_time": "2026-11-22T12:01:00Z"}).json()
        assert [one["id"] for one in found["data"]] == [later]
        assert int(later) >> 22 == 1795348860000 - 1288834974657


def test_the_101st_post_within_15_minutes_is_too_many(sim: Simulator) -> None:
    with time_machine.travel("2026-11-22T12:00Z", tick=False) as clock:
        replies = [post(sim, f"Number {number}") for number in range(101)]
        assert [reply.status_code for reply in replies] == [201] * 100 + [429]
        assert replies[0].headers["x-rate-limit-remaining"] == "99"
        assert replies[100].headers["x-rate-limit-reset"] == "1795349700"
        clock.shift(901)
        assert post(sim, "Again").status_code == 201


def test_a_day_used_up_shows_in_the_second_family_of_headers_only(sim: Simulator) -> None:
    with time_machine.travel("2026-11-22T12:00Z", tick=False):
        sim.twitter.exhausts_the_day(reset_in=40_000)
        refusal = post(sim, "One more")
    assert (refusal.status_code, refusal.headers["x-user-limit-24hour-remaining"]) == (429, "0")
    assert refusal.headers["x-user-limit-24hour-reset"] == str(1795348800 + 40_000)
    assert refusal.headers["x-rate-limit-reset"] == str(1795348800 + 900)


def test_a_limit_names_its_end_or_does_not(sim: Simulator) -> None:
    with time_machine.travel("2026-11-22T12:00Z", tick=False) as clock:
        sim.twitter.limits_for(300)
        assert post(sim, "a").headers["x-rate-limit-reset"] == str(1795348800 + 300)
        clock.shift(300)
        assert post(sim, "a").status_code == 201
        sim.twitter.limits_without_a_time()
        assert not [name for name in post(sim, "b").headers if "reset" in name]


def test_without_credits_nothing_is_answered(sim: Simulator) -> None:
    sim.twitter.runs_out_of_credits()
    refusal = post(sim, "a")
    assert (refusal.status_code, refusal.json()["title"]) == (402, "CreditsDepleted")
    sim.twitter.buys_credits()
    assert post(sim, "a").status_code == 201


def test_what_is_spent_follows_the_price_list(sim: Simulator) -> None:
    post(sim, "No link")
    post(sim, f"A link {LINK}")
    post(sim, "No link")  # refused: free
    call(sim, "GET", TIMELINE)
    call(sim, "GET", TIMELINE)  # the same posts on the same day: free
    assert sim.twitter.spent == pytest.approx(0.015 + 0.200 + 2 * 0.001)


def test_the_card_of_a_link_is_read_from_the_page(sim: Simulator) -> None:
    entry = sim.blog.publishes("Soup & stories")
    post(sim, f"New: {entry.link}")
    shown = sim.twitter.published[0]
    assert (shown.link, shown.title, shown.picture) == (entry.link, "Soup & stories", True)
