"""Counting working days over what is known; what is not known is said, never assumed in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

import chinese_calendar
from flask_babel import lazy_gettext as _l

from hub.errors import Text

# Years whose plan the package holds; it raises NotImplementedError for every other.
PACKAGE_YEARS = range(
    min(chinese_calendar.constants.holidays).year, max(chinese_calendar.constants.holidays).year + 1
)
ONE_DAY = timedelta(days=1)
SATURDAY = 5


class Source(StrEnum):
    """Where an answer about a day comes from."""

    ENTERED = "entered"
    PLAN = "plan"
    PACKAGE = "package"
    WEEKDAY = "weekday"


SOURCE_NAMES: dict[Source, Text] = {
    Source.ENTERED: _l("人工录入"),
    Source.PLAN: _l("已录入该年度放假安排"),
    Source.PACKAGE: _l("国务院办公厅放假安排（软件包 chinesecalendar）"),
    Source.WEEKDAY: _l("仅按周末推算"),
}


@dataclass(frozen=True)
class Entry:
    """What people entered about one day."""

    workday: bool
    name: str
    source: str


@dataclass(frozen=True)
class DayAnswer:
    """Whether a day is a working day, how that is known, and what the day is called."""

    day: date
    workday: bool
    source: Source
    name: str | None = None
    name_en: str | None = None
    # The notice that a person named, where one did.
    reference: str | None = None

    @property
    def known(self) -> bool:
        """Whether the answer rests on a published plan or a person, not on weekdays alone."""
        return self.source is not Source.WEEKDAY


@dataclass(frozen=True)
class Counted:
    """A day that was counted to, and the years whose plan would be needed to be sure of it."""

    day: date
    unknown_years: tuple[int, ...] = ()

    @property
    def provisional(self) -> bool:
        """Whether the day may still move."""
        return bool(self.unknown_years)


def provisional_reason(years: tuple[int, ...]) -> Text:
    """Why a result is provisional, in words."""
    named = "、".join(map(str, years))
    return _l("暂定：仅按周末推算，国务院%(years)s年放假安排尚未录入", years=named)


@dataclass(frozen=True)
class WorkCalendar:
    """All that is known of working days at one moment."""

    entries: Mapping[date, Entry] = field(default_factory=dict)
    entered_years: frozenset[int] = frozenset()

    def answer(self, day: date) -> DayAnswer:
        """What is known of a day; an unknown year gives an answer by weekdays that says so."""
        entry = self.entries.get(day)
        if entry is not None:
            return DayAnswer(day, entry.workday, Source.ENTERED, entry.name, reference=entry.source)
        by_weekday = day.weekday() < SATURDAY
        if day.year in self.entered_years:
            return DayAnswer(day, by_weekday, Source.PLAN)
        if day.year in PACKAGE_YEARS:
            _off, name = chinese_calendar.get_holiday_detail(day)
            workday = chinese_calendar.is_workday(day)
            return DayAnswer(day, workday, Source.PACKAGE, _chinese(name), name)
        return DayAnswer(day, by_weekday, Source.WEEKDAY)

    def add_working_days(self, start: date, count: int) -> Counted:
        """The `count`-th working day after a day (before it, if negative); that day is not counted.

        Zero gives the day itself, whatever it is.
        """
        step = ONE_DAY if count > 0 else -ONE_DAY
        unknown: set[int] = set()
        day, left = start, abs(count)
        while left:
            day += step
            answer = self.answer(day)
            if not answer.known:
                unknown.add(day.year)
            left -= answer.workday
        return Counted(day, tuple(sorted(unknown)))

    def next_workday(self, day: date, *, backwards: bool = False) -> Counted:
        """The day itself if it is a working day, else the first one after (before) it."""
        step = -ONE_DAY if backwards else ONE_DAY
        unknown: set[int] = set()
        while True:
            answer = self.answer(day)
            if not answer.known:
                unknown.add(day.year)
            if answer.workday:
                return Counted(day, tuple(sorted(unknown)))
            day += step

    def known_until(self, today: date) -> date | None:
        """The last day of the unbroken run of known days from today on; None: not even today."""
        last = None
        for day in _days(today):
            if not self.answer(day).known:
                return last
            last = day
        return last


def _days(first: date) -> Iterator[date]:
    """Days from one on, for three years: nobody plans further."""
    return (first + timedelta(days=n) for n in range(3 * 366))


def _chinese(name: str | None) -> str | None:
    """The package's holiday in Chinese."""
    if name is None:
        return None
    return str(chinese_calendar.Holiday(name).chinese)
