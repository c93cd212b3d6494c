"""How things are printed: tables, JSON and CSV, times, and text from outside, which is hostile until it was cleaned."""

from __future__ import annotations

import csv
import json
import re
import sys
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from typing import Any, TextIO

import click

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x9b[0-?]*[ -/]*[@-~]"
)
"""Escape sequences of terminals (ECMA-48, section 5.4), and the strings that some of them begin."""
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of what follows them (Unicode, annex 9): they can make a line read as another."""

as_json = click.option("--json", "json_wanted", is_flag=True, help="Print JSON, with times in UTC.")


def several_lines(text: str) -> str:
    """Text without escape sequences and control characters; line breaks stay."""
    text = _TURNING.sub("", _ESCAPES.sub("", text.replace("\r\n", "\n")))
    return "".join(
        char for char in text.replace("\t", " ") if char == "\n" or unicodedata.category(char) not in ("Cc", "Cs")
    )


def one_line(text: str) -> str:
    """Text without escape sequences and control characters, on one line."""
    return " ".join(several_lines(text).split())


def first_line(text: str) -> str:
    """The first line of a text that may have several, such as the reasons why a channel is paused."""
    first, more, _ = text.partition("\n")
    return one_line(first) + (" …" if more else "")


def quoted(name: str) -> str:
    """A title from outside, in quotation marks."""
    text = one_line(name)
    return text if text.startswith("“") else f"“{text}”"


def say(text: str = "", err: bool = False) -> None:
    """Print one line, cleaned: what came from outside cannot begin another one."""
    click.echo(several_lines(text).replace("\n", " "), err=err)


def local(at: datetime | None) -> str:
    """A time as the clock on this machine's wall shows it, to the minute."""
    return "" if at is None else f"{at.astimezone():%Y-%m-%d %H:%M}"


def counted(number: int, one: str, more: str = "") -> str:
    """A number with its word."""
    return f"{number} {one if number == 1 else more or one + 's'}"


def dollars(amount: float) -> str:
    """A price in US dollars, with the tenth of a cent that some have."""
    return f"${amount:.3f}".removesuffix("0") if amount else "free"


def on_terminal(stream: TextIO) -> bool:
    """Whether a person sees this stream as it is written."""
    return stream.isatty()


def table(headings: Sequence[str], rows: Collection[Sequence[str]], nothing: str) -> None:
    """Print rows under headings: with rules on a terminal, else as aligned text; `nothing` when there are none."""
    if not rows:
        return click.echo(nothing)
    cells = [[one_line(cell) for cell in row] for row in rows]
    return _ruled(headings, cells) if on_terminal(sys.stdout) else _aligned(headings, cells)


def _ruled(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(*headings, box=SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        drawn.add_row(*(Text(cell, overflow="fold") for cell in row))  # as Text nothing in a title is read as markup
    Console().print(drawn)


def _aligned(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for row in (headings, *rows):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def print_json(value: Any) -> None:
    """Print a value as JSON; what is not ASCII is escaped, so that nothing in it reaches the terminal."""
    click.echo(json.dumps(value, default=_plain, indent=2))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Mapping):
        return dict(value)
    return sorted(value)


def print_csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows as CSV; a cell that a spreadsheet would take for a formula gets an apostrophe in front."""
    write = csv.writer(sys.stdout, lineterminator="\n").writerow
    write(headings)
    for row in rows:
        write([_defused(one_line(_text(cell))) for cell in row])


def _text(cell: object) -> str:
    return "" if cell is None else str(_plain(cell)) if isinstance(cell, datetime) else str(cell)


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell
