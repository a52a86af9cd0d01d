"""The search index: one row for each record, its tokens with the field group each stands in."""

from __future__ import annotations

from sqlalchemy import Index, String, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id


class SearchRecord(Base):
    """What is searched of one record. Who may find it is asked of the record's own feature.

    SQLite keeps the tokens a second time in the FTS5 table `search_fts`, by triggers; PostgreSQL
    has a GIN index of that name. Both are made by the migration, because models cannot say them.
    """

    __tablename__ = "search_record"
    __table_args__ = (
        Index("uq_search_record_record", "record_id", "kind", unique=True),
        Index("ix_search_record_owner", "owner_bureau_id", "kind", "record_id"),
        Index("ix_search_record_agreement", "agreement_id", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[Id]
    owner_bureau_id: Mapped[str] = mapped_column(String(36))
    # The agreement whose parties are told of it; none for cases, which are shared one by one.
    agreement_id: Mapped[str | None] = mapped_column(String(36))
    classification: Mapped[int] = mapped_column(default=0)
    stage: Mapped[str | None] = mapped_column(String(40))
    category: Mapped[str | None] = mapped_column(String(40))
    # Calendar year in China.
    year: Mapped[int | None]
    adcode: Mapped[str | None] = mapped_column(String(6))
    tokens: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))
