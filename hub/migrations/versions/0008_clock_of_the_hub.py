"""who runs the clock, and which texts of agreements were told to have run out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sharing.base import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_lease",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_lease")),
    )
    op.add_column("agreement_version", sa.Column("ended_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("agreement_version", "ended_at")
    op.drop_table("job_lease")
