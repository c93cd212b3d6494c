"""What is counted in a leg of the storm, summed over the legs, and shown as a table."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields

from benchmarks.daemons import LEASE, LOOKS
from benchmarks.strategies import STRATEGIES

ONCECAST = "oncecast"
CONTENDERS = (ONCECAST, *STRATEGIES)
CHANNELS = 4


@dataclass
class Outcome:
    """What came of one leg for one contender, in numbers."""

    who: str
    leg: int
    kills: int = 0
    met: int = 0
    """Kills that left an attempt marked, so that nobody knows whether it was sent."""
    entries: int = 0
    published: int = 0
    duplicates: int = 0
    lost: int = 0
    strays: int = 0
    """Posts that no entry asked for, and receipts that name no post."""
    in_doubt: int = 0
    asked: int = 0
    """Times that a person had to say retry, release or resume."""
    seconds: float = 0.0
    doubts: list[float] = field(default_factory=list)
    """How long each doubt lasted, in seconds."""

    @property
    def clean(self) -> bool:
        """Whether the promise was kept."""
        return not (self.duplicates or self.lost or self.strays or self.in_doubt)


def summed(outcomes: Iterable[Outcome]) -> dict[str, Outcome]:
    """The outcomes of all legs together, by contender."""
    sums = {who: Outcome(who, 0) for who in CONTENDERS}
    for outcome in outcomes:
        whole = sums[outcome.who]
        for each in fields(Outcome)[2:]:
            setattr(whole, each.name, getattr(whole, each.name) + getattr(outcome, each.name))
    return sums


def lasted(doubts: list[float]) -> str:
    """Median, 99th percentile and longest of the doubts."""
    if len(doubts) < 2:
        return "–"
    middle, late = statistics.median(doubts), statistics.quantiles(doubts, n=100, method="inclusive")[98]
    return f"{middle:.1f} s, {late:.1f} s, {max(doubts):.1f} s"


ROWS: dict[str, Callable[[Outcome], object]] = {
    "kills": lambda one: one.kills,
    "entries × channels": lambda one: one.entries * CHANNELS,
    "published": lambda one: one.published,
    "**duplicates**": lambda one: one.duplicates,
    "**lost**": lambda one: one.lost,
}
ROWS_OF_A_LEDGER: dict[str, Callable[[Outcome], object]] = {
    "in doubt left": lambda one: one.in_doubt,
    "posts or receipts that belong to nothing": lambda one: one.strays,
    "asked a person": lambda one: one.asked,
    "kills that left an attempt without an answer": lambda one: one.met,
    "doubts": lambda one: len(one.doubts),
    "a doubt lasted (median, p99, longest)": lambda one: lasted(one.doubts),
}


def table(sums: dict[str, Outcome]) -> str:
    """The figures, as a table in Markdown."""
    lines = ["| |" + "|".join(f" {who} " for who in sums) + "|", "|---|" + "--:|" * len(sums)]
    for name, figure in (ROWS | ROWS_OF_A_LEDGER).items():
        shown = [figure(one) if name in ROWS or one.who == ONCECAST else "–" for one in sums.values()]
        lines.append(
            f"| {name} | " + " | ".join(f"{one:,}" if isinstance(one, int) else str(one) for one in shown) + " |"
        )
    lease = f"Lease {LEASE.total_seconds():g} s, looks from {LOOKS.total_seconds():g} s after the doubt began."
    return "\n".join([*lines, "", lease])
