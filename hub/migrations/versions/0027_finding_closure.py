"""findings followed to their end: state, who took them up, task to a firm, closing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import op

from sharing.base import UtcDateTime, new_id

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

SEED = Path(__file__).resolve().parent.parent / "seeds" / "finding_task_term.json"
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
# Who opened the case is the one who took it up; what was referred is on the other side.
TAKEN = """
UPDATE finding SET state = 'case', taken_by_id =
  (SELECT owner_bureau_id FROM case_record WHERE case_record.id = finding.case_id)
WHERE case_id IS NOT NULL
"""
REFERRED = """
UPDATE finding SET state = 'referred' WHERE case_id IS NULL AND referred_to_id IS NOT NULL
"""


def upgrade() -> None:
    op.add_column(
        "finding",
        sa.Column("state", sa.String(length=12), nullable=False, server_default="open"),
    )
    op.add_column("finding", sa.Column("taken_by_id", sa.String(length=36), nullable=True))
    op.add_column("finding", sa.Column("due_on", sa.Date(), nullable=True))
    op.create_index("ix_finding_state", "finding", ["state"])
    op.execute(sa.text(TAKEN))
    op.execute(sa.text(REFERRED))
    op.create_table(
        "finding_closure",
        sa.Column("finding_id", sa.String(length=36), nullable=False),
        sa.Column("firm", sa.String(length=200), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("tasked_at", UtcDateTime(), nullable=True),
        sa.Column("tasked_by_name", sa.String(length=200), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by_name", sa.String(length=200), nullable=True),
        sa.Column("close_note", sa.Text(), nullable=False),
        sa.Column("no_photo_reason", sa.String(length=500), nullable=False),
        sa.Column("reopened_at", UtcDateTime(), nullable=True),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("finding_id", name=op.f("pk_finding_closure")),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_finding_closure_finding_id_finding")
        ),
    )
    op.bulk_insert(RULE, [_term()])


def _term() -> dict[str, object]:
    entry: dict[str, object] = json.loads(SEED.read_text(encoding="utf-8"))
    day = date.fromisoformat(str(entry["valid_from"]))
    return entry | {"id": new_id(), "valid_from": day, "entered_at": datetime.now(UTC)}


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM clock WHERE rule_code = 'H5.finding_task'"))
    op.execute(sa.text("DELETE FROM deadline_rule WHERE code = 'H5.finding_task'"))
    op.drop_table("finding_closure")
    op.drop_index("ix_finding_state", "finding")
    for name in ("due_on", "taken_by_id", "state"):
        op.drop_column("finding", name)
