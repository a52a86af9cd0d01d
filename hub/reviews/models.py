"""Reviews after action 复盘: how each side rates a patrol that has ended, and what it learns."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id, JsonDict, Moment, Name, PrimaryId


class PatrolReview(Base):
    """One side's review of a patrol."""

    __tablename__ = "patrol_review"
    __table_args__ = (UniqueConstraint("patrol_id", "bureau_id"),)

    id: Mapped[PrimaryId]
    patrol_id: Mapped[str] = mapped_column(ForeignKey("patrol.id"), index=True)
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    user_id: Mapped[Id]
    user_name: Mapped[Name]
    # {scale: 1 to 5} for each of hub.reviews.labels.SCALES.
    ratings: Mapped[JsonDict]
    went_well: Mapped[str] = mapped_column(Text, default="")
    to_improve: Mapped[str] = mapped_column(Text, default="")
    next_step: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)
