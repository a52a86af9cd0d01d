"""certificates that end; files carried into a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_account", sa.Column("license_until", sa.Date(), nullable=True))
    op.add_column("stored_file", sa.Column("carried_from", sa.String(length=36), nullable=True))


def downgrade() -> None:
    op.drop_column("stored_file", "carried_from")
    op.drop_column("user_account", "license_until")
