"""requests between bureaus, and their steps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import sharing.base

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "request",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("sender_bureau_id", sa.String(length=36), nullable=False),
        sa.Column("receiver_bureau_id", sa.String(length=36), nullable=True),
        sa.Column("addressee", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("contact_name", sa.String(length=100), nullable=False),
        sa.Column("contact_phone", sa.String(length=40), nullable=False),
        sa.Column("due_at", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("classification", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("finding_id", sa.String(length=36), nullable=True),
        sa.Column("opens_case", sa.Boolean(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("agreement_id", sa.String(length=36), nullable=True),
        sa.Column("clause", sa.String(length=100), nullable=True),
        sa.Column("result_case_id", sa.String(length=36), nullable=True),
        sa.Column("document_number", sa.String(length=60), nullable=True),
        sa.Column("signed_by_name", sa.String(length=200), nullable=True),
        sa.Column("signed_at", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("sent_at", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("sender_files_until", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("receiver_files_until", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sharing.base.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_record.id"], name=op.f("fk_request_case_id")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_request_finding_id")),
        sa.ForeignKeyConstraint(
            ["receiver_bureau_id"], ["bureau.id"], name=op.f("fk_request_receiver_bureau_id")
        ),
        sa.ForeignKeyConstraint(
            ["result_case_id"], ["case_record.id"], name=op.f("fk_request_result_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["sender_bureau_id"], ["bureau.id"], name=op.f("fk_request_sender_bureau_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
        sa.UniqueConstraint("number", name=op.f("uq_request_number")),
    )
    op.create_index("ix_request_case", "request", ["case_id"])
    op.create_index("ix_request_receiver", "request", ["receiver_bureau_id", "state"])
    op.create_index("ix_request_sender", "request", ["sender_bureau_id", "state"])

    op.create_table(
        "request_step",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("act", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("user_name", sa.String(length=200), nullable=False),
        sa.Column("at", sharing.base.UtcDateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("document_number", sa.String(length=100), nullable=True),
        sa.Column("file_id", sa.String(length=36), nullable=True),
        sa.Column("answers", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_request_step_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_step")),
    )
    op.create_index("ix_request_step_request", "request_step", ["request_id", "id"])


def downgrade() -> None:
    op.drop_table("request_step")
    op.drop_table("request")
