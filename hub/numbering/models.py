"""Counters of the numbers that people see."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base


class NumberCounter(Base):
    """Next number of a series within a year: 联防〔2026〕, 联巡〔2026〕, ..."""

    __tablename__ = "number_counter"

    series: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
