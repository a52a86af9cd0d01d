"""Input and output of the calendar API."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel, Field

from hub.accounts.schemas import Strict
from hub.calendar.services import FIRST_YEAR, LAST_YEAR


class YearQuery(BaseModel):
    """Which year."""

    year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR)


class CountQuery(BaseModel):
    """From which day to count, and how many working days (back, if negative)."""

    start: dt.date
    days: int = Field(ge=-366, le=366)


class DayFacts(Strict):
    """What a day is, and where that is announced."""

    workday: bool
    name: str = Field(min_length=1, max_length=200)
    source: str = Field(min_length=1, max_length=300)


class NewDay(DayFacts):
    """A day to enter."""

    day: dt.date


class PlanIn(Strict):
    """A plan as CSV lines `day,type,name`; complete: they are all that differs from the weekdays
    in the years they lie in, which are then known in full."""

    csv: str = Field(min_length=1, max_length=200_000)
    source: str = Field(min_length=1, max_length=300)
    complete: bool = False


class EntryOut(BaseModel):
    """What a person entered about a day."""

    day: dt.date
    workday: bool
    name: str
    source: str
    entered_by_name: str
    entered_at: dt.datetime
    version: int


class DayOut(BaseModel):
    """A day that is not simply as its weekday says, or was entered."""

    day: dt.date
    workday: bool
    known: bool
    name: str | None
    source: str
    source_name: str
    reference: str | None
    entered_by_name: str | None
    entered_at: dt.datetime | None
    version: int


class DaysOut(BaseModel):
    """A year's named days; known: whether its plan is known in full."""

    year: int
    known: bool
    items: list[DayOut]
    next: str | None


class CountOut(BaseModel):
    """The day that was counted to; provisional: a year on the way is not known."""

    day: dt.date
    provisional: bool
    reason: str | None


class ImportOut(BaseModel):
    """How many days were entered, which years are known in full since, how many clocks moved."""

    entered: int
    complete_years: list[int]
    clocks_moved: int
