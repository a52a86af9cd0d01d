"""packages out and in, their records, what was received from elsewhere."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import sharing.base

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exchange_package",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("package_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("partner_adcode", sa.String(length=6), nullable=False),
        sa.Column("partner_name", sa.String(length=200), nullable=False),
        sa.Column("agreement_id", sa.String(length=36), nullable=True),
        sa.Column("meeting_id", sa.String(length=36), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("choice", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("previous", sa.String(length=64), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("root", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sharing.base.UtcDateTime(), nullable=False),
        sa.Column("approved_by_name", sa.String(length=200), nullable=True),
        sa.Column("approved_at", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("expires_at", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("receipt_at", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_package")),
        sa.ForeignKeyConstraint(
            ["bureau_id"], ["bureau.id"], name=op.f("fk_exchange_package_bureau_id_bureau")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreement.id"],
            name=op.f("fk_exchange_package_agreement_id_agreement"),
        ),
        sa.UniqueConstraint(
            "bureau_id", "package_id", name=op.f("uq_exchange_package_bureau_id_package_id")
        ),
    )
    op.create_index("ix_exchange_package_bureau", "exchange_package", ["bureau_id", "id"])
    op.create_index("ix_exchange_package_digest", "exchange_package", ["digest"])
    op.create_index("ix_exchange_package_meeting_id", "exchange_package", ["meeting_id"])
    op.create_table(
        "packed_line",
        sa.Column("package_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("package_id", "position", name=op.f("pk_packed_line")),
        sa.ForeignKeyConstraint(
            ["package_id"],
            ["exchange_package.id"],
            name=op.f("fk_packed_line_package_id_exchange_package"),
        ),
    )
    op.create_index("ix_packed_line_record", "packed_line", ["kind", "record_id"])
    op.create_table(
        "received_record",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("owner_adcode", sa.String(length=6), nullable=False),
        sa.Column("owner_name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("foreign_id", sa.String(length=64), nullable=False),
        sa.Column("foreign_version", sa.Integer(), nullable=False),
        sa.Column("classification", sa.Integer(), nullable=False),
        sa.Column("view", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("keep_until", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("package_id", sa.String(length=36), nullable=False),
        sa.Column("received_at", sharing.base.UtcDateTime(), nullable=False),
        sa.Column("ended_at", sharing.base.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_record")),
        sa.ForeignKeyConstraint(
            ["bureau_id"], ["bureau.id"], name=op.f("fk_received_record_bureau_id_bureau")
        ),
        sa.ForeignKeyConstraint(
            ["package_id"],
            ["exchange_package.id"],
            name=op.f("fk_received_record_package_id_exchange_package"),
        ),
        sa.UniqueConstraint(
            "bureau_id",
            "owner_adcode",
            "kind",
            "foreign_id",
            name=op.f("uq_received_record_bureau_id_owner_adcode_kind_foreign_id"),
        ),
    )
    op.create_table(
        "received_file",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("received_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_file")),
        sa.ForeignKeyConstraint(
            ["received_id"],
            ["received_record.id"],
            name=op.f("fk_received_file_received_id_received_record"),
        ),
    )
    op.create_index("ix_received_file_received_id", "received_file", ["received_id"])
    op.create_table(
        "kept_witness",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("adcode", sa.String(length=6), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sharing.base.UtcDateTime(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.String(length=36), nullable=True),
        sa.Column("kept_by_name", sa.String(length=200), nullable=False),
        sa.Column("kept_at", sharing.base.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_witness")),
        sa.ForeignKeyConstraint(
            ["bureau_id"], ["bureau.id"], name=op.f("fk_kept_witness_bureau_id_bureau")
        ),
    )
    op.create_index("ix_kept_witness_bureau_id", "kept_witness", ["bureau_id"])


def downgrade() -> None:
    op.drop_table("kept_witness")
    op.drop_table("received_file")
    op.drop_table("received_record")
    op.drop_table("packed_line")
    op.drop_table("exchange_package")
