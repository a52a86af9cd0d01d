"""Series of patrols and what became of their dates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sharing.base import UtcDateTime

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "patrol_series",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agreement_id", sa.String(length=36), nullable=False),
        sa.Column("zone_id", sa.String(length=36), nullable=False),
        sa.Column("parties", sa.JSON(), nullable=False),
        sa.Column("proposing_bureau_id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("route", sa.LargeBinary(), nullable=False),
        sa.Column("checklist", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("officers", sa.JSON(), nullable=False),
        sa.Column("craft", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("plan_version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patrol_series")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_patrol_series_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(
            ["zone_id"], ["zone.id"], name=op.f("fk_patrol_series_zone_id_zone")
        ),
        sa.ForeignKeyConstraint(
            ["proposing_bureau_id"],
            ["bureau.id"],
            name=op.f("fk_patrol_series_proposing_bureau_id_bureau"),
        ),
    )
    op.create_index("ix_patrol_series_agreement_id", "patrol_series", ["agreement_id"])
    op.create_table(
        "patrol_occurrence",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("series_id", sa.String(length=36), nullable=False),
        sa.Column("original", UtcDateTime(), nullable=False),
        sa.Column("skipped", sa.Boolean(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("patrol_id", sa.String(length=36), nullable=True),
        sa.Column("made_version", sa.Integer(), nullable=True),
        sa.Column("problem", sa.String(length=500), nullable=True),
        sa.Column("tried_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patrol_occurrence")),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["patrol_series.id"],
            name=op.f("fk_patrol_occurrence_series_id_patrol_series"),
        ),
        sa.ForeignKeyConstraint(
            ["patrol_id"], ["patrol.id"], name=op.f("fk_patrol_occurrence_patrol_id_patrol")
        ),
        sa.UniqueConstraint(
            "series_id", "original", name=op.f("uq_patrol_occurrence_series_id_original")
        ),
    )
    op.create_index("ix_patrol_occurrence_patrol_id", "patrol_occurrence", ["patrol_id"])


def downgrade() -> None:
    op.drop_table("patrol_occurrence")
    op.drop_table("patrol_series")
