"""which records a package that came in brought, without their content."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "brought_record",
        sa.Column(
            "package_id", sa.String(36), sa.ForeignKey("exchange_package.id"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("foreign_id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=True),
        sa.PrimaryKeyConstraint("package_id", "position"),
    )
    op.create_index("ix_brought_record_record", "brought_record", ["kind", "foreign_id"])
    # Of earlier packages it is known which last brought a record, not whether it was new by then.
    op.execute(
        """INSERT INTO brought_record (package_id, position, kind, foreign_id, version)
        SELECT package_id, row_number() OVER (PARTITION BY package_id ORDER BY id), kind,
        foreign_id, foreign_version FROM received_record"""
    )


def downgrade() -> None:
    op.drop_table("brought_record")
