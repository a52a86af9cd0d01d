"""stations run by several bureaus, and their duty rosters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sharing.base import UtcDateTime

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "station_party",
        sa.Column("station_id", sa.String(length=36), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("agreement_id", sa.String(length=36), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("accepted_by_name", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_station_party_station_id_station")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id"], ["bureau.id"], name=op.f("fk_station_party_bureau_id_bureau")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_station_party_agreement_id_agreement")
        ),
        sa.PrimaryKeyConstraint("station_id", "bureau_id", name=op.f("pk_station_party")),
    )
    op.create_table(
        "station_duty",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("station_id", sa.String(length=36), nullable=False),
        sa.Column("bureau_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("swap_to_id", sa.String(length=36), nullable=True),
        sa.Column("swap_for_id", sa.String(length=36), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_station_duty_station_id_station")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_station_duty_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_duty")),
    )
    op.create_index("ix_station_duty_station", "station_duty", ["station_id", "starts_at"])
    op.create_index("ix_station_duty_user", "station_duty", ["user_id", "starts_at"])


def downgrade() -> None:
    op.drop_table("station_duty")
    op.drop_table("station_party")
