"""What can happen to a delivery on its way to a platform, and how each end is written down."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.ledger import attempts, recovery
from bot.ledger.deliveries import Ledger
from bot.ledger.schema import deliveries
from bot.model import Channel, Delivery, State
from bot.simulator import Simulator
from bot.steps import deliver, reconcile
from tests.making.kinds import KINDS, POST, SEARCHABLE, UNSEEN, Stage, staged
from tests.making.ledger import a_channel, a_delivery, an_entry, an_entry_id, log_of, offline, read, told


@pytest.fixture
def stage(simulator: Simulator) -> Stage:
    """A platform that would take the same post twice; every fault on every kind is in the matrix of `promise`."""
    made = staged("twitter", simulator)
    made.platform.overlooks_duplicates()
    return made


@pytest.fixture(params=SEARCHABLE)
def seen(request: pytest.FixtureRequest, simulator: Simulator) -> Stage:
    """A kind on which one can look, on a platform that would take the same post twice."""
    made = staged(request.param, simulator)
    made.platform.overlooks_duplicates()
    return made


@pytest.fixture(params=UNSEEN)
def unseen(request: pytest.FixtureRequest, simulator: Simulator) -> Stage:
    """A kind on which nobody can look."""
    return staged(request.param, simulator)


def on(stage: Stage, ledger: Ledger) -> tuple[Channel, Delivery]:
    channel = a_channel(ledger.database, stage.adapter.kind, stage.adapter)
    return channel, a_delivery(ledger.database, channel)


def looked_until_settled(ledger: Ledger, channel: Channel, delivery: Delivery, clock) -> Delivery:
    """Let time pass and looks happen until the delivery is no longer in doubt."""
    for _ in range(20):
        stands = read(ledger.database, delivery)
        if stands.state is not State.IN_DOUBT or stands.look_at is None:
            return stands
        clock.move_to(stands.look_at)
        reconcile.reconcile(ledger, channel)
    raise AssertionError("the doubt did not end")


def test_a_post_is_published_once_and_its_address_recorded(ledger: Ledger, simulator: Simulator, clock) -> None:
    stage = staged("twitter", simulator)
    channel, delivery = on(stage, ledger)
    assert deliver.deliver(ledger, channel)
    assert not deliver.deliver(ledger, channel)
    (post,) = stage.published
    recorded = read(ledger.database, delivery)
    assert (recorded.state, recorded.receipt_id) == (State.PUBLISHED, post.id)
    assert log_of(ledger.database, delivery) == [(None, "pending"), ("pending", "sending"), ("sending", "published")]


@pytest.mark.parametrize("accepted", [True, False])
def test_a_doubt_settles_itself_and_the_post_is_public_once(
    stage: Stage, accepted: bool, on_sqlite: Ledger, clock
) -> None:
    channel, delivery = on(stage, on_sqlite)
    stage.platform.fails_the_next(accepted=accepted)
    deliver.deliver(on_sqlite, channel)
    assert read(on_sqlite.database, delivery).state is State.IN_DOUBT
    stands = looked_until_settled(on_sqlite, channel, delivery, clock)
    assert stands.state is (State.PUBLISHED if accepted else State.PENDING)
    assert deliver.deliver(on_sqlite, channel) is not accepted
    assert read(on_sqlite.database, delivery).state is State.PUBLISHED
    assert len(stage.published) == 1


@pytest.mark.parametrize("accepted", [True, False])
def test_where_nobody_can_look_a_doubt_is_a_question_at_once_and_nothing_is_sent_again(
    unseen: Stage, accepted: bool, on_sqlite: Ledger, clock
) -> None:
    channel, delivery = on(unseen, on_sqlite)
    unseen.platform.fails_the_next(accepted=accepted)
    deliver.deliver(on_sqlite, channel)
    sent = len(unseen.platform.requests)
    assert [
        f"oncecast settle {delivery.entry_id}/{channel.name} --absent" in text for text in told(on_sqlite.database)
    ] == [True]
    for _ in range(5):
        clock.shift(timedelta(days=1))
        recovery.recover(on_sqlite, [channel])
        reconcile.reconcile(on_sqlite, channel)
        deliver.deliver(on_sqlite, channel)
    assert (read(on_sqlite.database, delivery).state, len(told(on_sqlite.database))) == (State.IN_DOUBT, 1)
    assert len(unseen.platform.requests) == sent


def test_where_nobody_can_look_a_crash_in_mid_delivery_is_a_question_too(
    unseen: Stage, on_sqlite: Ledger, clock
) -> None:
    channel, delivery = on(unseen, on_sqlite)
    claimed = attempts.claim(on_sqlite, channel)
    assert claimed is not None
    assert attempts.mark_attempted(on_sqlite, claimed)
    clock.shift(attempts.LEASE)
    recovery.recover(on_sqlite, [channel])
    stands = read(on_sqlite.database, delivery)
    assert (stands.state, stands.look_at, len(told(on_sqlite.database))) == (State.IN_DOUBT, None, 1)


def test_what_was_published_before_a_crash_is_found_and_not_sent_again(stage: Stage, on_sqlite: Ledger, clock) -> None:
    channel, delivery = on(stage, on_sqlite)
    claimed = attempts.claim(on_sqlite, channel)
    assert claimed is not None
    ready = deliver._prepare(on_sqlite, channel, claimed)
    deliver._publish(on_sqlite, channel, claimed, ready)  # type: ignore[arg-type]
    clock.shift(attempts.LEASE)
    recovery.recover(on_sqlite, [channel])
    assert read(on_sqlite.database, delivery).state is State.IN_DOUBT
    assert looked_until_settled(on_sqlite, channel, delivery, clock).state is State.PUBLISHED
    assert len(stage.published) == 1


def test_a_platform_that_cannot_be_reached_leaves_the_delivery_pending(stage: Stage, on_sqlite: Ledger, clock) -> None:
    channel, delivery = on(stage, on_sqlite)
    stage.platform.is_down()
    deliver.deliver(on_sqlite, channel)
    assert read(on_sqlite.database, delivery).state is State.PENDING
    stage.platform.is_up()
    clock.shift(60)
    deliver.deliver(on_sqlite, channel)
    assert read(on_sqlite.database, delivery).state is State.PUBLISHED


def test_a_refusal_fails_with_the_platforms_reason_and_is_told(stage: Stage, on_sqlite: Ledger) -> None:
    channel, delivery = on(stage, on_sqlite)
    stage.platform.refuses_the_next(400)
    deliver.deliver(on_sqlite, channel)
    stands = read(on_sqlite.database, delivery)
    assert stands.state is State.FAILED
    assert stands.why in told(on_sqlite.database)[0]
    assert stage.published == []


def test_a_revoked_token_pauses_the_channel_until_a_person_resumes_it(stage: Stage, on_sqlite: Ledger) -> None:
    channel, delivery = on(stage, on_sqlite)
    stage.platform.revokes_the_token()
    deliver.deliver(on_sqlite, channel)
    assert read(on_sqlite.database, delivery).state is State.PENDING
    assert deliver.due(on_sqlite, [channel]) == []
    assert len(told(on_sqlite.database)) == 1


def test_an_upload_that_succeeded_before_the_crash_is_used_again(
    on_sqlite: Ledger, simulator: Simulator, clock
) -> None:
    stage = staged("twitter", simulator)
    channel, delivery = on(stage, on_sqlite)
    draft = stage.adapter.compose(POST)
    _give(on_sqlite, delivery, draft.to_json())
    stage.platform.fails_the_next(429)
    deliver.deliver(on_sqlite, channel)
    assert read(on_sqlite.database, delivery).prepared
    clock.shift(timedelta(hours=1))
    deliver.deliver(on_sqlite, channel)
    uploads = [request for request in stage.platform.requests if request.path == "/2/media/upload"]
    assert len(uploads) == 1
    assert len(stage.published) == 1


def test_one_slow_channel_does_not_delay_another(on_sqlite: Ledger, simulator: Simulator) -> None:
    slow, quick = staged("twitter", simulator), staged("facebook", simulator)
    entry_id = an_entry_id(on_sqlite.database)
    slow_channel = a_channel(on_sqlite.database, "slow", slow.adapter)
    quick_channel = a_channel(on_sqlite.database, "quick", quick.adapter)
    for channel in (slow_channel, quick_channel):
        a_delivery(on_sqlite.database, channel, entry_id)
    assert attempts.claim(on_sqlite, slow_channel) is not None
    assert deliver.deliver(on_sqlite, quick_channel)
    assert len(quick.published) == 1


def test_an_assisted_group_is_handed_over_and_told_once(ledger: Ledger) -> None:
    channel = a_channel(ledger.database, "group", offline("linkedin_group", group="4119104"))
    delivery = a_delivery(ledger.database, channel)
    assert deliver.deliver(ledger, channel)
    assert not deliver.deliver(ledger, channel)
    assert read(ledger.database, delivery).state is State.HANDED_OVER
    assert "ready to be shared by hand" in told(ledger.database)[0]


def test_a_gap_between_two_posts_is_kept(on_sqlite: Ledger, simulator: Simulator, clock) -> None:
    stage = staged("facebook", simulator)
    channel = a_channel(on_sqlite.database, "page", stage.adapter, gap=timedelta(minutes=10))
    for title in ("First", "Second"):
        a_delivery(on_sqlite.database, channel, an_entry_id(on_sqlite.database, an_entry(title)))
    assert deliver.deliver(on_sqlite, channel)
    assert not deliver.deliver(on_sqlite, channel)
    clock.shift(601)
    assert deliver.deliver(on_sqlite, channel)
    assert len(stage.published) == 2


def test_a_worker_that_wakes_up_after_its_lease_sends_nothing(on_sqlite: Ledger, simulator: Simulator, clock) -> None:
    stage = staged("facebook", simulator)
    channel, delivery = on(stage, on_sqlite)
    claimed = attempts.claim(on_sqlite, channel)
    assert claimed is not None
    clock.shift(attempts.LEASE)
    ready = deliver._prepare(on_sqlite, channel, claimed)
    assert deliver._publish(on_sqlite, channel, claimed, ready) is None  # type: ignore[arg-type]
    assert stage.published == []
    assert read(on_sqlite.database, delivery).state is State.SENDING


@pytest.mark.parametrize("kind", KINDS)
def test_no_secret_stands_in_the_ledger_after_a_failure(kind: str, simulator: Simulator, on_sqlite: Ledger) -> None:
    stage = staged(kind, simulator)
    channel, delivery = on(stage, on_sqlite)
    token = next(iter(stage.adapter.credentials.values()))
    stage.platform.refuses_the_next(400, body=f'{{"error": {{"message": "bad token {token}", "code": 100}}}}')
    deliver.deliver(on_sqlite, channel)
    assert token not in read(on_sqlite.database, delivery).why
    assert token not in "".join(told(on_sqlite.database))


def _give(ledger: Ledger, delivery: Delivery, draft: dict[str, object]) -> None:
    with ledger.database.write() as connection:
        connection.execute(update(deliveries).where(deliveries.c.id == delivery.id).values(draft=draft))
