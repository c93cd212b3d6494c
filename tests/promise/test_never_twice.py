"""The promise as a machine: whatever fails, and whenever the daemon dies, nothing is sent twice and nothing is lost."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import ClassVar

import pytest
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from adapters.contract import Draft
from bot.desk.decisions import By, resume, retry, settle_absent, settle_published
from bot.ledger import attempts, recovery
from bot.ledger.database import Database
from bot.ledger.deliveries import Ledger, find
from bot.ledger.schema import deliveries
from bot.model import Delivery, State
from bot.simulator import Simulator
from bot.steps import deliver, reconcile
from tests.conftest import NOON
from tests.making.kinds import KINDS, staged
from tests.making.ledger import a_channel, a_delivery, an_entry, an_entry_id, emptied

FAULTS = (
    "loses_the_next_reply",
    "resets_the_next",
    "fails_the_next",
    "answers_nonsense",
    "answers_without_an_id",
    "is_down",
    "shows_posts_after",
    "limits_without_a_time",
    "revokes_the_token",
)


class NeverTwice(RuleBasedStateMachine):
    """One channel of any kind, a platform that misbehaves, a daemon that dies, and time that passes."""

    simulator: ClassVar[Simulator]
    database: ClassVar[Database]

    @initialize(kind=st.sampled_from(sorted(KINDS)), sees_duplicates=st.booleans())
    def begin(self, kind: str, sees_duplicates: bool) -> None:
        """A fresh ledger, a fresh platform."""
        self.travel = time_machine.travel(NOON, tick=False)
        self.clock = self.travel.start()
        for platform in self.simulator.networks:
            platform.forgets_everything()
        self.ledger = Ledger(emptied(self.database))
        self.stage = staged(kind, self.simulator)
        if not sees_duplicates:
            self.stage.platform.overlooks_duplicates()
        self.channel = a_channel(self.ledger.database, "channel", self.stage.adapter)
        self.by = By(self.ledger.database, "ana")
        self.written = 0
        self.the_blog_publishes()

    @rule()
    def the_blog_publishes(self) -> None:
        """A new entry, due at once."""
        self.written += 1
        entry = an_entry(f"Entry number {self.written}")
        a_delivery(self.ledger.database, self.channel, an_entry_id(self.ledger.database, entry))

    @rule(fault=st.sampled_from(FAULTS), accepted=st.booleans())
    def the_platform_misbehaves(self, fault: str, accepted: bool) -> None:
        """A fault for the next request, or a lasting one."""
        platform = self.stage.platform
        told = {"fails_the_next": {"accepted": accepted}, "shows_posts_after": {"seconds": 150}}
        getattr(platform, fault)(**told.get(fault, {}))

    @rule()
    def a_reply_is_lost_and_its_post_is_listed_late(self) -> None:
        """A look right after it finds nothing, and proves nothing."""
        self.stage.platform.shows_posts_after(150)
        self.stage.platform.loses_the_next_reply()
        self.the_daemon_works()
        self.clock.shift(61)
        self.the_daemon_works()

    @rule()
    def the_platform_behaves_again(self) -> None:
        """Lasting faults end, and a person resumes the channel."""
        self.stage.platform.is_up()
        self.stage.platform.lifts_the_limit()
        self.stage.platform.restores_the_token()
        self.stage.platform.shows_posts_after(0)
        resume(self.by, self.channel.id, guard=1000)

    @rule()
    def the_daemon_works(self) -> None:
        """One round of everything that is due."""
        recovery.recover(self.ledger, [self.channel])
        reconcile.reconcile(self.ledger, self.channel)
        deliver.deliver(self.ledger, self.channel)

    @rule(after=st.sampled_from(("publish", "mark", "claim")), back_after=st.sampled_from((200, 20, 3600)))
    def the_daemon_is_killed_and_started_again(self, after: str, back_after: int) -> None:
        """SIGKILL right after one of the steps of an attempt: what it would have written is lost."""
        if claimed := attempts.claim(self.ledger, self.channel):
            ready = claimed if after == "claim" else deliver._prepare(self.ledger, self.channel, claimed)
            if after == "mark":
                attempts.mark_attempted(self.ledger, claimed)
            elif isinstance(ready, Draft):
                deliver._publish(self.ledger, self.channel, claimed, ready)
        self.clock.shift(back_after)
        self.the_daemon_works()

    @rule(seconds=st.sampled_from((61, 1, 59, 181, 7200)))
    def time_passes(self, seconds: int) -> None:
        """The wall clock moves on."""
        self.clock.shift(seconds)

    @precondition(lambda self: any(one.state is State.FAILED for one in self.stand()))
    @rule()
    def a_person_retries(self) -> None:
        """Everything that failed is tried again."""
        for one in self.stand():
            if one.state is State.FAILED:
                retry(self.by, self.channel, one.id)

    @invariant()
    def nothing_is_public_twice(self) -> None:
        """The platform shows each text at most once, also where it would take the same text again."""
        if hasattr(self, "stage"):
            texts = Counter(post.text for post in self.stage.published)
            assert all(count == 1 for count in texts.values()), texts

    @invariant()
    def what_is_recorded_as_published_is_public(self) -> None:
        """No receipt without a post."""
        if hasattr(self, "stage"):
            public = {post.id for post in self.stage.published}
            assert {one.receipt_id for one in self.stand() if one.state is State.PUBLISHED} <= public

    def stand(self) -> list[Delivery]:
        """All deliveries as they stand."""
        with self.ledger.database.read() as connection:
            return find(connection, deliveries.c.id > 0)

    def teardown(self) -> None:
        """With everything mended and time enough, each entry is public exactly once."""
        if not hasattr(self, "stage"):
            return
        try:
            self.everything_ends_well()
        finally:
            self.travel.stop()

    def everything_ends_well(self) -> None:
        """Mends all and works until nothing is open, and then for a day in which nothing more happens."""
        for _ in range(60):
            self.the_platform_behaves_again()
            if all(one.state is State.PUBLISHED for one in self.stand()):
                break
            for one in self.stand():
                if one.state is State.FAILED:
                    retry(self.by, self.channel, one.id)
                elif one.state is State.IN_DOUBT and one.look_at is None:
                    self.a_person_looks(one)
            self.the_daemon_works()
            self.clock.shift(timedelta(minutes=30))
        for hours in (1, 23):
            self.clock.shift(timedelta(hours=hours))
            self.the_daemon_works()
        assert {one.state for one in self.stand()} <= {State.PUBLISHED}
        assert len(self.stage.published) == self.written

    def a_person_looks(self, delivery: Delivery) -> None:
        """A person answers truthfully what became of a delivery."""
        text = str((delivery.draft or {})["text"])
        seen = [post for post in self.stage.published if post.text in text or text in post.text]
        settle_published(self.by, delivery.id, seen[0].url) if seen else settle_absent(self.by, delivery.id)


@pytest.fixture
def machine(simulator: Simulator, one_file: Database) -> type[NeverTwice]:
    """The machine, with its simulator and a ledger that it empties at each beginning."""
    return type("Machine", (NeverTwice,), {"simulator": simulator, "database": one_file})


@pytest.mark.long
def test_nothing_is_sent_twice_and_nothing_is_lost(machine: type[NeverTwice]) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    given = settings(max_examples=50, stateful_step_count=12, deadline=None, suppress_health_check=checks)
    run_state_machine_as_test(machine, settings=given)
