"""Steps of cases, who reviewed and heard them, what was decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sharing.base import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of steps and the columns of cases."""
    op.create_table(
        "case_step",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("from_stage", sa.String(length=20), nullable=False),
        sa.Column("to_stage", sa.String(length=20), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_number", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_record.id"], name=op.f("fk_case_step_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
    )
    op.create_index("ix_case_step_case", "case_step", ["case_id", "id"])
    for column in (
        sa.Column("reviewer_id", sa.String(length=36), nullable=True),
        sa.Column("chair_id", sa.String(length=36), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("criminal_suspected", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reopens_id", sa.String(length=36), nullable=True),
    ):
        op.add_column("case_record", column)


def downgrade() -> None:
    """Take them away again."""
    for name in ("reopens_id", "criminal_suspected", "outcome", "chair_id", "reviewer_id"):
        op.drop_column("case_record", name)
    op.drop_index("ix_case_step_case", "case_step")
    op.drop_table("case_step")
