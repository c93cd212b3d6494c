"""The command as a whole: a fast start, sentences instead of tracebacks, and exit codes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import pytest
from sqlalchemy import text

from bot.cli import VERBS, Verbs, oncecast
from tests.making import commanding
from tests.making.commanding import Stage, said

stage = commanding.stage

HEAVY = [
    "tweepy",
    "facebook",
    "requests",
    "sqlalchemy",
    "alembic",
    "pydantic",
    "apscheduler",
    "feedparser",
    "rich",
    "PIL",
    "jinja2",
]
HELP = "import sys; sys.argv = ['oncecast', '--help']\nfrom bot.cli import main\ntry: main()\nexcept SystemExit: pass\n"


def started(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_help_imports_nothing_heavy() -> None:
    loaded = started(f"{HELP}print('LOADED', *sys.modules)").partition("LOADED")[2].split()
    assert not set(HEAVY) & set(loaded)


def test_help_starts_within_five_times_a_bare_interpreter() -> None:
    def took(code: str) -> float:
        """Seconds of processor time: other work on this machine does not count."""
        before = getrusage(RUSAGE_CHILDREN)
        started(code)
        after = getrusage(RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    took(HELP)  # the first start writes bytecode
    bare = min(took("pass") for _ in range(3))
    assert any(took(HELP) < 5 * bare for _ in range(9))  # the least of each: what a busy machine adds is not ours


@pytest.mark.parametrize("verb", [verb for verbs in VERBS.values() for verb in verbs])
def test_every_verb_of_the_help_exists_and_explains_itself(verb: str) -> None:
    result = said(verb, "--help")
    assert result.exit_code == 0
    assert f"oncecast {verb}" in result.stdout


def test_the_version_is_told() -> None:
    assert "oncecast, version" in said("--version").stdout


def test_an_unknown_verb_is_answered_with_what_was_probably_meant() -> None:
    result = said("histori")
    assert (result.exit_code, "history" in result.stderr) == (2, True)


def test_without_a_configuration_the_way_out_is_named(tmp_path: Path) -> None:
    result = said("--config", tmp_path / "none.toml", "queue")
    assert result.exit_code == 1
    makes = f"`oncecast --config {tmp_path}/none.toml init` makes one"
    assert result.stderr == f"Error: {tmp_path}/none.toml: there is no such file; {makes}.\n"


def test_every_mistake_in_the_configuration_is_told_at_once(stage: Stage) -> None:
    stage.config.write_text(stage.config.read_text().replace("loopback = true", "lopback = true\nguard = -1"))
    told = stage.refused("check")
    assert "feeds.all.lopback" in told
    assert "feeds.all.guard" in told


def test_the_configuration_may_be_named_in_the_environment(stage: Stage) -> None:
    assert said("queue", env={"ONCECAST_CONFIG": str(stage.config)}).stdout == "Nothing waits.\n"


def test_a_ledger_of_a_newer_program_is_told_in_a_sentence(stage: Stage) -> None:
    stage.good("migrate")
    with stage.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "Use the newer program." in stage.refused("queue")


def test_a_ledger_that_cannot_be_opened_is_told_in_a_sentence(stage: Stage) -> None:
    ledger = stage.config.parent / "oncecast.db"
    ledger.unlink()
    ledger.mkdir()
    assert "The ledger" in stage.refused("queue")


def test_a_bug_keeps_its_traceback() -> None:
    context = oncecast.make_context("oncecast", ["simulate", "--port", "0"])

    def stumble(*_: object) -> None:
        raise KeyError("a bug")

    group = Verbs("oncecast", commands={}, callback=stumble, invoke_without_command=True)
    with pytest.raises(KeyError, match="a bug"):
        group.invoke(group.make_context("oncecast", []))
    context.close()
