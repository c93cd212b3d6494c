"""How things are printed: tables, JSON and CSV, times, and text from outside, which is hostile until it was cleaned."""

from __future__ import annotations

import csv
import json
import shlex
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from typing import Any, TextIO

import click

from adapters.contract import Image
from bot.desk.words import STATES, local, one_line, quoted, several_lines
from bot.ledger.records import Cell
from bot.model import State

as_json = click.option("--json", "json_wanted", is_flag=True, help="Print JSON, with times in UTC.")


def say(text: str = "", err: bool = False) -> None:
    """Print one line, cleaned: what came from outside cannot begin another one."""
    click.echo(several_lines(to_paste(text)).replace("\n", " "), err=err)


def to_paste(text: str) -> str:
    """Text whose commands name the configuration that this command was given, so that they can be pasted."""
    context = click.get_current_context(silent=True)
    given = context.find_root().params.get("config") if context else None
    return text.replace("`oncecast ", f"`oncecast --config {shlex.quote(given)} ") if given else text


def on_terminal(stream: TextIO) -> bool:
    """Whether a person sees this stream as it is written."""
    return stream.isatty()


def table(headings: Sequence[str], rows: Collection[Sequence[str]], nothing: str) -> None:
    """Print rows under headings: with rules on a terminal, else as aligned text; `nothing` when there are none."""
    if not rows:
        return say(nothing)
    cells = [[one_line(to_paste(cell)) for cell in row] for row in rows]
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


def print_words(text: str) -> None:
    """Print the words of a draft, set in."""
    for line in several_lines(text).splitlines():
        say(f"    {line}".rstrip())


def picture_words(image: Image | None, has_card: bool = False) -> str:
    """What picture goes with a draft."""
    if image is None and has_card:
        return "No picture: the card shows its words only."
    if image is None:
        return "No picture of its own; a card of the linked page shows the page's."
    alt = f"alternative text: {quoted(image.alt)}" if image.alt else "without alternative text"
    return f"Picture of {image.width} × {image.height}, {alt}"


def cell_words(cell: Cell) -> str:
    """A delivery in a few words: when and where it went, or how it stands."""
    if cell.state is State.PUBLISHED:
        return f"{local(cell.at)}  {cell.url}".rstrip()
    if cell.given_up:
        return "given up in doubt"
    return STATES[cell.state] + (" after an attempt" if may_be_public(cell) else "")


def may_be_public(cell: Cell) -> bool:
    """Whether a delivery was cancelled that may have become public before."""
    return cell.state is State.CANCELLED and (cell.attempted or cell.given_up)
