"""patrols know whether their tracks were condensed; those not yet are found without a scan."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "patrol", sa.Column("condensed", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute(
        "UPDATE patrol SET condensed = TRUE WHERE id IN (SELECT patrol_id FROM condensed_track)"
    )
    op.create_index("ix_patrol_ended_at", "patrol", ["ended_at"])
    op.create_index("ix_patrol_state_condensed", "patrol", ["state", "condensed"])


def downgrade() -> None:
    op.drop_index("ix_patrol_state_condensed", table_name="patrol")
    op.drop_index("ix_patrol_ended_at", table_name="patrol")
    op.drop_column("patrol", "condensed")
