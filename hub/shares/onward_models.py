"""A partner asks the owner's consent to pass a shared record on; what the owner answered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id, Moment, Name, PrimaryId
from sharing.models import UtcDateTime


class OnwardState(StrEnum):
    """Where it stands; `free`: the terms ask for no consent."""

    OPEN = "open"
    CONSENTED = "consented"
    FREE = "free"
    REFUSED = "refused"
    # The share ended before the owner answered.
    LAPSED = "lapsed"


class OnwardRequest(Base):
    """One wish to pass one share on to one bureau."""

    __tablename__ = "onward_request"
    __table_args__ = (
        # One open wish per share and bureau, whoever of the partner asks first.
        Index(
            "uq_onward_request_open",
            "share_id",
            "to_bureau_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_onward_request_share_id", "share_id"),
    )

    id: Mapped[PrimaryId]
    # A share of the sharing engine, whose tables have a catalogue of their own: no foreign key.
    share_id: Mapped[Id]
    to_bureau_id: Mapped[Id]
    reason: Mapped[str] = mapped_column(Text)
    asked_by_name: Mapped[Name]
    asked_at: Mapped[Moment]
    # Until when the owner should answer.
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16))
    answered_by_name: Mapped[str | None] = mapped_column(String(120))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(Text)
    # The share that came of it.
    opened_share_id: Mapped[str | None] = mapped_column(String(36))
