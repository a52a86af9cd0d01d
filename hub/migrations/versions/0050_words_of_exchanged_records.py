"""by which words exchanged records are found, so that the database can look for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

MOST_TITLE = 120
LINE = sa.table(
    "packed_line", sa.column("package_id"), sa.column("position"), sa.column("record_id"),
    sa.column("line"), sa.column("title"), sa.column("classification"),
)  # fmt: skip
RECEIVED = sa.table(
    "received_record", sa.column("id"), sa.column("foreign_id"), sa.column("view", sa.JSON()),
    sa.column("title"), sa.column("words"),
)  # fmt: skip


def upgrade() -> None:
    for table in ("packed_line", "received_record"):
        op.add_column(
            table, sa.Column("title", sa.String(MOST_TITLE), nullable=False, server_default="")
        )
    op.add_column(
        "packed_line", sa.Column("classification", sa.Integer(), nullable=False, server_default="4")
    )
    op.add_column(
        "received_record", sa.Column("words", sa.Text(), nullable=False, server_default="")
    )
    bind = op.get_bind()
    for row in bind.execute(sa.select(LINE.c.package_id, LINE.c.position, LINE.c.line)).all():
        record = json.loads(row.line)
        bind.execute(
            sa.update(LINE)
            .where(LINE.c.package_id == row.package_id, LINE.c.position == row.position)
            .values(
                title=_title(record["view"], record["id"]), classification=record["classification"]
            )
        )
    for row in bind.execute(sa.select(RECEIVED.c.id, RECEIVED.c.foreign_id, RECEIVED.c.view)).all():
        words = "\n".join(_texts(row.view))
        bind.execute(
            sa.update(RECEIVED)
            .where(RECEIVED.c.id == row.id)
            .values(title=_title(row.view, row.foreign_id), words=words)
        )


def _title(view: dict[str, Any] | None, record_id: str) -> str:
    named = (
        [str(view[name]) for name in ("number", "title", "text") if view.get(name)] if view else []
    )
    return " ".join(named)[:MOST_TITLE] or record_id


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def downgrade() -> None:
    for table, column in (("received_record", "words"), ("received_record", "title"),
                          ("packed_line", "classification"), ("packed_line", "title")):  # fmt: skip
        op.drop_column(table, column)
