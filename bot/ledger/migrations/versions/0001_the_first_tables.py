"""The first tables."""

import sqlalchemy as sa
from alembic import op

import bot.ledger.database

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("account_id", sa.Text(), server_default="", nullable=False),
        sa.Column("account_name", sa.Text(), server_default="", nullable=False),
        sa.Column("account_url", sa.Text(), server_default="", nullable=False),
        sa.Column("expires_at", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("checked_at", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("started_at", bot.ledger.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("paused_at", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("paused_why", sa.Text(), server_default="", nullable=False),
        sa.Column("not_before", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("name", name=op.f("uq_channels_name")),
    )
    op.create_table(
        "feeds",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("etag", sa.Text(), server_default="", nullable=False),
        sa.Column("last_modified", sa.Text(), server_default="", nullable=False),
        sa.Column("body_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("baseline_at", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("read_at", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("whole_at", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("next_at", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("error_at", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("gone", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("moved_to", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_feeds")),
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.Column("at", bot.ledger.database.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_marks")),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("at", bot.ledger.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("told_at", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("tell_at", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("about", name=op.f("uq_notices_about")),
    )
    op.create_table(
        "pictures",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.Text(), server_default="", nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_pictures")),
    )
    op.create_table(
        "entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("blog", sa.Text(), server_default="", nullable=False),
        sa.Column("guid", sa.Text(), server_default="", nullable=False),
        sa.Column("link", sa.Text(), server_default="", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("summary", sa.Text(), server_default="", nullable=False),
        sa.Column("author", sa.Text(), server_default="", nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("images", sa.JSON(), nullable=False),
        sa.Column("published", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("updated", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("seen_at", bot.ledger.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("page_seen_at", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("page_at", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("page_looks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("picture", sa.String(length=64), nullable=True),
        sa.Column("picture_alt", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["picture"], ["pictures.sha256"], name=op.f("fk_entries_picture")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("holds", sa.JSON(), nullable=False),
        sa.Column("due_at", bot.ledger.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("draft", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("wording", sa.Text(), server_default="", nullable=False),
        sa.Column("approved", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("prepared", sa.JSON(), nullable=False),
        sa.Column("prepared_until", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("token", sa.String(length=32), nullable=True),
        sa.Column("lease_until", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("attempted_at", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("first_attempted_at", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("doubt_since", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("look_at", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("believe_at", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("looks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("duplicate", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("hint", sa.Text(), server_default="", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("receipt_id", sa.Text(), nullable=True),
        sa.Column("receipt_url", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", bot.ledger.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("settled_at", bot.ledger.database.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'in_doubt') = (doubt_since IS NOT NULL)", name=op.f("ck_deliveries_doubt_has_since")
        ),
        sa.CheckConstraint("(state = 'sending') = (token IS NOT NULL)", name=op.f("ck_deliveries_sending_has_token")),
        sa.CheckConstraint(
            "(state IN ('cancelled', 'published')) = (settled_at IS NOT NULL)",
            name=op.f("ck_deliveries_final_is_settled"),
        ),
        sa.CheckConstraint(
            "state <> 'published' OR settled_at IS NOT NULL", name=op.f("ck_deliveries_published_is_settled")
        ),
        sa.CheckConstraint(
            "state IN ('cancelled', 'failed', 'handed_over', 'held', 'in_doubt', 'pending', 'published', 'sending')",
            name=op.f("ck_deliveries_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('pending', 'sending') OR draft IS NOT NULL", name=op.f("ck_deliveries_sent_is_composed")
        ),
        sa.CheckConstraint("(token IS NULL) = (lease_until IS NULL)", name=op.f("ck_deliveries_token_has_lease")),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_deliveries_channel_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_deliveries_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("channel_id", "receipt_id", name=op.f("uq_deliveries_channel_id_receipt_id")),
        sa.UniqueConstraint("entry_id", "channel_id", "round", name=op.f("uq_deliveries_entry_id_channel_id_round")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index("ix_deliveries_due", ["state", "channel_id", "due_at"], unique=False)
        batch_op.create_index(
            "uq_one_sending",
            ["channel_id"],
            unique=True,
            sqlite_where=sa.text("state = 'sending'"),
            postgresql_where=sa.text("state = 'sending'"),
        )
        batch_op.create_index(
            "uq_open_delivery",
            ["entry_id", "channel_id"],
            unique=True,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )

    op.create_table(
        "feed_entries",
        sa.Column("feed", sa.String(length=40), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_feed_entries_entry_id")),
        sa.ForeignKeyConstraint(["feed"], ["feeds.name"], name=op.f("fk_feed_entries_feed")),
        sa.PrimaryKeyConstraint("feed", "entry_id", name=op.f("pk_feed_entries")),
    )
    op.create_table(
        "identities",
        sa.Column("blog", sa.String(length=200), nullable=False),
        sa.Column("witness", sa.String(length=5), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("witness IN ('guid', 'link')", name=op.f("ck_identities_witness")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_identities_entry_id")),
        sa.PrimaryKeyConstraint("blog", "witness", "value", name=op.f("pk_identities")),
    )
    with op.batch_alter_table("identities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identities_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("at", bot.ledger.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), server_default="", nullable=False),
        sa.Column("was", sa.String(length=12), nullable=True),
        sa.Column("became", sa.String(length=12), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_events_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_events_delivery_id"), ["delivery_id"], unique=False)
