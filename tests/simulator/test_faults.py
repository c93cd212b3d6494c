"""Every platform misbehaves on demand, and says truly afterwards what it has done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
import time_machine
from requests.exceptions import ChunkedEncodingError, ConnectionError
from requests_oauthlib import OAuth1

from bot.simulator import Simulator
from bot.simulator.network import Network
from tests.making.measuring import until

KEYS = ("simulated-consumer-key", "simulated-consumer-secret")
TOKENS = ("1700000000-simulated-access-token", "simulated-access-secret")
LINKEDIN = {"Authorization": "Bearer simulated-linkedin-token", "LinkedIn-Version": "202610"}
LINKEDIN |= {"X-Restli-Protocol-Version": "2.0.0"}

Post = Callable[[Simulator, str, float], requests.Response]


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with time_machine.travel("2026-11-22T12:00Z"), Simulator() as simulator:
        yield simulator


def tweet(sim: Simulator, text: str, timeout: float = 5) -> requests.Response:
    auth = OAuth1(*KEYS, *TOKENS)
    return requests.post(f"{sim.twitter.base_url}/2/tweets", json={"text": text}, auth=auth, timeout=timeout)


def on_page(sim: Simulator, text: str, timeout: float = 5) -> requests.Response:
    form = {"message": text, "access_token": "simulated-page-token"}
    return requests.post(f"{sim.facebook.base_url}/v26.0/100200300/feed", data=form, timeout=timeout)


def on_linkedin(sim: Simulator, text: str, timeout: float = 5) -> requests.Response:
    fixed = {"visibility": "PUBLIC", "distribution": {}, "lifecycleState": "PUBLISHED"}
    body = {"author": "urn:li:organization:2414183", "commentary": text, **fixed}
    return requests.post(f"{sim.linkedin.base_url}/rest/posts", json=body, headers=LINKEDIN, timeout=timeout)


def toot(sim: Simulator, text: str, timeout: float = 5) -> requests.Response:
    token = {"Authorization": "Bearer simulated-mastodon-token"}
    address = f"{sim.mastodon.base_url}/api/v1/statuses"
    return requests.post(address, json={"status": text}, headers=token, timeout=timeout)


def on_bluesky(sim: Simulator, text: str, timeout: float = 5) -> requests.Response:
    address = f"{sim.bluesky.base_url}/xrpc/com.atproto"
    who = {"identifier": "cancerblog.example.org", "password": "simulated-app-password"}
    opened = requests.post(f"{address}.server.createSession", json=who, timeout=timeout)
    if not opened.ok:
        return opened
    record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": "2026-11-22T12:00:00Z"}
    body = {"repo": opened.json()["did"], "collection": "app.bsky.feed.post", "record": record}
    bearer = {"Authorization": f"Bearer {opened.json()['accessJwt']}"}
    return requests.post(f"{address}.repo.createRecord", json=body, headers=bearer, timeout=timeout)


POSTS: dict[str, Post] = {
    "twitter": tweet,
    "facebook": on_page,
    "linkedin": on_linkedin,
    "mastodon": toot,
    "bluesky": on_bluesky,
}


@pytest.fixture(params=POSTS)
def network(request: pytest.FixtureRequest, sim: Simulator) -> tuple[Network, Callable[..., requests.Response]]:
    """A platform, and a way to post to it."""
    post = POSTS[request.param]
    return getattr(sim, request.param), lambda text, timeout=5: post(sim, text, timeout)


def test_a_lost_reply_hides_a_post_that_is_public(network: Any) -> None:
    platform, post = network
    platform.loses_the_next_reply()
    with pytest.raises(ConnectionError, match="reset"):
        post("Lost")
    assert [one.text for one in platform.published] == ["Lost"]
    assert post("Next").ok


def test_a_reset_before_the_work_leaves_nothing(network: Any) -> None:
    platform, post = network
    platform.resets_the_next()
    with pytest.raises(ConnectionError, match="reset"):
        post("Lost")
    assert platform.published == []


@pytest.mark.parametrize("accepted", [False, True])
def test_a_5xx_may_come_before_or_after_the_work(network: Any, accepted: bool) -> None:
    platform, post = network
    platform.fails_the_next(503, accepted=accepted)
    assert post("Perhaps").status_code == 503
    assert len(platform.published) == accepted


def test_nonsense_is_a_2xx_that_cannot_be_read(network: Any) -> None:
    platform, post = network
    platform.answers_nonsense(times=2)
    replies = [post("One"), post("Two")]
    assert all(reply.ok and reply.headers["Content-Type"].startswith("text/html") for reply in replies)
    assert len(platform.published) == 2
    platform.answers_nonsense(accepted=False)
    assert post("Three").status_code == 200
    assert len(platform.published) == 2


def test_an_answer_without_an_id_can_still_be_read(network: Any) -> None:
    platform, post = network
    platform.answers_without_an_id()
    reply = post("Anonymous")
    assert reply.ok
    assert platform.published[0].id not in reply.text + str(reply.headers)


@pytest.mark.parametrize("post", [tweet, on_page])
def test_half_a_body_breaks_the_reading(sim: Simulator, post: Post) -> None:
    sim.twitter.sends_half_a_body()
    sim.facebook.sends_half_a_body()
    with pytest.raises(ChunkedEncodingError):
        post(sim, "Half", 5)
    assert len(sim.twitter.published + sim.facebook.published) == 1


def test_half_a_reply_without_a_body_is_half_a_head(sim: Simulator) -> None:
    sim.linkedin.sends_half_a_body()
    assert "x-li-request-id" not in on_linkedin(sim, "Half").headers
    assert len(sim.linkedin.published) == 1


def test_a_slow_reply_is_held_until_it_hurries(network: Any) -> None:
    platform, post = network
    platform.is_slow(60)
    with ThreadPoolExecutor() as pool:
        held = pool.submit(post, "Late", timeout=60)
        until(lambda: len(platform.published) == 1)
        with pytest.raises(TimeoutError):
            held.result(timeout=0.2)
        platform.hurries()
        assert held.result().ok


def test_a_platform_that_is_down_refuses_connections_and_comes_back(network: Any) -> None:
    platform, post = network
    address = platform.base_url
    platform.is_down()
    with pytest.raises(ConnectionError, match="refused"):
        post("Nobody there")
    platform.is_up()
    assert platform.base_url == address
    assert post("Back").ok


def test_a_kept_alive_connection_does_not_outlive_its_platform(sim: Simulator) -> None:
    with requests.Session() as session:
        session.get(sim.blog.base_url, timeout=5)
        sim.blog.is_down()
        with pytest.raises(ConnectionError):
            session.get(sim.blog.base_url, timeout=5)


def test_a_refusal_may_be_given_in_full(network: Any) -> None:
    platform, post = network
    platform.refuses_the_next(418, {"why": "tea"}, headers={"X-Pot": "short"})
    reply = post("Coffee")
    assert (reply.status_code, reply.json(), reply.headers["X-Pot"]) == (418, {"why": "tea"}, "short")
    assert platform.published == []


def test_a_revoked_token_opens_nothing_until_it_is_restored(network: Any) -> None:
    platform, post = network
    platform.revokes_the_token()
    assert not post("Who am I").ok
    platform.restores_the_token()
    assert post("Myself again").ok


def test_a_limit_ends_when_it_said_or_when_it_is_lifted(network: Any) -> None:
    platform, post = network
    with time_machine.travel("2026-11-22T13:00Z", tick=False) as clock:
        platform.limits_for(60)
        assert post("Early").status_code in (400, 429)
        clock.shift(60)
        assert post("In time").ok
    platform.limits_without_a_time()
    assert post("Early again").status_code in (400, 429)
    platform.lifts_the_limit()
    assert post("At last").ok


def test_faults_meet_only_what_would_publish_unless_told_otherwise(sim: Simulator) -> None:
    me = f"{sim.facebook.base_url}/v26.0/me?access_token=simulated-page-token"
    sim.facebook.refuses_the_next(500)
    assert requests.get(me, timeout=5).status_code == 200
    sim.facebook.refuses_the_next(500, to="read")
    assert requests.get(me, timeout=5).status_code == 500
    assert on_page(sim, "The first was waiting for this").status_code == 500


def test_lists_may_lag_behind(sim: Simulator) -> None:
    shown = f"{sim.facebook.base_url}/v26.0/me/published_posts?access_token=simulated-page-token"
    with time_machine.travel("2026-11-22T13:00Z", tick=False) as clock:
        sim.facebook.shows_posts_after(30)
        on_page(sim, "Patience")
        assert requests.get(shown, timeout=5).json()["data"] == []
        assert len(sim.facebook.published) == 1
        clock.shift(30)
        assert len(requests.get(shown, timeout=5).json()["data"]) == 1


def test_the_same_seed_brings_the_same_weather(sim: Simulator) -> None:
    def weather() -> list[int]:
        sim.facebook.forgets_everything()
        sim.facebook.misbehaves(lost=0, failed=0.3, limited=0.2, seed=7)
        return [on_page(sim, f"Number {number}").status_code for number in range(30)]

    first = weather()
    assert first == weather()
    assert set(first) == {200, 400, 503}
    assert first.count(200) < len(sim.facebook.published) < 30


def test_behaving_ends_every_fault(network: Any) -> None:
    platform, post = network
    platform.misbehaves(lost=1)
    platform.limits_without_a_time()
    platform.resets_the_next(times=5)
    platform.behaves()
    assert post("Fine").ok


def test_everything_can_be_forgotten(network: Any) -> None:
    platform, post = network
    post("Once")
    platform.revokes_the_token()
    platform.resets_the_next()
    platform.forgets_everything()
    assert (platform.published, platform.requests) == ([], [])
    assert post("Once").ok


def test_requests_are_kept_as_they_came(sim: Simulator) -> None:
    on_page(sim, "Seen")
    request = sim.facebook.requests[0]
    assert (request.method, request.path) == ("POST", "/v26.0/100200300/feed")
    assert b"message=Seen" in request.body
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"


def test_the_blog_misbehaves_too(sim: Simulator) -> None:
    sim.blog.loses_the_next_reply()
    with pytest.raises(ConnectionError, match="reset"):
        requests.get(sim.blog.feed_url, timeout=5)
    sim.blog.sends_half_a_body()
    with pytest.raises(ChunkedEncodingError):
        requests.get(sim.blog.feed_url, timeout=5)
    sim.blog.limits_for(60)
    assert 0 < int(requests.get(sim.blog.feed_url, timeout=5).headers["Retry-After"]) <= 60
