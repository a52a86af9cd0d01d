"""What a bureau said of a match; the matches themselves are computed, never stored."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id, Moment, Name, PrimaryId


class MarkState(StrEnum):
    """What a bureau thinks of a match; none yet: it is new."""

    SEEN = "seen"
    DISMISSED = "dismissed"
    LINKED = "linked"


class MatchMark(Base):
    """One bureau's word on one pair: its own record and the other side's."""

    __tablename__ = "match_mark"
    __table_args__ = (
        UniqueConstraint("bureau_id", "own_kind", "own_id", "other_kind", "other_id"),
    )

    id: Mapped[PrimaryId]
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    own_kind: Mapped[str] = mapped_column(String(20))
    own_id: Mapped[Id]
    other_kind: Mapped[str] = mapped_column(String(20))
    other_id: Mapped[Id]
    state: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[Id]
    by_name: Mapped[Name]
    at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)
