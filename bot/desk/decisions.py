"""What a person decides about deliveries and channels; each function is one transaction and leaves an event.

A decision that the table of transitions does not allow is refused with a sentence that says what can be done instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.desk.words import OPEN_WORDS
from bot.ledger.channels import go_on
from bot.ledger.database import Database, TakenError, Transaction, each_its_own_address, now
from bot.ledger.deliveries import change, delivery_by_id, move, note
from bot.ledger.entries import load, seen_lately, shown_by, wants_look
from bot.ledger.holds import unhold
from bot.ledger.planned import Planned, write_delivery
from bot.ledger.waiting import held_of, open_of, piled_up
from bot.model import Channel, Delivery, Hold, State
from bot.planning import drafts


class RefusedError(Exception):
    """A decision that cannot be carried out; the text says why, and what can be done instead."""


@dataclass(frozen=True, slots=True)
class By:
    """Who decides, in which ledger."""

    database: Database
    who: str


def _decide(by: By, delivery_id: int, allowed: Sequence[State], act: Callable[[Transaction, Delivery], bool]) -> None:
    """Run a decision on a delivery that is in one of the allowed states. Raises RefusedError otherwise."""
    with by.database.write() as connection:
        try:
            delivery = delivery_by_id(connection, delivery_id)
        except LookupError as error:
            raise RefusedError(f"{error} `oncecast queue` and `oncecast history` show the ids.") from None
        if delivery.state not in allowed or not act(connection, delivery):
            stands = OPEN_WORDS[delivery_by_id(connection, delivery_id).state].format(id=delivery_id)
            raise RefusedError(f"Delivery {delivery_id} is {stands}.")


def _decide_with_address(
    by: By, delivery_id: int, allowed: Sequence[State], act: Callable[[Transaction, Delivery], bool]
) -> None:
    """The same for a decision that names a post's address, which can be one delivery's only."""
    try:
        with each_its_own_address():
            _decide(by, delivery_id, allowed, act)
    except TakenError:
        raise RefusedError(
            "This address belongs to another delivery of the channel already: `oncecast history` shows which. "
            "Give the address of this delivery's own post."
        ) from None


def hold(by: By, delivery_id: int) -> None:
    """Keep a delivery back until it is released."""

    def act(connection: Transaction, delivery: Delivery) -> bool:
        holds = sorted(delivery.holds | {Hold.APPROVAL})
        if delivery.state is State.HELD:
            return change(connection, delivery, holds=holds)
        return move(connection, delivery.id, delivery.state, State.HELD, by.who, "Held by hand.", holds=holds)

    _decide(by, delivery_id, (State.PENDING, State.HELD), act)


def release(by: By, delivery_id: int) -> None:
    """Release a held delivery; its page is looked at once more unless that was done just now."""
    _decide(by, delivery_id, (State.HELD,), lambda connection, delivery: _release(connection, delivery, by.who))


def release_feed(by: By, feed: str) -> list[int]:
    """Release all that is held of the entries of a feed; returns the ids."""
    with by.database.write() as connection:
        held = held_of(connection, shown_by(connection, feed))
        return [delivery.id for delivery in held if _release(connection, delivery, by.who)]


def _release(connection: Transaction, delivery: Delivery, who: str) -> bool:
    if delivery.draft is None:
        return False
    change(connection, delivery, approved=True)
    if seen_lately(load(connection, delivery.entry_id)):
        unhold(connection, delivery, set(Hold), who, "Released.", due_at=max(delivery.due_at, now()))
        return True
    wants_look(connection, delivery.entry_id, now())
    note(connection, delivery.id, who, "Released; its page is looked at first.", State.HELD, State.HELD)
    return change(connection, delivery, holds=[Hold.PAGE])


def edit(by: By, channel: Channel, delivery_id: int, wording: str) -> None:
    """Give a delivery a person's own words; it is composed anew."""

    def act(connection: Transaction, delivery: Delivery) -> bool:
        stored = load(connection, delivery.entry_id)
        draft = drafts.draft_for(channel, stored, wording)
        if isinstance(draft, str):
            raise RefusedError(draft)
        note(connection, delivery.id, by.who, "Edited.", delivery.state, delivery.state)
        values = {"draft": draft.to_json(), "wording": wording, "prepared": {}, "prepared_until": None}
        return change(connection, delivery, **values)

    _decide(by, delivery_id, (State.HELD, State.PENDING, State.FAILED), act)


