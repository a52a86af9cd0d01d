"""Absences: a stretch of time in which an officer or a craft cannot be sent."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id, Moment, Name, PrimaryId
from hub.errors import Text
from sharing.models import UtcDateTime


class Reason(StrEnum):
    """Why, for the own bureau alone."""

    LEAVE = "leave"
    SICK = "sick"
    TRAINING = "training"
    DUTY = "duty"
    MAINTENANCE = "maintenance"
    OTHER = "other"


REASON_NAMES: dict[Reason, Text] = {
    Reason.LEAVE: _l("休假"),
    Reason.SICK: _l("病假"),
    Reason.TRAINING: _l("培训"),
    Reason.DUTY: _l("其他公务"),
    Reason.MAINTENANCE: _l("检修"),
    Reason.OTHER: _l("其他原因"),
}


class Absence(Base):
    """That a person or a craft is not available; exactly one of both is named."""

    __tablename__ = "absence"
    __table_args__ = (Index("ix_absence_time", "bureau_id", "starts_at"),)

    id: Mapped[PrimaryId]
    # The bureau whose officer or craft it is, and that alone learns why.
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    craft_id: Mapped[str | None] = mapped_column(ForeignKey("craft.id"), index=True)
    # Of the person or craft, when it was entered.
    name: Mapped[Name]
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(300), default="")
    created_by: Mapped[Id]
    created_by_name: Mapped[Name]
    created_at: Mapped[Moment]
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def subject_id(self) -> str:
        """Id of the person or craft."""
        return str(self.user_id or self.craft_id)
