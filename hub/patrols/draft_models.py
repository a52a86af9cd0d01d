"""The draft of a plan: what planners of all parties change together before it is the plan."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, JsonDict


class PlanDraft(Base):
    """What differs from the plan, unit by unit, and when each unit last changed."""

    __tablename__ = "plan_draft"

    patrol_id: Mapped[str] = mapped_column(ForeignKey("patrol.id"), primary_key=True)
    # Counts the changes; a write is based on one of them.
    rev: Mapped[int] = mapped_column(default=0)
    # {unit: value}; a unit that is not here is as the plan has it.
    values: Mapped[JsonDict]
    # {unit: {rev, user_id, user_name, bureau_id, at}}: who changed it last, in draft or plan.
    marks: Mapped[JsonDict]
