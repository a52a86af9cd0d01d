"""Notes, measures and links of cases as rows of their own; approvals; an own number of a case."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from sharing.base import UtcDateTime, new_id

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

RULES = Path(__file__).resolve().parent.parent / "seeds" / "0018_measure_rules.json"
TEXT_COLUMNS = ("id", "code", "name", "name_en", "trigger", "trigger_en", "unit", "direction")
RULE = sa.table(
    "deadline_rule",
    *(sa.column(name, sa.String) for name in (*TEXT_COLUMNS, "legal_ref", "source", "mark")),
    *(sa.column(name, sa.Integer) for name in ("number", "amount", "max_extension")),
    *(sa.column(name, sa.Integer) for name in ("collective_above", "warn_percent")),
    *(sa.column(name, sa.Boolean) for name in ("rolls", "pausable")),
    sa.column("note", sa.Text),
    sa.column("valid_from", sa.Date),
    sa.column("valid_to", sa.Date),
    sa.column("entered_at", UtcDateTime()),
)
CASES = sa.table(
    "case_record",
    *(sa.column(name, sa.String) for name in ("id", "created_by", "created_by_name", "reopens_id")),
    sa.column("owner_bureau_id", sa.String),
    sa.column("investigation_notes", sa.Text),
    sa.column("opened_at", UtcDateTime()),
)
NOTES = sa.table(
    "case_note",
    *(sa.column(name, sa.String) for name in ("id", "case_id", "bureau_id", "kind", "by")),
    sa.column("by_name", sa.String),
    sa.column("text", sa.Text),
    sa.column("corrects_id", sa.String),
    sa.column("at", UtcDateTime()),
)
LINKS = sa.table(
    "case_link",
    *(sa.column(name, sa.String) for name in ("id", "from_case_id", "to_case_id", "kind", "note")),
    *(sa.column(name, sa.String) for name in ("by", "by_name")),
    sa.column("at", UtcDateTime()),
)
BOTH_ENDS = "uq_case_link_from_case_id_to_case_id"
# How entries stood in the text: "[2026-05-01 09:30 name] words", each from the start of a line.
ENTRY = re.compile(r"^\[(\d{4}-\d{2}-\d{2} \d{2}:\d{2}) ([^\]\n]*)\] ", re.MULTILINE)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def upgrade() -> None:
    _notes()
    _measures()
    _links()
    _approvals()
    op.add_column("case_record", sa.Column("own_number", sa.String(length=100), nullable=True))
    op.create_index(
        "uq_case_record_own_number", "case_record", ["owner_bureau_id", "own_number"], unique=True
    )
    op.add_column("deadline_rule", sa.Column("collective_above", sa.Integer(), nullable=True))
    bind = op.get_bind()
    decided = RULE.update().where(RULE.c.code == "D2.decision")
    bind.execute(decided.values(collective_above=30))
    bind.execute(RULE.insert(), [_rule(one) for one in json.loads(RULES.read_text("utf-8"))])
    _carry_over(bind)
    op.drop_column("case_record", "investigation_notes")


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)


def _notes() -> None:
    op.create_table(
        "case_note",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("corrects_id", sa.String(length=36), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_by_name", sa.String(length=200), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_note")),
        _key("case_note", "case_id", "case_record"),
        _key("case_note", "bureau_id", "bureau"),
        _key("case_note", "corrects_id", "case_note"),
    )
    op.create_index("ix_case_note_case_id", "case_note", ["case_id"])


def _measures() -> None:
    op.create_table(
        "case_measure",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("document_number", sa.String(length=100), nullable=False),
        sa.Column("legal_ref", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("outcome_text", sa.Text(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("entered_by", sa.String(length=36), nullable=False),
        sa.Column("entered_by_name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_measure")),
        _key("case_measure", "case_id", "case_record"),
    )
    op.create_index("ix_case_measure_case_id", "case_measure", ["case_id"])


def _links() -> None:
    op.create_table(
        "case_link",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("from_case_id", sa.String(length=36), nullable=False),
        sa.Column("to_case_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_link")),
        sa.UniqueConstraint("from_case_id", "to_case_id", name=op.f(BOTH_ENDS)),
        _key("case_link", "from_case_id", "case_record"),
        _key("case_link", "to_case_id", "case_record"),
    )  # fmt: skip
    op.create_index("ix_case_link_to_case_id", "case_link", ["to_case_id"])


def _approvals() -> None:
    op.create_table(
        "case_approval",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("collective", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("asked_by", sa.String(length=36), nullable=False),
        sa.Column("asked_by_name", sa.String(length=200), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by", sa.String(length=36), nullable=True),
        sa.Column("answered_by_name", sa.String(length=200), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("minutes_number", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_approval")),
        _key("case_approval", "case_id", "case_record"),
    )
    op.create_index("ix_case_approval_case_id", "case_approval", ["case_id"])
    op.create_index(
        "uq_case_approval_open",
        "case_approval",
        ["case_id", "kind", "subject_id"],
        unique=True,
        sqlite_where=sa.text("state = 'asked'"),
        postgresql_where=sa.text("state = 'asked'"),
    )


def _rule(entry: dict[str, Any]) -> dict[str, Any]:
    ends = entry["valid_to"]
    return entry | {
        "id": new_id(),
        "valid_from": date.fromisoformat(entry["valid_from"]),
        "valid_to": date.fromisoformat(ends) if ends else None,
        "entered_at": datetime.now(UTC),
    }


def _carry_over(bind: sa.Connection) -> None:
    """What stood in one text becomes notes for handlers; a reopened case gets its link."""
    noted = sa.select(CASES).where(CASES.c.investigation_notes != "")
    for row in bind.execute(noted).mappings().all():
        bind.execute(NOTES.insert(), list(_entries(row)))
    reopened = sa.select(CASES).where(CASES.c.reopens_id.is_not(None))
    for row in bind.execute(reopened).mappings().all():
        bind.execute(LINKS.insert().values(_link(row)))


def _entries(row: sa.RowMapping) -> Iterator[dict[str, Any]]:
    text = row["investigation_notes"]
    heads = list(ENTRY.finditer(text))
    if not heads or heads[0].start() > 0:
        before = text[: heads[0].start()] if heads else text
        yield _note(row, before, row["opened_at"], row["created_by_name"])
    for head, end in zip(heads, [*(h.start() for h in heads[1:]), len(text)], strict=True):
        at = datetime.strptime(head[1], "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
        yield _note(row, text[head.end() : end], at.astimezone(UTC), head[2])


def _note(row: sa.RowMapping, text: str, at: datetime, name: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "case_id": row["id"],
        "bureau_id": row["owner_bureau_id"],
        "kind": "opinion",
        "text": text.strip("\n"),
        "corrects_id": None,
        "at": at,
        "by": None,
        "by_name": name,
    }


def _link(row: sa.RowMapping) -> dict[str, Any]:
    return {
        "id": new_id(),
        "from_case_id": row["id"],
        "to_case_id": row["reopens_id"],
        "kind": "reopens",
        "note": "",
        "at": row["opened_at"],
        "by": row["created_by"],
        "by_name": row["created_by_name"],
    }


def downgrade() -> None:
    empty = sa.Column("investigation_notes", sa.Text(), nullable=False, server_default="")
    op.add_column("case_record", empty)
    bind = op.get_bind()
    clock = sa.table("clock", sa.column("kind", sa.String))
    bind.execute(clock.delete().where(clock.c.kind == "case_measure"))
    bind.execute(RULE.delete().where(RULE.c.code.like("M%")))
    op.drop_column("deadline_rule", "collective_above")
    op.drop_index("uq_case_record_own_number", "case_record")
    op.drop_column("case_record", "own_number")
    for table in ("case_approval", "case_link", "case_measure", "case_note"):
        op.drop_table(table)
