"""The LinkedIn group: prepared for a person to share by hand, or posted to where LinkedIn made us a partner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.contract import CannotTellError, CredentialError, Post, RejectedError, UnsupportedError
from adapters.http.session import PlatformSession
from adapters.linkedin.group import LinkedInGroup
from bot.simulator import Simulator
from tests.making.kinds import PERSON, built

POST = Post("What is a biopsy?", "https://blog.example.org/biopsy/", "How it is done (and why).")


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        simulator.linkedin.grants_partner_access(True)
        yield simulator


def group(simulator: Simulator, **options: Any) -> Any:
    return built(LinkedInGroup, simulator.linkedin.base_url, group="4119103", **options)


def partner(simulator: Simulator) -> Any:
    return group(simulator, mode="api", person=PERSON)


def published(adapter: Any, post: Post = POST) -> Any:
    return adapter.publish(adapter.prepare(adapter.compose(post)), "key")


def a_minute_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


def test_a_group_is_handed_to_a_person_with_everything_needed(simulator: Simulator) -> None:
    adapter = group(simulator)
    draft = adapter.compose(POST)
    assert adapter.hands_over
    assert draft.text == f"What is a biopsy?\n\nHow it is done (and why).\n\n{POST.link}"
    assert draft.body == {
        "share_url": "https://www.linkedin.com/sharing/share-offsite/?url=https%3A%2F%2Fblog.example.org%2Fbiopsy%2F",
        "group_url": "https://www.linkedin.com/groups/4119103/",
    }


def test_a_group_shared_by_hand_needs_no_token_and_no_network(simulator: Simulator) -> None:
    options = LinkedInGroup.Options(base_url=simulator.linkedin.base_url, group="4119103")
    adapter = LinkedInGroup(options, {}, PlatformSession(LinkedInGroup.real, options.base_url), {}.__getitem__)
    assert (options.needs(), adapter.limits.find_after) == ({}, None)
    assert adapter.check().notes == ("A person shares here by hand.",)
    with pytest.raises(RejectedError):
        published(adapter)
    with pytest.raises(CannotTellError):
        adapter.find(adapter.compose(POST), a_minute_ago())
    assert simulator.linkedin.requests == []


def test_a_partner_posts_plain_text_to_the_group(simulator: Simulator) -> None:
    adapter = partner(simulator)
    receipt = published(adapter, replace(POST, wording="Plain (text) #here_too"))
    (shown,) = simulator.linkedin.group_published
    assert (shown.text, shown.link, shown.title) == ("Plain (text) #here_too", POST.link, POST.title)
    assert receipt.id.startswith("urn:li:groupPost:4119103-")
    assert simulator.linkedin.published == []


def test_a_partner_finds_the_post_of_the_group(simulator: Simulator) -> None:
    adapter = partner(simulator)
    receipt = published(adapter)
    assert adapter.limits.find_after == timedelta(seconds=120)
    assert adapter.find(adapter.compose(POST), a_minute_ago()).id == receipt.id
    assert adapter.find(adapter.compose(POST), a_minute_ago(), others={receipt.id}) is None


def test_another_members_post_with_the_same_words_is_not_ours(simulator: Simulator) -> None:
    share = {"shareCommentary": {"text": partner(simulator).compose(POST).text}, "media": [{"originalUrl": POST.link}]}
    other = {"id": "urn:li:groupPost:4119103-1", "author": "urn:li:person:Somebody"}
    listed = {"elements": [other | {"specificContent": {"com.linkedin.ugc.ShareContent": share}}]}
    adapter = partner(simulator)
    simulator.linkedin.refuses_the_next(200, listed, to="read")
    assert adapter.find(adapter.compose(POST), a_minute_ago()) is None


def test_who_is_no_partner_is_told_so_and_nobody_can_tell(simulator: Simulator) -> None:
    simulator.linkedin.grants_partner_access(False)
    adapter = group(simulator, mode="api", person="AbCdEf123")
    with pytest.raises(CredentialError):
        published(adapter)
    with pytest.raises(CredentialError):
        adapter.check()
    with pytest.raises(CannotTellError):
        adapter.find(adapter.compose(POST), a_minute_ago())


def test_a_post_in_a_group_is_taken_back_by_hand(simulator: Simulator) -> None:
    adapter = partner(simulator)
    with pytest.raises(UnsupportedError):
        adapter.withdraw(published(adapter))
