"""What an officer asks of the bureau's head about a case: more time, a lower classification."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Moment, Name, PrimaryId
from sharing.models import UtcDateTime


class ApprovalKind(StrEnum):
    """What is asked for."""

    EXTENSION = "extension"
    DECLASSIFY = "declassify"


class ApprovalState(StrEnum):
    """What became of it."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    # The case went to another bureau, whose own head decides from then on.
    LAPSED = "lapsed"


class CaseApproval(Base):
    """One question and its answer. Of one subject only one is open at a time."""

    __tablename__ = "case_approval"
    __table_args__ = (
        Index("ix_case_approval_case_id", "case_id"),
        Index(
            "uq_case_approval_open",
            "case_id",
            "kind",
            "subject_id",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )

    id: Mapped[PrimaryId]
    case_id: Mapped[str] = mapped_column(ForeignKey("case_record.id"))
    kind: Mapped[str] = mapped_column(String(12))
    # Of an extension the clock's id, else the case's.
    subject_id: Mapped[str] = mapped_column(String(36))
    # More time in the rule's unit, or the classification that it shall have.
    amount: Mapped[int]
    ground: Mapped[str] = mapped_column(Text)
    # The law asks for a decision after collective discussion, with its minutes.
    collective: Mapped[bool]
    state: Mapped[str] = mapped_column(String(10))
    asked_at: Mapped[Moment]
    asked_by: Mapped[str] = mapped_column(String(36))
    asked_by_name: Mapped[Name]
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[str | None] = mapped_column(String(36))
    answered_by_name: Mapped[str | None] = mapped_column(String(200))
    answer: Mapped[str] = mapped_column(Text, default="")
    minutes_number: Mapped[str] = mapped_column(String(100), default="")
