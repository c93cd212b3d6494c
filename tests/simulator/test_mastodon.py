"""The simulated Mastodon does what its documents and its source say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import time_machine

from bot.simulator import Simulator
from bot.simulator.blog.png import picture
from bot.simulator.mastodon import text as mastodon_text

ME = "109876543210123456"
BEARER = {"Authorization": "Bearer simulated-mastodon-token"}
LINK = "https://blog.example.org/2026/11/a-walk-through-our-new-day-clinic/"


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


def call(sim: Simulator, method: str, path: str, key: str = "", **given: Any) -> requests.Response:
    headers = given.pop("headers", BEARER) | ({"Idempotency-Key": key} if key else {})
    return requests.request(method, f"{sim.mastodon.base_url}/api/{path}", headers=headers, timeout=5, **given)


def post(sim: Simulator, status: str = "Hello", key: str = "", **more: Any) -> requests.Response:
    return call(sim, "POST", "v1/statuses", key, json={"status": status, **more})


def uploaded(sim: Simulator, description: str = "Two cups") -> requests.Response:
    file = ("a.png", picture("x", 12, 6), "image/png")
    return call(sim, "POST", "v2/media", files={"file": file}, data={"description": description})


def listed(sim: Simulator, **query: Any) -> list[str]:
    return [one["id"] for one in call(sim, "GET", f"v1/accounts/{ME}/statuses", params=query).json()]


def error(reply: requests.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["error"]


def test_a_status_comes_back_whole(sim: Simulator) -> None:
    made = post(sim, "Hello", visibility="unlisted", language="de").json()
    assert made["url"] == f"https://social.example/@TheCancerBlog/{made['id']}"
    assert (made["content"], made["visibility"], made["language"]) == ("<p>Hello</p>", "unlisted", "de")
    assert made["created_at"].endswith("Z")
    assert call(sim, "GET", f"v1/statuses/{made['id']}").json() == made


def test_a_form_is_taken_as_well(sim: Simulator) -> None:
    assert call(sim, "POST", "v1/statuses", data={"status": "Hello"}).status_code == 200
    assert [shown.text for shown in sim.mastodon.published] == ["Hello"]


def test_only_what_anybody_may_read_is_public(sim: Simulator) -> None:
    for visibility in ("public", "unlisted", "private", "direct"):
        post(sim, visibility, visibility=visibility)
    assert [shown.text for shown in sim.mastodon.published] == ["public", "unlisted"]
    assert post(sim, "x", visibility="secret").status_code == 422


def test_the_same_key_gives_the_first_status_again_for_an_hour(sim: Simulator) -> None:
    with time_machine.travel("2026-11-22T12:00Z", tick=False) as clock:
        first = post(sim, "One", "key").json()["id"]
        assert post(sim, "Two", "key").json()["id"] == first
        assert post(sim, "Two", "other").json()["id"] != first
        clock.shift(3600)
        assert post(sim, "One", "key").json()["id"] != first


def test_a_key_whose_status_was_deleted_is_a_404(sim: Simulator) -> None:
    made = post(sim, "One", "key").json()["id"]
    call(sim, "DELETE", f"v1/statuses/{made}")
    assert error(post(sim, "One", "key")) == (404, "Record not found")


def test_a_server_may_honour_no_key(sim: Simulator) -> None:
    sim.mastodon.overlooks_duplicates()
    assert post(sim, "One", "key").json()["id"] != post(sim, "One", "key").json()["id"]


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("Hello", 5),
        (f"See {LINK}.", 4 + 23 + 1),
        ("blog.example.org/a-walk", 23),
        ("By @ana@clinic.example (@ben)", 3 + 4 + 1 + 6),
        ("#Sleep", 6),
        ("cafe\u0301 👩‍👩‍👧 👍🏽 🇩🇪🇫🇷", 4 + 1 + 1 + 1 + 1 + 1 + 2),
    ],
)
def test_a_link_counts_23_and_a_mention_without_its_domain(text: str, length: int) -> None:
    assert mastodon_text.length(text, 23) == length


def test_a_text_of_more_than_500_is_refused(sim: Simulator) -> None:
    assert post(sim, "a" * 476 + f" {LINK}").status_code == 200
    assert error(post(sim, "a" * 477 + f" {LINK}")) == (422, "Validation failed: Text character limit of 500 exceeded")
    assert error(post(sim, "a" * 499, spoiler_text="bc"))[0] == 422
    assert error(post(sim, " \n ")) == (422, "Validation failed: Text can't be blank")
    assert len(sim.mastodon.published) == 1


def test_a_server_may_have_other_limits_and_tells_them(sim: Simulator) -> None:
    sim.mastodon.allows(characters=30, per_link=25)
    statuses = call(sim, "GET", "v2/instance", headers={}).json()["configuration"]["statuses"]
    assert (statuses["max_characters"], statuses["characters_reserved_per_url"]) == (30, 25)
    assert [post(sim, f"{'a' * many} {LINK}").status_code for many in (4, 5)] == [200, 422]


def test_content_is_html_with_hidden_ends_of_links(sim: Simulator) -> None:
    html = post(sim, f"“A” & <b>\nnew\n\n{LINK}").json()["content"]
    hidden, shown, rest = "https://", "blog.example.org/2026/11/a-wal", "k-through-our-new-day-clinic/"
    assert html.startswith("<p>“A” &amp; &lt;b&gt;<br />new</p><p><a href=")
    kinds = (("invisible", hidden), ("ellipsis", shown), ("invisible", rest))
    spans = "".join(f'<span class="{kind}">{part}</span>' for kind, part in kinds)
    assert f'href="{LINK}"' in html
    assert spans in html


def test_a_mention_loses_its_domain_when_the_account_is_found(sim: Simulator) -> None:
    assert "@ana@clinic.example" in post(sim, "By @ana@clinic.example").json()["content"]
    sim.mastodon.knows("ana@clinic.example")
    made = post(sim, "By @ana@clinic.example #Sleep").json()
    assert 'class="u-url mention">@<span>ana</span></a></span>' in made["content"]
    assert [one["acct"] for one in made["mentions"]] == ["ana@clinic.example"]
    assert 'class="mention hashtag" rel="tag">#<span>Sleep</span></a>' in made["content"]
    assert [one["name"] for one in made["tags"]] == ["sleep"]


def test_a_picture_is_uploaded_with_its_description_and_attached_once(sim: Simulator) -> None:
    media = uploaded(sim)
    assert (media.status_code, media.json()["description"]) == (200, "Two cups")
    assert post(sim, "Tea", media_ids=[media.json()["id"]]).status_code == 200
    assert (sim.mastodon.published[0].picture, sim.mastodon.published[0].alt) == (True, "Two cups")
    status, reason = error(post(sim, "Tea", media_ids=[media.json()["id"]]))
    assert (status, "already attached" in reason) == (422, True)


def test_a_picture_that_is_still_processed_cannot_be_attached_yet(sim: Simulator) -> None:
    with time_machine.travel("2026-11-22T12:00Z", tick=False) as clock:
        sim.mastodon.processes_pictures_for(20)
        media = uploaded(sim)
        identity = media.json()["id"]
        assert (media.status_code, media.json()["url"]) == (202, None)
        assert call(sim, "GET", f"v1/media/{identity}").status_code == 206
        assert "not finished processing" in error(post(sim, "Tea", media_ids=[identity]))[1]
        clock.shift(20)
        assert call(sim, "GET", f"v1/media/{identity}").status_code == 200
        assert post(sim, "Tea", media_ids=[identity]).status_code == 200


def test_a_picture_that_no_status_has_is_gone_after_a_day(sim: Simulator) -> None:
    with time_machine.travel("2026-11-22T12:00Z", tick=False) as clock:
        identity = uploaded(sim).json()["id"]
        clock.shift(24 * 3600 + 1)
        assert post(sim, "Tea", media_ids=[identity]).status_code == 422


def test_pictures_that_cannot_be_taken_are_refused(sim: Simulator) -> None:
    file = ("a.png", b"no picture", "image/png")
    assert call(sim, "POST", "v2/media", files={"file": file}).status_code == 422
    assert call(sim, "POST", "v2/media", json={}).status_code == 422
    assert error(uploaded(sim, "a" * 1501))[1].startswith("Validation failed: Description is too long")
    assert post(sim, "a", media_ids=["1", "2", "3", "4", "5"]).status_code == 422


def test_an_edit_drops_the_pictures_that_it_does_not_name(sim: Simulator) -> None:
    media = uploaded(sim).json()["id"]
    made = post(sim, "Befor", media_ids=[media]).json()["id"]
    edited = call(sim, "PUT", f"v1/statuses/{made}", json={"status": "Before", "media_ids": [media]}).json()
    assert (len(edited["media_attachments"]), edited["edited_at"] is None) == (1, False)
    assert call(sim, "PUT", f"v1/statuses/{made}", json={"status": "After"}).json()["media_attachments"] == []
    assert call(sim, "GET", f"v1/statuses/{made}/source").json()["text"] == "After"
    assert [shown.text for shown in sim.mastodon.published] == ["After"]


def test_a_deleted_status_is_given_back_once_more(sim: Simulator) -> None:
    made = post(sim, "Oops").json()["id"]
    assert call(sim, "DELETE", f"v1/statuses/{made}").json()["text"] == "Oops"
    assert sim.mastodon.published == []
    assert error(call(sim, "DELETE", f"v1/statuses/{made}")) == (404, "Record not found")
    assert listed(sim) == []


def test_the_list_comes_newest_first_and_in_pages(sim: Simulator) -> None:
    made = [post(sim, str(number)).json()["id"] for number in range(5)]
    assert listed(sim, limit=2) == made[:2:-1]
    assert listed(sim, limit=2, max_id=made[3]) == made[2:0:-1]
    assert listed(sim, since_id=made[2]) == [made[4], made[3]]
    assert listed(sim, limit=2, min_id=made[0]) == [made[2], made[1]]
    link = call(sim, "GET", f"v1/accounts/{ME}/statuses?limit=2").headers["Link"]
    assert f"max_id={made[3]}" in link
    assert call(sim, "GET", "v1/accounts/1/statuses").status_code == 404


def test_the_list_has_40_at_most_and_may_leave_out_replies(sim: Simulator) -> None:
    made = [post(sim, str(number)).json()["id"] for number in range(41)]
    reply = post(sim, "Thanks", in_reply_to_id=made[0]).json()["id"]
    assert len(listed(sim, limit=100)) == 40
    assert reply in listed(sim)
    assert reply not in listed(sim, exclude_replies="true")


def test_the_list_may_lag_behind(sim: Simulator) -> None:
    with time_machine.travel("2026-11-22T12:00Z", tick=False) as clock:
        sim.mastodon.shows_posts_after(30)
        made = post(sim).json()["id"]
        assert (listed(sim), len(sim.mastodon.published)) == ([], 1)
        clock.shift(30)
        assert listed(sim) == [made]


def test_the_card_of_the_linked_page_comes_later(sim: Simulator) -> None:
    entry = sim.blog.publishes("Soup & stories")
    made = post(sim, f"New: {entry.link}").json()
    later = call(sim, "GET", f"v1/statuses/{made['id']}").json()
    assert made["card"] is None
    assert (later["card"]["url"], later["card"]["title"]) == (entry.link, "Soup & stories")
    assert sim.mastodon.published[0].title == "Soup & stories"


@pytest.mark.parametrize("token", ["", "Bearer other", "simulated-mastodon-token"])
def test_without_the_token_nothing_can_be_done(sim: Simulator, token: str) -> None:
    reply = call(sim, "POST", "v1/statuses", json={"status": "a"}, headers={"Authorization": token})
    assert error(reply) == (401, "The access token is invalid")
    assert sim.mastodon.published == []


def test_a_token_can_be_revoked(sim: Simulator) -> None:
    assert call(sim, "GET", "v1/accounts/verify_credentials").json()["acct"] == "TheCancerBlog"
    sim.mastodon.revokes_the_token()
    assert error(call(sim, "GET", "v1/accounts/verify_credentials")) == (401, "The access token was revoked")
    sim.mastodon.refuses_the_next(400, code="token")
    assert post(sim).text == "Invalid Bearer token"


def test_rate_limits_name_a_time_or_none(sim: Simulator) -> None:
    with time_machine.travel("2026-11-22T12:01Z", tick=False):
        headers = post(sim).headers
        assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("300", "299")
        assert headers["X-RateLimit-Reset"] == "2026-11-22T12:05:00.000000Z"
        sim.mastodon.limits_for(600)
        refusal = post(sim)
        assert error(refusal) == (429, "Too many requests")
        assert refusal.headers["X-RateLimit-Reset"] == "2026-11-22T12:11:00.000000Z"
        sim.mastodon.limits_without_a_time()
        assert "X-RateLimit-Reset" not in post(sim).headers


def test_an_address_that_is_not_there_is_a_404(sim: Simulator) -> None:
    assert call(sim, "POST", "v1/toots").status_code == 404
    assert call(sim, "GET", "v1/statuses/none").status_code == 404
