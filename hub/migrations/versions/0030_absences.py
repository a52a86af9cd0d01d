"""Absences of people and craft."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sharing.base import UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=True),
        sa.Column("craft_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
        sa.ForeignKeyConstraint(
            ["bureau_id"], ["bureau.id"], name=op.f("fk_absence_bureau_id_bureau")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_absence_user_id_user_account")
        ),
        sa.ForeignKeyConstraint(["craft_id"], ["craft.id"], name=op.f("fk_absence_craft_id_craft")),
    )
    op.create_index("ix_absence_time", "absence", ["bureau_id", "starts_at"])
    op.create_index("ix_absence_user_id", "absence", ["user_id"])
    op.create_index("ix_absence_craft_id", "absence", ["craft_id"])


def downgrade() -> None:
    op.drop_table("absence")
