"""The laws of the house: which room may import which, who writes a table, and how long a function or a file may be.

Each law is a function of source texts, so that `test_a_planted_breach_is_found` can show that it fails.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from adapters import KINDS, SHARED

ROOT = Path(__file__).parent.parent
OURS = ("bot", "adapters", "config", "scheduler")
Sources = Mapping[str, str]
"""The text of each module by its name; a package goes by its folder's name."""

PLATFORMS = sorted({place.split(".")[1] for place in KINDS.values()})
MANNERS = {f"adapters.{room}" for room in SHARED}
BELOW = {"bot.model", "adapters"}
JOINS = BELOW | {"bot.blog", "bot.planning", "bot.ledger"}

MAY_IMPORT: dict[str, set[str]] = {
    "adapters.traits": set(),
    "adapters.pages": set(),
    "adapters.contract": {"adapters.traits"},
    "adapters.text": set(),
    "adapters.looks": {"adapters.contract"},
    "adapters.http": {"adapters.contract"},
    "adapters.wording": {"adapters.contract", "adapters.text"},
    **{f"adapters.{platform}": MANNERS for platform in PLATFORMS},
    "adapters": MANNERS,
    "config": {"adapters"},
    "bot.model": {"adapters"},
    "bot.blog": BELOW,
    "bot.planning": BELOW,
    "bot.ledger": BELOW,
    "bot.steps": JOINS,
    "bot.house": JOINS | {"bot.steps", "config"},
    "bot.desk": JOINS | {"bot.steps", "bot.house", "config"},
    "bot.logs": BELOW | {"bot.house", "bot.desk", "bot.steps"},
    "bot.stopping": set(),
    "scheduler": JOINS | {"bot.steps", "bot.house", "bot.desk", "bot.stopping"},
    "bot.cli": JOINS
    | {"bot.steps", "bot.house", "bot.desk", "bot.logs", "bot.stopping", "bot.simulator", "config", "scheduler"},
    "bot.simulator": set(),
    "bot": set(),
}
"""Arrows go one way. A room is the longest name here that begins a module's name; within a room all may be imported."""

WRITERS = {
    "deliveries": "bot.ledger.deliveries",
    "events": "bot.ledger.deliveries",
    "entries": "bot.ledger.entries",
    "identities": "bot.ledger.entries",
    "feed_entries": "bot.ledger.entries",
    "pictures": "bot.ledger.entries",
    "feeds": "bot.ledger.feeds",
    "channels": "bot.ledger.channels",
    "notices": "bot.ledger.notices",
    "marks": "bot.ledger.generation",
}
"""The one module that writes each table."""
NAMING = ("adapters", "bot.simulator")
"""Where platforms may be named."""


def sources() -> dict[str, str]:
    """Every module of the house."""
    paths = [path for top in OURS for path in [*(ROOT / top).rglob("*.py"), ROOT / f"{top}.py"] if path.is_file()]
    return {module_of(path): path.read_text(encoding="utf-8") for path in sorted(paths) if "versions" not in path.parts}


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


HOUSE = sources()
parsed = cache(ast.parse)


def room_of(module: str) -> str:
    """The room of a module: the longest of the table that begins its name."""
    return max((room for room in MAY_IMPORT if f"{module}.".startswith(f"{room}.")), key=len)


def imports(module: str, house: Sources) -> Iterator[str]:
    """All that a module imports, by full names; also inside functions, and for types only."""
    for node in ast.walk(parsed(house[module])):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in house else node.module for name in inner)


def arrows(house: Sources) -> dict[str, set[str]]:
    """Which modules of ours each module imports."""
    return {module: {name for name in imports(module, house) if name in house} - {module} for module in house}


def wrong_arrows(house: Sources) -> list[str]:
    """Imports that lead into a room that must not be seen from there."""
    return [
        f"{module} -> {name}"
        for module, names in arrows(house).items()
        for name in names
        if room_of(name) != room_of(module) and not _seen(name, MAY_IMPORT[room_of(module)])
    ]


def _seen(name: str, allowed: Iterable[str]) -> bool:
    return any(f"{name}.".startswith(f"{room}.") for room in allowed)


def circles(house: Sources) -> list[str]:
    """Modules that import themselves by way of others, also where it is for types only."""
    leads = arrows(house)
    return [module for module in house if module in reached(leads, leads[module])]


def reached(leads: Mapping[str, set[str]], begun: Iterable[str]) -> set[str]:
    """Where the arrows lead from these modules, these included."""
    found, fresh = set(), set(begun)
    while fresh:
        found |= fresh
        fresh = {name for module in fresh for name in leads[module]} - found
    return found


def users_of_sqlalchemy(house: Sources) -> list[str]:
    """Modules outside the ledger that speak SQL."""
    return [
        module
        for module in house
        if room_of(module) != "bot.ledger"
        and any(name.split(".")[0] == "sqlalchemy" for name in imports(module, house))
    ]


