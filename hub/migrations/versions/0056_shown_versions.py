"""the version of a finding as each party of its patrol reads it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("finding", sa.Column("shown", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("finding", "shown")
