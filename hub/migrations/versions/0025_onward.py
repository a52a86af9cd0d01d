"""passing on: what a share hangs on, whether its owner consented, and the wishes to pass on."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import op

from sharing.base import UtcDateTime, new_id

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

SEED = Path(__file__).resolve().parent.parent / "seeds" / "onward_term.json"
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
    op.add_column("share", sa.Column("onward_of", sa.String(length=36), nullable=True))
    op.add_column(
        "share",
        sa.Column("onward_consented", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index("ix_share_onward_of", "share", ["onward_of"])
    op.create_table(
        "onward_request",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("share_id", sa.String(length=36), nullable=False),
        sa.Column("to_bureau_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_name", sa.String(length=200), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("answered_by_name", sa.String(length=120), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("opened_share_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onward_request")),
    )
    op.create_index("ix_onward_request_share_id", "onward_request", ["share_id"])
    op.create_index(
        "uq_onward_request_open",
        "onward_request",
        ["share_id", "to_bureau_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.bulk_insert(RULE, [_term()])


def _term() -> dict[str, object]:
    entry: dict[str, object] = json.loads(SEED.read_text(encoding="utf-8"))
    day = date.fromisoformat(str(entry["valid_from"]))
    return entry | {"id": new_id(), "valid_from": day, "entered_at": datetime.now(UTC)}


def downgrade() -> None:
    op.drop_table("onward_request")
    op.drop_index("ix_share_onward_of", "share")
    op.drop_column("share", "onward_consented")
    op.drop_column("share", "onward_of")
    op.execute(sa.text("DELETE FROM clock WHERE rule_code = 'H4.onward_answer'"))
    op.execute(sa.text("DELETE FROM deadline_rule WHERE code = 'H4.onward_answer'"))
