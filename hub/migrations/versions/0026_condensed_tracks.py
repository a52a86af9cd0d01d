"""tracks of ended patrols as few points."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import sharing.base

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "condensed_track",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("patrol_id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("batches", sa.Integer(), nullable=False),
        sa.Column("made_at", sharing.base.UtcDateTime(), nullable=False),
        sa.Column("distance_m", sa.Double(), nullable=False),
        sa.Column("observed_s", sa.Double(), nullable=False),
        sa.Column("points", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condensed_track")),
        sa.ForeignKeyConstraint(
            ["patrol_id"], ["patrol.id"], name=op.f("fk_condensed_track_patrol_id_patrol")
        ),
    )
    op.create_index(
        "ix_condensed_track_patrol", "condensed_track", ["patrol_id", "unit_id"], unique=True
    )


def downgrade() -> None:
    op.drop_table("condensed_track")
