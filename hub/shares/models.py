"""Requests of a partner to see what is only announced to him, and what the owner answered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id, Moment, Name, PrimaryId
from sharing.models import UtcDateTime


class RequestState(StrEnum):
    """Where a request for access stands."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


class AccessRequest(Base):
    """A partner asks to see more of one shared record; the owner grants, refuses, withdraws."""

    __tablename__ = "access_request"
    __table_args__ = (
        # One open request per share, whoever of the partner asks first.
        Index(
            "uq_access_request_open",
            "share_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_access_request_share_id", "share_id"),
    )

    id: Mapped[PrimaryId]
    # A share of the sharing engine, whose tables have a catalogue of their own: no foreign key.
    share_id: Mapped[Id]
    # What the partner needs it for, and why.
    purpose: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[Id]
    asked_by_name: Mapped[Name]
    asked_at: Mapped[Moment]
    # Until when the owner should answer.
    due_at: Mapped[Moment]
    state: Mapped[str] = mapped_column(String(16))
    # The owner's last answer: who, when, in words, and of a grant its groups and its end.
    answered_by: Mapped[str | None] = mapped_column(String(36))
    answered_by_name: Mapped[str | None] = mapped_column(String(120))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(Text)
    field_groups: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
