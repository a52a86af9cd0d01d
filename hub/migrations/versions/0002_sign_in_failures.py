"""failures counted by name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import sharing.base

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in_failures",
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sharing.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sharing.base.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name_hash", name=op.f("pk_sign_in_failures")),
    )
    op.create_index("ix_sign_in_failures_last_at", "sign_in_failures", ["last_at"])
    # Plain ALTER TABLE: a batch would rebuild a table that others point to.
    op.drop_column("user_account", "locked_until")
    op.drop_column("user_account", "failed_logins")


def downgrade() -> None:
    op.add_column(
        "user_account", sa.Column("failed_logins", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "user_account",
        sa.Column("locked_until", sharing.base.UtcDateTime(timezone=True), nullable=True),
    )
    op.drop_index("ix_sign_in_failures_last_at", "sign_in_failures")
    op.drop_table("sign_in_failures")
