"""What a notice is about, apart from its words: the faces put it into words."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WHOM = {"entry_id": "entries.id", "delivery_id": "deliveries.id", "channel_id": "channels.id"}


def upgrade() -> None:
    with op.batch_alter_table("notices") as notices:
        notices.alter_column("text", new_column_name="why")
        for name in ("matter", "feed"):
            notices.add_column(sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False))
        for name, whom in WHOM.items():
            table, _, column = whom.partition(".")
            notices.add_column(sa.Column(name, sa.Integer(), nullable=True))
            notices.create_foreign_key(op.f(f"fk_notices_{name}"), table, [name], [column])
