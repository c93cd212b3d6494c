"""What LinkedIn's refusals mean, for a page and for a group: each has one outcome, told with the way out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from adapters.contract import (
    Adapter,
    AdapterError,
    CredentialError,
    DuplicateError,
    InDoubtError,
    Post,
    RejectedError,
    TransientError,
)
from adapters.linkedin.adapter import LinkedIn
from adapters.linkedin.api import MEANINGS
from adapters.linkedin.group import LinkedInGroup
from bot.simulator import Simulator
from tests.making.kinds import PERSON, built

TOKEN = "simulated-linkedin-token"
PLAIN = Post("What is a biopsy?", "https://blog.example.org/biopsy/")

REFUSALS: list[tuple[int, str, type[AdapterError]]] = [
    (401, "EXPIRED_ACCESS_TOKEN", CredentialError),
    (401, "REVOKED_ACCESS_TOKEN", CredentialError),
    (401, "INVALID_ACCESS_TOKEN", CredentialError),
    (403, "ACCESS_DENIED", CredentialError),
    (400, "VERSION_MISSING", CredentialError),
    (426, "NONEXISTENT_VERSION", CredentialError),
    (409, "CONFLICT", TransientError),
    (429, "TOO_MANY_REQUESTS", TransientError),
    (400, "MEDIA_ASSET_WAITING_UPLOAD", TransientError),
    (400, "MEDIA_ASSET_PROCESSING", TransientError),
    (400, "MEDIA_ASSET_PROCESSING_FAILED", RejectedError),
    (400, "INVALID_IMAGE_ID", RejectedError),
    (400, "EXPIRED_UPLOAD_URL", RejectedError),
    (400, "FIELD_LENGTH_TOO_LONG", RejectedError),
    (400, "MISSING_FIELD", RejectedError),
    (422, "INVALID_VALUE_FOR_FIELD", RejectedError),
    (422, "DUPLICATE_POST", DuplicateError),
    (408, "REQUEST_TIMEOUT", InDoubtError),
    (500, "INTERNAL_SERVER_ERROR", InDoubtError),
    (302, "FOUND", InDoubtError),
]


def page(simulator: Simulator, **options: Any) -> Any:
    return built(LinkedIn, simulator.linkedin.base_url, organization="2414183", **options)


def partner(simulator: Simulator) -> Any:
    simulator.linkedin.grants_partner_access(True)
    return built(LinkedInGroup, simulator.linkedin.base_url, group="4119103", mode="api", person=PERSON)


def published(adapter: Adapter, post: Post = PLAIN) -> Any:
    return adapter.publish(adapter.prepare(adapter.compose(post)), "key")


@pytest.mark.parametrize(("status", "code", "error"), REFUSALS)
@pytest.mark.parametrize("adapter", [page, partner])
def test_each_refusal_has_one_meaning(
    simulator: Simulator, adapter: Any, status: int, code: str, error: type[AdapterError]
) -> None:
    simulator.linkedin.refuses_the_next(status, {"status": status, "code": code, "message": "No."})
    with pytest.raises(AdapterError) as caught:
        published(adapter(simulator), PLAIN)
    assert type(caught.value) is error


def test_the_table_of_refusals_is_tested_whole() -> None:
    assert set(MEANINGS) <= {each for status, code, _ in REFUSALS for each in (str(status), code)}


@pytest.mark.parametrize(("status", "minutes"), [(409, 1), (429, 15)])
def test_a_pause_has_a_length_though_linkedin_names_none(simulator: Simulator, status: int, minutes: int) -> None:
    simulator.linkedin.refuses_the_next(status)
    with pytest.raises(TransientError) as caught:
        published(page(simulator), PLAIN)
    assert caught.value.retry_after == timedelta(minutes=minutes)


def test_an_ended_version_is_told_with_the_way_out(simulator: Simulator) -> None:
    with pytest.raises(CredentialError, match="set version to a newer month"):
        published(page(simulator, version="202501"), PLAIN)


def test_linkedins_own_words_are_told_without_the_token(simulator: Simulator) -> None:
    simulator.linkedin.refuses_the_next(400, {"code": "MISSING_FIELD", "message": f"Bad {TOKEN} here"})
    with pytest.raises(RejectedError, match="Bad ••• here"):
        published(page(simulator), PLAIN)
