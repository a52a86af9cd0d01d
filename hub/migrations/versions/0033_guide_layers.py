"""guide lines: a bureau's own lines to draw routes along."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sharing.base import UtcDateTime

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guide_layer",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("length_m", sa.Double(), nullable=False),
        sa.Column("added_by_name", sa.String(length=200), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guide_layer")),
        sa.ForeignKeyConstraint(
            ["bureau_id"], ["bureau.id"], name=op.f("fk_guide_layer_bureau_id_bureau")
        ),
    )
    op.create_index(op.f("ix_guide_layer_bureau_id"), "guide_layer", ["bureau_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_guide_layer_bureau_id"), "guide_layer")
    op.drop_table("guide_layer")
