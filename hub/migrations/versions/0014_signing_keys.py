"""signing keys of bureaus; key files of partners elsewhere."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import sharing.base

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signing_key",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("valid_from", sharing.base.UtcDateTime(), nullable=False),
        sa.Column("valid_to", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("revoked_at", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("revoked_reason", sa.String(length=500), nullable=False),
        sa.Column("created_by_name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sharing.base.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_signing_key_fingerprint")),
        sa.ForeignKeyConstraint(
            ["bureau_id"], ["bureau.id"], name=op.f("fk_signing_key_bureau_id_bureau")
        ),
    )
    op.create_index("ix_signing_key_bureau", "signing_key", ["bureau_id", "purpose"])
    op.create_table(
        "key_import",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("adcode", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("imported_by", sa.String(length=36), nullable=False),
        sa.Column("imported_by_name", sa.String(length=200), nullable=False),
        sa.Column("imported_at", sharing.base.UtcDateTime(), nullable=False),
        sa.Column("answered_by_name", sa.String(length=200), nullable=True),
        sa.Column("answered_at", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_import")),
        sa.ForeignKeyConstraint(
            ["bureau_id"], ["bureau.id"], name=op.f("fk_key_import_bureau_id_bureau")
        ),
    )
    op.create_index("ix_key_import_bureau_id", "key_import", ["bureau_id"])
    op.create_table(
        "partner_key",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("import_id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sharing.base.UtcDateTime(), nullable=False),
        sa.Column("valid_to", sharing.base.UtcDateTime(), nullable=True),
        sa.Column("revoked_at", sharing.base.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_key")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["key_import.id"], name=op.f("fk_partner_key_import_id_key_import")
        ),
        sa.UniqueConstraint(
            "import_id", "fingerprint", name=op.f("uq_partner_key_import_id_fingerprint")
        ),
    )
    op.create_index("ix_partner_key_fingerprint", "partner_key", ["fingerprint"])


def downgrade() -> None:
    op.drop_table("partner_key")
    op.drop_table("key_import")
    op.drop_table("signing_key")
