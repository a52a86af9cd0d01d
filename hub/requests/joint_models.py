"""What two bureaus that handle a case together contribute: notes, files and tasks."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id, Moment, Name, PrimaryId
from sharing.models import UtcDateTime


class Sort(StrEnum):
    """What an item is."""

    NOTE = "note"
    FILE = "file"
    TASK = "task"


class JointItem(Base):
    """One contribution, its bureau's alone; of a task its assignee's side says when it is done."""

    __tablename__ = "joint_item"
    __table_args__ = (Index("ix_joint_item_request", "request_id", "id"),)

    id: Mapped[PrimaryId]
    request_id: Mapped[str] = mapped_column(ForeignKey("request.id"))
    sort: Mapped[str] = mapped_column(String(10))
    # Whose it is, and who wrote it.
    bureau_id: Mapped[Id]
    user_id: Mapped[Id]
    user_name: Mapped[Name]
    at: Mapped[Moment]
    text: Mapped[str] = mapped_column(Text, default="")
    # A file's row in the store of files.
    file_id: Mapped[str | None] = mapped_column(ForeignKey("stored_file.id"))
    # Of a task: whose it is to do, and until when (UTC).
    assignee_bureau_id: Mapped[str | None] = mapped_column(String(36))
    assignee_id: Mapped[str | None] = mapped_column(String(36))
    assignee_name: Mapped[str | None] = mapped_column(String(200))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by_name: Mapped[str | None] = mapped_column(String(200))
    done_text: Mapped[str | None] = mapped_column(Text)
    # Taken back by its bureau: the other side is left with a tombstone.
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_name: Mapped[str | None] = mapped_column(String(200))
