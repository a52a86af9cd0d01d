"""refusals entered this hour."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entered_denial",
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("hour", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("target", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "hour", "target", name=op.f("pk_entered_denial")),
    )


def downgrade() -> None:
    op.drop_table("entered_denial")