def retry(by: By, channel: Channel, delivery_id: int) -> None:
    """Try a failed delivery again, from the beginning of its pauses."""

    def act(connection: Transaction, delivery: Delivery) -> bool:
        stored = load(connection, delivery.entry_id)
        draft = drafts.draft_for(channel, stored, delivery.wording)
        if isinstance(draft, str):
            raise RefusedError(f"{draft} `oncecast edit {delivery_id}` gives it other words.")
        values = {"due_at": now(), "attempts": 0, "draft": draft.to_json(), "prepared": {}, "prepared_until": None}
        return move(connection, delivery.id, State.FAILED, State.PENDING, by.who, "Tried again by hand.", **values)

    _decide(by, delivery_id, (State.FAILED,), act)


def cancel(by: By, delivery_id: int, why: str = "Cancelled by hand.") -> None:
    """End a delivery without publishing it; one in doubt is given up, whatever became of it."""
    allowed = (State.HELD, State.PENDING, State.FAILED, State.HANDED_OVER, State.IN_DOUBT)
    _decide(by, delivery_id, allowed, _to(by, State.CANCELLED, why))


def done(by: By, delivery_id: int, url: str = "") -> None:
    """A person has shared a delivery that was handed over."""
    receipt = {"receipt_id": url or None, "receipt_url": url}
    _decide_with_address(by, delivery_id, (State.HANDED_OVER,), _to(by, State.PUBLISHED, "Shared by hand.", **receipt))


def settle_published(by: By, delivery_id: int, url: str) -> None:
    """A person has seen that a delivery in doubt is public."""
    receipt = {"receipt_id": url, "receipt_url": url}
    found = _to(by, State.PUBLISHED, "A person found it public.", **receipt)
    _decide_with_address(by, delivery_id, (State.IN_DOUBT,), found)


def settle_absent(by: By, delivery_id: int) -> None:
    """A person has seen that a delivery in doubt is not public; it is sent again."""
    why = "A person looked: it is not public."
    _decide(by, delivery_id, (State.IN_DOUBT,), _to(by, State.PENDING, why, due_at=now(), in_question=False))


def _to(by: By, became: State, why: str, **values: object) -> Callable[[Transaction, Delivery], bool]:
    def act(connection: Transaction, delivery: Delivery) -> bool:
        return move(connection, delivery.id, delivery.state, became, by.who, why, **values)

    return act


def repost(by: By, channel: Channel, entry_id: int, wording: str = "") -> int:
    """Plan the next round of an entry on a channel. Raises RefusedError while one is open, or if it cannot be made."""
    with by.database.write() as connection:
        stored = load(connection, entry_id)
        draft = drafts.draft_for(channel, stored, wording)
        if isinstance(draft, str):
            raise RefusedError(draft)
        planned = Planned(entry_id, channel, draft, now(), frozenset({Hold.PAGE}), wording, "Shared by hand.")
        delivery_id = write_delivery(connection, planned, who=by.who, again=True)
        if delivery_id is None:
            (still,) = (each for each in open_of(connection, entry_id) if each.channel_id == channel.id)
            stands = OPEN_WORDS[still.state].format(id=still.id)
            raise RefusedError(f"{channel.name}: delivery {still.id} of this entry is open ({stands}).")
        wants_look(connection, entry_id, now())
        return delivery_id


def resume(by: By, channel_id: int, guard: int = 5) -> int:
    """Let a paused channel go on; what has piled up beyond the guard's number is held. Returns how many are held."""
    with by.database.write() as connection:
        go_on(connection, channel_id)
        piled = piled_up(connection, channel_id)
        if len(piled) <= guard:
            return 0
        why = f"{len(piled)} had piled up while the channel was paused."
        held = {"holds": [Hold.GUARD]}
        return sum(move(connection, each.id, State.PENDING, State.HELD, by.who, why, **held) for each in piled)
