"""The tables and their constraints. What must never be, the database itself refuses."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.ledger.database import UTCDateTime
from bot.model import FINAL, State

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _listed(states: frozenset[State] | type[State]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))


def _time(name: str, nullable: bool = True) -> Column[object]:
    return Column(name, UTCDateTime, nullable=nullable)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default="0")


feeds = Table(
    "feeds",
    metadata,
    Column("name", String(40), primary_key=True),
    _text("url"),
    _text("title"),
    _text("etag"),
    _text("last_modified"),
    _text("body_hash"),
    _time("baseline_at"),
    _time("read_at"),
    _time("whole_at"),
    _time("next_at"),
    _count("failures"),
    _text("error"),
    _time("error_at"),
    Column("gone", Boolean, nullable=False, server_default=text("false")),
    _text("moved_to"),
    Column("in_question", Boolean, nullable=False, server_default=text("false")),
)

entries = Table(
    "entries",
    metadata,
    Column("id", Integer, primary_key=True),
    _text("blog"),
    _text("guid"),
    _text("link"),
    _text("title"),
    _text("summary"),
    _text("author"),
    Column("categories", JSON, nullable=False),
    _text("language"),
    Column("images", JSON, nullable=False),
    _time("published"),
    _time("updated"),
    _time("seen_at", nullable=False),
    _time("page_seen_at"),
    _time("page_at"),
    _count("page_looks"),
    Column("picture", String(64), ForeignKey("pictures.sha256")),
    _text("picture_alt"),
)

identities = Table(
    "identities",
    metadata,
    Column("blog", String(200), primary_key=True),
    Column("witness", String(5), primary_key=True),
    Column("value", Text, primary_key=True),
    Column("entry_id", ForeignKey("entries.id"), nullable=False, index=True),
    CheckConstraint("witness IN ('guid', 'link')", name="witness"),
)

feed_entries = Table(
    "feed_entries",
    metadata,
    Column("feed", ForeignKey("feeds.name"), primary_key=True),
    Column("entry_id", ForeignKey("entries.id"), primary_key=True),
)

pictures = Table(
    "pictures",
    metadata,
    Column("sha256", String(64), primary_key=True),
    _text("media_type"),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

channels = Table(
    "channels",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False, unique=True),
    _text("kind"),
    _text("account_id"),
    _text("account_name"),
    _text("account_url"),
    _time("expires_at"),
    _time("checked_at"),
    _time("started_at", nullable=False),
    _time("paused_at"),
    _text("paused_why"),
    _time("not_before"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entry_id", ForeignKey("entries.id"), nullable=False),
    Column("channel_id", ForeignKey("channels.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("holds", JSON, nullable=False),
    _time("due_at", nullable=False),
    Column("draft", JSON(none_as_null=True)),
    _text("wording"),
    Column("approved", Boolean, nullable=False, server_default=text("false")),
    Column("prepared", JSON, nullable=False),
    _time("prepared_until"),
    Column("token", String(32)),
    _time("lease_until"),
    _time("attempted_at"),
    _time("first_attempted_at"),
    _count("attempts"),
    _time("doubt_since"),
    _time("look_at"),
    _time("believe_at"),
    _count("looks"),
    Column("duplicate", Boolean, nullable=False, server_default=text("false")),
    Column("in_question", Boolean, nullable=False, server_default=text("false")),
    _text("hint"),
    _text("why"),
    Column("receipt_id", Text),
    _text("receipt_url"),
    _time("created_at", nullable=False),
    _time("settled_at"),
    UniqueConstraint("entry_id", "channel_id", "round"),
    UniqueConstraint("channel_id", "receipt_id"),
    CheckConstraint(f"state IN ({_listed(State)})", name="state"),
    CheckConstraint(f"(state IN ({_listed(FINAL)})) = (settled_at IS NOT NULL)", name="final_is_settled"),
    CheckConstraint("(state = 'sending') = (token IS NOT NULL)", name="sending_has_token"),
    CheckConstraint("(token IS NULL) = (lease_until IS NULL)", name="token_has_lease"),
    CheckConstraint("(state = 'in_doubt') = (doubt_since IS NOT NULL)", name="doubt_has_since"),
    CheckConstraint("state <> 'published' OR settled_at IS NOT NULL", name="published_is_settled"),
    CheckConstraint("state NOT IN ('pending', 'sending') OR draft IS NOT NULL", name="sent_is_composed"),
)

Index(
    "uq_open_delivery",
    deliveries.c.entry_id,
    deliveries.c.channel_id,
    unique=True,
    sqlite_where=deliveries.c.settled_at.is_(None),
    postgresql_where=deliveries.c.settled_at.is_(None),
)
Index(
    "uq_one_sending",
    deliveries.c.channel_id,
    unique=True,
    sqlite_where=deliveries.c.state == "sending",
    postgresql_where=deliveries.c.state == "sending",
)
Index("ix_deliveries_due", deliveries.c.state, deliveries.c.channel_id, deliveries.c.due_at)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("delivery_id", ForeignKey("deliveries.id"), nullable=False, index=True),
    _time("at", nullable=False),
    _text("who"),
    Column("was", String(12)),
    Column("became", String(12), nullable=False),
    _text("why"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("about", String(200), nullable=False, unique=True),
    _text("matter"),
    Column("entry_id", ForeignKey("entries.id")),
    Column("delivery_id", ForeignKey("deliveries.id")),
    Column("channel_id", ForeignKey("channels.id")),
    _text("feed"),
    _text("why"),
    _time("at", nullable=False),
    _time("told_at"),
    _time("tell_at"),
    _count("tries"),
)

marks = Table(
    "marks",
    metadata,
    Column("name", String(40), primary_key=True),
    _text("value"),
    _time("at", nullable=False),
)
