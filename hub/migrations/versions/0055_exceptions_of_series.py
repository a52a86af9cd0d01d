"""who made a date of a patrol series an exception, when and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sharing.base import UtcDateTime

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

TABLE = "patrol_occurrence"
COLUMNS = (
    ("excepted_at", UtcDateTime()),
    ("excepted_bureau_id", sa.String(36)),
    ("excepted_by_name", sa.String(200)),
    ("reason", sa.String(500)),
)


def upgrade() -> None:
    for name, kind in COLUMNS:
        op.add_column(TABLE, sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name, _kind in COLUMNS:
        op.drop_column(TABLE, name)
