"""Which reminders went out, so that each goes once."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id, Moment


class PatrolReminder(Base):
    """A person was reminded of a patrol; or, as `all`, both sides of a plan nobody answered."""

    __tablename__ = "patrol_reminder"

    patrol_id: Mapped[str] = mapped_column(ForeignKey("patrol.id"), primary_key=True)
    user_id: Mapped[Id] = mapped_column(primary_key=True)
    # Hours before and the beginning; or the version of the plan.
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[Moment]
