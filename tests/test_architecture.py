"""The map of the house: who may import whom, and how long a function or a file may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("bot", "adapters", "config", "scheduler")

MAY_IMPORT = {
    "adapters": {"adapters"},
    "config": {"config", "adapters"},
    "bot.simulator": {"bot.simulator"},
    "bot": {"bot", "adapters"},
    "bot.house": {"bot", "adapters", "config"},
    "scheduler": {"bot", "bot.house"},
    "bot.cli": {"bot", "bot.house", "bot.simulator", "adapters", "config", "scheduler"},
}
"""Arrows go one way; the longest name that fits a module counts. `bot` means bot without its own rows here."""

FILES = sorted(path for top in OURS for path in [*(ROOT / top).rglob("*.py"), ROOT / f"{top}.py"] if path.is_file())


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def row_of(module: str) -> str:
    """The row of the table that speaks for a module."""
    return max((row for row in MAY_IMPORT if f"{module}.".startswith(f"{row}.")), key=len)


def imports(path: Path) -> Iterator[str]:
    """The modules of ours that a file imports, also those imported inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in OURS)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in OURS:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                path_of = ROOT / inner.replace(".", "/")
                yield inner if path_of.with_suffix(".py").exists() or path_of.is_dir() else node.module


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_arrows_go_one_way(path: Path) -> None:
    row = row_of(module_of(path))
    wrong = sorted(name for name in imports(path) if row_of(name) not in MAY_IMPORT[row] and row_of(name) != row)
    assert wrong == [], f"{module_of(path)} may import only {sorted(MAY_IMPORT[row])}"


def test_adapters_never_import_each_other() -> None:
    kinds = {"twitter", "facebook", "linkedin", "mastodon", "bluesky"}
    for kind in kinds:
        others = {f"adapters.{other}" for other in kinds - {kind}}
        assert not others & set(imports(ROOT / "adapters" / f"{kind}/adapter.py"))


def test_deliveries_are_written_in_one_module_only() -> None:
    writers = [
        module_of(path)
        for path in FILES
        if any(f"{verb}(deliveries)" in path.read_text(encoding="utf-8") for verb in ("insert", "update", "delete"))
    ]
    assert writers == ["bot.ledger.deliveries"]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{module_of(path)}.{node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_functions_are_short() -> None:
    ours = [path for path in FILES if "versions" not in path.parts]
    lengths = dict(found for path in ours for found in functions(path))
    assert {name: length for name, length in lengths.items() if length > 44} == {}
    assert sum(length > 40 for length in lengths.values()) <= 3
    assert sorted(lengths.values())[len(lengths) // 2] <= 9


@pytest.mark.parametrize("path", [path for path in FILES if "versions" not in path.parts], ids=module_of)
def test_files_are_short_and_say_what_they_hold(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 300
    assert not text.strip() or ast.get_docstring(ast.parse(text))


def test_the_way_from_the_daemon_to_the_socket_is_under_five_hundred_lines() -> None:
    way = (
        "scheduler.py",
        "bot/steps/deliver.py",
        "adapters/twitter/adapter.py",
        "adapters/http/session.py",
        "adapters/http/wire.py",
    )
    lines = [line for name in way for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(lines) <= 500
