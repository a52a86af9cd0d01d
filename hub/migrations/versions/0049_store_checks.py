"""the nightly check of the store and what it found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import sharing.models

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file_check",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("started_at", sharing.models.UtcDateTime(), nullable=False),
        sa.Column("finished_at", sharing.models.UtcDateTime(), nullable=True),
        sa.Column("after_id", sa.String(length=36), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("swept", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_check")),
    )
    op.create_index(op.f("ix_file_check_started_at"), "file_check", ["started_at"])
    op.create_table(
        "file_fault",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("found_at", sharing.models.UtcDateTime(), nullable=False),
        sa.Column("seen_at", sharing.models.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id"], ["bureau.id"], name=op.f("fk_file_fault_bureau_id_bureau")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_fault")),
    )
    op.create_index("ix_file_fault_bureau", "file_fault", ["bureau_id", "id"])


def downgrade() -> None:
    op.drop_table("file_fault")
    op.drop_table("file_check")
