"""the versions of petitions and requests as the other side reads them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

TABLES = ("petition", "request")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(
            table, sa.Column("shared_version", sa.Integer(), nullable=False, server_default="1")
        )
        # Nobody may read a lower number than he was told before.
        op.execute(f"UPDATE {table} SET shared_version = version")  # noqa: S608 - names of tables
    # Packages have told partners the owner's number of a case.
    op.execute("UPDATE case_record SET shared_version = version")


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "shared_version")
