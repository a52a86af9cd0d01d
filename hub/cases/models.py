"""Enforcement cases (案件) of one owning bureau."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, JsonList, Moment, Name, PrimaryId
from hub.versions import Counted


class CaseStage(StrEnum):
    """Stages of a case: the way to a decision, then the exits and side tracks."""

    LEAD = "lead"
    FILED = "filed"
    INVESTIGATING = "investigating"
    INVESTIGATED = "investigated"
    REVIEW = "review"
    NOTIFIED = "notified"
    HEARING = "hearing"
    DISCUSSED = "discussed"
    DECIDED = "decided"
    SERVED = "served"
    EXECUTING = "executing"
    CLOSED = "closed"
    ARCHIVED = "archived"
    NOT_FILED = "not_filed"
    WITHDRAWN = "withdrawn"
    SUSPENDED = "suspended"
    REFERRED = "referred"
    CRIMINAL = "criminal_transferred"


class Outcome(StrEnum):
    """What was decided (行政处罚法 第五十七条)."""

    PENALISE = "penalise"
    NO_PENALTY = "no_penalty"
    NOT_ESTABLISHED = "not_established"


class Case(Counted, Base):
    """A case. Partners see of it what a share under an agreement in force allows."""

    __tablename__ = "case_record"
    __table_args__ = (
        Index("ix_case_record_owner", "owner_bureau_id", "opened_at"),
        Index("uq_case_record_own_number", "owner_bureau_id", "own_number", unique=True),
        # Lists: a bureau's newest first.
        Index("ix_case_record_owner_id", "owner_bureau_id", "id"),
        # Maps: what a bureau has in a frame, counted without reading the rows.
        Index(
            "ix_case_record_owner_place",
            "owner_bureau_id",
            "lat",
            "lon",
            postgresql_include=["classification", "stage", "category"],
        ),
    )

    id: Mapped[PrimaryId]
    # Number for people, e.g. 联防〔2026〕0012号.
    number: Mapped[str] = mapped_column(String(60), unique=True)
    owner_bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    # Number of the case in the bureau's own system or file, if it has one; internal.
    own_number: Mapped[str | None] = mapped_column(String(100))
    title: Mapped[Name]
    category: Mapped[str] = mapped_column(String(40))
    stage: Mapped[str] = mapped_column(String(20))
    # 1 open, 2 shared with parties, 3 sensitive, 4 handlers only.
    classification: Mapped[int] = mapped_column(default=2)
    pollutant: Mapped[str] = mapped_column(String(200), default="")
    # Code of a hazardous waste as the national list writes it, e.g. 336-064-17.
    waste_code: Mapped[str | None] = mapped_column(String(10))
    description: Mapped[str] = mapped_column(Text, default="")
    lon: Mapped[float]
    lat: Mapped[float]
    place: Mapped[str] = mapped_column(String(300), default="")
    adcode: Mapped[str] = mapped_column(String(6))
    # User ids of those who handle it.
    handlers: Mapped[JsonList]
    # Who reviewed it and who chaired its hearing: never one of those who handle it.
    reviewer_id: Mapped[str | None] = mapped_column(String(36))
    chair_id: Mapped[str | None] = mapped_column(String(36))
    outcome: Mapped[str | None] = mapped_column(String(20))
    # A crime is suspected: it goes to the police before anything is decided here.
    criminal_suspected: Mapped[bool] = mapped_column(default=False, server_default=false())
    # The ended case that this one takes up again.
    reopens_id: Mapped[str | None] = mapped_column(String(36))
    # Finding from which it arose.
    finding_id: Mapped[str | None] = mapped_column(ForeignKey("finding.id"))
    opened_at: Mapped[Moment]
    created_by: Mapped[str] = mapped_column(String(36))
    created_by_name: Mapped[Name]

    @property
    def counting_owner(self) -> str:
        """Whose people read `version`."""
        return self.owner_bureau_id


class CaseStep(Base):
    """One step of a case from stage to stage; never changed afterwards."""

    __tablename__ = "case_step"
    __table_args__ = (Index("ix_case_step_case", "case_id", "id"),)

    id: Mapped[PrimaryId]
    case_id: Mapped[str] = mapped_column(ForeignKey("case_record.id"))
    from_stage: Mapped[str] = mapped_column(String(20))
    to_stage: Mapped[str] = mapped_column(String(20))
    # When it was done, as the person says; when it was written down, by the hub's clock.
    at: Mapped[Moment]
    entered_at: Mapped[Moment]
    by: Mapped[str] = mapped_column(String(36))
    by_name: Mapped[Name]
    reason: Mapped[str] = mapped_column(Text, default="")
    document_number: Mapped[str] = mapped_column(String(100), default="")
