"""What a notice is about, apart from its words: the faces put it into words."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WHOM = {"entry_id": "entries.id", "delivery_id": "deliveries.id", "channel_id": "channels.id"}


SAME = {"page": "unseen", "late": "late", "ledger": "unsearchable", "feed": "feed_silent", "moved": "feed_moved"}
"""What begins the `about` of a notice, before and now: what was noted is not noted again."""


def upgrade() -> None:
    _name_deliveries(op.get_bind())
    with op.batch_alter_table("notices") as notices:
        notices.alter_column("text", new_column_name="why")
        for name in ("matter", "feed"):
            notices.add_column(sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False))
        for name, whom in WHOM.items():
            table, _, column = whom.partition(".")
            notices.add_column(sa.Column(name, sa.Integer(), nullable=True))
            notices.create_foreign_key(op.f(f"fk_notices_{name}"), table, [name], [column])
    for was, now in SAME.items():
        ends = ":" if was in ("page", "late", "ledger") else ""
        renamed = sa.text("UPDATE notices SET about = :now || substr(about, :kept) || :ends WHERE about LIKE :was")
        values = {"now": now, "kept": len(was) + 1, "ends": ends, "was": f"{was}:%"}
        op.get_bind().execute(renamed, values)


def _name_deliveries(connection: sa.Connection) -> None:
    """What was not told yet names deliveries by the ledger's own numbers, which mean other things to a person now."""
    waiting = "SELECT id, about, text FROM notices WHERE told_at IS NULL"
    named = sa.text(
        "SELECT deliveries.entry_id, channels.name, deliveries.round FROM deliveries "
        "JOIN channels ON channels.id = deliveries.channel_id WHERE deliveries.id = :id"
    )
    for number, about, text in connection.execute(sa.text(waiting)).all():
        delivery = about.split(":")[1] if about.split(":")[0] in ("failed", "in_doubt", "handed_over", "ledger") else ""
        if delivery.isdecimal() and (row := connection.execute(named, {"id": int(delivery)}).first()):
            name = f"{row[0]}/{row[1]}" + (f"/{row[2]}" if row[2] > 1 else "")
            told = re.sub(rf"(delivery|oncecast [a-z]+) {delivery}\b", rf"\g<1> {name}", text)
            told_now = sa.text("UPDATE notices SET text = :text WHERE id = :id")
            connection.execute(told_now, {"text": told, "id": number})
