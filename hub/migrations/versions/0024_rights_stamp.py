"""a number that rises with every change of what open doors may do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# Table -> the columns of which the rights of a session, a token or an open socket are made.
WATCHED = {
    "user_account": "bureau_id, name, roles, clearance, totp_secret, active",
    "login_session": "user_id, expires_at, second_factor_at, revoked_at",
    "access_token": "user_id, scopes, expires_at, revoked_at",
    "bureau": "name",
}
RAISE = "UPDATE rights_stamp SET number = number + 1"


def upgrade() -> None:
    op.create_table(
        "rights_stamp",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_stamp")),
    )
    op.execute("INSERT INTO rights_stamp (id, number) VALUES (1, 1)")
    if op.get_bind().dialect.name == "sqlite":
        for table, columns in WATCHED.items():
            for event in (f"UPDATE OF {columns}", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER rights_{table}_{event.split()[0].lower()}"
                    f" AFTER {event} ON {table} BEGIN {RAISE}; END"
                )
        return
    op.execute(
        "CREATE FUNCTION raise_rights_stamp() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN {RAISE}; RETURN NULL; END $$"
    )
    for table, columns in WATCHED.items():
        # At the commit: the stamp is the last row that a transaction locks, so none waits in a
        # circle, and whoever reads it raised reads what raised it.
        op.execute(
            f"CREATE CONSTRAINT TRIGGER rights_{table} AFTER UPDATE OF {columns} OR DELETE"
            f" ON {table} DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION raise_rights_stamp()"
        )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in WATCHED:
        names = [f"rights_{table}_update", f"rights_{table}_delete"] if sqlite else []
        for name in names:
            op.execute(f"DROP TRIGGER {name}")
        if not sqlite:
            op.execute(f"DROP TRIGGER rights_{table} ON {table}")
    if not sqlite:
        op.execute("DROP FUNCTION raise_rights_stamp()")
    op.drop_table("rights_stamp")
