"""parties of cases as rows of their own; the code of a hazardous waste."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import sharing.base
from sharing.base import new_id

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

CASES = sa.table(
    "case_record",
    sa.column("id", sa.String),
    sa.column("party_name", sa.String),
    sa.column("party_uscc", sa.String),
    sa.column("created_by", sa.String),
    sa.column("created_by_name", sa.String),
    sa.column("opened_at", sharing.base.UtcDateTime),
)
PARTIES = sa.table(
    "case_party",
    *(sa.column(name, sa.String) for name in ("id", "case_id", "form", "role", "name", "code")),
    *(sa.column(name, sa.String) for name in ("phone", "address", "added_by", "added_by_name")),
    sa.column("added_at", sharing.base.UtcDateTime),
)


def upgrade() -> None:
    op.create_table(
        "case_party",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("form", sa.String(length=10), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=18), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("added_by", sa.String(length=36), nullable=False),
        sa.Column("added_by_name", sa.String(length=200), nullable=False),
        sa.Column("added_at", sharing.base.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_party")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_record.id"], name=op.f("fk_case_party_case_id_case_record")
        ),
    )
    op.create_index("ix_case_party_case_id", "case_party", ["case_id"])
    op.create_index("ix_case_party_code", "case_party", ["code"])
    op.add_column("case_record", sa.Column("waste_code", sa.String(length=10), nullable=True))
    connection = op.get_bind()
    named = sa.or_(CASES.c.party_name != "", CASES.c.party_uscc.is_not(None))
    for row in connection.execute(sa.select(CASES).where(named)).all():
        connection.execute(PARTIES.insert().values(_firm(row)))
    op.drop_column("case_record", "party_name")
    op.drop_column("case_record", "party_uscc")


def _firm(row: sa.Row[tuple[str, ...]]) -> dict[str, object]:
    """What stood in a case was a firm, or nobody said otherwise."""
    return {
        "id": new_id(),
        "case_id": row.id,
        "form": "firm",
        "role": "respondent",
        "name": row.party_name or row.party_uscc,
        "code": row.party_uscc,
        "phone": "",
        "address": "",
        "added_by": row.created_by,
        "added_by_name": row.created_by_name,
        "added_at": row.opened_at,
    }


def downgrade() -> None:
    name = sa.Column("party_name", sa.String(length=200), nullable=False, server_default="")
    op.add_column("case_record", name)
    op.add_column("case_record", sa.Column("party_uscc", sa.String(length=18), nullable=True))
    connection = op.get_bind()
    firms = sa.select(PARTIES).where(PARTIES.c.form == "firm", PARTIES.c.role == "respondent")
    for row in connection.execute(firms.order_by(PARTIES.c.id.desc())).all():
        connection.execute(
            CASES.update()
            .where(CASES.c.id == row.case_id)
            .values(party_name=row.name, party_uscc=row.code)
        )
    op.drop_column("case_record", "waste_code")
    op.drop_table("case_party")
