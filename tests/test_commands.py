"""`make run` and `make test` on every machine: which Python they take, and what they say when one will not do."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CHECK = runpy.run_path(str(ROOT / "requirements" / "python.py"))
needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with what the two commands begin with, and no .venv yet."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    return tmp_path


def make(checkout: Path, python: object) -> subprocess.CompletedProcess[str]:
    """Make .venv with this Python, and nothing more."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    said = ["make", f"PYTHON={python}", ".venv/.made"]
    return subprocess.run(said, cwd=checkout, env=clean, capture_output=True, text=True, check=False)


def without_venv(path: Path) -> Path:
    """A Python as Debian splits it: this one, but for what makes a .venv."""
    lines = "import runpy, sys; sys.modules['ensurepip'] = None; runpy.run_path(sys.argv[1], run_name='__main__')"
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{lines}" "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    return path


def test_what_is_too_old_is_refused_with_the_way_out() -> None:
    sentence = CHECK["refusal"]((3, 10), "/usr/bin/python3")
    assert "needs Python 3.11 or newer, and /usr/bin/python3 is 3.10" in sentence
    assert "make PYTHON=python3." in sentence


@pytest.mark.parametrize("minor", [11, 12, 13, 14])
def test_what_was_tried_is_taken_without_a_word(minor: int) -> None:
    assert CHECK["refusal"]((3, minor), "python3") is None
    assert CHECK["remark"]((3, minor)) is None


@pytest.mark.parametrize("newer", [(3, 15), (3, 20), (4, 0)])
def test_what_is_newer_is_taken_with_one_line(newer: tuple[int, int]) -> None:
    assert CHECK["refusal"](newer, "python3") is None
    assert re.fullmatch(r"Python \d\.\d+ was not tried yet, .*make PYTHON=python3\.14", CHECK["remark"](newer))


def test_the_package_and_the_readme_take_what_make_takes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    oldest = CHECK["dotted"](CHECK["OLDEST"])
    assert project["requires-python"] == f">={oldest}"
    assert f"Python ({oldest} or newer)" in (ROOT / "README.md").read_text(encoding="utf-8")
    tried = [found[1] for each in project["classifiers"] if (found := re.search(r":: (3\.\d+)$", each))]
    assert (tried[0], tried[-1]) == (oldest, CHECK["dotted"](CHECK["NEWEST"]))


@needs_make
def test_a_python_that_is_not_there_is_said_in_a_sentence(checkout: Path) -> None:
    answer = make(checkout, "python3.0")
    assert answer.returncode
    assert answer.stderr.startswith("There is no python3.0. Oncecast needs Python 3.11 or newer: ")
    assert not (checkout / ".venv").exists()


@needs_make
def test_a_python_without_venv_is_told_the_package_and_leaves_what_is_there(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    answer = make(checkout, without_venv(checkout / "python"))
    assert answer.returncode
    here = f"python{sys.version_info.major}.{sys.version_info.minor}"
    assert f"on Debian and Ubuntu this brings it: apt install {here}-venv" in answer.stderr.splitlines()[0]
    assert (checkout / ".venv").exists()


@needs_make
def test_what_is_left_of_a_venv_without_its_python_is_made_anew(checkout: Path) -> None:
    left = checkout / ".venv"
    (left / "bin").mkdir(parents=True)
    (left / "bin" / "python").symlink_to(checkout / "a-python-that-was-removed")
    for stamp in (".made", ".run"):
        (left / stamp).touch()
    answer = make(checkout, sys.executable)
    assert answer.returncode == 0, answer.stderr
    assert not (left / ".run").exists()
    assert subprocess.run([left / "bin" / "python", "-c", "import pip"], check=False).returncode == 0
    assert "up to date" in make(checkout, sys.executable).stdout
