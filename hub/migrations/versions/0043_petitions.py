"""petitions, who brought them, their steps; what bureaus say of matches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sharing.base import UtcDateTime

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "petition",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("owner_bureau_id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("classification", sa.Integer(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("adcode", sa.String(length=6), nullable=True),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("firm_name", sa.String(length=200), nullable=False),
        sa.Column("firm_uscc", sa.String(length=18), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("handler_id", sa.String(length=36), nullable=True),
        sa.Column("handler_name", sa.String(length=200), nullable=False),
        sa.Column("partner_bureau_id", sa.String(length=36), nullable=True),
        sa.Column("agreement_id", sa.String(length=36), nullable=True),
        sa.Column("clause", sa.String(length=100), nullable=True),
        sa.Column("joint_state", sa.String(length=12), nullable=True),
        sa.Column("joint_asked_at", UtcDateTime(), nullable=True),
        sa.Column("joint_answered_at", UtcDateTime(), nullable=True),
        sa.Column("settlement", sa.Text(), nullable=False),
        sa.Column("settlement_number", sa.String(length=60), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("reply_number", sa.String(length=60), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_hash", sa.String(length=64), nullable=True),
        sa.Column("content_version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_bureau_id"], ["bureau.id"], name=op.f("fk_petition_owner_bureau_id_bureau")
        ),
        sa.ForeignKeyConstraint(
            ["partner_bureau_id"], ["bureau.id"], name=op.f("fk_petition_partner_bureau_id_bureau")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_petition_agreement_id_agreement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition")),
        sa.UniqueConstraint("number", name=op.f("uq_petition_number")),
    )
    op.create_index("ix_petition_owner", "petition", ["owner_bureau_id", "id"])
    op.create_index("ix_petition_partner", "petition", ["partner_bureau_id", "id"])
    op.create_index("ix_petition_agreement_id", "petition", ["agreement_id"])
    op.create_table(
        "petition_reporter",
        sa.Column("petition_id", sa.String(length=36), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("contact_hash", sa.String(length=64), nullable=True),
        sa.Column("entered_by", sa.String(length=36), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_reporter_petition_id_petition")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id"], ["bureau.id"], name=op.f("fk_petition_reporter_bureau_id_bureau")
        ),
        sa.PrimaryKeyConstraint("petition_id", name=op.f("pk_petition_reporter")),
    )
    op.create_index("ix_petition_reporter_contact_hash", "petition_reporter", ["contact_hash"])
    op.create_table(
        "petition_step",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("petition_id", sa.String(length=36), nullable=False),
        sa.Column("act", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("user_name", sa.String(length=200), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["petition_id"], ["petition.id"], name=op.f("fk_petition_step_petition_id_petition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petition_step")),
    )
    op.create_index("ix_petition_step_petition", "petition_step", ["petition_id", "id"])
    op.create_table(
        "match_mark",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("own_kind", sa.String(length=20), nullable=False),
        sa.Column("own_id", sa.String(length=36), nullable=False),
        sa.Column("other_kind", sa.String(length=20), nullable=False),
        sa.Column("other_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.String(length=36), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id"], ["bureau.id"], name=op.f("fk_match_mark_bureau_id_bureau")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_mark")),
        sa.UniqueConstraint(
            "bureau_id", "own_kind", "own_id", "other_kind", "other_id",
            name=op.f("uq_match_mark_bureau_id_own_kind_own_id_other_kind_other_id"),
        ),
    )  # fmt: skip


def downgrade() -> None:
    for table in ("match_mark", "petition_step", "petition_reporter", "petition"):
        op.drop_table(table)
