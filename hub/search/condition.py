"""The condition that the words of a query stand in a record, as either database asks it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Text, cast, column, literal, select, table
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from hub.search.models import SearchRecord
from hub.search.tokens import Asked, fts5_query, tsquery

# FTS5's own names for a row and for the whole of its columns.
_FULL_TEXT = table("search_fts", column("rowid"), column("search_fts"))


def stands_in(session: Session, asked: Asked) -> ColumnElement[bool]:
    """That a row of `SearchRecord` is one that the query asks for."""
    if session.get_bind().dialect.name == "sqlite":
        match = _FULL_TEXT.c.search_fts.op("MATCH")(fts5_query(asked))
        return SearchRecord.id.in_(select(_FULL_TEXT.c.rowid).where(match))
    query = cast(literal(tsquery(asked), Text), TSQUERY)
    return SearchRecord.tokens.op("@@")(query)
