"""The commands as a person says them, to a rehearsal's configuration and its simulated platforms.

To use the fixture, a test module writes `stage = commanding.stage`.
"""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result

from bot.cli import oncecast
from bot.cli.rehearsing import configuration
from bot.ledger import records
from bot.ledger.database import Database, now
from bot.ledger.records import Waiting
from bot.simulator import BlogPost, Simulator
from config.loading import load


def said(*words: object, **options: Any) -> Result:
    """What `oncecast` answers to these words; a bug is raised."""
    return CliRunner().invoke(oncecast, [str(word) for word in words], catch_exceptions=False, **options)


@dataclass(frozen=True)
class Stage:
    """A configuration with a channel or two on every platform, the simulator that they speak to, and the ledger."""

    config: Path
    simulator: Simulator

    def say(self, *words: object, **options: Any) -> Result:
        """Say a verb about this configuration, which the environment names."""
        return said(*words, **{**options, "env": {**options.get("env", {}), "ONCECAST_CONFIG": str(self.config)}})

    def good(self, *words: object, **options: Any) -> str:
        """What a verb that must succeed prints."""
        result = self.say(*words, **options)
        assert result.exit_code == 0, result.output
        return result.stdout

    def refused(self, *words: object, **options: Any) -> str:
        """The sentence of a verb that must be refused."""
        result = self.say(*words, **options)
        assert result.exit_code == 1, result.output
        return result.stderr

    def json(self, *words: object) -> Any:
        """What a verb prints for programs."""
        return json.loads(self.good(*words, "--json"))

    def begin(self, *titles: str) -> None:
        """See the feed for the first time, then let the blog publish these and do one round of everything."""
        self.good("once")
        for title in titles:
            self.publish(title)
        self.good("once")

    def publish(self, title: str, **about: Any) -> BlogPost:
        """Publish on the blog, each time in another second: within one a blog's validators do not change."""
        ago = timedelta(seconds=50 - len(self.simulator.blog.posts))
        with time_machine.travel(now() - ago):
            return self.simulator.blog.publishes(title, **about)

    @property
    def channels(self) -> list[str]:
        """The names of the channels, in their order."""
        return list(load(self.config).channels)

    @property
    def database(self) -> Database:
        """The ledger's database."""
        return Database(f"sqlite:///{self.config.parent}/oncecast.db")

    def waiting(self, channel: str) -> Waiting:
        """The one delivery that waits on a channel."""
        (found,) = [one for one in records.queue(self.database) if one.channel == channel]
        return found


MAIN = "from bot.cli import main; main()"


def typed(stage: Stage, answer: str, *words: str) -> tuple[int, str]:
    """What a person sees who says this on a terminal and answers so, with the exit code."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", MAIN, *words]
    environment = {**os.environ, "ONCECAST_CONFIG": str(stage.config)}
    os.write(ours, f"{answer}\n".encode())
    streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
    code = subprocess.run(command, env=environment, check=False, timeout=60, **streams).returncode
    shown = os.read(ours, 65_536).decode()
    os.close(ours)
    os.close(theirs)
    return code, shown


@pytest.fixture
def stage(tmp_path: Path, blank: Path) -> Iterator[Stage]:
    """A rehearsal's configuration in a folder of its own with an empty ledger, and the simulator."""
    shutil.copy(blank, tmp_path / "oncecast.db")  # its migrations take longer than most tests
    with time_machine.travel(now() - timedelta(minutes=1)):
        simulator = Simulator()
    with simulator:
        for network in simulator.networks:
            network.admit()
        yield Stage(configuration(tmp_path, simulator), simulator)
