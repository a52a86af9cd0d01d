"""The log of a patrol beside its track: pauses, and check-ins at what was to be looked at."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id, Moment, Name, PrimaryId


class EntryKind(StrEnum):
    """What a line of the log tells."""

    PAUSE = "pause"
    RESUME = "resume"
    CHECK_IN = "check_in"
    # What was to be done at a waypoint is done.
    TASK = "task"


class LogEntry(Base):
    """One line of a unit's log; only ever added to."""

    __tablename__ = "patrol_log_entry"
    __table_args__ = (Index("ix_patrol_log_entry_order", "patrol_id", "at"),)

    id: Mapped[PrimaryId]
    patrol_id: Mapped[str] = mapped_column(ForeignKey("patrol.id"))
    # The person who carries the phone.
    unit_id: Mapped[Id]
    unit_name: Mapped[Name]
    bureau_id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(20))
    # By the hub's clock as the phone reckons it; what it added to its own clock; when it arrived.
    at: Mapped[Moment]
    clock_offset_s: Mapped[float | None]
    received_at: Mapped[Moment]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    # Of a check-in: the point of the checklist, counted from 0, and its words at that time.
    index: Mapped[int | None]
    subject: Mapped[str] = mapped_column(String(200), default="")
    # Of a check-in or a task: the key of the waypoint.
    waypoint: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(500), default="")
