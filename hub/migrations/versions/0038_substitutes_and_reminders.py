"""Substitutes in approved plans; reminders of patrols and when persons wish them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sharing.base import UtcDateTime

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("patrol_officer", "patrol_craft"):
        op.add_column(table, sa.Column("stands_for_id", sa.String(length=36), nullable=True))
        op.add_column(table, sa.Column("stands_for_name", sa.String(length=200), nullable=True))
    op.add_column(
        "patrol_officer", sa.Column("stands_for_license", sa.String(length=40), nullable=True)
    )
    op.add_column("notification_wish", sa.Column("patrol_hours", sa.JSON(), nullable=True))
    op.create_table(
        "patrol_reminder",
        sa.Column("patrol_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("patrol_id", "user_id", "key", name=op.f("pk_patrol_reminder")),
        sa.ForeignKeyConstraint(
            ["patrol_id"], ["patrol.id"], name=op.f("fk_patrol_reminder_patrol_id_patrol")
        ),
    )


def downgrade() -> None:
    op.drop_table("patrol_reminder")
    op.drop_column("notification_wish", "patrol_hours")
    op.drop_column("patrol_officer", "stands_for_license")
    for table in ("patrol_officer", "patrol_craft"):
        op.drop_column(table, "stands_for_name")
        op.drop_column(table, "stands_for_id")
