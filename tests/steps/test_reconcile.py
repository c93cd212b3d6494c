"""How a delivery in doubt settles itself: by looking, at what it costs, for a day, and then by asking a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select
from time_machine import Traveller

from adapters.contract import Draft, Post
from bot.desk.decisions import By, settle_absent, settle_published
from bot.ledger import attempts
from bot.ledger.database import now
from bot.ledger.deliveries import Ledger, delivery_by_id
from bot.ledger.planned import Planned, write_delivery
from bot.ledger.schema import events
from bot.model import Channel, Delivery, State
from bot.simulator import Request, Simulator
from bot.steps import deliver, reconcile
from tests.making.kinds import POST, SEARCHABLE, Stage, staged
from tests.making.ledger import a_channel, a_delivery, an_entry, read, told

PRICE_OF_A_POST, PRICE_OF_A_READ = 0.20, 0.001
DAY = timedelta(days=1)


def in_doubt(stage: Stage, ledger: Ledger, public: bool = True) -> tuple[Channel, Delivery]:
    """A delivery whose reply was lost, after or before it became public."""
    if public:
        stage.platform.loses_the_next_reply()
    else:
        stage.platform.resets_the_next()
    channel = a_channel(ledger.database, stage.adapter.kind, stage.adapter)
    delivery = a_delivery(ledger.database, channel)
    assert deliver.deliver(ledger, channel)
    return channel, read(ledger.database, delivery)


def looked(ledger: Ledger, channel: Channel, delivery: Delivery, clock: Traveller) -> Delivery:
    """Look whenever it is time, until no look is planned any more."""
    while (look_at := read(ledger.database, delivery).look_at) is not None:
        clock.move_to(look_at)
        reconcile.reconcile(ledger, channel)
    return read(ledger.database, delivery)


def reads_of(stage: Stage) -> list[Request]:
    """What each look has read; before the first list Mastodon is asked whose account this is."""
    reads = [request for request in stage.platform.requests if request.method == "GET"]
    led = {id(one) for one, following in pairwise(reads) if "verify" in one.path and "verify" not in following.path}
    return [request for request in reads if id(request) not in led]


@pytest.fixture(params=[kind for kind in SEARCHABLE if kind != "facebook photo"])  # without a picture it is a card
def stage(request: pytest.FixtureRequest, simulator: Simulator) -> Stage:
    """Each kind on which one can look, on a platform that would take the same post twice."""
    made = staged(request.param, simulator)
    made.platform.overlooks_duplicates()
    return made


def test_nobody_looks_before_the_platforms_own_delay_is_over(stage: Stage, on_sqlite: Ledger, clock: Traveller) -> None:
    channel, _ = in_doubt(stage, on_sqlite)
    find_after = stage.adapter.limits.find_after
    assert find_after is not None
    clock.shift(find_after - timedelta(seconds=1))
    assert reconcile.due(on_sqlite, [channel]) == []
    assert not reconcile.reconcile(on_sqlite, channel)
    assert reads_of(stage) == []
    clock.shift(1)
    assert reconcile.due(on_sqlite, [channel]) == [channel]
    assert reconcile.reconcile(on_sqlite, channel)
    assert len(reads_of(stage)) == 1


def test_absence_is_believed_only_when_the_attempt_cannot_be_at_work_any_more(
    stage: Stage, on_sqlite: Ledger, clock: Traveller
) -> None:
    channel, delivery = in_doubt(stage, on_sqlite, public=False)
    begun, find_after = now(), stage.adapter.limits.find_after
    assert find_after is not None
    assert looked(on_sqlite, channel, delivery, clock).state is State.PENDING
    assert now() == begun + attempts.LEASE + find_after
    assert len({read.at for read in reads_of(stage)}) == 2, "it looked twice"


def test_an_earlier_round_of_the_same_entry_is_not_taken_for_this_one(
    stage: Stage, on_sqlite: Ledger, clock: Traveller
) -> None:
    channel = a_channel(on_sqlite.database, stage.adapter.kind, stage.adapter)
    earlier = a_delivery(on_sqlite.database, channel)
    deliver.deliver(on_sqlite, channel)
    again = another_round(on_sqlite, channel, earlier)
    stage.platform.resets_the_next()
    deliver.deliver(on_sqlite, channel)
    assert looked(on_sqlite, channel, again, clock).state is State.PENDING
    deliver.deliver(on_sqlite, channel)
    assert read(on_sqlite.database, again).state is State.PUBLISHED
    assert len(stage.published) == 2


def test_looks_that_fail_go_on_for_a_day_and_then_a_person_is_asked_once(
    stage: Stage, on_sqlite: Ledger, clock: Traveller
) -> None:
    channel, delivery = in_doubt(stage, on_sqlite)
    stage.platform.fails_the_next(403, times=99, to="read")
    begun = now()
    asked = looked(on_sqlite, channel, delivery, clock)
    assert asked.state is State.IN_DOUBT
    assert DAY < now() - begun < DAY + timedelta(hours=6)
    name = f"{delivery.entry_id}/{channel.name}"
    assert [f"oncecast settle {name} --published URL" in text for text in told(on_sqlite.database)] == [True]
    clock.shift(timedelta(days=7))
    assert reconcile.due(on_sqlite, [channel]) == []
    assert len(reads_of(stage)) == asked.looks < 20


def test_a_look_at_x_reads_only_what_is_recent_and_costs_a_tenth_of_a_cent(
    simulator: Simulator, on_sqlite: Ledger, clock: Traveller
) -> None:
    stage = staged("twitter", simulator)
    published_before(stage, on_sqlite, 3)
    clock.shift(timedelta(days=2))
    owed = simulator.twitter.spent
    channel, delivery = in_doubt(stage, on_sqlite)
    assert looked(on_sqlite, channel, delivery, clock).state is State.PUBLISHED
    (look,) = reads_of(stage)
    assert look.path == "/2/users/1700000000/tweets"
    since = (delivery.first_attempted_at or now()) - datetime.fromisoformat(look.query["start_time"])
    assert timedelta(days=1) <= since <= timedelta(days=1, minutes=5)
    assert simulator.twitter.spent - owed == pytest.approx(PRICE_OF_A_POST + PRICE_OF_A_READ)


def test_a_day_of_looks_at_x_that_settle_nothing_costs_less_than_a_post(
    simulator: Simulator, on_sqlite: Ledger, clock: Traveller
) -> None:
    stage = staged("twitter", simulator)
    stage.platform.overlooks_duplicates()
    shared_by_a_colleague(stage)
    owed = simulator.twitter.spent
    channel, delivery = in_doubt(stage, on_sqlite, public=False)
    assert looked(on_sqlite, channel, delivery, clock).state is State.IN_DOUBT
    assert len(reads_of(stage)) == 13
    assert {look.query["max_results"] for look in reads_of(stage)} == {"100"}
    assert PRICE_OF_A_READ <= simulator.twitter.spent - owed <= 13 * PRICE_OF_A_READ


def test_x_is_searched_by_the_addresses_behind_its_short_links(
    simulator: Simulator, on_sqlite: Ledger, clock: Traveller
) -> None:
    stage = staged("twitter", simulator)
    other_page = Post(title=an_entry().title, link=f"{an_entry().link}second-part/")
    stage.adapter.publish(stage.adapter.compose(other_page), "another")
    channel, delivery = in_doubt(stage, on_sqlite)
    found = looked(on_sqlite, channel, delivery, clock)
    assert found.receipt_id == simulator.twitter.published[1].id
    assert "entities" in reads_of(stage)[0].query["tweet.fields"]


@pytest.mark.parametrize("kind", ["facebook", "facebook photo"])
def test_facebook_is_asked_for_its_published_posts_and_never_for_its_ranked_feed(
    kind: str, simulator: Simulator, on_sqlite: Ledger, clock: Traveller
) -> None:
    stage = staged(kind, simulator)
    published_before(stage, on_sqlite, 1)  # the ranked feed would now leave out the next one
    channel, delivery = in_doubt(stage, on_sqlite)
    assert looked(on_sqlite, channel, delivery, clock).state is State.PUBLISHED
    assert {look.path.rpartition("/")[2] for look in reads_of(stage)} == {"published_posts"}


def test_a_linkedin_page_is_searched_by_its_author(simulator: Simulator, on_sqlite: Ledger, clock: Traveller) -> None:
    stage = staged("linkedin", simulator)
    channel, delivery = in_doubt(stage, on_sqlite)
    assert looked(on_sqlite, channel, delivery, clock).state is State.PUBLISHED
    (look,) = reads_of(stage)
    assert (look.path, look.query["q"]) == ("/rest/posts", "author")
    assert look.query["author"] == "urn:li:organization:2414183"


def test_a_post_that_linkedin_names_as_the_original_is_read_itself(
    simulator: Simulator, on_sqlite: Ledger, clock: Traveller
) -> None:
    stage = staged("linkedin", simulator)
    simulator.linkedin.shows_posts_after(3600)  # by then the list is of no use
    channel, delivery = in_doubt(stage, on_sqlite)
    assert looked(on_sqlite, channel, delivery, clock).state is State.PENDING
    deliver.deliver(on_sqlite, channel)
    assert looked(on_sqlite, channel, delivery, clock).state is State.PUBLISHED
    urn = simulator.linkedin.published[0].id
    assert reads_of(stage)[-1].path == f"/rest/posts/{urn.replace(':', '%3A')}"
    assert len(stage.published) == 1


def test_a_group_is_searched_by_a_partner(simulator: Simulator, on_sqlite: Ledger, clock: Traveller) -> None:
    stage = staged("linkedin_group", simulator)
    channel, delivery = in_doubt(stage, on_sqlite)
    assert looked(on_sqlite, channel, delivery, clock).state is State.PUBLISHED
    (look,) = reads_of(stage)
    assert (look.path, look.query["q"]) == ("/v2/ugcPosts", "containerEntities")
    assert look.query["containerEntities"] == "List(urn:li:group:4119103)"


def test_a_group_that_takes_partner_access_away_ends_with_a_person_after_a_day(
    simulator: Simulator, on_sqlite: Ledger, clock: Traveller
) -> None:
    stage = staged("linkedin_group", simulator)
    channel, delivery = in_doubt(stage, on_sqlite)
    simulator.linkedin.grants_partner_access(False)
    asked = looked(on_sqlite, channel, delivery, clock)
    assert asked.state is State.IN_DOUBT
    assert now() - (asked.doubt_since or now()) > DAY
    (text,) = told(on_sqlite.database)
    assert text.startswith("linkedin_group: it is not known whether “Sleep after treatment” is public.")
    assert stage.published[0].url not in text


def test_what_a_person_found_public_is_recorded_with_who_and_when(
    simulator: Simulator, ledger: Ledger, clock: Traveller
) -> None:
    stage = staged("twitter", simulator)
    _, delivery = in_doubt(stage, ledger)
    clock.shift(3600)
    address = stage.published[0].url
    settle_published(By(ledger.database, "ana"), delivery.id, address)
    stands = read(ledger.database, delivery)
    assert (stands.state, stands.receipt_url) == (State.PUBLISHED, address)
    assert last_event(ledger, delivery) == ("ana", now(), "in_doubt", "published", "A person found it public.")


def test_what_a_person_did_not_find_is_sent_again_and_recorded_with_who_and_when(
    simulator: Simulator, ledger: Ledger, clock: Traveller
) -> None:
    stage = staged("twitter", simulator)
    channel, delivery = in_doubt(stage, ledger, public=False)
    clock.shift(3600)
    settle_absent(By(ledger.database, "ben"), delivery.id)
    why = "A person looked: it is not public."
    assert last_event(ledger, delivery) == ("ben", now(), "in_doubt", "pending", why)
    assert deliver.deliver(ledger, channel)
    assert read(ledger.database, delivery).state is State.PUBLISHED
    assert len(stage.published) == 1


def another_round(ledger: Ledger, channel: Channel, earlier: Delivery) -> Delivery:
    """The same draft, to be shared once more."""
    planned = Planned(earlier.entry_id, channel, Draft.from_json(earlier.draft or {}), now())
    with ledger.database.write() as connection:
        delivery_id = write_delivery(connection, planned, again=True)
        assert delivery_id is not None
        return delivery_by_id(connection, delivery_id)


def published_before(stage: Stage, ledger: Ledger, count: int) -> None:
    """Other posts on the same account."""
    for number in range(count):
        draft = stage.adapter.compose(replace(POST, title=f"Another post {number}", link=f"{POST.link}&n={number}"))
        stage.adapter.publish(stage.adapter.prepare(draft), "another")


def shared_by_a_colleague(stage: Stage) -> None:
    """The entry's link, in other words."""
    post = Post(title="Our new text, well worth reading", link=an_entry().link)
    stage.adapter.publish(stage.adapter.compose(post), "another")


def last_event(ledger: Ledger, delivery: Delivery) -> tuple[object, ...]:
    """Who did it, when, from which state to which, and why."""
    told_of = select(events.c.who, events.c.at, events.c.was, events.c.became, events.c.why)
    with ledger.database.read() as connection:
        rows = connection.execute(told_of.where(events.c.delivery_id == delivery.id).order_by(events.c.id.desc()))
        return tuple(rows.first() or ())
