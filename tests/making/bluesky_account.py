"""What the tests of Bluesky are made of: an account on the simulated server, and a post."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.bluesky.adapter import Bluesky
from adapters.contract import Draft, Post, Receipt
from bot.simulator import Simulator
from bot.simulator.bluesky.api import HANDLE
from tests.making.kinds import IMAGE, built
from tests.making.ledger import offline

LINK = "https://blog.example.org/biopsy/"
POST = Post("What is a biopsy?", LINK, "How it is done, and what comes next.", language="en-GB", image=IMAGE)
ANA = "did:plc:ana22222222222222222222"


def account(simulator: Simulator, **options: Any) -> Any:
    """The adapter of the simulated account."""
    return built(Bluesky, simulator.bluesky.base_url, **{"identifier": HANDLE} | options)


def composed(**changed: Any) -> Draft:
    """The draft of the post, with these changes."""
    return offline("bluesky", identifier=HANDLE).compose(replace(POST, **changed))


def ready(adapter: Any, **changed: Any) -> Draft:
    """The same, prepared."""
    draft = adapter.prepare(adapter.compose(replace(POST, **changed)))
    assert isinstance(draft, Draft)
    return draft


def published(adapter: Any, **changed: Any) -> Receipt:
    """The same, published."""
    receipt = adapter.publish(ready(adapter, **changed), "key")
    assert isinstance(receipt, Receipt)
    return receipt


def asked(simulator: Simulator, name: str) -> list[Any]:
    """The requests for a method."""
    return [request for request in simulator.bluesky.requests if request.path.endswith(f".{name}")]


def a_minute_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)
