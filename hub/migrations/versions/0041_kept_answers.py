"""of the answers to writes only which record it was is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

# {"stored": ..., "flagged": ...} of positions is a count and stays.
KEPT = """UPDATE idempotency_key SET facts = {made}
          WHERE facts <> '' AND facts NOT LIKE '{{"stored"%'"""
NAMES = ("id", "version", "number", "case_id")


def upgrade() -> None:
    op.execute("ALTER TABLE idempotency_key RENAME COLUMN body TO facts")
    if op.get_bind().dialect.name == "sqlite":
        pairs = ", ".join(f"'{name}', json_extract(facts, '$.{name}')" for name in NAMES)
        made = f"json_patch('{{}}', json_object({pairs}))"
    else:
        pairs = ", ".join(f"'{name}', facts::json->'{name}'" for name in NAMES)
        made = f"json_strip_nulls(json_build_object({pairs}))::text"
    op.execute(sa.text(KEPT.format(made=made).replace(":", "\\:")))
    op.create_index(op.f("ix_idempotency_key_at"), "idempotency_key", ["at"])


def downgrade() -> None:
    """What was forgotten does not come back."""
    op.drop_index(op.f("ix_idempotency_key_at"), "idempotency_key")
    op.execute("ALTER TABLE idempotency_key RENAME COLUMN facts TO body")
