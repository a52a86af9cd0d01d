"""Links between cases: kept by the bureau that draws them, shown to who may see both ends."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Moment, Name, PrimaryId


class LinkKind(StrEnum):
    """How the case from which the link is drawn stands to the other."""

    RELATED = "related"
    SAME_FIRM = "same_firm"
    FOLLOW_UP = "follow_up"
    # Drawn by the hub when an ended case is taken up again.
    REOPENS = "reopens"


class CaseLink(Base):
    """A link from an own case to one that its bureau could see when it drew it."""

    __tablename__ = "case_link"
    __table_args__ = (
        UniqueConstraint("from_case_id", "to_case_id"),
        Index("ix_case_link_to_case_id", "to_case_id"),
    )

    id: Mapped[PrimaryId]
    from_case_id: Mapped[str] = mapped_column(ForeignKey("case_record.id"))
    to_case_id: Mapped[str] = mapped_column(ForeignKey("case_record.id"))
    kind: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[Moment]
    by: Mapped[str] = mapped_column(String(36))
    by_name: Mapped[Name]
