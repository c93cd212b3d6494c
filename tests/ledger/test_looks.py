"""When a look may be believed, and what each makes of a doubt."""

from __future__ import annotations

from datetime import timedelta

from bot.desk.decisions import By, retry, settle_absent
from bot.ledger import attempts, looks
from bot.ledger.database import now
from bot.ledger.deliveries import Ledger
from bot.model import State
from tests.making.ledger import a_channel, a_delivery, read, told


def test_a_look_that_finds_nothing_is_proof_only_after_the_lease_and_the_platforms_own_delay(
    ledger: Ledger, clock
) -> None:
    channel = a_channel(ledger.database)
    delivery = _in_doubt(ledger, channel)
    clock.shift(60)
    looks.absent(ledger, read(ledger.database, delivery), now())
    assert read(ledger.database, delivery).state is State.IN_DOUBT
    clock.shift(attempts.LEASE)
    looks.absent(ledger, read(ledger.database, delivery), now())
    assert read(ledger.database, delivery).state is State.PENDING


def test_a_first_attempt_refused_as_a_duplicate_and_proven_absent_is_a_persons_decision(ledger: Ledger, clock) -> None:
    channel = a_channel(ledger.database)
    delivery = _in_doubt(ledger, channel, duplicate=True)
    clock.shift(timedelta(minutes=5))
    looks.absent(ledger, read(ledger.database, delivery), now())
    assert read(ledger.database, delivery).state is State.FAILED
    assert told(ledger.database)


def test_looks_without_an_answer_come_ever_later_and_after_a_day_a_person_is_asked_once(ledger: Ledger, clock) -> None:
    channel = a_channel(ledger.database)
    delivery = _in_doubt(ledger, channel)
    count = 0
    while (stands := read(ledger.database, delivery)).look_at is not None:
        clock.move_to(stands.look_at)
        assert [one.id for one in looks.to_look_for(ledger, channel)] == [delivery.id]
        looks.cannot_tell(ledger, stands, "The timeline did not open.")
        count += 1
    assert 8 < count < 20
    assert len(told(ledger.database)) == 1
    assert f"oncecast settle {delivery.entry_id}/x" in told(ledger.database)[0]


def test_where_there_is_no_way_to_look_a_person_is_asked_at_once(ledger: Ledger) -> None:
    channel = a_channel(ledger.database)
    delivery = a_delivery(ledger.database, channel)
    claimed = attempts.claim(ledger, channel)
    assert claimed is not None
    attempts.doubted(ledger, channel, claimed, "The reply was lost.", None)
    assert read(ledger.database, delivery).look_at is None
    assert len(told(ledger.database)) == 1


def _in_doubt(ledger: Ledger, channel, **evidence: object):
    delivery = a_delivery(ledger.database, channel)
    claimed = attempts.claim(ledger, channel)
    assert claimed is not None
    assert attempts.mark_attempted(ledger, claimed)
    attempts.doubted(ledger, channel, claimed, "No reply.", channel.adapter.limits.find_after, **evidence)
    return delivery


def test_each_doubt_is_told_also_where_a_person_has_answered_for_the_one_before(ledger: Ledger, clock) -> None:
    channel = a_channel(ledger.database)
    delivery = a_delivery(ledger.database, channel)
    for doubts in (1, 2, 3):
        claimed = attempts.claim(ledger, channel)
        assert claimed is not None
        assert attempts.mark_attempted(ledger, claimed)
        attempts.doubted(ledger, channel, claimed, "The reply was lost.", None)
        assert len(told(ledger.database)) == doubts
        settle_absent(By(ledger.database, "ana"), delivery.id)
        clock.shift(600)


def test_each_failure_is_told_also_after_a_person_has_tried_again(ledger: Ledger, clock) -> None:
    channel = a_channel(ledger.database)
    delivery = a_delivery(ledger.database, channel)
    for failures in (1, 2, 3):
        claimed = attempts.claim(ledger, channel)
        assert claimed is not None
        assert attempts.mark_attempted(ledger, claimed)
        attempts.failed(ledger, channel, claimed, "No.")
        assert len(told(ledger.database)) == failures
        clock.shift(600)
        retry(By(ledger.database, "ana"), channel, delivery.id)
