"""What a person would call an entry, as a column of a query."""

from __future__ import annotations

from sqlalchemy import Label, func

from bot.ledger.schema import entries


def entry_name() -> Label[str]:
    """The entry's title, or else its summary's beginning, or else its link, as `Entry.name` says it."""
    title, summary = func.nullif(entries.c.title, ""), func.nullif(func.substr(entries.c.summary, 1, 60), "")
    return func.coalesce(title, summary, entries.c.link).label("title")
