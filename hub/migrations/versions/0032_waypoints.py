"""waypoints of a plan, how fast one goes, check-ins at waypoints."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "patrol_waypoint",
        sa.Column("patrol_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("radius_m", sa.Double(), nullable=False),
        sa.Column("at_min", sa.Integer(), nullable=True),
        sa.Column("stay_min", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=True),
        sa.Column("task", sa.String(length=20), nullable=True),
        sa.Column("task_text", sa.String(length=500), nullable=False),
        sa.Column("target_kind", sa.String(length=20), nullable=True),
        sa.Column("target_name", sa.String(length=200), nullable=False),
        sa.Column("target_code", sa.String(length=40), nullable=True),
        sa.Column("finding_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("patrol_id", "key", name=op.f("pk_patrol_waypoint")),
        sa.ForeignKeyConstraint(
            ["patrol_id"], ["patrol.id"], name=op.f("fk_patrol_waypoint_patrol_id_patrol")
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_patrol_waypoint_finding_id_finding")
        ),
    )
    op.add_column("patrol", sa.Column("pace", sa.JSON(), nullable=True))
    op.add_column("patrol_log_entry", sa.Column("waypoint", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("patrol_log_entry", "waypoint")
    op.drop_column("patrol", "pace")
    op.drop_table("patrol_waypoint")
