"""The laws: what holds for every adapter, each against its simulated platform over real HTTP."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from requests.utils import requote_uri

from adapters.contract import (
    AdapterError,
    CannotTellError,
    CredentialError,
    Draft,
    DuplicateError,
    InDoubtError,
    Receipt,
    RejectedError,
    TransientError,
    UnsupportedError,
)
from adapters.http.wire import attempt
from bot.simulator import Simulator
from bot.simulator.network import Network
from tests.making.kinds import HIDDEN_BY, KINDS, POST, SEARCHABLE, UNSEEN, Stage, staged

KEY = "oncecast-1-1-1"
FaultOf = Callable[[Network], None]

REFUSALS: dict[str, tuple[FaultOf, type[AdapterError]]] = {
    "a token it does not know": (lambda platform: platform.revokes_the_token(), CredentialError),
    "a limit with a time": (lambda platform: platform.limits_for(600), TransientError),
    "a limit without a time": (lambda platform: platform.limits_without_a_time(), TransientError),
    "a post it does not like": (lambda platform: platform.refuses_the_next(400), RejectedError),
    "no connection": (lambda platform: platform.is_down(), TransientError),
}
DOUBTS: dict[str, FaultOf] = {
    "a lost reply": lambda platform: platform.loses_the_next_reply(),
    "a late reply": lambda platform: platform.is_slow(30),
    "a reset before the work": lambda platform: platform.resets_the_next(),
    "503 before the work": lambda platform: platform.fails_the_next(503),
    "500 after the work": lambda platform: platform.fails_the_next(500, accepted=True),
    "a page instead of an answer": lambda platform: platform.answers_nonsense(),
    "a page and no work": lambda platform: platform.answers_nonsense(accepted=False),
    "no id": lambda platform: platform.answers_without_an_id(),
}


@pytest.fixture(params=KINDS)
def stage(request: pytest.FixtureRequest, simulator: Simulator) -> Stage:
    return staged(request.param, simulator)


@pytest.fixture(params=SEARCHABLE)
def seen(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A kind on which one can look."""
    with Simulator() as simulator:
        yield staged(request.param, simulator)


