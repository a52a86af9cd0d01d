"""mails that carry an invitation, and reminders of packages that wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sharing.base import UtcDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mail", sa.Column("about", sa.String(length=120), nullable=True))
    op.add_column("mail", sa.Column("calendar", sa.Text(), nullable=True))
    op.create_index("ix_mail_about", "mail", ["about", "user_id"])
    op.add_column("exchange_package", sa.Column("reminded_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("exchange_package", "reminded_at")
    op.drop_index("ix_mail_about", "mail")
    op.drop_column("mail", "calendar")
    op.drop_column("mail", "about")
