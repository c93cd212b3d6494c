"""The verbs that work: once, run, simulate, rehearse."""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from bot.cli.running import PORT
from bot.ledger.database import Database
from bot.ledger.lock import the_only_daemon
from bot.logs import Scrubbing
from config.editing import set_value
from tests.making import commanding
from tests.making.commanding import Stage, said

stage = commanding.stage

MAIN = "from bot.cli import main; main()"


def began(*words: object, cwd: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", MAIN, *map(str, words)]
    return subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_one_round_publishes_what_is_new_and_says_so(stage: Stage) -> None:
    stage.good("once")
    stage.publish("What is a biopsy?")
    told = stage.good("once")
    assert told.count("“What is a biopsy?”") == len(stage.channels)
    assert "to be shared by hand, see `oncecast show 4/by_hand`" in told


def test_one_round_reads_feeds_that_were_read_a_moment_ago(stage: Stage) -> None:
    stage.good("once")
    stage.good("once")
    assert len([one for one in stage.simulator.blog.requests if one.path == "/feed/"]) == 2


def test_a_channel_without_its_secrets_is_paused_and_the_others_go_on(stage: Stage) -> None:
    (stage.config.parent / "secrets" / "x_consumer_key").unlink()
    stage.begin("What is a biopsy?")
    assert stage.waiting("x").paused
    assert len(stage.simulator.facebook.published) == 1


def test_the_daemon_runs_until_it_is_told_to_stop(stage: Stage, tmp_path: Path) -> None:
    (stage.config.parent / "secrets" / "x_consumer_key").unlink()
    with began("--config", stage.config, "run", cwd=tmp_path) as daemon:
        assert daemon.stderr is not None
        first, second = daemon.stderr.readline(), daemon.stderr.readline()
        daemon.send_signal(signal.SIGTERM)
        _, rest = daemon.communicate(timeout=60)
    assert daemon.returncode == 0
    assert f"Watching 1 feed for {len(stage.channels)} channels" in first
    assert "x is paused." in second
    assert "Stopping: calls in flight may end, nothing new begins." in rest


def test_a_second_daemon_on_the_same_ledger_says_so_and_leaves(stage: Stage) -> None:
    stage.good("migrate")
    with the_only_daemon(stage.database):
        told = stage.refused("run")
    assert "Another Oncecast is at work on the ledger" in told


def test_the_lock_of_a_daemon_is_free_again_when_it_is_gone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/ledger.db")
    for _ in range(2):
        with the_only_daemon(database):
            pass


def test_the_daemon_does_not_start_when_it_could_not_tell_the_team(stage: Stage) -> None:
    set_value(stage.config, "tell.webhook", {"env": "ONCECAST_NOT_SET"})
    assert "ONCECAST_NOT_SET is not set" in stage.refused("run")


def test_no_secret_and_no_escape_sequence_reaches_the_log() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 1, "sent %s to \x1b[2J%s", ("s3cret-token", "X"), None)
    assert Scrubbing({"s3cret-token"}).format(record).endswith("INFO sent ••• to X")


def test_the_log_of_a_round_has_no_secrets(stage: Stage) -> None:
    stage.simulator.facebook.refuses_the_next(400, {"error": {"message": "simulated-page-token is odd", "code": 100}})
    stage.good("once")
    stage.publish("What is a biopsy?")
    assert "simulated-page-token" not in stage.say("once").output


def test_the_simulator_prints_its_addresses_and_stops_when_told(tmp_path: Path) -> None:
    with began("simulate", "--port", "0", "--every", "60", cwd=tmp_path) as simulator:
        assert simulator.stdout is not None
        name, _, address = simulator.stdout.readline().strip().partition(" ")
        with urllib.request.urlopen(address.strip()) as page:  # noqa: S310 - the simulator's own address
            assert page.status == 200
        simulator.send_signal(signal.SIGINT)
        simulator.communicate(timeout=60)
    assert (name, simulator.returncode) == ("Timelines", 0)


def test_a_port_is_a_number() -> None:
    assert said("simulate", "--port", "eight").exit_code == 2


@pytest.mark.long
def test_a_rehearsal_shows_posts_arriving_everywhere_and_ends_at_ctrl_c(tmp_path: Path) -> None:
    missing = {"X ", "Facebook Page", "LinkedIn page", "LinkedIn group", "Mastodon", "Bluesky", "to be shared by hand"}
    with began("rehearse", "--every", "1", cwd=tmp_path) as rehearsal:
        assert rehearsal.stdout is not None
        assert rehearsal.stdout.readline().startswith("Open http://127.0.0.1:")
        while missing:
            line = rehearsal.stdout.readline()
            missing = {what for what in missing if what not in line}
        rehearsal.send_signal(signal.SIGINT)
        rest, _ = rehearsal.communicate(timeout=60)
    assert (rehearsal.returncode, "posts were published, here and nowhere else" in rest) == (0, True)


def test_a_rehearsal_leaves_a_ledger_to_look_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert said("rehearse", "--for", "0.5").exit_code == 0
    assert said("--config", "rehearsal/oncecast.toml", "queue").exit_code == 0


def test_a_second_rehearsal_in_the_same_folder_leaves_the_first_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rehearsal").mkdir()
    with the_only_daemon(Database(f"sqlite:///{tmp_path}/rehearsal/oncecast.db")):
        result = said("rehearse", "--for", "0")
    assert (result.exit_code, "already; this one leaves" in result.stderr) == (1, True)


def test_a_port_that_is_taken_is_told_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = said("simulate", "--port", str(taken.getsockname()[1]))
    assert (result.exit_code, "choose another with --port" in result.stderr) == (1, True)


def test_a_rehearsal_takes_other_ports_when_its_own_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", PORT)):
        assert f"http://127.0.0.1:{PORT}/" not in said("rehearse", "--for", "0").stdout
