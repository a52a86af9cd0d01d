"""indexes for lists and maps of a million cases; the search index made anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ACTIVE = sa.text("state = 'active'")


def upgrade() -> None:
    op.create_index("ix_case_record_owner_id", "case_record", ["owner_bureau_id", "id"])
    op.create_index(
        "ix_case_record_owner_place",
        "case_record",
        ["owner_bureau_id", "lat", "lon"],
        postgresql_include=["classification", "stage", "category"],
    )
    op.create_index(
        "ix_share_active_partner",
        "share",
        ["partner_bureau_id", "kind", "record_id"],
        sqlite_where=ACTIVE,
        postgresql_where=ACTIVE,
    )
    # Its rows now say whose they are; `db upgrade` builds an empty index after the migrations.
    op.execute("DELETE FROM search_record")


def downgrade() -> None:
    op.drop_index("ix_share_active_partner", "share")
    op.drop_index("ix_case_record_owner_place", "case_record")
    op.drop_index("ix_case_record_owner_id", "case_record")
