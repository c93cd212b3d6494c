"""What a person may decide about a delivery that stands here or there, and a refusal as data: each face words it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.model import Delivery, State


class Decision(StrEnum):
    """What a person decides about a delivery; `repost` is about an entry on a channel."""

    HOLD = "hold"
    RELEASE = "release"
    EDIT = "edit"
    RETRY = "retry"
    CANCEL = "cancel"
    SKIP = "skip"
    DONE = "done"
    SETTLE = "settle"
    """It is not public."""
    FOUND = "found"
    """It is public."""
    REPOST = "repost"


ALLOWED: Mapping[Decision, frozenset[State]] = {
    Decision.HOLD: frozenset({State.PENDING, State.HELD}),
    Decision.RELEASE: frozenset({State.HELD}),
    Decision.EDIT: frozenset({State.HELD, State.PENDING, State.FAILED}),
    Decision.RETRY: frozenset({State.FAILED}),
    Decision.CANCEL: frozenset({State.HELD, State.PENDING, State.FAILED, State.HANDED_OVER, State.IN_DOUBT}),
    Decision.SKIP: frozenset({State.HELD, State.PENDING, State.HANDED_OVER}),
    Decision.DONE: frozenset({State.HANDED_OVER}),
    Decision.SETTLE: frozenset({State.IN_DOUBT}),
    Decision.FOUND: frozenset({State.IN_DOUBT, State.HELD, State.PENDING, State.FAILED}),
    Decision.REPOST: frozenset({State.PUBLISHED, State.CANCELLED}),
}
"""The states of a delivery in which each can be decided."""


def can_be(asked: Decision, delivery: Delivery) -> bool:
    """Whether this can be decided about a delivery; only what was attempted, or is in doubt, can be found public."""
    attempted = delivery.state is State.IN_DOUBT or delivery.first_attempted_at is not None
    return delivery.state in ALLOWED[asked] and (attempted or asked is not Decision.FOUND)


class Obstacle(StrEnum):
    """Why something is refused."""

    STANDS = "stands"
    """It stands where this cannot be decided: `state`."""
    NOTHING = "nothing"
    """None of the entry's deliveries stands where this could be decided: `others` are those there are."""
    ONE_ONLY = "one_only"
    """This can be said of one delivery at a time: `known` are those that were meant."""
    NO_WORDS = "no_words"
    """There is nothing to send; `reason` says why."""
    UNFIT = "unfit"
    """Its words cannot be made into a post of that platform; `reason` says why."""
    TAKEN = "taken"
    """The address that was given is another delivery's of the channel."""
    INACTIVE = "inactive"
    """Its channel is not at work: the configuration has it no more, or not active."""
    NONSENSE = "nonsense"
    """What was said is no name of a delivery or an entry."""
    NO_ENTRY = "no_entry"
    """There is no such entry."""
    NO_CHANNEL = "no_channel"
    """There is no such channel, nor was there ever; `known` are those there are."""
    NOT_THERE = "not_there"
    """The entry has nothing on that channel; `known` are the deliveries it has."""
    NO_ROUND = "no_round"
    """The entry has no such round on that channel; `known` are those it has."""
    CONFLICT = "conflict"
    """One channel was named with the delivery and others beside it: `known`."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not done; `name` is the delivery's or entry's, or what was said in its place."""

    obstacle: Obstacle
    name: str
    asked: Decision | None = None
    channel: str = ""
    state: State | None = None
    reason: str = ""
    known: tuple[str, ...] = ()
    others: tuple[tuple[str, State], ...] = ()


class RefusedError(Exception):
    """Something that a person asked for and that was not done, for these reasons; each face words them."""

    def __init__(self, *refusals: Refusal) -> None:
        self.refusals = refusals
        super().__init__("; ".join(f"{refusal.name}: {refusal.obstacle}" for refusal in refusals))
