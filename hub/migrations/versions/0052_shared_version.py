"""the version of a case as partners read it, which counts what may go out alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "case_record", sa.Column("shared_version", sa.Integer(), nullable=False, server_default="1")
    )
    # Nobody may read a lower number than he was told before.
    op.execute("UPDATE case_record SET shared_version = version")


def downgrade() -> None:
    op.drop_column("case_record", "shared_version")
