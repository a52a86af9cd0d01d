"""access tokens that stood in kept answers are forgotten."""

from __future__ import annotations

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Only the answer to a new token has a field of this name.
    op.execute("""UPDATE idempotency_key SET body = '{}' WHERE body LIKE '%"token":"%'""")


def downgrade() -> None:
    """What was forgotten does not come back."""
