"""The verbs that keep the ledger: backup and restore."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.acting import confirm, unasked
from bot.cli.here import Here, pass_here
from bot.cli.printing import as_json, print_json, say
from bot.ledger.backup import backup as write_backup
from bot.ledger.backup import restore as bring_back
from bot.ledger.database import Database
from bot.ledger.lock import the_only_daemon


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@as_json
@pass_here
def backup(here: Here, file: Path, json_wanted: bool) -> None:
    """Write a copy of the ledger to FILE; the daemon may be at work meanwhile."""
    size = write_backup(here.house.database, file)
    if json_wanted:
        return print_json({"file": str(file), "bytes": size})
    return say(f"{file} is written ({size:,} bytes). Keep it where this machine's troubles do not reach it.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@unasked
@pass_here
def restore(here: Here, file: Path, yes: bool) -> None:
    """Put the backup FILE in the ledger's place; what it does not know of is looked for before it is shared."""
    database = Database(here.settings.ledger_url())
    with the_only_daemon(database):
        confirm(f"Put {file} in the place of {database.url.database}?", yes)
        aside = bring_back(database, file)
    say(f"{file} is the ledger now." + (f" The one before is {aside.name}." if aside else ""))
    say("At the next start, what may have been shared since then is looked for before it is shared.")
