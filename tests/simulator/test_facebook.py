"""The simulated Graph API does what Meta's documents say."""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import time_machine

from bot.simulator import Simulator
from bot.simulator.blog.png import picture

PAGE = "100200300"
TOKEN = {"access_token": "simulated-page-token"}
LINK = "https://blog.example.org/2026/11/a-walk/"


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


def call(sim: Simulator, method: str, path: str, version: str = "v26.0", **given: Any) -> requests.Response:
    return requests.request(method, f"{sim.facebook.base_url}/{version}/{path}", timeout=5, **given)


def post(sim: Simulator, **fields: str) -> requests.Response:
    return call(sim, "POST", f"{PAGE}/feed", data={**TOKEN, **fields})


def listed(sim: Simulator, edge: str = "published_posts", **query: Any) -> Any:
    return call(sim, "GET", f"{PAGE}/{edge}", params={**TOKEN, **query}).json()


def code(reply: requests.Response) -> tuple[int, int, int | None]:
    error = reply.json()["error"]
    return reply.status_code, error["code"], error.get("error_subcode")


def test_facebook_sdk_posts_reads_and_deletes(sim: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import facebook
    monkeypatch.setattr(facebook, "FACEBOOK_GRAPH_URL", f"{sim.facebook.base_url}/")
    graph = facebook.GraphAPI(TOKEN["access_token"], timeout=5)
    graph.version = "v26.0"
    made = graph.put_object(PAGE, "feed", message="Hello", link=LINK)["id"]
    photo = graph.put_photo(image=io.BytesIO(picture("x", 12, 6)), album_path=f"{PAGE}/photos", published="false")
    assert photo.keys() == {"id"}
    assert graph.get_object(made)["message"] == "Hello"
    assert graph.delete_object(made) == {"success": True}
    assert sim.facebook.published == []


def test_the_permalink_can_be_had_with_the_same_request(sim: Simulator) -> None:
    reply = post(sim, message="Hello", fields="id,permalink_url")
    assert (reply.status_code, reply.json().keys()) == (200, {"id", "permalink_url"})
    assert reply.json()["id"].startswith(f"{PAGE}_")


@pytest.mark.parametrize("where", ["header", "query", "form"])
def test_the_token_is_taken_from_header_query_and_form(sim: Simulator, where: str) -> None:
    bearer = {"Authorization": f"Bearer {TOKEN['access_token']}"}
    given = {"header": {"headers": bearer}, "query": {"params": TOKEN}, "form": {"data": TOKEN}}[where]
    assert call(sim, "POST", f"{PAGE}/feed?message=a", **given).status_code == 200


def test_a_token_that_is_gone_is_a_400(sim: Simulator) -> None:
    assert code(call(sim, "GET", "me", params={"access_token": "other"})) == (400, 190, None)
    sim.facebook.revokes_the_token()
    assert code(post(sim, message="a")) == (400, 190, 463)
    sim.facebook.revokes_the_token("190/460")
    assert code(post(sim, message="a")) == (400, 190, 460)
    sim.facebook.restores_the_token()
    assert post(sim, message="a").status_code == 200


def test_an_expired_version_is_answered_by_the_oldest_that_lives(sim: Simulator) -> None:
    with time_machine.travel("2026-11-22T12:00Z", tick=False):
        for asked, answered in (("v3.1", "v21.0"), ("v20.0", "v21.0"), ("v25.0", "v25.0")):
            assert call(sim, "GET", "me", asked, params=TOKEN).headers["facebook-api-version"] == answered
    assert code(call(sim, "GET", "me", "v99.0", params=TOKEN))[1] == 2500


def test_the_same_post_twice_in_a_row_is_refused(sim: Simulator) -> None:
    assert [post(sim, message=text, link=LINK).status_code for text in ("a", "a", "b", "a")] == [200, 400, 200, 200]
    refusal = post(sim, message="a", link=LINK)
    assert code(refusal) == (400, 506, 1455006)
    assert sim.facebook.published[-1].id not in refusal.text


def test_published_posts_show_the_real_link_beside_the_shim(sim: Simulator) -> None:
    post(sim, message="a", link=LINK)
    row = listed(sim, fields="message,created_time,is_published,attachments{unshimmed_url,url,type}")["data"][0]
    attachment = row["attachments"]["data"][0]
    assert attachment["unshimmed_url"] == LINK
    assert attachment["url"].startswith("https://l.facebook.com/l.php?u=https%3A%2F%2F")
    assert row["created_time"].endswith("+0000")


def test_published_posts_come_in_pages(sim: Simulator) -> None:
    made = [post(sim, message=f"Number {number}").json()["id"] for number in range(5)]
    first = listed(sim, limit=3)
    second = requests.get(first["paging"]["next"], timeout=5).json()
    assert [row["id"] for row in first["data"] + second["data"]] == made[::-1]
    assert "next" not in second["paging"]
    assert listed(sim, limit=101)["error"]["code"] == 100


def test_published_posts_can_start_at_a_time(sim: Simulator) -> None:
    with time_machine.travel("2026-11-22T12:00Z", tick=False) as clock:
        post(sim, message="Before")
        clock.shift(60)
        post(sim, message="After")
        assert [row["message"] for row in listed(sim, since="1795348860")["data"]] == ["After"]


def test_the_ranked_feed_does_not_show_everything(sim: Simulator) -> None:
    for number in range(4):
        post(sim, message=f"Number {number}")
    assert len(listed(sim, "feed")["data"]) == 2
    assert len(listed(sim)["data"]) == 4


def test_unpublished_posts_are_in_no_list(sim: Simulator) -> None:
    post(sim, message="Later", published="false")
    assert listed(sim)["data"] == []
    assert sim.facebook.published == []


def test_a_photo_is_uploaded_first_and_posted_once(sim: Simulator) -> None:
    fields = {**TOKEN, "published": "false", "alt_text_custom": "Two cups"}
    files = {"source": ("a.png", picture("x", 12, 6), "image/png")}
    photo = call(sim, "POST", f"{PAGE}/photos", data=fields, files=files).json()["id"]
    attached = {"attached_media[0]": json.dumps({"media_fbid": photo})}
    assert sim.facebook.published == []
    assert post(sim, message="Tea", **attached).status_code == 200
    assert (sim.facebook.published[0].picture, sim.facebook.published[0].alt) == (True, "Two cups")
    assert code(post(sim, message="Tea again", **attached)) == (400, 100, 1366051)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (400, 197, None)),
        ({"message": "a" * 63_207}, (400, 100, None)),
        ({"link": "not a link"}, (400, 100, None)),
        ({"link": "https://www.facebook.com/x"}, (400, 100, 1609008)),
        ({"message": "a", "attached_media[0]": "{}"}, (400, 100, None)),
    ],
)
def test_what_cannot_be_posted_is_refused(sim: Simulator, fields: dict[str, str], expected: Any) -> None:
    assert code(post(sim, **fields)) == expected
    assert sim.facebook.published == []