@pytest.fixture(params=UNSEEN)
def unseen(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A kind on which nobody can."""
    with Simulator() as simulator:
        yield staged(request.param, simulator)


def drafted(stage: Stage) -> Draft:
    """The example post, composed and prepared."""
    return stage.adapter.prepare(stage.adapter.compose(POST))


def a_minute_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


def published(stage: Stage, draft: Draft, seconds: float = 20) -> Receipt:
    """One attempt to publish, as the daemon makes it."""
    with attempt(seconds):
        return stage.adapter.publish(draft, KEY)


def test_the_same_post_gives_the_same_draft(stage: Stage) -> None:
    assert stage.adapter.compose(POST) == stage.adapter.compose(replace(POST))
    assert stage.platform.requests == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(title=st.text(), summary=st.text(max_size=4000), wording=st.text(max_size=100), bare=st.booleans())
def test_any_post_fits_and_its_draft_survives_json(
    stage: Stage, title: str, summary: str, wording: str, bare: bool
) -> None:
    image = None if bare else POST.image
    draft = stage.adapter.compose(replace(POST, title=title, summary=summary, wording=wording, image=image))
    assert Draft.from_json(json.loads(json.dumps(draft.to_json()))) == draft
    assert draft.count <= stage.adapter.limit_for(draft) <= stage.adapter.limits.characters
    assert all(isinstance(warning, str) for warning in stage.adapter.warnings(draft))
    assert draft.link == POST.link


def test_what_does_not_fit_is_refused_before_any_request(stage: Stage) -> None:
    with pytest.raises(UnsupportedError):
        stage.adapter.compose(replace(POST, wording="word " * 20_000))
    assert stage.platform.requests == []


def test_a_post_of_nothing_is_refused_before_any_request(stage: Stage) -> None:
    with pytest.raises(UnsupportedError):
        stage.adapter.compose(replace(POST, title="", summary="", link=""))
    assert stage.platform.requests == []


def test_prepare_twice_is_as_good_as_once_and_makes_nothing_public(stage: Stage) -> None:
    once = drafted(stage)
    before = len(stage.platform.requests)
    assert stage.adapter.prepare(once) == once
    assert len(stage.platform.requests) == before
    assert stage.published == []


def test_what_goes_wrong_while_preparing_is_no_doubt(stage: Stage) -> None:
    stage.platform.loses_the_next_reply(to="upload")
    with suppress(TransientError):
        stage.adapter.prepare(stage.adapter.compose(POST))
    assert stage.published == []


def test_publish_makes_exactly_one_thing_public(stage: Stage) -> None:
    draft = drafted(stage)
    receipt = published(stage, draft)
    (shown,) = stage.published
    assert receipt.id == shown.id
    assert receipt.url.startswith("https://")
    assert shown.text == draft.text
    assert draft.link == shown.link or draft.link in shown.text


def test_a_picture_is_published_with_its_alternative_text_where_the_platform_takes_one(stage: Stage) -> None:
    draft = drafted(stage)
    published(stage, draft)
    (shown,) = stage.published
    if draft.image and stage.adapter.limits.alt_text:
        assert (shown.picture, shown.alt) == (True, draft.image.alt)


def test_the_same_again_is_what_the_platform_is_declared_to_make_of_it(stage: Stage) -> None:
    draft, limits = drafted(stage), stage.adapter.limits
    first = published(stage, draft)
    if limits.takes_key:
        assert published(stage, draft) == first
    elif limits.refuses_duplicates:
        with pytest.raises(DuplicateError):
            published(stage, draft)
    else:
        assert published(stage, draft) != first, "then the ledger alone keeps it from being sent twice"
    assert len(stage.published) == (1 if limits.takes_key or limits.refuses_duplicates else 2)


@pytest.mark.parametrize("refusal", REFUSALS)
def test_every_refusal_maps_to_its_error_and_nothing_is_public(stage: Stage, refusal: str) -> None:
    draft = drafted(stage)
    misbehave, error = REFUSALS[refusal]
    misbehave(stage.platform)
    with pytest.raises(error) as caught:
        published(stage, draft)
    assert type(caught.value) is error
    assert stage.published == []


def test_a_limit_is_waited_for_as_long_as_the_platform_says(stage: Stage) -> None:
    draft = drafted(stage)
    stage.platform.limits_for(600)
    with pytest.raises(TransientError) as caught:
        published(stage, draft)
    assert caught.value.retry_after is None or caught.value.retry_after >= timedelta(minutes=9)


@pytest.mark.parametrize("doubt", DOUBTS)
def test_a_reply_that_does_not_tell_is_doubt(stage: Stage, doubt: str) -> None:
    draft = drafted(stage)
    DOUBTS[doubt](stage.platform)
    with pytest.raises(InDoubtError):
        published(stage, draft, seconds=0.5)


def test_half_a_reply_is_doubt_unless_the_id_was_in_that_half(stage: Stage) -> None:
    draft = drafted(stage)
    stage.platform.sends_half_a_body()
    with suppress(InDoubtError):
        assert published(stage, draft).id == stage.published[0].id
    assert len(stage.published) == 1


def test_find_finds_what_publish_made_and_nothing_else(seen: Stage) -> None:
    draft, other = drafted(seen), replace(POST, title="Another title", link="https://blog.example.org/another")
    assert seen.adapter.find(draft, a_minute_ago()) is None
    receipt = published(seen, draft)
    published(seen, seen.adapter.prepare(seen.adapter.compose(other)))
    found = seen.adapter.find(draft, a_minute_ago())
    assert found is not None
    assert (found.id, found.url) == (receipt.id, receipt.url)
    assert (
        seen.adapter.find(seen.adapter.compose(replace(POST, link="https://blog.example.org/x")), a_minute_ago())
        is None
    )


@pytest.mark.parametrize("doubt", ["a lost reply", "500 after the work", "a page instead of an answer"])
def test_find_settles_the_doubt_about_a_post_that_was_made(seen: Stage, doubt: str) -> None:
    draft = drafted(seen)
    DOUBTS[doubt](seen.platform)
    with pytest.raises(InDoubtError):
        published(seen, draft)
    found = seen.adapter.find(draft, a_minute_ago())
    assert found is not None
    assert [found.id] == [shown.id for shown in seen.published]


@pytest.mark.parametrize("doubt", ["a reset before the work", "503 before the work", "a page and no work"])
def test_find_settles_the_doubt_about_a_post_that_was_not_made(seen: Stage, doubt: str) -> None:
    draft = drafted(seen)
    DOUBTS[doubt](seen.platform)
    with pytest.raises(InDoubtError):
        published(seen, draft)
    assert seen.adapter.find(draft, a_minute_ago()) is None


@pytest.mark.parametrize("doubt", DOUBTS)
def test_where_nobody_can_look_that_is_said_and_nothing_is_asked(unseen: Stage, doubt: str) -> None:
    draft = drafted(unseen)
    DOUBTS[doubt](unseen.platform)
    with pytest.raises(InDoubtError):
        published(unseen, draft, seconds=0.5)
    asked = len(unseen.platform.requests)
    with pytest.raises(CannotTellError):
        unseen.adapter.find(draft, a_minute_ago())
    assert len(unseen.platform.requests) == asked


def test_a_post_that_belongs_to_another_delivery_does_not_count(seen: Stage) -> None:
    draft = drafted(seen)
    receipt = published(seen, draft)
    assert seen.adapter.find(draft, a_minute_ago(), others={receipt.id}) is None
    assert seen.adapter.find(draft, a_minute_ago(), others={receipt.url}) is None, "an address that a person gave"


@pytest.mark.parametrize("trouble", ["down", "limited", "revoked", "nonsense", "failing", "half"])
def test_a_look_that_fails_is_no_proof_of_absence(seen: Stage, trouble: str) -> None:
    draft = drafted(seen)
    {
        "down": seen.platform.is_down,
        "limited": lambda: seen.platform.limits_for(60, to="any"),
        "revoked": lambda: seen.platform.revokes_the_token(*HIDDEN_BY.get(seen.adapter.kind, ())),
        "nonsense": lambda: seen.platform.answers_nonsense(times=3, to="any"),
        "failing": lambda: seen.platform.fails_the_next(503, to="any"),
        "half": lambda: seen.platform.sends_half_a_body(to="any"),
    }[trouble]()
    with pytest.raises(CannotTellError):
        seen.adapter.find(draft, a_minute_ago())


def test_check_names_the_account_and_changes_nothing(stage: Stage) -> None:
    account = stage.adapter.check()
    assert account.id
    assert account.name
    assert stage.published == []


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        pytest.param(lambda platform: platform.revokes_the_token(), CredentialError, id="revoked"),
        pytest.param(lambda platform: platform.is_down(), TransientError, id="down"),
        pytest.param(lambda platform: platform.fails_the_next(503, times=3, to="any"), TransientError, id="failing"),
        pytest.param(lambda platform: platform.answers_nonsense(times=3, to="any"), TransientError, id="nonsense"),
    ],
)
def test_check_tells_a_wrong_key_from_a_bad_day(stage: Stage, trouble: FaultOf, error: type[AdapterError]) -> None:
    trouble(stage.platform)
    with pytest.raises(error):
        stage.adapter.check()


def test_withdraw_takes_the_post_back(stage: Stage) -> None:
    receipt = published(stage, drafted(stage))
    with suppress(UnsupportedError):
        stage.adapter.withdraw(receipt)
        assert stage.published == []


@pytest.mark.parametrize("trouble", ["nothing", *REFUSALS, *DOUBTS])
def test_no_secret_is_in_any_draft_receipt_error_log_line_or_address(
    stage: Stage, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    draft = drafted(stage)
    if trouble != "nothing":
        (DOUBTS.get(trouble) or REFUSALS[trouble][0])(stage.platform)
    seen = [repr(draft)]
    for step in (
        lambda: published(stage, draft, 0.5),
        lambda: stage.adapter.find(draft, a_minute_ago()),
        stage.adapter.check,
    ):
        try:
            seen.append(repr(step()))
        except AdapterError as error:
            seen += [*traceback.format_exception(error), repr(error.__cause__), repr(error.__context__)]
    asked = "\n".join(f"{request.path}?{request.raw_query}" for request in stage.platform.requests)
    told = "\n".join([*seen, caplog.text, "" if stage.adapter.limits.secret_in_address else asked])
    secrets = stage.adapter.credentials.values()
    forms = {form for secret in secrets for form in (secret, requote_uri(secret), quote(secret, safe=""))}
    assert [form for form in forms if form in told] == []
