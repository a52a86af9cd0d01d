"""emergency access to one case, and its review."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sharing.base import UtcDateTime

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "emergency_use",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=False),
        sa.Column("classification", sa.Integer(), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("user_name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by_name", sa.String(length=200), nullable=True),
        sa.Column("readings", sa.Integer(), nullable=False),
        sa.Column("last_read_at", UtcDateTime(), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.String(length=36), nullable=True),
        sa.Column("reviewed_by_name", sa.String(length=200), nullable=True),
        sa.Column("reviewed_at", UtcDateTime(), nullable=True),
        sa.Column("review_due", UtcDateTime(), nullable=False),
        sa.Column("remind_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_use")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_record.id"], name=op.f("fk_emergency_use_case_id_case_record")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id"], ["bureau.id"], name=op.f("fk_emergency_use_bureau_id_bureau")
        ),
    )
    for name, columns in INDEXES.items():
        op.create_index(name, "emergency_use", columns)


INDEXES = {
    "ix_emergency_use_user": ["user_id", "case_id", "until"],
    "ix_emergency_use_bureau": ["bureau_id", "id"],
    "ix_emergency_use_open": ["ended_at", "until"],
    "ix_emergency_use_review": ["verdict", "review_due"],
}


def downgrade() -> None:
    op.drop_table("emergency_use")
