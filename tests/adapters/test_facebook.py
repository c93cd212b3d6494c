"""Facebook's own ways: its codes, its versions, its list of posts, and the token that never stands in an address."""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from pydantic import ValidationError

from adapters.contract import (
    CannotTellError,
    CredentialError,
    InDoubtError,
    Post,
    TransientError,
)
from adapters.facebook.adapter import Facebook
from bot.simulator import Simulator
from tests.making.kinds import IMAGE, built

TOKEN = "simulated-page-token"
POST = Post(
    "What is a biopsy?", "https://blog.example.org/biopsy/", "How it is done, and what comes next.", image=IMAGE
)


def page(simulator: Simulator, **options: Any) -> Any:
    return built(Facebook, simulator.facebook.base_url, page="100200300", **options)


def published(adapter: Any, post: Post = POST) -> Any:
    return adapter.publish(adapter.prepare(adapter.compose(post)), "key")


def a_minute_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


def test_a_card_leaves_the_link_to_the_card(simulator: Simulator) -> None:
    draft = page(simulator).compose(POST)
    assert draft.text == "What is a biopsy?\n\nHow it is done, and what comes next."
    assert draft.body == {"message": draft.text, "link": POST.link}
    assert draft.image is None


def test_a_photo_carries_the_link_in_its_words_and_says_what_it_shows(simulator: Simulator) -> None:
    published(page(simulator, style="photo"))
    (shown,) = simulator.facebook.published
    assert shown.text.endswith(POST.link)
    assert (shown.picture, shown.alt) == (True, "A nurse and a patient talk.")


def test_a_channel_of_photos_shows_a_card_where_there_is_no_picture(simulator: Simulator) -> None:
    published(page(simulator, style="photo"), replace(POST, image=None))
    (shown,) = simulator.facebook.published
    assert shown.link == POST.link


def test_a_post_without_title_and_summary_says_its_link(simulator: Simulator) -> None:
    assert page(simulator).compose(Post("", POST.link)).text == POST.link


def test_the_permalink_comes_with_the_id(simulator: Simulator) -> None:
    receipt = published(page(simulator))
    (shown,) = simulator.facebook.published
    assert (receipt.id, receipt.url) == (shown.id, shown.url)


def test_the_token_is_in_no_address(simulator: Simulator) -> None:
    adapter = page(simulator, style="photo")
    receipt = published(adapter)
    adapter.find(adapter.compose(POST), a_minute_ago())
    adapter.revise(receipt, adapter.compose(POST))
    adapter.check()
    adapter.withdraw(receipt)
    assert [request for request in simulator.facebook.requests if TOKEN in request.path + request.raw_query] == []


def test_an_upload_that_got_lost_is_simply_not_now(simulator: Simulator) -> None:
    simulator.facebook.loses_the_next_reply(to="upload")
    with pytest.raises(TransientError):
        published(page(simulator, style="photo"))
    assert simulator.facebook.published == []


def test_looking_reads_the_pages_own_list_and_never_the_ranked_feed(simulator: Simulator) -> None:
    adapter = page(simulator)
    adapter.find(adapter.compose(POST), a_minute_ago())
    assert [request.path.rpartition("/")[2] for request in simulator.facebook.requests] == ["published_posts"]


def test_looking_goes_on_to_the_next_page(simulator: Simulator) -> None:
    adapter = page(simulator)
    receipt = published(adapter)
    for number in range(101):
        published(adapter, Post(f"Number {number}", f"https://blog.example.org/{number}"))
    found = adapter.find(adapter.compose(POST), a_minute_ago())
    assert found
    assert found.id == receipt.id


def test_a_list_without_an_end_is_no_proof_of_absence(simulator: Simulator) -> None:
    endless = {"data": [], "paging": {"next": "https://example.org", "cursors": {"after": "x"}}}
    simulator.facebook.refuses_the_next(200, endless, times=9, to="read")
    adapter = page(simulator)
    with pytest.raises(CannotTellError, match="more posts"):
        adapter.find(adapter.compose(POST), a_minute_ago())


def test_the_same_link_with_other_words_is_for_a_person_to_judge(simulator: Simulator) -> None:
    adapter = page(simulator)
    receipt = published(adapter, replace(POST, wording="Somebody was faster."))
    with pytest.raises(CannotTellError, match=receipt.url):
        adapter.find(adapter.compose(POST), a_minute_ago())


def test_the_same_words_without_any_link_are_for_a_person_to_judge(simulator: Simulator) -> None:
    adapter = page(simulator)
    draft = adapter.compose(POST)
    adapter.publish(replace(draft, body={"message": draft.text}), "key")
    with pytest.raises(CannotTellError):
        adapter.find(draft, a_minute_ago())


