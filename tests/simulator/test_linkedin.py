"""The simulated LinkedIn does what LinkedIn's documents say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import requests
import time_machine

from bot.simulator import Simulator
from bot.simulator.blog.png import picture

PAGE, PERSON, GROUP = "urn:li:organization:2414183", "urn:li:person:AbCdEf123", "urn:li:group:4119103"
BEARER = {"Authorization": "Bearer simulated-linkedin-token"}
HEADERS = {**BEARER, "LinkedIn-Version": "202610", "X-Restli-Protocol-Version": "2.0.0"}
NOW = "2026-11-22T12:00Z"


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with time_machine.travel(NOW), Simulator() as simulator:
        yield simulator


def call(sim: Simulator, method: str, path: str, headers: Any = HEADERS, **given: Any) -> requests.Response:
    return requests.request(method, f"{sim.linkedin.base_url}/{path}", headers=headers, timeout=5, **given)


def body(commentary: str, **more: Any) -> dict[str, Any]:
    rest = {"visibility": "PUBLIC", "distribution": {"feedDistribution": "MAIN_FEED"}, "lifecycleState": "PUBLISHED"}
    return {"author": PAGE, "commentary": commentary, **rest, **more}


def post(sim: Simulator, commentary: str, **more: Any) -> requests.Response:
    return call(sim, "POST", "rest/posts", json=body(commentary, **more))


def get(sim: Simulator, urn: str) -> requests.Response:
    return call(sim, "GET", f"rest/posts/{quote(urn, safe='')}")


def in_group(text: str, author: str = PERSON) -> dict[str, Any]:
    share = {"shareCommentary": {"text": text}, "shareMediaCategory": "NONE"}
    return {
        "author": author,
        "containerEntity": GROUP,
        "lifecycleState": "PUBLISHED",
        "specificContent": {"com.linkedin.ugc.ShareContent": share},
        "visibility": {"com.linkedin.ugc.MemberNetworkVisibility": "CONTAINER"},
    }


def upload(sim: Simulator, data: bytes, owner: str = PAGE) -> str:
    asked = {"initializeUploadRequest": {"owner": owner}}
    value = call(sim, "POST", "rest/images?action=initializeUpload", json=asked).json()["value"]
    assert requests.put(value["uploadUrl"], data=data, headers=BEARER, timeout=5).status_code == 201
    return str(value["image"])


def test_a_post_is_answered_with_an_empty_body_and_a_header(sim: Simulator) -> None:
    reply = post(sim, "Hello")
    assert (reply.status_code, reply.content) == (201, b"")
    urn = reply.headers["X-RestLi-Id"]
    assert get(sim, urn).json()["commentary"] == "Hello"
    assert sim.linkedin.published[0].url == f"https://www.linkedin.com/feed/update/{urn}/"


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (r"Tea \(two cups\) \& more", "Tea (two cups) \\& more"),
        ("Tea (two cups) and more", "Tea "),
        (r"\#1 and #tea", "#1 and #tea"),
        (r"{hashtag|\#|tea} time", "#tea time"),
        ("with @[The Cancer Blog](urn:li:organization:2414183)!", "with The Cancer Blog!"),
        ("a_b", "a"),
        (r"a\\b\_c\~", "a\\b_c~"),
    ],
)
def test_an_unescaped_reserved_character_cuts_the_text_silently(sim: Simulator, sent: str, read: str) -> None:
    assert post(sim, sent).status_code == 201
    assert sim.linkedin.published[0].text == read


def test_the_text_comes_back_in_little_text_form(sim: Simulator) -> None:
    urn = post(sim, r"\(a\) #tea").headers["x-restli-id"]
    assert get(sim, urn).json()["commentary"] == r"\(a\) {hashtag|\#|tea}"


def test_a_text_of_3000_characters_fits(sim: Simulator) -> None:
    assert post(sim, r"\(" * 3000).status_code == 201
    refusal = post(sim, "a" * 3001)
    assert (refusal.status_code, refusal.json()["code"]) == (400, "FIELD_LENGTH_TOO_LONG")


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({**BEARER, "X-Restli-Protocol-Version": "2.0.0"}, 400, "VERSION_MISSING"),
        ({**HEADERS, "LinkedIn-Version": "202511"}, 426, "NONEXISTENT_VERSION"),
        ({**HEADERS, "LinkedIn-Version": "202612"}, 426, "NONEXISTENT_VERSION"),
        ({**BEARER, "LinkedIn-Version": "202610"}, 400, "ILLEGAL_ARGUMENT"),
        ({**HEADERS, "Authorization": ""}, 401, "EMPTY_ACCESS_TOKEN"),
        ({**HEADERS, "Authorization": "Bearer x"}, 401, "INVALID_ACCESS_TOKEN"),
    ],
)
def test_a_request_without_the_right_headers_is_refused(sim: Simulator, headers: Any, status: int, code: str) -> None:
    refusal = call(sim, "POST", "rest/posts", headers=headers, json=body("a"))
    assert (refusal.status_code, refusal.json()["code"]) == (status, code)


def test_a_version_lives_for_a_year(sim: Simulator) -> None:
    with time_machine.travel("2027-10-14T12:00Z"):
        assert post(sim, "a").status_code == 201
    with time_machine.travel("2027-10-15T12:00Z"):
        assert post(sim, "b").json()["message"] == "Requested version 20261001 is not active"


@pytest.mark.parametrize("code", ["REVOKED_ACCESS_TOKEN", "EXPIRED_ACCESS_TOKEN"])
def test_a_token_that_is_gone_says_why(sim: Simulator, code: str) -> None:
    sim.linkedin.revokes_the_token(code)
    assert (post(sim, "a").status_code, post(sim, "a").json()["code"]) == (401, code)


def test_the_same_text_again_is_refused_and_names_the_first(sim: Simulator) -> None:
    first = post(sim, "Good morning").headers["x-restli-id"]
    refusal = post(sim, "Good morning")
    assert (refusal.status_code, refusal.json()["code"]) == (422, "DUPLICATE_POST")
    assert refusal.json()["message"] == f"Content is a duplicate of {first}"


def test_a_duplicate_may_name_a_ghost(sim: Simulator) -> None:
    sim.linkedin.names_a_ghost_next()
    named = post(sim, "Good morning").json()["message"].rpartition(" ")[2]
    assert get(sim, named).status_code == 404
    deleted = post(sim, "Good morning").headers["x-restli-id"]
    assert call(sim, "DELETE", f"rest/posts/{quote(deleted, safe='')}").status_code == 204
    assert deleted in post(sim, "Good morning").text
    assert get(sim, deleted).status_code == 404


def test_a_card_carries_an_uploaded_picture(sim: Simulator) -> None:
    image = upload(sim, picture("x", 12, 6))
    article = {"source": "https://blog.example.org/a/", "title": "A walk", "thumbnail": image}
    assert post(sim, "New", content={"article": article}).status_code == 201
    shown = sim.linkedin.published[0]
    assert (shown.link, shown.title, shown.picture) == ("https://blog.example.org/a/", "A walk", True)


def test_a_picture_is_available_only_after_a_while(sim: Simulator) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        sim.linkedin.processes_pictures_for(30)
        image = upload(sim, picture("x", 12, 6))
        media = {"media": {"id": image, "altText": "Two cups"}}
        assert post(sim, "Tea", content=media).json()["code"] == "MEDIA_ASSET_WAITING_UPLOAD"
        clock.shift(30)
        assert call(sim, "GET", f"rest/images/{quote(image, safe='')}").json()["status"] == "AVAILABLE"
        assert post(sim, "Tea", content=media).status_code == 201
        assert sim.linkedin.published[0].alt == "Two cups"


def test_a_picture_that_is_none_fails(sim: Simulator) -> None:
    image = upload(sim, b"no picture")
    assert post(sim, "Tea", content={"media": {"id": image}}).json()["code"] == "MEDIA_ASSET_PROCESSING_FAILED"


def test_a_picture_belongs_to_its_owner(sim: Simulator) -> None:
    image = upload(sim, picture("x", 12, 6), owner=PERSON)
    assert post(sim, "Tea", content={"media": {"id": image}}).json()["code"] == "INVALID_IMAGE_ID"


def test_the_page_s_posts_are_found_by_author(sim: Simulator) -> None:
    made = [post(sim, f"Number {number}").headers["x-restli-id"] for number in range(3)]
    query = f"q=author&author={quote(PAGE, safe='')}&count=2&sortBy=LAST_MODIFIED"
    found = call(sim, "GET", f"rest/posts?{query}").json()
    assert [one["id"] for one in found["elements"]] == made[:0:-1]
    assert found["paging"]["count"] == 2


def test_urns_in_keys_and_queries_must_be_encoded(sim: Simulator) -> None:
    urn = post(sim, "a").headers["x-restli-id"]
    assert call(sim, "GET", f"rest/posts/{urn}").status_code == 400
    assert call(sim, "GET", f"rest/posts?q=author&author={PAGE}").status_code == 400


def test_a_post_is_edited_and_deleted(sim: Simulator) -> None:
    urn = post(sim, "Befor").headers["x-restli-id"]
    headers = {**HEADERS, "X-RestLi-Method": "PARTIAL_UPDATE"}
    patch = {"patch": {"$set": {"commentary": "Before"}}}
    path = f"rest/posts/{quote(urn, safe='')}"
    assert call(sim, "POST", path, headers=headers, json=patch).status_code == 204
    assert sim.linkedin.published[0].text == "Before"
    assert [call(sim, "DELETE", path).status_code for _ in range(2)] == [204, 204]
    assert sim.linkedin.published == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"visibility": "EVERYBODY"}, "INVALID_VALUE_FOR_FIELD"),
        ({"author": "urn:li:organization:1"}, "ACCESS_DENIED"),
        ({"content": {"article": {"source": "https://example.org/"}}}, "MISSING_FIELD"),
        ({"content": {"media": {"id": "urn:li:image:x"}}}, "INVALID_IMAGE_ID"),
        ({"colour": "red"}, "ILLEGAL_ARGUMENT"),
        ({"visibility": "CONTAINER", "container": GROUP, "author": PERSON}, "ACCESS_DENIED"),
    ],
)
def test_what_cannot_be_posted_is_refused(sim: Simulator, more: dict[str, Any], code: str) -> None:
    assert post(sim, "a", **more).json()["code"] == code
    assert sim.linkedin.published == []


def test_without_the_reading_scope_posts_cannot_be_read(sim: Simulator) -> None:
    urn = post(sim, "a").headers["x-restli-id"]
    sim.linkedin.grants_reading(False)
    assert get(sim, urn).json()["code"] == "ACCESS_DENIED"


def test_groups_are_closed_to_apps_without_partner_access(sim: Simulator) -> None:
    refusal = call(sim, "POST", "v2/ugcPosts", json=in_group("Hello"))
    assert (refusal.status_code, refusal.json()["code"]) == (403, "ACCESS_DENIED")
    assert call(sim, "GET", f"v2/ugcPosts?q=authors&authors=List({quote(PERSON, safe='')})").status_code == 403


def test_a_partner_posts_to_a_group_and_finds_it_again(sim: Simulator) -> None:
    sim.linkedin.grants_partner_access(True)
    made = call(sim, "POST", "v2/ugcPosts", json=in_group("Plain (text) #here")).json()["id"]
    assert made.startswith("urn:li:groupPost:4119103-")
    query = f"q=containerEntities&containerEntities=List({quote(GROUP, safe='')})"
    assert [one["id"] for one in call(sim, "GET", f"v2/ugcPosts?{query}").json()["elements"]] == [made]
    assert call(sim, "GET", f"v2/ugcPosts/{quote(made, safe='')}").json()["containerEntity"] == GROUP
    assert sim.linkedin.group_published[0].text == "Plain (text) #here"
    assert made in call(sim, "POST", "v2/ugcPosts", json=in_group("Plain (text) #here")).text


def test_an_organization_cannot_post_to_a_group(sim: Simulator) -> None:
    sim.linkedin.grants_partner_access(True)
    assert call(sim, "POST", "v2/ugcPosts", json=in_group("Hello", author=PAGE)).status_code == 400
    assert sim.linkedin.group_published == []


def test_the_token_tells_who_it_is_and_what_it_administers(sim: Simulator) -> None:
    assert call(sim, "GET", "v2/userinfo").json()["sub"] == "AbCdEf123"
    assert call(sim, "GET", "rest/organizations/2414183").json()["localizedName"] == "The Cancer Blog"
    roles = call(sim, "GET", "rest/organizationAcls?q=roleAssignee&role=ADMINISTRATOR").json()["elements"]
    assert (roles[0]["role"], roles[0]["organization"]) == ("ADMINISTRATOR", PAGE)


def test_too_many_calls_name_no_time(sim: Simulator) -> None:
    sim.linkedin.limits_for(60)
    refusal = post(sim, "a")
    assert (refusal.status_code, refusal.json()["serviceErrorCode"]) == (429, 429)
    assert not {"retry-after", "x-rate-limit-reset"} & {name.lower() for name in refusal.headers}
