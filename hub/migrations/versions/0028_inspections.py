"""Records of inspections and the signatures given to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sharing.base import UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inspection_record",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("patrol_id", sa.String(length=36), nullable=False),
        sa.Column("finding_id", sa.String(length=36), nullable=True),
        sa.Column("supplements_id", sa.String(length=36), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("adcode", sa.String(length=6), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("void_reason", sa.String(length=500), nullable=False),
        sa.Column("sealed_at", UtcDateTime(), nullable=True),
        sa.Column("sealed_by_name", sa.String(length=200), nullable=True),
        sa.Column("sealed_text", sa.Text(), nullable=True),
        sa.Column("sealed_hash", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_record")),
        sa.UniqueConstraint("number", name=op.f("uq_inspection_record_number")),
        *(
            sa.ForeignKeyConstraint(
                [f"{column}_id"],
                [f"{table}.id"],
                name=op.f(f"fk_inspection_record_{column}_id_{table}"),
            )
            for column, table in (
                ("bureau", "bureau"),
                ("patrol", "patrol"),
                ("finding", "finding"),
                ("supplements", "inspection_record"),
            )
        ),
    )
    for column in ("bureau_id", "patrol_id", "finding_id", "state"):
        op.create_index(f"ix_inspection_record_{column}", "inspection_record", [column])
    op.create_table(
        "inspection_signature",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("file_id", sa.String(length=36), nullable=False),
        sa.Column("taken_by", sa.String(length=36), nullable=False),
        sa.Column("taken_by_name", sa.String(length=200), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_signature")),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["inspection_record.id"],
            name=op.f("fk_inspection_signature_record_id_inspection_record"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["stored_file.id"],
            name=op.f("fk_inspection_signature_file_id_stored_file"),
        ),
    )
    op.create_index("ix_inspection_signature_record", "inspection_signature", ["record_id", "at"])


def downgrade() -> None:
    op.drop_table("inspection_signature")
    op.drop_table("inspection_record")