def test_a_link_takes_title_and_picture_from_its_page(sim: Simulator) -> None:
    entry = sim.blog.publishes("Soup & stories")
    post(sim, message="New", link=entry.link)
    assert (sim.facebook.published[0].title, sim.facebook.published[0].picture) == ("Soup & stories", True)


def test_a_link_whose_page_cannot_be_read_is_refused(sim: Simulator) -> None:
    entry = sim.blog.publishes("Soup")
    sim.blog.withdraws(entry.slug)
    assert code(post(sim, link=entry.link)) == (400, 100, 1609005)


def test_too_many_calls_name_the_minutes_to_wait(sim: Simulator) -> None:
    sim.facebook.limits_for(90)
    refusal = post(sim, message="a")
    usage = json.loads(refusal.headers["X-Business-Use-Case-Usage"])[PAGE][0]
    assert code(refusal) == (400, 80001, None)
    assert (usage["type"], usage["estimated_time_to_regain_access"]) == ("pages", 2)
    sim.facebook.limits_without_a_time()
    assert "X-Business-Use-Case-Usage" not in post(sim, message="a").headers


@pytest.mark.parametrize("variant", ["368/1390008", "368/1404082", "368/4854002", "506", "2"])
def test_a_refusal_can_be_any_of_the_known_codes(sim: Simulator, variant: str) -> None:
    sim.facebook.refuses_the_next(400, code=variant)
    assert code(post(sim, message="a"))[1] == int(variant.partition("/")[0])
    assert sim.facebook.published == []
    assert post(sim, message="a").status_code == 200


def test_a_post_can_be_edited_and_a_missing_one_cannot(sim: Simulator) -> None:
    made = post(sim, message="Befor").json()["id"]
    assert call(sim, "POST", made, data={**TOKEN, "message": "Before"}).json() == {"success": True}
    assert sim.facebook.published[0].text == "Before"
    assert call(sim, "DELETE", made, params=TOKEN).json() == {"success": True}
    assert code(call(sim, "DELETE", made, params=TOKEN)) == (400, 100, 33)


def test_the_token_can_be_looked_at(sim: Simulator) -> None:
    query = {"input_token": TOKEN["access_token"], "access_token": "1000|simulated-app-secret"}
    assert call(sim, "GET", "debug_token", params=query).json()["data"]["expires_at"] == 0
    sim.facebook.revokes_the_token()
    told = call(sim, "GET", "debug_token", params=query).json()["data"]
    assert (told["is_valid"], told["error"]["subcode"]) == (False, 463)
