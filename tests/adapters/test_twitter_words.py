"""X's own words for people are shown, each once, and nothing that means nothing."""

from __future__ import annotations

import pytest

from adapters.contract import RejectedError
from bot.simulator import Simulator
from tests.making.kinds import POST, staged


def refused(simulator: Simulator, **problem: object) -> str:
    """What a person reads of a post that X refused like this."""
    adapter = staged("twitter", simulator).adapter
    draft = adapter.prepare(adapter.compose(POST))
    simulator.twitter.refuses_the_next(403, problem)
    with pytest.raises(RejectedError) as refusal:
        adapter.publish(draft, "key")
    return str(refusal.value)


def test_what_is_said_twice_is_shown_once(simulator: Simulator) -> None:
    told = refused(simulator, title="Forbidden", detail="Forbidden", type="about:blank", status=403)
    assert told == "X refused it (403): Forbidden"


def test_details_and_reasons_are_all_shown(simulator: Simulator) -> None:
    told = refused(simulator, title="Invalid Request", detail="One or more.", errors=[{"message": "media_ids: odd"}])
    assert told == "X refused it (403): One or more. media_ids: odd Invalid Request"
