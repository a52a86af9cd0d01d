"""requests for access to what is only announced, and what was granted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import sharing.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("share", sa.Column("granted_groups", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("share", sa.Column("granted_until", sharing.base.UtcDateTime(), nullable=True))
    op.create_table(
        "access_request",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("share_id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=36), nullable=False),
        sa.Column("asked_by_name", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sharing.base.UtcDateTime(), nullable=False),
        sa.Column("due_at", sharing.base.UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("answered_by", sa.String(length=36), nullable=True),
        sa.Column("answered_by_name", sa.String(length=120), nullable=True),
        sa.Column("answered_at", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("field_groups", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("until", sharing.base.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_request")),
    )
    op.create_index("ix_access_request_share_id", "access_request", ["share_id"])
    op.create_index(
        "uq_access_request_open",
        "access_request",
        ["share_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    op.drop_table("access_request")
    op.drop_column("share", "granted_until")
    op.drop_column("share", "granted_groups")
