"""Measures (措施) of a case: orders, seizures, fines, each with its dates and its end."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Moment, Name, PrimaryId
from sharing.models import UtcDateTime


class MeasureKind(StrEnum):
    """What was ordered or taken."""

    ORDER_CORRECT = "order_correct"
    PRESERVATION = "preservation"
    SEIZURE = "seizure"
    PRODUCTION_LIMIT = "production_limit"
    PRODUCTION_STOP = "production_stop"
    FINE = "fine"
    CONFISCATION = "confiscation"
    DAILY_PENALTY = "daily_penalty"
    DETENTION = "detention"
    OTHER = "other"


class MeasureOutcome(StrEnum):
    """How a measure ended."""

    FULFILLED = "fulfilled"
    LIFTED = "lifted"
    REVOKED = "revoked"
    UNFULFILLED = "unfulfilled"
    MISTAKE = "mistake"


class CaseMeasure(Base):
    """One measure. Its clocks run for it in hub/deadlines under the kind `case_measure`."""

    __tablename__ = "case_measure"
    __table_args__ = (Index("ix_case_measure_case_id", "case_id"),)

    id: Mapped[PrimaryId]
    case_id: Mapped[str] = mapped_column(ForeignKey("case_record.id"))
    kind: Mapped[str] = mapped_column(String(20))
    # Since when it holds: taken, or its document served. The clocks count from here.
    starts_at: Mapped[Moment]
    document_number: Mapped[str] = mapped_column(String(100), default="")
    legal_ref: Mapped[str] = mapped_column(String(300), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    # In fen; of a daily penalty for one day.
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    # Of an order to correct: within how many days. Of a daily penalty: for how many.
    days: Mapped[int | None]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(20))
    outcome_text: Mapped[str] = mapped_column(Text, default="")
    entered_at: Mapped[Moment]
    entered_by: Mapped[str] = mapped_column(String(36))
    entered_by_name: Mapped[Name]
