"""Days that people entered, and the years whose plan they entered in full."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, Id, Moment, Name


class CalendarDay(Base):
    """A day that somebody declared a working day or a holiday; it overrides every other source."""

    __tablename__ = "calendar_day"

    # Local day (Asia/Shanghai).
    day: Mapped[date] = mapped_column(primary_key=True)
    workday: Mapped[bool]
    # E.g. 春节, 国庆节调休.
    name: Mapped[Name]
    # Where it is announced, e.g. the number of the notice.
    source: Mapped[str] = mapped_column(String(300))
    entered_by: Mapped[Id]
    entered_by_name: Mapped[Name]
    entered_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)


class CalendarYear(Base):
    """A year whose whole plan was entered: days without an entry are as their weekday says."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(300))
    entered_by: Mapped[Id]
    entered_by_name: Mapped[Name]
    entered_at: Mapped[Moment]
