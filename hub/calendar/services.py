"""The calendar in use: what is known, what people enter, and counting over it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.bureaus.services import bureaus
from hub.calendar.access import access_entry
from hub.calendar.known import PACKAGE_YEARS, Counted, DayAnswer, Entry, WorkCalendar
from hub.calendar.models import CalendarDay, CalendarYear
from hub.changes import record_change
from hub.clock import local_day
from hub.db import utc_now
from hub.errors import field_error

KIND = "calendar_day"
# Years that can be entered: the plan is announced one year ahead, and statutes look back far.
FIRST_YEAR, LAST_YEAR = 1990, 2100
# With fewer known days ahead than this, people are warned.
WARN_DAYS = 60


def calendar(session: Session) -> WorkCalendar:
    """All that is known at this moment, read once for many questions."""
    entries = {
        row.day: Entry(row.workday, row.name, row.source)
        for row in session.scalars(select(CalendarDay))
    }
    return WorkCalendar(entries, frozenset(session.scalars(select(CalendarYear.year))))


def is_workday(session: Session, day: date) -> DayAnswer:
    """Whether a local day is a working day, and how that is known."""
    return calendar(session).answer(day)


def add_working_days(session: Session, start: date, count: int) -> Counted:
    """The `count`-th working day after a local day, which is itself not counted."""
    return calendar(session).add_working_days(start, count)


def next_workday(session: Session, day: date) -> Counted:
    """The day itself if it is a working day, else the first one after it."""
    return calendar(session).next_workday(day)


@dataclass(frozen=True)
class EndsSoon:
    """That the known calendar ends soon: when, and how many days from today remain."""

    until: date | None
    days: int


def warning(session: Session, today: date | None = None) -> EndsSoon | None:
    """What the banner says; None while enough of the calendar is known."""
    start = today or local_day(utc_now())
    until = calendar(session).known_until(start)
    days = (until - start).days if until else 0
    return EndsSoon(until, days) if days < WARN_DAYS else None


def set_day(
    session: Session, actor: Actor, day: date, *, workday: bool, name: str, source: str
) -> CalendarDay:
    """Declare a day a working day or a holiday, or change what was declared.

    Raises:
        Forbidden: the actor is no system administrator.
        Invalid: a year out of range.
    """
    actor.require(Right.CALENDAR_EDIT)
    row = _enter(session, actor, day, workday=workday, name=name, source=source)
    _tell(session, actor, row, "updated" if row.version > 1 else "created")
    return row


def remove_day(session: Session, actor: Actor, day: date) -> None:
    """Take an entry back: the day is again what the plan says.

    Raises:
        NotFound: nothing was entered for the day.
    """
    actor.require(Right.CALENDAR_EDIT)
    row = access_entry(session, day)
    session.delete(row)
    row.version += 1
    _tell(session, actor, row, "removed")


@dataclass(frozen=True)
class DayIn:
    """One line of a plan."""

    day: date
    workday: bool
    name: str


def import_plan(
    session: Session,
    actor: Actor,
    days: Sequence[DayIn],
    *,
    source: str,
    complete_years: Iterable[int] = (),
) -> int:
    """Enter many days at once; `complete_years` are then known in full. Returns how many days.

    Raises:
        Forbidden: the actor is no system administrator.
        Invalid: nothing to enter, a year out of range, or a year called complete without a day.
    """
    actor.require(Right.CALENDAR_EDIT)
    years = sorted(set(complete_years))
    if not days:
        raise field_error("csv", _l("没有可录入的日期。"))
    for year in years:
        if not any(entry.day.year == year for entry in days):
            text = _l("%(year)s年没有任何一天，不能作为完整安排录入。", year=year)
            raise field_error("complete_years", text)
    for entry in days:
        row = _enter(
            session, actor, entry.day, workday=entry.workday, name=entry.name, source=source
        )
        _tell(session, actor, row, "updated" if row.version > 1 else "created")
    for year in years:
        _complete(session, actor, year, source)
    session.flush()
    return len(days)


def _enter(
    session: Session, actor: Actor, day: date, *, workday: bool, name: str, source: str
) -> CalendarDay:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        limits = {"first": FIRST_YEAR, "last": LAST_YEAR}
        raise field_error("day", _l("年份应在%(first)s至%(last)s之间。", **limits))
    row = session.get(CalendarDay, day, with_for_update=True)
    if row is None:
        row = CalendarDay(day=day, version=0)
        session.add(row)
    row.workday, row.name, row.source = workday, name, source
    row.entered_by, row.entered_by_name, row.entered_at = actor.user_id, actor.name, utc_now()
    row.version += 1
    session.flush()
    return row


def _complete(session: Session, actor: Actor, year: int, source: str) -> None:
    row = session.get(CalendarYear, year, with_for_update=True)
    if row is None:
        row = CalendarYear(year=year)
        session.add(row)
    row.source, row.entered_at = source, utc_now()
    row.entered_by, row.entered_by_name = actor.user_id, actor.name


def _tell(session: Session, actor: Actor, row: CalendarDay, verb: str) -> None:
    """Tell every bureau: a day counts for all of them alike."""
    session.flush()
    record_change(
        session,
        actor,
        kind=KIND,
        record_id=row.day.isoformat(),
        version=row.version,
        verb=verb,
        bureaus=[bureau.id for bureau in bureaus(session)],
        detail={"workday": row.workday, "name": row.name, "source": row.source},
    )


def entries(session: Session, year: int) -> Sequence[CalendarDay]:
    """What was entered for a year, by day."""
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    return session.scalars(
        select(CalendarDay)
        .where(CalendarDay.day >= first, CalendarDay.day < after)
        .order_by(CalendarDay.day)
    ).all()


def days_of_year(session: Session, year: int) -> list[DayAnswer]:
    """Every day of a year that is not simply as its weekday says, entered or planned.

    Raises:
        Invalid: a year out of range.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise field_error("year", _l("年份超出范围。"))
    known = calendar(session)
    first = date(year, 1, 1)
    length = (date(year + 1, 1, 1) - first).days
    answers = [known.answer(first + timedelta(days=n)) for n in range(length)]
    return [answer for answer in answers if answer.name is not None]


def year_known(session: Session, year: int) -> bool:
    """Whether the plan of a whole year is known, from the package or entered in full."""
    known = calendar(session)
    return year in known.entered_years or year in PACKAGE_YEARS
