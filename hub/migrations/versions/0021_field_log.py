"""The log of a patrol beside its track, uploads in pieces, what devices added to their clocks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sharing.base import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and the columns."""
    op.create_table(
        "patrol_log_entry",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("patrol_id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=False),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("clock_offset_s", sa.Double(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("index", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["patrol_id"], ["patrol.id"], name=op.f("fk_patrol_log_entry_patrol_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patrol_log_entry")),
    )
    op.create_index("ix_patrol_log_entry_order", "patrol_log_entry", ["patrol_id", "at"])
    op.create_table(
        "upload",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.String(length=36), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_upload_user_id_key")),
    )
    op.create_index(op.f("ix_upload_at"), "upload", ["at"])
    op.add_column("track_batch", sa.Column("clock_offset_s", sa.Double(), nullable=True))
    op.add_column("finding", sa.Column("clock_offset_s", sa.Double(), nullable=True))


def downgrade() -> None:
    """Take them away again."""
    op.drop_column("finding", "clock_offset_s")
    op.drop_column("track_batch", "clock_offset_s")
    op.drop_index(op.f("ix_upload_at"), "upload")
    op.drop_table("upload")
    op.drop_index("ix_patrol_log_entry_order", "patrol_log_entry")
    op.drop_table("patrol_log_entry")
