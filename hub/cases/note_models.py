"""Notes (办案记录) on a case: written once, followed by corrections, never changed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Moment, Name, PrimaryId
from sharing.models import UtcDateTime


class NoteKind(StrEnum):
    """What a note is; that decides who reads it."""

    # Opinions, legal review, informants, tactics: for handlers alone, never outside.
    OPINION = "opinion"
    # What the bureau should know: for its people, never outside.
    MEMO = "memo"
    # How the case goes on: for partners too, as far as their terms open it.
    PROGRESS = "progress"


class CaseNote(Base):
    """One note, or the correction of one. What was written stays readable in the owning bureau."""

    __tablename__ = "case_note"
    __table_args__ = (Index("ix_case_note_case_id", "case_id"),)

    id: Mapped[PrimaryId]
    case_id: Mapped[str] = mapped_column(ForeignKey("case_record.id"))
    # The bureau that wrote it: opinions and memos are its alone, whoever has the case later.
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    # The note whose wording this one replaces.
    corrects_id: Mapped[str | None] = mapped_column(ForeignKey("case_note.id"))
    at: Mapped[Moment]
    # None: carried over from a time when names alone were kept.
    by: Mapped[str | None] = mapped_column(String(36))
    by_name: Mapped[Name]
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_name: Mapped[str | None] = mapped_column(String(200))
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
