"""Action items (办理事项) and what was noted, reported, confirmed in them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id, Moment, Name, PrimaryId
from sharing.models import UtcDateTime


class ActionState(StrEnum):
    """Where an action item stands."""

    OPEN = "open"
    REPORTED = "reported"
    CLOSED = "closed"
    DROPPED = "dropped"


class ActionItem(Base):
    """Something that a meeting laid on one bureau, towards the others."""

    __tablename__ = "action_item"
    __table_args__ = (
        Index("ix_action_item_bureau", "bureau_id", "state"),
        Index("ix_action_item_meeting", "meeting_id"),
    )

    id: Mapped[PrimaryId]
    # Number for people, e.g. 联办〔2026〕0001号.
    number: Mapped[str] = mapped_column(String(60), unique=True)
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"))
    decision_id: Mapped[str | None] = mapped_column(ForeignKey("decision.id"))
    title: Mapped[Name]
    detail: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(12))
    # Who has to do it: the bureau, and the person if one is named.
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    person_name: Mapped[str] = mapped_column(String(200), default="")
    # Local day, its last second included; the first one agreed stays what lateness is measured by.
    due_on: Mapped[date] = mapped_column(Date)
    first_due_on: Mapped[date] = mapped_column(Date)
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_name: Mapped[str | None] = mapped_column(String(200))
    created_by_name: Mapped[Name]
    created_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)


class ActionNote(Base):
    """One act on an action item: never changed, never removed."""

    __tablename__ = "action_note"
    __table_args__ = (Index("ix_action_note_item", "action_item_id", "id"),)

    id: Mapped[PrimaryId]
    action_item_id: Mapped[str] = mapped_column(ForeignKey("action_item.id"))
    act: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text, default="")
    file_id: Mapped[str | None] = mapped_column(String(36))
    bureau_id: Mapped[Id]
    user_id: Mapped[Id]
    user_name: Mapped[Name]
    at: Mapped[Moment]
