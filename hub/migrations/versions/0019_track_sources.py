"""where a batch of fixes came from, and how its places were given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, usual in (("source", "phone"), ("source_crs", "wgs84")):
        column = sa.Column(name, sa.String(length=10), nullable=False, server_default=usual)
        op.add_column("track_batch", column)


def downgrade() -> None:
    for name in ("source_crs", "source"):
        op.drop_column("track_batch", name)
