"""The process that the storm kills: a whole daemon of Oncecast on the real ledger, with its clocks set to run faster.

`shorten` is all that differs from `oncecast run`; README.md says it in words.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import scheduler
from adapters.facebook.adapter import Facebook
from adapters.http import session as http
from adapters.http import wire
from adapters.linkedin.adapter import LinkedIn
from adapters.linkedin.group import LinkedInGroup
from adapters.twitter.adapter import Twitter
from bot.house import House, open_house, pause_what_is_closed
from bot.ledger import attempts, doubt, looks
from bot.ledger import deliveries as ledger
from bot.ledger.lock import the_only_daemon
from bot.steps import deliver, poll, reconcile, watch
from bot.steps.intake import recompose_all
from config.loading import load

PACE = 60
"""What takes a minute takes a second here."""
TICKS = 10
"""The steps are ticked so many times as often."""
POLLS = 240
"""The feed is read so many times as often."""
PAUSES = 900
"""The pauses that platforms ask for, 15 minutes on LinkedIn, are so many times as short."""
LEASE = ledger.LEASE / PACE
KINDS = (Twitter, Facebook, LinkedIn, LinkedInGroup)
"""Imported before the fork: every daemon has them in its first moment."""
LOOKS = min(kind.limits.find_after for kind in KINDS if kind.limits.find_after) / PACE
"""How soon the quickest looks at a platform begin after a doubt."""


def shorten() -> None:
    """Make the constants shorter, all in one proportion, so that lease > whole attempt > reading stays true."""
    attempts.LEASE = doubt.LEASE = LEASE  # type: ignore[attr-defined]
    whole = partial(wire.attempt, wire.WHOLE / PACE)
    deliver.attempt = reconcile.attempt = watch.attempt = whole  # type: ignore[attr-defined]
    http.CONNECT, http.READ = http.CONNECT / PACE, http.READ / PACE
    poll.WHOLE = poll.WHOLE / PACE
    doubt.timedelta = looks.timedelta = lambda **span: timedelta(**span) / PACE  # type: ignore[assignment, attr-defined]
    attempts.later = _sooner(attempts.later)
    scheduler.STEPS = tuple(replace(step, every=step.every / TICKS) for step in scheduler.STEPS)  # type: ignore[assignment]


def _sooner(later: Callable[..., None]) -> Callable[..., None]:
    """The pauses that platforms ask for, which are minutes at least on Facebook and LinkedIn."""

    def act(*given: Any) -> None:
        later(*given[:4], None if given[4] is None else given[4] / PAUSES)

    return act


def at_pace(house: House) -> House:
    """The house with its configured spans made shorter, and the platforms' own delays."""
    for channel in house.channels:
        if after := channel.adapter.limits.find_after:
            channel.adapter.limits = replace(channel.adapter.limits, find_after=after / PACE)
    retry = house.ledger.retry
    ledger = replace(house.ledger, retry=replace(retry, first=retry.first / PACE, longest=retry.longest / PACE))
    return replace(house, ledger=ledger, feeds=tuple(replace(feed, poll=feed.poll / POLLS) for feed in house.feeds))


def keep_log(folder: Path) -> None:
    """Write the log of this process beside its ledger."""
    sys.stderr = (folder / "log").open("a", buffering=1, encoding="utf-8")
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(process)d %(message)s", force=True)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def oncecast(config: Path, up: Connection) -> None:
    """What `oncecast run` does, until it is killed or stopped."""
    keep_log(config.parent)
    shorten()
    house = at_pace(open_house(load(config)))
    with the_only_daemon(house.database):
        pause_what_is_closed(house)
        recompose_all(house.database, house.channels)
        up.send(True)
        sys.exit(scheduler.run(house))
