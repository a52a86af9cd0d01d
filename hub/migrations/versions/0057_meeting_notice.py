"""the notice of a meeting: its number, what it said, what is to be brought."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("meeting", sa.Column("bring", sa.Text(), nullable=False, server_default=""))
    op.add_column("meeting", sa.Column("notice_number", sa.String(length=60), nullable=True))
    op.add_column("meeting", sa.Column("notice_hash", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("meeting", "notice_hash")
    op.drop_column("meeting", "notice_number")
    op.drop_column("meeting", "bring")
