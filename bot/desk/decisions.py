"""What a person decides about deliveries and channels; each leaves an event.

A decision that the table of transitions does not allow is refused as data; a face says what can be done instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.desk.refusals import Decision, Obstacle, Refusal, RefusedError, can_be
from bot.ledger.channels import go_on
from bot.ledger.database import Database, TakenError, Transaction, each_its_own_address, now
from bot.ledger.deliveries import change, delivery_by_id, move, name_of, note
from bot.ledger.entries import load, seen_lately, wants_look
from bot.ledger.holds import unhold
from bot.ledger.planned import Planned, write_delivery
from bot.ledger.waiting import open_of, piled_up
from bot.model import Channel, Delivery, Hold, State, delivery_name
from bot.planning import drafts


@dataclass(frozen=True, slots=True)
class By:
    """Who decides, in which ledger."""

    database: Database
    who: str


Act = Callable[[Transaction, Delivery], bool]
"""Carries a decision out; False when the delivery is no longer as it was read."""


def _decide(by: By, asked: Decision, delivery_id: int, act: Act) -> None:
    """Run a decision on a delivery that stands where it can be decided. Raises RefusedError otherwise."""
    with by.database.write() as connection:
        delivery = delivery_by_id(connection, delivery_id)
        if not can_be(asked, delivery) or not act(connection, delivery):
            raise _refused(connection, asked, delivery_by_id(connection, delivery_id), Obstacle.STANDS)


def _refused(
    connection: Transaction, asked: Decision, delivery: Delivery, obstacle: Obstacle, reason: str = ""
) -> RefusedError:
    name = name_of(connection, delivery)
    return RefusedError(Refusal(obstacle, name, asked, state=delivery.state, reason=reason))


def _decide_with_address(by: By, asked: Decision, delivery_id: int, act: Act) -> None:
    """The same for a decision that names a post's address, which can be one delivery's only."""
    try:
        with each_its_own_address():
            _decide(by, asked, delivery_id, act)
    except TakenError:
        with by.database.write() as connection:
            raise _refused(connection, asked, delivery_by_id(connection, delivery_id), Obstacle.TAKEN) from None


HELD_BY_HAND = "Held by hand."
"""Why a delivery is held that a person held."""


def hold(by: By, delivery_id: int) -> None:
    """Keep a delivery back until it is released."""

    def act(connection: Transaction, delivery: Delivery) -> bool:
        holds = sorted(delivery.holds | {Hold.APPROVAL})
        if delivery.state is State.HELD:
            return change(connection, delivery, holds=holds)
        return move(connection, delivery.id, delivery.state, State.HELD, by.who, HELD_BY_HAND, holds=holds)

    _decide(by, Decision.HOLD, delivery_id, act)


def release(by: By, delivery_id: int) -> None:
    """Release a held delivery; its page is looked at once more unless that was done just now."""

    def act(connection: Transaction, delivery: Delivery) -> bool:
        if delivery.draft is None:
            raise _refused(connection, Decision.RELEASE, delivery, Obstacle.NO_WORDS, delivery.why)
        change(connection, delivery, approved=True)
        if seen_lately(load(connection, delivery.entry_id)):
            unhold(connection, delivery, set(Hold), by.who, "Released.", due_at=max(delivery.due_at, now()))
            return True
        wants_look(connection, delivery.entry_id, now())
        note(connection, delivery.id, by.who, "Released; its page is looked at first.", State.HELD, State.HELD)
        return change(connection, delivery, holds=[Hold.PAGE])

    _decide(by, Decision.RELEASE, delivery_id, act)


def edit(by: By, channel: Channel, delivery_id: int, wording: str) -> None:
    """Give a delivery a person's own words; it is composed anew."""

    def act(connection: Transaction, delivery: Delivery) -> bool:
        stored = load(connection, delivery.entry_id)
        draft = drafts.draft_for(channel, stored, wording)
        if isinstance(draft, str):
            raise _refused(connection, Decision.EDIT, delivery, Obstacle.UNFIT, draft)
        note(connection, delivery.id, by.who, "Edited.", delivery.state, delivery.state)
        values = {"draft": draft.to_json(), "wording": wording, "prepared": {}, "prepared_until": None}
        return change(connection, delivery, **values)

    _decide(by, Decision.EDIT, delivery_id, act)


