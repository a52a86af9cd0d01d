"""the search index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# SQLite: the tokens once more, in a full-text table that follows the rows.
FULL_TEXT = (
    "CREATE VIRTUAL TABLE search_fts USING fts5"
    "(tokens, content='search_record', content_rowid='id', tokenize='ascii', detail=none)",
    "CREATE TRIGGER search_fts_insert AFTER INSERT ON search_record BEGIN"
    " INSERT INTO search_fts(rowid, tokens) VALUES (new.id, new.tokens); END",
    "CREATE TRIGGER search_fts_delete AFTER DELETE ON search_record BEGIN"
    " INSERT INTO search_fts(search_fts, rowid, tokens)"
    " VALUES ('delete', old.id, old.tokens); END",
    "CREATE TRIGGER search_fts_update AFTER UPDATE OF tokens ON search_record BEGIN"
    " INSERT INTO search_fts(search_fts, rowid, tokens) VALUES ('delete', old.id, old.tokens);"
    " INSERT INTO search_fts(rowid, tokens) VALUES (new.id, new.tokens); END",
)


def upgrade() -> None:
    op.create_table(
        "search_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("owner_bureau_id", sa.String(length=36), nullable=False),
        sa.Column("agreement_id", sa.String(length=36), nullable=True),
        sa.Column("classification", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=True),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("adcode", sa.String(length=6), nullable=True),
        sa.Column(
            "tokens", sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_record")),
    )
    op.create_index("uq_search_record_record", "search_record", ["record_id", "kind"], unique=True)
    op.create_index(
        "ix_search_record_owner", "search_record", ["owner_bureau_id", "kind", "record_id"]
    )
    op.create_index("ix_search_record_agreement", "search_record", ["agreement_id", "kind"])
    if op.get_bind().dialect.name == "sqlite":
        for statement in FULL_TEXT:
            op.execute(statement)
    else:
        op.create_index("search_fts_tokens", "search_record", ["tokens"], postgresql_using="gin")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_fts")
    op.drop_table("search_record")
