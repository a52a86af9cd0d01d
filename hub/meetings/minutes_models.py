"""Minutes in sections with every text they ever had, and the decisions of a meeting."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id, Moment, Name, PrimaryId
from sharing.models import UtcDateTime


class MinutesSection(Base):
    """A part of the minutes; two writers meet at its version, never at the whole."""

    __tablename__ = "minutes_section"
    __table_args__ = (Index("ix_minutes_section_meeting", "meeting_id", "position"),)

    id: Mapped[PrimaryId]
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    agenda_item_id: Mapped[str | None] = mapped_column(ForeignKey("agenda_item.id"))
    position: Mapped[int]
    heading: Mapped[Name]
    text: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_by_name: Mapped[Name]
    changed_by_bureau: Mapped[Id]
    changed_at: Mapped[Moment]


class MinutesRevision(Base):
    """A text that a section had: what others merge with, and what can be brought back."""

    __tablename__ = "minutes_revision"
    __table_args__ = (UniqueConstraint("section_id", "version"),)

    id: Mapped[PrimaryId]
    section_id: Mapped[str] = mapped_column(ForeignKey("minutes_section.id"))
    version: Mapped[int]
    heading: Mapped[Name]
    text: Mapped[str] = mapped_column(Text)
    by_name: Mapped[Name]
    by_bureau: Mapped[Id]
    at: Mapped[Moment]


class Decision(Base):
    """What a meeting decided, as text; it stands once each party's official approved it."""

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_meeting", "meeting_id", "position"),)

    id: Mapped[PrimaryId]
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    # proposed, adopted or dropped.
    state: Mapped[str] = mapped_column(String(12))
    version: Mapped[int] = mapped_column(default=1)
    content_hash: Mapped[str] = mapped_column(String(64))
    adopted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proposed_by_name: Mapped[Name]
    proposed_by_bureau: Mapped[Id]
    changed_at: Mapped[Moment]