def wrong_writers(house: Sources) -> list[str]:
    """Tables that are written outside their module."""
    written = re.compile(r"\b(?:insert|update|delete)\((\w+)\)|\b(\w+)\.(?:insert|update|delete)\(\)")
    return [
        f"{module} writes {table}"
        for module, text in house.items()
        for table in {found for pair in written.findall(text) for found in pair if found in WRITERS}
        if WRITERS[table] != module
    ]


def named_platforms(house: Sources) -> list[str]:
    """Modules that name a kind, or import a platform's folder, where no platform is to be known."""
    kinds, folders = set(KINDS), {f"adapters.{platform}" for platform in PLATFORMS}
    return [
        module
        for module in house
        if not _seen(module, NAMING) and (kinds & _strings(house[module]) or _into(folders, imports(module, house)))
    ]


def _into(folders: Iterable[str], names: Iterable[str]) -> bool:
    return any(_seen(name, folders) for name in names)


def _strings(text: str) -> set[str]:
    """The string constants of a source."""
    return {
        node.value for node in ast.walk(parsed(text)) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def commands_said_below(house: Sources) -> list[str]:
    """Modules that are no face, and yet tell a person which command to say."""
    desk = ("bot.desk.decisions", "bot.desk.naming", "bot.desk.refusals", "bot.desk.words")
    below = ("bot.ledger", "bot.steps", "bot.blog", "bot.planning", "adapters", *desk)
    return [
        f"{module}: {sentence[:60]}"
        for module, text in house.items()
        if _seen(module, below)
        for sentence in _said(text)
        if "`oncecast " in sentence
    ]


def _said(text: str) -> Iterator[str]:
    """The string constants of a source that are no docstrings."""
    tree = parsed(text)
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


def functions(house: Sources) -> dict[str, int]:
    """How many lines each function has."""
    return {
        f"{module}.{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for module, text in house.items()
        for node in ast.walk(parsed(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def long_functions(house: Sources) -> list[str]:
    """Functions of more than 44 lines."""
    return [name for name, length in functions(house).items() if length > 44]


def long_or_dumb_files(house: Sources) -> list[str]:
    """Files of more than 300 lines, and files that do not say what they hold."""
    return [
        module
        for module, text in house.items()
        if text.count("\n") > 300 or (text.strip() and not ast.get_docstring(parsed(text)))
    ]


LAWS: dict[Callable[[Sources], list[str]], dict[str, str]] = {
    wrong_arrows: {
        "bot.blog.pages": "from bot.ledger import entries",
        "bot.simulator.server": "from bot.model import Entry",
    },
    circles: {"bot.model": "from bot.house import House"},
    users_of_sqlalchemy: {"bot.steps.look": "def f():\n    from sqlalchemy import select"},
    wrong_writers: {"bot.ledger.attempts": "insert(events)"},
    named_platforms: {"bot.desk.preview": 'KIND = "twitter"'},
    commands_said_below: {
        "bot.steps.poll": 'SAID = "say `oncecast queue`"',
        "bot.desk.decisions": 'SAID = "say `oncecast settle`"',
    },
    long_functions: {"bot.house": "def f():\n" + "    pass\n" * 45},
    long_or_dumb_files: {"bot.house": "\n" * 301},
}
"""The laws, each with breaches: what is added to which module."""


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_house_keeps_the_law(law: Callable[[Sources], list[str]]) -> None:
    assert law(HOUSE) == []


BREACHES = [(law, module) for law, breaches in LAWS.items() for module in breaches]


@pytest.mark.parametrize(("law", "module"), BREACHES, ids=[f"{law.__name__}, {module}" for law, module in BREACHES])
def test_a_planted_breach_is_found(law: Callable[[Sources], list[str]], module: str) -> None:
    assert law({**HOUSE, module: f"{HOUSE[module]}\n{LAWS[law][module]}\n"}) != []


def test_most_functions_are_a_few_lines() -> None:
    lengths = sorted(functions(HOUSE).values())
    assert sum(length > 40 for length in lengths) <= 3
    assert lengths[len(lengths) // 2] <= 9


def test_every_folder_says_what_lives_there_and_what_may_never() -> None:
    packages = [path.parent for top in (*OURS, "tests") for path in (ROOT / top).rglob("__init__.py")]
    silent = [at for at in packages if not ast.get_docstring(parsed((at / "__init__.py").read_text()))]
    assert silent == []


WAY = (
    "scheduler",
    "bot.steps.deliver",
    "bot.steps.outcome",
    "bot.ledger.attempts",
    "bot.ledger.deliveries",
    "bot.ledger.doubt",
    "adapters.twitter.adapter",
    "adapters.twitter.replies",
    "adapters.http.session",
    "adapters.http.wire",
    "adapters.http.replies",
)
"""All that a delivery passes through between the tick and the socket, and back."""


def test_the_way_from_the_daemon_to_the_socket_is_under_a_thousand_lines() -> None:
    assert _lines(WAY) < 1_000


def _lines(modules: Iterable[str]) -> int:
    return sum(bool(line.strip()) for module in modules for line in HOUSE[module].splitlines())
