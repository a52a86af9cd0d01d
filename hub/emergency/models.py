"""One person's access to one case in an emergency, and what a second person says of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id, Moment, Name, PrimaryId
from hub.errors import Text as Words
from sharing.models import UtcDateTime


class Verdict(StrEnum):
    """What the review came to."""

    WAITING = "waiting"
    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not_justified"


VERDICTS: dict[str, Words] = {
    Verdict.WAITING: _l("待复核"),
    Verdict.JUSTIFIED: _l("理由成立"),
    Verdict.NOT_JUSTIFIED: _l("理由不成立"),
}
TONES = {Verdict.WAITING: "warn", Verdict.JUSTIFIED: "ok", Verdict.NOT_JUSTIFIED: "danger"}


class EmergencyUse(Base):
    """A use: who read which case of his own bureau above his clearance, why, until when."""

    __tablename__ = "emergency_use"
    __table_args__ = (
        Index("ix_emergency_use_user", "user_id", "case_id", "until"),
        Index("ix_emergency_use_bureau", "bureau_id", "id"),
        Index("ix_emergency_use_open", "ended_at", "until"),
        Index("ix_emergency_use_review", "verdict", "review_due"),
    )

    id: Mapped[PrimaryId]
    case_id: Mapped[str] = mapped_column(ForeignKey("case_record.id"))
    case_number: Mapped[str] = mapped_column(String(60))
    # The classification that was opened; raised later, the case is closed to this use.
    classification: Mapped[int]
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    user_id: Mapped[Id]
    user_name: Mapped[Name]
    reason: Mapped[str] = mapped_column(Text)
    begun_at: Mapped[Moment]
    until: Mapped[Moment]
    # Set when somebody ended it early, or by the clock after `until`.
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_name: Mapped[str | None] = mapped_column(String(200))
    # How often the case was read, and when last.
    readings: Mapped[int] = mapped_column(default=0)
    last_read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verdict: Mapped[str] = mapped_column(String(16), default=Verdict.WAITING)
    remark: Mapped[str] = mapped_column(Text, default="")
    reviewed_by: Mapped[str | None] = mapped_column(String(36))
    reviewed_by_name: Mapped[str | None] = mapped_column(String(200))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review_due: Mapped[Moment]
    # When the clock tells of a review that is late, the next time.
    remind_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)

    def runs(self, at: datetime) -> bool:
        """Whether it opens its case at a moment."""
        return self.ended_at is None and at < self.until
