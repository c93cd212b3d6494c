"""LinkedIn's own ways: cards with pictures, refusals that name the other post, and lists that prove absence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from pydantic import ValidationError

from adapters.contract import (
    Adapter,
    CannotTellError,
    CredentialError,
    DuplicateError,
    Post,
    RejectedError,
    TransientError,
    UnsupportedError,
)
from adapters.linkedin.adapter import LinkedIn
from adapters.linkedin.group import LinkedInGroup
from bot.simulator import Simulator
from tests.making.kinds import IMAGE, PERSON, built

TOKEN = "simulated-linkedin-token"
POST = Post("What is a biopsy?", "https://blog.example.org/biopsy/", "How it is done (and why).", image=IMAGE)
PLAIN = replace(POST, image=None)


def page(simulator: Simulator, **options: Any) -> Any:
    return built(LinkedIn, simulator.linkedin.base_url, organization="2414183", **options)


def partner(simulator: Simulator) -> Any:
    simulator.linkedin.grants_partner_access(True)
    return built(LinkedInGroup, simulator.linkedin.base_url, group="4119103", mode="api", person=PERSON)


def published(adapter: Adapter, post: Post = POST) -> Any:
    return adapter.publish(adapter.prepare(adapter.compose(post)), "key")


def a_minute_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


def test_the_card_carries_link_title_summary_and_picture(simulator: Simulator) -> None:
    published(page(simulator))
    (shown,) = simulator.linkedin.published
    assert shown.text == "What is a biopsy?\n\nHow it is done (and why)."
    assert (shown.link, shown.title, shown.picture) == (POST.link, POST.title, True)


def test_a_post_without_a_title_has_a_card_all_the_same(simulator: Simulator) -> None:
    draft = page(simulator).compose(Post("", POST.link))
    assert draft.text == POST.link
    assert draft.body["content"]["article"] == {"source": POST.link, "title": POST.link}


def test_three_thousand_characters_are_counted_before_escaping(simulator: Simulator) -> None:
    adapter = page(simulator)
    draft = adapter.compose(replace(PLAIN, wording="(" * 3_000))
    assert draft.count == 3_000
    adapter.publish(draft, "key")
    with pytest.raises(UnsupportedError):
        adapter.compose(replace(PLAIN, wording="(" * 3_001))


def test_the_id_comes_in_a_header_and_makes_the_address(simulator: Simulator) -> None:
    receipt = published(page(simulator))
    assert receipt.id == simulator.linkedin.published[0].id
    assert receipt.url == f"https://www.linkedin.com/feed/update/{receipt.id}/"


def test_the_token_is_in_no_address(simulator: Simulator) -> None:
    for adapter in (page(simulator), partner(simulator)):
        receipt = published(adapter)
        adapter.find(adapter.compose(POST), a_minute_ago(), receipt.id)
        adapter.check()
    assert [request for request in simulator.linkedin.requests if TOKEN in request.path + request.raw_query] == []


def test_a_duplicate_is_named_by_the_refusal_and_found_by_its_name(simulator: Simulator) -> None:
    adapter = page(simulator)
    first = published(adapter)
    with pytest.raises(DuplicateError) as caught:
        published(adapter)
    assert caught.value.hint == first.id
    simulator.linkedin.shows_posts_after(3_600)
    found = adapter.find(adapter.compose(POST), a_minute_ago(), caught.value.hint)
    assert (found.id, found.url) == (first.id, first.url)


def test_a_ghost_that_a_refusal_names_is_no_post(simulator: Simulator) -> None:
    adapter = page(simulator)
    simulator.linkedin.names_a_ghost_next()
    with pytest.raises(DuplicateError) as caught:
        published(adapter)
    assert caught.value.hint.startswith("urn:li:share:")
    assert adapter.find(adapter.compose(POST), a_minute_ago(), caught.value.hint) is None


@pytest.mark.parametrize("status", [409, 422])
def test_an_older_form_of_the_duplicate_is_one_too(simulator: Simulator, status: int) -> None:
    words = "Content is a duplicate of urn:li:ugcPost:7243."
    simulator.linkedin.refuses_the_next(status, {"message": words})
    with pytest.raises(DuplicateError) as caught:
        published(page(simulator), PLAIN)
    assert caught.value.hint == "urn:li:ugcPost:7243"


def test_a_refusal_that_names_a_person_gives_no_hint(simulator: Simulator) -> None:
    simulator.linkedin.refuses_the_next(422, {"code": "DUPLICATE_POST", "message": "duplicate of urn:li:person:A1"})
    with pytest.raises(DuplicateError) as caught:
        published(page(simulator), PLAIN)
    assert caught.value.hint == ""


def test_what_is_escaped_when_it_is_sent_is_found_as_it_was_written(simulator: Simulator) -> None:
    adapter = page(simulator)
    post = replace(PLAIN, title="[New] #cancer_care (C#) ~ *what* {now}? a|b @home <b>")
    receipt = published(adapter, post)
    assert adapter.find(adapter.compose(post), a_minute_ago()).id == receipt.id


@pytest.mark.parametrize("adapter", [page, partner])
def test_the_same_link_with_other_words_is_for_a_person_to_judge(simulator: Simulator, adapter: Any) -> None:
    receipt = published(adapter(simulator), replace(POST, wording="Somebody was faster."))
    with pytest.raises(CannotTellError, match=receipt.id):
        adapter(simulator).find(adapter(simulator).compose(POST), a_minute_ago())


@pytest.mark.parametrize("adapter", [page, partner])
def test_looking_goes_back_as_far_as_needed_and_no_further(simulator: Simulator, adapter: Any) -> None:
    publisher = adapter(simulator)
    with time_machine.travel(datetime(2026, 11, 20, tzinfo=UTC)) as clock:
        for number in range(60):
            published(publisher, Post(f"Old {number}", f"https://blog.example.org/{number}"))
        clock.shift(timedelta(days=1))
        receipt = published(publisher, PLAIN)
        before = len(simulator.linkedin.requests)
        assert publisher.find(publisher.compose(PLAIN), a_minute_ago()).id == receipt.id
        assert publisher.find(publisher.compose(Post("New", "https://blog.example.org/new")), a_minute_ago()) is None
        assert len(simulator.linkedin.requests) == before + 2


def test_a_post_from_long_before_is_not_this_one_even_when_a_refusal_names_it(simulator: Simulator) -> None:
    adapter = page(simulator)
    with time_machine.travel(datetime(2026, 11, 20, tzinfo=UTC)) as clock:
        old = published(adapter)
        clock.shift(timedelta(days=1))
        assert adapter.find(adapter.compose(POST), a_minute_ago(), old.id) is None


def test_a_post_is_found_where_linkedins_clock_is_a_minute_behind(simulator: Simulator) -> None:
    adapter = page(simulator)
    published(adapter)
    assert adapter.find(adapter.compose(POST), datetime.now(UTC) + timedelta(minutes=1)) is not None


def test_a_list_in_no_order_is_no_proof_of_absence(simulator: Simulator) -> None:
    old = {"id": "urn:li:share:1", "lastModifiedAt": 1_000_000_000_000, "publishedAt": 1_000_000_000_000}
    new = old | {"lastModifiedAt": int(datetime.now(UTC).timestamp() * 1000)}
    simulator.linkedin.refuses_the_next(200, {"elements": [old, new, old]}, times=4, to="read")
    adapter = page(simulator)
    with pytest.raises(CannotTellError, match="more posts"):
        adapter.find(adapter.compose(POST), a_minute_ago())


def test_without_the_right_to_read_nobody_can_tell(simulator: Simulator) -> None:
    adapter = page(simulator)
    simulator.linkedin.grants_reading(False)
    for hint in ("", "urn:li:share:7243"):
        with pytest.raises(CannotTellError):
            adapter.find(adapter.compose(POST), a_minute_ago(), hint)


@pytest.mark.parametrize("body", ["[]", "{}", '{"elements": [1]}', '{"elements": [{}]}', "null", "<html>"])
def test_a_list_that_cannot_be_read_is_no_proof_of_absence(simulator: Simulator, body: str) -> None:
    simulator.linkedin.refuses_the_next(200, body, to="read")
    adapter = page(simulator)
    with pytest.raises(CannotTellError):
        adapter.find(adapter.compose(POST), a_minute_ago())


def test_a_picture_that_linkedin_still_works_on_is_waited_for_with_its_id_kept(simulator: Simulator) -> None:
    adapter = page(simulator)
    simulator.linkedin.processes_pictures_for(60)
    draft = adapter.prepare(adapter.compose(POST))
    with pytest.raises(TransientError) as caught:
        adapter.publish(draft, "key")
    assert caught.value.retry_after == timedelta(seconds=30)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61)):
        assert adapter.publish(adapter.prepare(draft), "key").id


def test_a_picture_that_linkedin_cannot_read_is_a_refusal(simulator: Simulator) -> None:
    simulator.linkedin.spoils_the_next_picture()
    with pytest.raises(RejectedError, match="publish with another one"):
        published(page(simulator))


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/upload",
        "http://www.linkedin.com/dms-uploads/1",
        "https://www.linkedin.com.example.org/1",
        "https://www.linkedin.com@example.org/1",
        "https://notlinkedin.com/1",
        "https://[",
    ],
)
def test_the_picture_and_the_token_go_to_no_other_host(simulator: Simulator, address: str) -> None:
    value = {"value": {"image": "urn:li:image:1", "uploadUrl": address}}
    simulator.linkedin.refuses_the_next(200, value, to="upload")
    with pytest.raises(RejectedError, match="not its own"):
        published(page(simulator))


def test_an_upload_that_got_lost_is_simply_not_now(simulator: Simulator) -> None:
    simulator.linkedin.loses_the_next_reply(to="upload")
    with pytest.raises(TransientError):
        published(page(simulator))


def test_revising_changes_the_words_and_withdrawing_takes_them_back(simulator: Simulator) -> None:
    adapter = page(simulator)
    receipt = published(adapter)
    adapter.revise(receipt, adapter.compose(replace(POST, wording="Better (words).")))
    assert [shown.text for shown in simulator.linkedin.published] == ["Better (words)."]
    adapter.withdraw(receipt)
    assert simulator.linkedin.published == []


def test_check_names_the_page_and_says_what_it_cannot_know(simulator: Simulator) -> None:
    account = page(simulator).check()
    assert (account.id, account.name) == ("2414183", "The Cancer Blog")
    assert "60 days" in account.notes[0]


def test_check_of_a_page_that_is_not_there_asks_for_a_person(simulator: Simulator) -> None:
    with pytest.raises(CredentialError):
        built(LinkedIn, simulator.linkedin.base_url, organization="1").check()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (LinkedIn.Options(organization="urn:li:organization:0815"), "0815"),
        (LinkedInGroup.Options(group="urn:li:group:42"), "42"),
    ],
)
def test_an_id_may_be_given_as_its_urn(options: Any, told: str) -> None:
    assert told in (getattr(options, "organization", ""), getattr(options, "group", ""))


@pytest.mark.parametrize(
    ("adapter", "options", "told"),
    [
        (LinkedIn, {"organization": "the-cancer-blog"}, "organization"),
        (LinkedIn, {"organization": "1", "version": "2026-09"}, "version"),
        (LinkedInGroup, {"group": "1", "mode": "api"}, "needs person"),
        (LinkedInGroup, {"group": "1", "mode": "magic"}, "assisted"),
    ],
)
def test_options_that_cannot_be_meant_are_refused_with_the_reason(adapter: Any, options: Any, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        adapter.Options(**options)
