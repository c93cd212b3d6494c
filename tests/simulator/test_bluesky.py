"""The simulated Bluesky server does what its lexicons and its source say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import time_machine

from bot.simulator import Simulator
from bot.simulator.blog.png import picture
from bot.simulator.bluesky.api import DID, HANDLE
from bot.simulator.bluesky.rules import cid, graphemes, tid

WHO = {"identifier": HANDLE, "password": "simulated-app-password"}
POSTS = "app.bsky.feed.post"
LINK = "https://blog.example.org/2026/11/a-walk/"


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with time_machine.travel("2026-11-22T12:00Z", tick=False), Simulator() as simulator:
        yield simulator


def call(sim: Simulator, name: str, token: str = "", **given: Any) -> requests.Response:
    method = "GET" if "params" in given or name.endswith("getSession") else "POST"
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    headers |= given.pop("headers", {})
    namespace = "server" if name.endswith("Session") else "repo"
    address = f"{sim.bluesky.base_url}/xrpc/com.atproto.{namespace}.{name}"
    return requests.request(method, address, headers=headers, timeout=5, **given)


def opened(sim: Simulator) -> str:
    return str(call(sim, "createSession", json=WHO).json()["accessJwt"])


def record(text: str = "Hello", **more: Any) -> dict[str, Any]:
    return {"$type": POSTS, "text": text, "createdAt": "2026-11-22T11:59:59.000Z", **more}


def faceted(kind: str, end: int, **feature: str) -> dict[str, Any]:
    index = {"byteStart": 0, "byteEnd": end}
    return record(facets=[{"index": index, "features": [{"$type": f"app.bsky.richtext.facet{kind}", **feature}]}])


def put(sim: Simulator, key: int = 1, value: Any = None, token: str = "", **more: Any) -> requests.Response:
    body = {"repo": DID, "collection": POSTS, "rkey": tid(key), "record": value or record(), **more}
    return call(sim, "putRecord", token or opened(sim), json=body)


def listed(sim: Simulator, **query: Any) -> Any:
    return call(sim, "listRecords", params={"repo": HANDLE, "collection": POSTS, **query}).json()


def code(reply: requests.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["error"]


def test_a_session_is_opened_by_handle_or_did_and_ends_after_two_hours(sim: Simulator) -> None:
    first = call(sim, "createSession", json=WHO).json()
    assert (first["did"], first["handle"], first["active"]) == (DID, HANDLE, True)
    token = call(sim, "createSession", json=WHO | {"identifier": DID}).json()["accessJwt"]
    assert call(sim, "getSession", token).json()["handle"] == HANDLE
    with time_machine.travel("2026-11-22T14:00Z", tick=False):
        assert code(call(sim, "getSession", token)) == (400, "ExpiredToken")
        assert call(sim, "refreshSession", first["refreshJwt"]).json()["accessJwt"] not in (token, first["accessJwt"])


def test_who_is_not_known_is_not_let_in(sim: Simulator) -> None:
    assert code(call(sim, "createSession", json=WHO | {"password": "guess"})) == (401, "AuthenticationRequired")
    assert code(put(sim, token="made-up")) == (400, "InvalidToken")
    assert code(call(sim, "putRecord", json={})) == (401, "AuthMissing")
    assert sim.bluesky.published == []


def test_the_thirty_first_session_in_five_minutes_is_too_many(sim: Simulator) -> None:
    replies = [call(sim, "createSession", json=WHO) for _ in range(31)]
    assert [reply.status_code for reply in replies] == [200] * 30 + [429]
    assert replies[-1].json() == {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}
    assert replies[-1].headers["RateLimit-Reset"] == "1795349100"
    assert "Retry-After" not in replies[-1].headers


def test_a_put_is_made_once_however_often_it_is_asked_for(sim: Simulator) -> None:
    first, again = put(sim, swapRecord=None), put(sim, swapRecord=None)
    assert (first.status_code, again.status_code) == (200, 200)
    assert (first.json()["cid"], "commit" in again.json()) == (again.json()["cid"], False)
    assert [post.id for post in sim.bluesky.published] == [f"at://{DID}/{POSTS}/{tid(1)}"]


def test_a_swap_with_nothing_refuses_what_would_change_a_record(sim: Simulator) -> None:
    put(sim, swapRecord=None)
    assert code(put(sim, value=record("Other"), swapRecord=None)) == (400, "InvalidSwap")
    assert [post.text for post in sim.bluesky.published] == ["Hello"]
    assert put(sim, value=record("Other")).status_code == 200
    assert [post.text for post in sim.bluesky.published] == ["Other"]


def test_creating_on_a_key_that_is_taken_is_a_failure_of_the_server(sim: Simulator) -> None:
    body = {"repo": HANDLE, "collection": POSTS, "record": record()}
    made = call(sim, "createRecord", opened(sim), json=body).json()["uri"]
    again = call(sim, "createRecord", opened(sim), json=body | {"rkey": made.rpartition("/")[2]})
    assert code(again) == (500, "InternalServerError")
    assert len(sim.bluesky.published) == 1


def test_deleting_works_once_and_is_never_refused(sim: Simulator) -> None:
    put(sim)
    body = {"repo": DID, "collection": POSTS, "rkey": tid(1)}
    replies = [call(sim, "deleteRecord", opened(sim), json=body) for _ in range(2)]
    assert [(reply.status_code, "commit" in reply.json()) for reply in replies] == [(200, True), (200, False)]
    assert sim.bluesky.published == []
    assert put(sim, swapRecord=None).status_code == 200


def test_records_are_read_by_anybody(sim: Simulator) -> None:
    made = put(sim).json()
    query = {"repo": HANDLE, "collection": POSTS, "rkey": tid(1)}
    assert call(sim, "getRecord", params=query).json() == {"uri": made["uri"], "cid": made["cid"], "value": record()}
    assert code(call(sim, "getRecord", params=query | {"rkey": tid(2)})) == (400, "RecordNotFound")
    assert code(call(sim, "getRecord", params=query | {"repo": "other.example.org"})) == (400, "InvalidRequest")


def test_the_list_is_by_key_newest_first_in_pages(sim: Simulator) -> None:
    token = opened(sim)
    for key in (2, 5, 1, 4, 3):
        put(sim, key, record(str(key)), token)
    first = listed(sim, limit=3)
    second = listed(sim, limit=3, cursor=first["cursor"])
    assert [one["value"]["text"] for one in first["records"] + second["records"]] == ["5", "4", "3", "2", "1"]
    assert listed(sim, limit=3, cursor=second["cursor"]) == {"records": []}
    assert [one["value"]["text"] for one in listed(sim, reverse="true", limit=1)["records"]] == ["1"]
    assert listed(sim, limit=101)["error"] == "InvalidRequest"


def test_the_list_never_lags(sim: Simulator) -> None:
    sim.bluesky.shows_posts_after(3_600)
    put(sim)
    assert len(listed(sim)["records"]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        record("a" * 301),
        record("👩‍⚕️" * 250),
        record(createdAt="yesterday"),
        record(langs=["de_DE"]),
        record(langs=["a b"]),
        record(**{"$type": "app.bsky.feed.like"}),
        faceted("#link", -1, uri=LINK),
        faceted("#link", 1, uri="a b"),
        faceted("#mention", 1, did="@ana"),
        faceted("#tag", 1, tag="a" * 65),
        record(embed={"$type": "app.bsky.embed.external", "external": {"uri": LINK, "title": "No description"}}),
    ],
)
def test_what_is_no_post_by_the_lexicon_is_refused(sim: Simulator, wrong: Any) -> None:
    assert code(put(sim, value=wrong)) == (400, "InvalidRequest")
    assert sim.bluesky.published == []


def test_a_key_that_is_no_tid_is_refused(sim: Simulator) -> None:
    assert code(put(sim, rkey="self")) == (400, "InvalidRequest")


def test_three_hundred_of_what_a_reader_sees_are_taken(sim: Simulator) -> None:
    assert graphemes("é👩🏽🇩🇪e\u0301\r\n") == 5
    assert put(sim, value=record("👩🏽" * 300)).status_code == 200


def test_a_facet_beyond_the_text_is_taken(sim: Simulator) -> None:
    assert put(sim, value=faceted("#tag", 100, tag="far")).status_code == 200


def with_thumb(blob: Any) -> dict[str, Any]:
    card = {"uri": LINK, "title": "A walk", "description": "", "thumb": blob}
    return record(embed={"$type": "app.bsky.embed.external", "external": card})


def uploaded(sim: Simulator, data: bytes, kind: str = "image/png") -> Any:
    return call(sim, "uploadBlob", opened(sim), data=data, headers={"Content-Type": kind}).json()["blob"]


def test_a_card_has_a_link_a_title_and_a_picture(sim: Simulator) -> None:
    blob = uploaded(sim, picture("x", 12, 6))
    assert blob["ref"]["$link"].startswith("bafkrei")
    assert put(sim, value=with_thumb(blob)).status_code == 200
    (shown,) = sim.bluesky.published
    assert (shown.link, shown.title, shown.picture) == (LINK, "A walk", True)
    page = requests.get(f"{sim.base_url}{shown.image}", timeout=5)
    assert page.headers["Content-Type"] == "image/png"


def test_a_picture_that_nobody_used_is_gone_after_an_hour(sim: Simulator) -> None:
    kept, lost = uploaded(sim, picture("x", 12, 6)), uploaded(sim, picture("y", 12, 6))
    put(sim, value=with_thumb(kept))
    with time_machine.travel("2026-11-22T13:00Z", tick=False):
        assert put(sim, 2, with_thumb(kept)).status_code == 200
        assert code(put(sim, 3, with_thumb(lost))) == (400, "BlobNotFound")


def test_a_picture_of_a_card_is_small_and_a_picture(sim: Simulator) -> None:
    assert code(put(sim, value=with_thumb(uploaded(sim, b"x" * 1_000_001, "image/jpeg")))) == (400, "BlobTooLarge")
    assert code(put(sim, value=with_thumb(uploaded(sim, b"hello", "text/plain")))) == (400, "InvalidMimeType")
    assert uploaded(sim, b"garbage", "image/jpeg")["mimeType"] == "image/jpeg"


@pytest.mark.parametrize("why", ["AccountTakedown", "AccountDeactivated"])
def test_an_account_that_is_not_active_neither_writes_nor_is_read(sim: Simulator, why: str) -> None:
    token = opened(sim)
    sim.bluesky.revokes_the_token(why)
    assert code(put(sim, token=token)) == (401, why)
    assert listed(sim)["error"] == "InvalidRequest"
    login = call(sim, "createSession", json=WHO)
    assert (login.status_code, login.json().get("active")) in ((401, None), (200, False))


def test_sessions_can_be_ended(sim: Simulator) -> None:
    token = opened(sim)
    sim.bluesky.ends_the_sessions()
    assert code(put(sim, token=token)) == (400, "ExpiredToken")
    assert put(sim).status_code == 200


def test_a_limit_tells_its_end_in_seconds_of_the_epoch(sim: Simulator) -> None:
    sim.bluesky.limits_for(90)
    refusal = put(sim)
    assert code(refusal) == (429, "RateLimitExceeded")
    assert (refusal.headers["RateLimit-Reset"], refusal.headers["RateLimit-Remaining"]) == ("1795348890", "0")
    sim.bluesky.limits_without_a_time()
    assert "RateLimit-Reset" not in put(sim).headers


def test_every_write_tells_what_is_left_of_the_hour(sim: Simulator) -> None:
    assert [put(sim, key).headers["RateLimit-Remaining"] for key in (1, 2)] == ["4998", "4996"]
    assert put(sim, 3).headers["RateLimit-Policy"] == "5000;w=3600"


def test_a_method_that_is_not_there_says_so(sim: Simulator) -> None:
    assert code(call(sim, "applyWrites", json={})) == (501, "MethodNotImplemented")
    assert code(call(sim, "putRecord", params={})) == (400, "InvalidRequest")


def test_ids_are_written_as_the_protocol_writes_them() -> None:
    assert tid(0) == "2222222222222"
    assert tid(1_697_562_283_123_456)[0] == "3"
    assert cid(b"", 0x55) == "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
