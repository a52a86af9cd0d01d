"""Crossings of units between sides and zones, and how far each unit was judged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sharing.base import UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables, and the index by which new batches are found."""
    op.create_table(
        "crossing",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("patrol_id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("from_adcode", sa.String(length=6), nullable=True),
        sa.Column("to_adcode", sa.String(length=6), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("uncertainty_m", sa.Double(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["patrol_id"], ["patrol.id"], name=op.f("fk_crossing_patrol_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crossing")),
    )
    op.create_index("ix_crossing_patrol", "crossing", ["patrol_id", "at"])
    op.create_table(
        "unit_watch",
        sa.Column("patrol_id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.Column("known", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["patrol_id"], ["patrol.id"], name=op.f("fk_unit_watch_patrol_id")),
        sa.PrimaryKeyConstraint("patrol_id", "unit_id", name=op.f("pk_unit_watch")),
    )
    op.create_index(
        "ix_track_batch_arrival", "track_batch", ["patrol_id", "unit_id", "received_at"]
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_track_batch_arrival", "track_batch")
    op.drop_table("unit_watch")
    op.drop_index("ix_crossing_patrol", "crossing")
    op.drop_table("crossing")
