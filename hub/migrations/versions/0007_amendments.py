"""amendments of agreements, and how long what is shared may be kept."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

import sharing.base

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

VERSION = "agreement_version"
# What all had signed is signed; what was replaced before that was withdrawn.
_STATES = """
UPDATE agreement_version SET
  proposed_by = (SELECT proposed_by FROM agreement WHERE id = agreement_version.agreement_id),
  state = CASE
    WHEN number <> (SELECT current_version FROM agreement
                    WHERE id = agreement_version.agreement_id) THEN 'withdrawn'
    WHEN (SELECT state FROM agreement WHERE id = agreement_version.agreement_id)
         IN ('draft', 'proposed') THEN 'proposed'
    ELSE 'signed' END
"""
_SIGNED = """
UPDATE agreement_version SET signed_at =
  (SELECT max(at) FROM approval WHERE approval.kind = 'agreement'
   AND approval.record_id = agreement_version.agreement_id
   AND approval.version = agreement_version.number AND approval.withdrawn_at IS NULL)
WHERE state = 'signed'
"""
_ZONES = """
UPDATE zone_version SET agreement_version =
  (SELECT agreement.current_version FROM zone JOIN agreement ON agreement.id = zone.agreement_id
   WHERE zone.id = zone_version.zone_id)
"""


def upgrade() -> None:
    moment = sharing.base.UtcDateTime()
    reasons: tuple[sa.Column[Any], ...] = (
        sa.Column("state_reason", sa.String(length=500), nullable=True),
        sa.Column("state_by_name", sa.String(length=200), nullable=True),
        sa.Column("state_by_bureau", sa.String(length=36), nullable=True),
        sa.Column("state_at", moment, nullable=True),
    )
    for reason in reasons:
        op.add_column("agreement", reason)
    columns: tuple[sa.Column[Any], ...] = (
        sa.Column("state", sa.String(length=20), nullable=False, server_default="signed"),
        sa.Column("amends", sa.Integer(), nullable=True),
        sa.Column("signed_at", moment, nullable=True),
        sa.Column("begun_at", moment, nullable=True),
        sa.Column("proposed_by", sa.String(length=36), nullable=True),
        sa.Column("proposed_by_name", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("note", sa.String(length=1000), nullable=False, server_default=""),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=True),
    )
    for column in columns:
        op.add_column(VERSION, column)
    op.add_column("share", sa.Column("keep_until", moment, nullable=True))
    op.add_column(
        "zone_version",
        sa.Column("agreement_version", sa.Integer(), nullable=False, server_default="1"),
    )
    for statement in (_STATES, _SIGNED, _ZONES):
        op.execute(statement)
    op.execute("UPDATE agreement_version SET begun_at = signed_at")
    with op.batch_alter_table(VERSION) as table:
        table.alter_column("proposed_by", existing_type=sa.String(36), nullable=False)
        for name in ("state", "proposed_by_name", "note"):
            table.alter_column(name, existing_type=sa.String(), server_default=None)
        table.create_foreign_key(
            op.f("fk_agreement_version_proposed_by"), "bureau", ["proposed_by"], ["id"]
        )
    with op.batch_alter_table("zone_version") as table:
        table.alter_column("agreement_version", existing_type=sa.Integer(), server_default=None)
    op.drop_column("agreement", "current_version")


def downgrade() -> None:
    op.add_column(
        "agreement",
        sa.Column("current_version", sa.Integer(), nullable=False, server_default="1"),
    )
    op.execute(
        "UPDATE agreement SET current_version = (SELECT max(number) FROM agreement_version"
        " WHERE agreement_id = agreement.id AND state <> 'withdrawn')"
    )
    op.drop_column("zone_version", "agreement_version")
    op.drop_column("share", "keep_until")
    with op.batch_alter_table(VERSION) as table:
        table.drop_constraint(op.f("fk_agreement_version_proposed_by"), type_="foreignkey")
        for name in ("withdrawn_reason", "note", "proposed_by_name", "proposed_by", "begun_at"):
            table.drop_column(name)
        for name in ("signed_at", "amends", "state"):
            table.drop_column(name)
    for name in ("state_at", "state_by_bureau", "state_by_name", "state_reason"):
        op.drop_column("agreement", name)
