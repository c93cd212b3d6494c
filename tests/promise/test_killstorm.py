"""The short run of the kill storm: forty times SIGKILL while all platforms misbehave; benchmarks/ has the long ones."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
import pytest

from benchmarks.figures import CHANNELS, ONCECAST, Outcome, summed, table
from benchmarks.killstorm import Run, one_leg, storm
from benchmarks.storm import Leg


@pytest.mark.long
@pytest.mark.timeout(300)  # it is made of processes, and waits wherever the machine is busy
def test_forty_kills_publish_nothing_twice_and_lose_nothing_where_the_usual_strategies_do(tmp_path: Path) -> None:
    sums = summed(one_leg(Leg(1, kills=40, seed=1, folder=tmp_path)))
    ours, after, before = sums[ONCECAST], sums["record-after"], sums["record-before"]
    assert [one.kills for one in sums.values()] == [40, 40, 40]
    assert (ours.duplicates, ours.lost, ours.in_doubt, ours.strays) == (0, 0, 0, 0), tmp_path
    assert ours.published == ours.entries * CHANNELS > 40
    assert ours.doubts
    assert after.duplicates > 0
    assert before.lost > 0


def test_a_stopped_run_goes_on_with_the_legs_that_are_missing(tmp_path: Path) -> None:
    run, kept = Run(kills=1), tmp_path / "legs.jsonl"
    known = Outcome(ONCECAST, leg=1, kills=1, published=4, doubts=[3.0])
    kept.write_text(f"{json.dumps(asdict(run))}\n{json.dumps(asdict(known))}\n")
    assert storm(run, kept, lambda _: "", lambda: None, print) == [known]


def test_a_run_is_not_continued_with_the_legs_of_another(tmp_path: Path) -> None:
    kept = tmp_path / "legs.jsonl"
    kept.write_text(f"{json.dumps(asdict(Run(kills=1, seed=1)))}\n")
    with pytest.raises(click.ClickException, match="another run"):
        storm(Run(kills=1, seed=2), kept, lambda _: "", lambda: None, print)


def test_the_figures_of_all_legs_stand_together_in_one_table() -> None:
    legs = [Outcome(ONCECAST, leg, kills=100, duplicates=1, doubts=[2.0, 4.0]) for leg in (1, 2)]
    shown = table(summed([*legs, Outcome("record-after", 1, kills=100, lost=7)]))
    assert "| kills | 200 | 100 | 0 |" in shown
    assert "| **duplicates** | 2 | 0 | 0 |" in shown
    assert "| a doubt lasted (median, p99, longest) | 3.0 s, 4.0 s, 4.0 s | – | – |" in shown
