"""the calendar that people enter, rules of deadlines with their seed, clocks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

import sharing.base
from sharing.base import UtcDateTime, new_id

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("workday", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("entered_by", sa.String(length=36), nullable=False),
        sa.Column("entered_by_name", sa.String(length=200), nullable=False),
        sa.Column("entered_at", sharing.base.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("entered_by", sa.String(length=36), nullable=False),
        sa.Column("entered_by_name", sa.String(length=200), nullable=False),
        sa.Column("entered_at", sharing.base.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_year")),
    )
    op.create_table(
        "deadline_rule",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("trigger", sa.String(length=300), nullable=False),
        sa.Column("trigger_en", sa.String(length=300), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("direction", sa.String(length=10), nullable=False),
        sa.Column("rolls", sa.Boolean(), nullable=False),
        sa.Column("max_extension", sa.Integer(), nullable=True),
        sa.Column("pausable", sa.Boolean(), nullable=False),
        sa.Column("warn_percent", sa.Integer(), nullable=False),
        sa.Column("legal_ref", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("mark", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.String(length=36), nullable=True),
        sa.Column("entered_by_name", sa.String(length=200), nullable=True),
        sa.Column("entered_at", sharing.base.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_rule")),
        sa.UniqueConstraint("code", "number", name=op.f("uq_deadline_rule_code_number")),
    )
    op.create_index("ix_deadline_rule_code", "deadline_rule", ["code"], unique=False)

    op.create_table(
        "clock",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.Column("rule_code", sa.String(length=60), nullable=False),
        sa.Column("rule_id", sa.String(length=36), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("starts_at", sharing.base.UtcDateTime(), nullable=False),
        sa.Column("due_at", sharing.base.UtcDateTime(), nullable=False),
        sa.Column("near_at", sharing.base.UtcDateTime(), nullable=False),
        sa.Column("unknown_years", sa.JSON(), nullable=False),
        sa.Column("ended_at", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("near_told_at", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("overdue_told_at", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("extensions", sa.JSON(), nullable=False),
        sa.Column("pauses", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureau.id"], name=op.f("fk_clock_bureau_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["deadline_rule.id"], name=op.f("fk_clock_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
    )
    op.create_index("ix_clock_bureau", "clock", ["bureau_id", "state", "due_at"], unique=False)
    op.create_index("ix_clock_due", "clock", ["state", "due_at"], unique=False)
    op.create_index("ix_clock_subject", "clock", ["kind", "subject_id"], unique=False)
    op.create_index(
        "uq_clock_open",
        "clock",
        ["kind", "subject_id", "rule_code"],
        unique=True,
        sqlite_where=sa.text("state IN ('running', 'paused')"),
        postgresql_where=sa.text("state IN ('running', 'paused')"),
    )

    _seed(op.get_bind())


RULES = Path(__file__).resolve().parent.parent / "seeds" / "0006_deadline_rules.json"
RULE = sa.table(
    "deadline_rule",
    *(sa.column(n) for n in ("id", "code", "number", "name", "name_en", "trigger", "trigger_en")),
    *(sa.column(n) for n in ("amount", "unit", "direction", "rolls", "max_extension", "pausable")),
    *(sa.column(n) for n in ("warn_percent", "legal_ref", "source", "mark", "note")),
    sa.column("valid_from", sa.Date()),
    sa.column("valid_to", sa.Date()),
    sa.column("entered_at", UtcDateTime()),
)
CLOCK = sa.table(
    "clock",
    *(sa.column(n) for n in ("id", "kind", "subject_id", "rule_code", "rule_id", "bureau_id")),
    *(sa.column(n, sa.JSON()) for n in ("told", "unknown_years", "extensions", "pauses")),
    *(sa.column(n, UtcDateTime()) for n in ("starts_at", "due_at", "near_at")),
    sa.column("state"),
    sa.column("version"),
)
SHARE = sa.table(
    "share",
    *(sa.column(n) for n in ("id", "owner_bureau_id", "partner_bureau_id", "state")),
    sa.column("created_at", UtcDateTime()),
)
RECEIPT = sa.table("receipt", sa.column("share_id"), sa.column("rung"))
REQUEST = sa.table(
    "access_request",
    *(sa.column(n) for n in ("id", "share_id", "state")),
    sa.column("asked_at", UtcDateTime()),
)


def _seed(bind: sa.Connection) -> None:
    """The rules, and clocks for what waits for an answer, by the term that held so far (72 h)."""
    rows = [_rule(entry) for entry in json.loads(RULES.read_text(encoding="utf-8"))]
    bind.execute(sa.insert(RULE), rows)
    ids = {row["code"]: row["id"] for row in rows}
    clocks = [*_shares(bind, ids["H1.share_answer"]), *_requests(bind, ids["H2.access_answer"])]
    if clocks:
        bind.execute(sa.insert(CLOCK), clocks)


def _rule(entry: dict[str, Any]) -> dict[str, Any]:
    ends = entry["valid_to"]
    return entry | {
        "id": new_id(),
        "valid_from": date.fromisoformat(entry["valid_from"]),
        "valid_to": date.fromisoformat(ends) if ends else None,
        "entered_at": datetime.now(UTC),
    }


def _shares(bind: sa.Connection, rule_id: str) -> Iterator[dict[str, Any]]:
    answered = sa.select(RECEIPT.c.share_id).where(RECEIPT.c.rung.in_(("accepted", "refused")))
    waiting = sa.select(SHARE).where(SHARE.c.state == "active", SHARE.c.id.not_in(answered))
    for row in bind.execute(waiting).mappings():
        sides = (row["partner_bureau_id"], row["owner_bureau_id"])
        yield _clock("share", row["id"], "H1.share_answer", rule_id, sides, row["created_at"])


def _requests(bind: sa.Connection, rule_id: str) -> Iterator[dict[str, Any]]:
    both = REQUEST.join(SHARE, SHARE.c.id == REQUEST.c.share_id)
    columns = (REQUEST.c.id, REQUEST.c.asked_at, SHARE.c.owner_bureau_id, SHARE.c.partner_bureau_id)
    waiting = sa.select(*columns).select_from(both).where(REQUEST.c.state == "open")
    for row in bind.execute(waiting).mappings():
        sides = (row["owner_bureau_id"], row["partner_bureau_id"])
        yield _clock(
            "access_request", row["id"], "H2.access_answer", rule_id, sides, row["asked_at"]
        )


def _clock(
    kind: str, subject_id: str, code: str, rule_id: str, sides: tuple[str, str], starts_at: datetime
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": kind,
        "subject_id": subject_id,
        "rule_code": code,
        "rule_id": rule_id,
        "bureau_id": sides[0],
        "told": [sides[1]],
        "state": "running",
        "starts_at": starts_at,
        "due_at": starts_at + timedelta(hours=72),
        "near_at": starts_at + timedelta(hours=57.6),
        "unknown_years": [],
        "extensions": [],
        "pauses": [],
        "version": 1,
    }


def downgrade() -> None:
    op.drop_table("clock")
    op.drop_table("deadline_rule")
    op.drop_table("calendar_year")
    op.drop_table("calendar_day")
