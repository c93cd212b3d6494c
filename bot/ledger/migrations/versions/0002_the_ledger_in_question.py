"""What a ledger that is older than the world may have published already."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("feeds", "deliveries"):
        op.add_column(table, sa.Column("in_question", sa.Boolean(), server_default=sa.text("false"), nullable=False))
