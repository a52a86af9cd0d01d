"""When a term ends: pure counting over the calendar.

Rules of counting and their sources: the day of the trigger is not counted; a statute's days are
calendar days, and working days where the rule says so (Administrative Penalty Law 2021, Art 85:
"2, 3, 5, 7 days" are working days, no other); hours and minutes run through nights and holidays;
a last day that is a holiday moves to the next working day; a term in days ends with its last day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from hub.calendar.known import Counted, WorkCalendar
from hub.clock import SHANGHAI, local_day
from hub.deadlines.models import Direction, Unit

ONE_DAY = timedelta(days=1)
LAST_SECOND = time(23, 59, 59)
EXACT = {Unit.MINUTE: timedelta(minutes=1), Unit.HOUR: timedelta(hours=1)}


@dataclass(frozen=True)
class Term:
    """How long, in what, which way."""

    amount: int
    unit: Unit
    direction: Direction = Direction.AFTER
    rolls: bool = True


@dataclass(frozen=True)
class Due:
    """The last moment (UTC) of a term, and the years that would have to be known to be sure."""

    at: datetime
    unknown_years: tuple[int, ...] = ()


Pause = tuple[datetime, datetime]


def due(
    term: Term, starts_at: datetime, calendar: WorkCalendar, pauses: Sequence[Pause] = ()
) -> Due:
    """The end of a term that a moment sets going; times of `pauses` (from, to) are left out.

    Of a term in days, a pause leaves out the days after the one on which it began, up to the one
    on which it ended; of a term in hours, exactly its length.
    """
    if term.unit in EXACT:
        return Due(_exact(term, starts_at, pauses))
    start = local_day(starts_at)
    if term.unit is Unit.YEAR:
        counted = Counted(_same_day(start, term.amount))
    else:
        counted = _count(term, start, calendar, _left_out(pauses))
    if term.rolls and term.unit is not Unit.WORKDAY:
        rolled = calendar.next_workday(counted.day, backwards=term.direction is Direction.BEFORE)
        counted = Counted(
            rolled.day, tuple(sorted({*counted.unknown_years, *rolled.unknown_years}))
        )
    end = datetime.combine(counted.day, LAST_SECOND, SHANGHAI).astimezone(UTC)
    return Due(end, counted.unknown_years)


def _exact(term: Term, starts_at: datetime, pauses: Sequence[Pause]) -> datetime:
    length = EXACT[term.unit] * term.amount
    if term.direction is Direction.BEFORE:
        return starts_at - length
    end = starts_at + length
    for begun, ended in sorted(pauses):
        if begun < end:
            end += ended - max(begun, starts_at)
    return end


def _left_out(pauses: Sequence[Pause]) -> frozenset[date]:
    days: set[date] = set()
    for begun, ended in pauses:
        day, last = local_day(begun), local_day(ended)
        while day < last:
            day += ONE_DAY
            days.add(day)
    return frozenset(days)


def _count(term: Term, start: date, calendar: WorkCalendar, out: frozenset[date]) -> Counted:
    """The last day of so many days (of working days alone) after or before a day."""
    step = ONE_DAY if term.direction is Direction.AFTER else -ONE_DAY
    unknown: set[int] = set()
    day, left = start, term.amount
    while left:
        day += step
        if day in out:
            continue
        if term.unit is Unit.WORKDAY:
            answer = calendar.answer(day)
            if not answer.known:
                unknown.add(day.year)
            left -= answer.workday
        else:
            left -= 1
    return Counted(day, tuple(sorted(unknown)))


def _same_day(start: date, years: int) -> date:
    """The corresponding day of a later year; the last of February for a leap day."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return date(start.year + years, 2, 28)
