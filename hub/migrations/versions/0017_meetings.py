"""joint meetings and action items, with the rules of their deadlines."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import op

import sharing.base
from sharing.base import new_id

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting_series",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agreement_id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("starts_at", sharing.base.UtcDateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("rotation", sa.JSON(), nullable=False),
        sa.Column("chair_shift", sa.Integer(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended_at", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sharing.base.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_meeting_series_agreement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_series")),
    )
    op.create_index("ix_meeting_series_agreement_id", "meeting_series", ["agreement_id"])

    op.create_table(
        "meeting",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("agreement_id", sa.String(length=36), nullable=False),
        sa.Column("series_id", sa.String(length=36), nullable=True),
        sa.Column("occurrence", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("starts_at", sharing.base.UtcDateTime(), nullable=False),
        sa.Column("ends_at", sharing.base.UtcDateTime(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("host_bureau_id", sa.String(length=36), nullable=False),
        sa.Column("chair_bureau_id", sa.String(length=36), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("classification", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("invited_at", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("convened_at", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("ended_at", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("document_number", sa.String(length=60), nullable=True),
        sa.Column("minutes_version", sa.Integer(), nullable=False),
        sa.Column("sealed_at", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("sealed_hash", sa.String(length=64), nullable=True),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sharing.base.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_meeting_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["chair_bureau_id"], ["bureau.id"], name=op.f("fk_meeting_chair_bureau_id")
        ),
        sa.ForeignKeyConstraint(
            ["host_bureau_id"], ["bureau.id"], name=op.f("fk_meeting_host_bureau_id")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["meeting_series.id"], name=op.f("fk_meeting_series_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("number", name=op.f("uq_meeting_number")),
        sa.UniqueConstraint(
            "series_id", "occurrence", name=op.f("uq_meeting_series_id_occurrence")
        ),
    )
    op.create_index("ix_meeting_agreement_id", "meeting", ["agreement_id"])
    op.create_index("ix_meeting_state", "meeting", ["state", "starts_at"])

    op.create_table(
        "agenda_item",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("meeting_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("person_name", sa.String(length=200), nullable=False),
        sa.Column("source_code", sa.String(length=40), nullable=True),
        sa.Column("source_kind", sa.String(length=40), nullable=True),
        sa.Column("source_id", sa.String(length=36), nullable=True),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sharing.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id"], ["bureau.id"], name=op.f("fk_agenda_item_bureau_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_agenda_item_meeting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint(
            "meeting_id",
            "source_code",
            "source_kind",
            "source_id",
            name=op.f("uq_agenda_item_meeting_id_source_code_source_kind_source_id"),
        ),
    )
    op.create_index("ix_agenda_item_meeting", "agenda_item", ["meeting_id", "position"])

    op.create_table(
        "decision",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("meeting_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("adopted_at", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("proposed_by_name", sa.String(length=200), nullable=False),
        sa.Column("proposed_by_bureau", sa.String(length=36), nullable=False),
        sa.Column("changed_at", sharing.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_decision_meeting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index("ix_decision_meeting", "decision", ["meeting_id", "position"])

    op.create_table(
        "meeting_party",
        sa.Column("meeting_id", sa.String(length=36), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id"], ["bureau.id"], name=op.f("fk_meeting_party_bureau_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_party_meeting_id")
        ),
        sa.PrimaryKeyConstraint("meeting_id", "bureau_id", name=op.f("pk_meeting_party")),
    )
    op.create_index("ix_meeting_party_bureau_id", "meeting_party", ["bureau_id"])

    op.create_table(
        "meeting_person",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("meeting_id", sa.String(length=36), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("answer", sa.String(length=12), nullable=False),
        sa.Column("answered_at", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("answer_note", sa.String(length=500), nullable=False),
        sa.Column("substitute_id", sa.String(length=36), nullable=True),
        sa.Column("substitute_name", sa.String(length=200), nullable=True),
        sa.Column("present_at", sharing.base.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bureau_id"], ["bureau.id"], name=op.f("fk_meeting_person_bureau_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_person_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_meeting_person_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_person")),
        sa.UniqueConstraint(
            "meeting_id", "user_id", name=op.f("uq_meeting_person_meeting_id_user_id")
        ),
    )
    op.create_index("ix_meeting_person_user", "meeting_person", ["user_id"])

    op.create_table(
        "meeting_step",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("meeting_id", sa.String(length=36), nullable=False),
        sa.Column("act", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("user_name", sa.String(length=200), nullable=False),
        sa.Column("at", sharing.base.UtcDateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_step_meeting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_step")),
    )
    op.create_index("ix_meeting_step_meeting", "meeting_step", ["meeting_id", "id"])

    op.create_table(
        "action_item",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("meeting_id", sa.String(length=36), nullable=False),
        sa.Column("decision_id", sa.String(length=36), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("person_name", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("first_due_on", sa.Date(), nullable=False),
        sa.Column("reported_at", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("closed_at", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("closed_by_name", sa.String(length=200), nullable=True),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sharing.base.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id"], ["bureau.id"], name=op.f("fk_action_item_bureau_id")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_action_item_decision_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_action_item_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["user_account.id"], name=op.f("fk_action_item_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_item")),
        sa.UniqueConstraint("number", name=op.f("uq_action_item_number")),
    )
    op.create_index("ix_action_item_bureau", "action_item", ["bureau_id", "state"])
    op.create_index("ix_action_item_meeting", "action_item", ["meeting_id"])

    op.create_table(
        "minutes_section",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("meeting_id", sa.String(length=36), nullable=False),
        sa.Column("agenda_item_id", sa.String(length=36), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by_name", sa.String(length=200), nullable=False),
        sa.Column("changed_by_bureau", sa.String(length=36), nullable=False),
        sa.Column("changed_at", sharing.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agenda_item_id"], ["agenda_item.id"], name=op.f("fk_minutes_section_agenda_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_minutes_section_meeting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_section")),
    )
    op.create_index("ix_minutes_section_meeting", "minutes_section", ["meeting_id", "position"])

    op.create_table(
        "action_note",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("action_item_id", sa.String(length=36), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("file_id", sa.String(length=36), nullable=True),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("user_name", sa.String(length=200), nullable=False),
        sa.Column("at", sharing.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_item_id"], ["action_item.id"], name=op.f("fk_action_note_action_item_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_note")),
    )
    op.create_index("ix_action_note_item", "action_note", ["action_item_id", "id"])

    op.create_table(
        "minutes_revision",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("section_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("by_bureau", sa.String(length=36), nullable=False),
        sa.Column("at", sharing.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["section_id"], ["minutes_section.id"], name=op.f("fk_minutes_revision_section_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_revision")),
        sa.UniqueConstraint(
            "section_id", "version", name=op.f("uq_minutes_revision_section_id_version")
        ),
    )
    op.bulk_insert(RULE, [_rule(one) for one in json.loads(RULES.read_text("utf-8"))])


def _rule(given: dict[str, object]) -> dict[str, object]:
    from_day = date.fromisoformat(str(given["valid_from"]))
    return given | {"id": new_id(), "valid_from": from_day, "entered_at": datetime.now(UTC)}


RULES = Path(__file__).resolve().parent.parent / "seeds" / "0017_meeting_rules.json"
RULE = sa.table(
    "deadline_rule",
    *(sa.column(n) for n in ("id", "code", "number", "name", "name_en", "trigger", "trigger_en")),
    *(sa.column(n) for n in ("amount", "unit", "direction", "rolls", "max_extension", "pausable")),
    *(sa.column(n) for n in ("warn_percent", "legal_ref", "source", "mark", "note")),
    sa.column("valid_from", sa.Date()),
    sa.column("valid_to", sa.Date()),
    sa.column("entered_at", sharing.base.UtcDateTime()),
)
CLOCK = sa.table("clock", sa.column("rule_code"))


def downgrade() -> None:
    codes = [one["code"] for one in json.loads(RULES.read_text("utf-8"))]
    op.execute(CLOCK.delete().where(CLOCK.c.rule_code.in_(codes)))
    op.execute(RULE.delete().where(RULE.c.code.in_(codes)))
    op.drop_table("minutes_revision")

    op.drop_table("action_note")

    op.drop_table("minutes_section")

    op.drop_table("action_item")

    op.drop_table("meeting_step")

    op.drop_table("meeting_person")

    op.drop_table("meeting_party")

    op.drop_table("decision")

    op.drop_table("agenda_item")

    op.drop_table("meeting")

    op.drop_table("meeting_series")