def test_a_link_that_gained_a_tracking_parameter_is_still_the_same(simulator: Simulator) -> None:
    adapter = page(simulator)
    receipt = published(adapter, replace(POST, link=POST.link + "?utm_source=facebook"))
    found = adapter.find(adapter.compose(POST), a_minute_ago())
    assert found
    assert found.id == receipt.id


@pytest.mark.parametrize("template", ["{{ title }}（{{ link }}）", "{{ title }} ({{ link }}", "“{{ link }}”"])
def test_a_photo_is_found_again_whatever_stands_around_its_link(simulator: Simulator, template: str) -> None:
    adapter = page(simulator, style="photo")
    post = replace(POST, template=template, link="https://en.example.org/wiki/Cancer_(disease)")
    receipt = published(adapter, post)
    found = adapter.find(adapter.compose(post), a_minute_ago())
    assert found
    assert found.id == receipt.id


def test_a_post_from_long_before_is_not_found(simulator: Simulator) -> None:
    adapter = page(simulator)
    with time_machine.travel(datetime(2026, 11, 20, tzinfo=UTC)):
        published(adapter)
    with time_machine.travel(datetime(2026, 11, 22, tzinfo=UTC)):
        assert adapter.find(adapter.compose(POST), a_minute_ago()) is None


def test_a_post_made_in_the_very_second_is_found(simulator: Simulator) -> None:
    adapter = page(simulator)
    since = datetime.now(UTC)
    published(adapter)
    assert adapter.find(adapter.compose(POST), since) is not None


def test_a_post_is_found_where_facebooks_clock_is_a_minute_behind(simulator: Simulator) -> None:
    adapter = page(simulator)
    published(adapter)
    assert adapter.find(adapter.compose(POST), datetime.now(UTC) + timedelta(minutes=1)) is not None


def test_the_reply_to_an_earlier_request_is_never_taken_for_this_one(simulator: Simulator) -> None:
    adapter = page(simulator)
    published(adapter)
    adapter.session.headers["Authorization"] = "Bearer broken\n"
    with pytest.raises(InDoubtError):
        published(adapter, replace(POST, title="Another"))


def test_revising_changes_the_words(simulator: Simulator) -> None:
    adapter = page(simulator)
    receipt = published(adapter)
    adapter.revise(receipt, adapter.compose(replace(POST, wording="Better words.")))
    assert [shown.text for shown in simulator.facebook.published] == ["Better words."]


def test_withdrawing_what_is_not_there_says_so(simulator: Simulator) -> None:
    adapter = page(simulator)
    receipt = published(adapter)
    adapter.withdraw(receipt)
    with pytest.raises(CredentialError, match="no such Page or post"):
        adapter.withdraw(receipt)


def test_check_names_the_page(simulator: Simulator) -> None:
    account = page(simulator).check()
    assert (account.id, account.name) == ("100200300", "The Cancer Blog")
    assert account.url == "https://www.facebook.com/TheCancerBlog"
    assert (account.expires_at, account.notes) == (None, ())


def test_check_notes_a_version_that_facebook_has_ended(simulator: Simulator) -> None:
    (note,) = page(simulator, version="v19.0").check().notes
    assert "v19.0 is over" in note


def test_check_tells_when_the_token_ends(simulator: Simulator) -> None:
    ends = datetime(2027, 1, 20, tzinfo=UTC)
    simulator.facebook.refuses_the_next(200, {"data": {"expires_at": int(ends.timestamp())}}, to="change")
    assert page(simulator).check().expires_at == ends


@pytest.mark.parametrize("wrong", [{"page": "TheCancerBlog"}, {"page": "1", "version": "26"}, {"page": "1", "x": 1}])
def test_options_that_facebook_would_not_know_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Facebook.Options(**wrong)


def test_the_library_is_imported_even_where_warnings_are_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name in {"facebook", "adapters.facebook.adapter"}]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(sys, "pycache_prefix", "/nowhere")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert importlib.import_module("adapters.facebook.adapter").Facebook.kind == "facebook"


def test_the_photo_is_uploaded_before_it_is_shown(simulator: Simulator) -> None:
    adapter = page(simulator, style="photo")
    draft = adapter.prepare(adapter.compose(POST))
    assert simulator.facebook.published == []
    adapter.publish(draft, "key")
    sent = simulator.facebook.requests[-1].form["attached_media[0]"]
    assert json.loads(sent) == {"media_fbid": draft.prepared["photo"]}
