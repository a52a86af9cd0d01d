"""when a step of a request happened outside the hub."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("request_step", sa.Column("happened_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("request_step", "happened_at")
