"""requests: when people were reminded and their officials told; the officials' own term."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import op

from sharing.base import UtcDateTime, new_id

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SEED = Path(__file__).resolve().parent.parent / "seeds" / "official_term.json"
COLUMNS = ("reminded_at", "escalated_at")
RULE = sa.table(
    "deadline_rule",
    *(sa.column(name, sa.String) for name in (
        "id", "code", "name", "name_en", "trigger", "trigger_en", "unit", "direction",
        "legal_ref", "source", "mark", "note")),
    *(sa.column(name, sa.Integer) for name in ("number", "amount", "warn_percent")),
    *(sa.column(name, sa.Boolean) for name in ("rolls", "pausable")),
    sa.column("valid_from", sa.Date),
    sa.column("entered_at", UtcDateTime),
)  # fmt: skip


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("request", sa.Column(name, UtcDateTime(), nullable=True))
    op.bulk_insert(RULE, [_official_term()])


def _official_term() -> dict[str, object]:
    entry: dict[str, object] = json.loads(SEED.read_text(encoding="utf-8"))
    day = date.fromisoformat(str(entry["valid_from"]))
    return entry | {"id": new_id(), "valid_from": day, "entered_at": datetime.now(UTC)}


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("request", name)
    op.execute(sa.text("DELETE FROM clock WHERE rule_code = 'H3.official_answer'"))
    op.execute(sa.text("DELETE FROM deadline_rule WHERE code = 'H3.official_answer'"))
