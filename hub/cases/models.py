"""Enforcement cases (案件) of one owning bureau."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, JsonList, Moment, Name, PrimaryId


class CaseStage(StrEnum):
    """Stages of a case; the side exits end it without a decision."""

    LEAD = "lead"
    FILED = "filed"
    INVESTIGATING = "investigating"
    REVIEW = "review"
    NOTIFIED = "notified"
    DECIDED = "decided"
    EXECUTING = "executing"
    CLOSED = "closed"
    NOT_FILED = "not_filed"
    WITHDRAWN = "withdrawn"


class Case(Base):
    """A case. Partners see of it what a share under an agreement in force allows."""

    __tablename__ = "case_record"
    __table_args__ = (Index("ix_case_record_owner", "owner_bureau_id", "opened_at"),)

    id: Mapped[PrimaryId]
    # Number for people, e.g. 联防〔2026〕0012号.
    number: Mapped[str] = mapped_column(String(60), unique=True)
    owner_bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    title: Mapped[Name]
    category: Mapped[str] = mapped_column(String(40))
    stage: Mapped[str] = mapped_column(String(20))
    # 1 open, 2 shared with parties, 3 sensitive, 4 handlers only.
    classification: Mapped[int] = mapped_column(default=2)
    party_name: Mapped[str] = mapped_column(String(200), default="")
    # Unified social credit code of the firm (GB 32100).
    party_uscc: Mapped[str | None] = mapped_column(String(18))
    pollutant: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    # Internal: for handlers only, never shared.
    investigation_notes: Mapped[str] = mapped_column(Text, default="")
    lon: Mapped[float]
    lat: Mapped[float]
    place: Mapped[str] = mapped_column(String(300), default="")
    adcode: Mapped[str] = mapped_column(String(6))
    # User ids of those who handle it.
    handlers: Mapped[JsonList]
    # Finding from which it arose.
    finding_id: Mapped[str | None] = mapped_column(ForeignKey("finding.id"))
    opened_at: Mapped[Moment]
    created_by: Mapped[str] = mapped_column(String(36))
    created_by_name: Mapped[Name]
    version: Mapped[int] = mapped_column(default=1)