def retry(by: By, channel: Channel, delivery_id: int) -> None:
    """Try a failed delivery again, from the beginning of its pauses."""

    def act(connection: Transaction, delivery: Delivery) -> bool:
        stored = load(connection, delivery.entry_id)
        draft = drafts.draft_for(channel, stored, delivery.wording)
        if isinstance(draft, str):
            raise _refused(connection, Decision.RETRY, delivery, Obstacle.UNFIT, draft)
        values = {"due_at": now(), "attempts": 0, "draft": draft.to_json(), "prepared": {}, "prepared_until": None}
        return move(connection, delivery.id, State.FAILED, State.PENDING, by.who, "Tried again by hand.", **values)

    _decide(by, Decision.RETRY, delivery_id, act)


def cancel(by: By, delivery_id: int, seen: State | None = None) -> None:
    """End a delivery without publishing it; one in doubt is given up, whatever became of it.

    `seen` is where the person saw it: one that has moved on since, into doubt above all, is not ended unseen.
    """

    def act(connection: Transaction, delivery: Delivery) -> bool:
        return delivery.state is (seen or delivery.state) and end(connection, delivery)

    end = _to(by, State.CANCELLED, "Cancelled by hand.")
    _decide(by, Decision.CANCEL, delivery_id, act)


def skip(by: By, delivery_id: int) -> None:
    """Pass over a delivery that waits, or was handed over."""
    _decide(by, Decision.SKIP, delivery_id, _to(by, State.CANCELLED, "Skipped by hand."))


def done(by: By, delivery_id: int, url: str = "") -> None:
    """A person has shared a delivery that was handed over."""
    receipt = {"receipt_id": url or None, "receipt_url": url}
    _decide_with_address(by, Decision.DONE, delivery_id, _to(by, State.PUBLISHED, "Shared by hand.", **receipt))


def settle_published(by: By, delivery_id: int, url: str) -> None:
    """A person has seen that a delivery is public which is in doubt, or was attempted and is not sent again yet."""
    receipt = {"receipt_id": url, "receipt_url": url}
    found = _to(by, State.PUBLISHED, "A person found it public.", **receipt)
    _decide_with_address(by, Decision.FOUND, delivery_id, found)


def settle_absent(by: By, delivery_id: int) -> None:
    """A person has seen that a delivery in doubt is not public; it is sent again."""
    why = "A person looked: it is not public."
    _decide(by, Decision.SETTLE, delivery_id, _to(by, State.PENDING, why, due_at=now(), in_question=False))


def _to(by: By, became: State, why: str, **values: object) -> Act:
    def act(connection: Transaction, delivery: Delivery) -> bool:
        return move(connection, delivery.id, delivery.state, became, by.who, why, **values)

    return act


def repost(by: By, channel: Channel, entry_id: int, wording: str = "") -> Delivery:
    """Plan the next round of an entry on a channel. Raises RefusedError while one is open, or if it cannot be made."""
    with by.database.write() as connection:
        stored = load(connection, entry_id)
        draft = drafts.draft_for(channel, stored, wording)
        if isinstance(draft, str):
            name = delivery_name(entry_id, channel.name, 1)
            raise RefusedError(Refusal(Obstacle.UNFIT, name, Decision.REPOST, reason=draft))
        planned = Planned(entry_id, channel, draft, now(), frozenset({Hold.PAGE}), wording, "Shared by hand.")
        delivery_id = write_delivery(connection, planned, who=by.who, again=True)
        if delivery_id is None:
            (still,) = (each for each in open_of(connection, entry_id) if each.channel_id == channel.id)
            raise _refused(connection, Decision.REPOST, still, Obstacle.STANDS)
        wants_look(connection, entry_id, now())
        return delivery_by_id(connection, delivery_id)


def resume(by: By, channel_id: int, guard: int = 5) -> list[str] | None:
    """Let a paused channel go on; what has piled up beyond the guard's number is held.

    Returns the names of what is held; None, and nothing is changed, when the channel was not paused.
    """
    with by.database.write() as connection:
        if not go_on(connection, channel_id):
            return None
        piled = piled_up(connection, channel_id)
        if len(piled) <= guard:
            return []
        why = f"{len(piled)} had piled up while the channel was paused."
        to_held = (State.PENDING, State.HELD, by.who, why)
        held = [each for each in piled if move(connection, each.id, *to_held, holds=[Hold.GUARD])]
        return [name_of(connection, each) for each in held]
