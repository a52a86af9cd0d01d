"""The last working day before each holiday period, as far as the calendar is known."""

from __future__ import annotations

from datetime import date, timedelta

from hub.calendar.known import WorkCalendar

ONE_DAY = timedelta(days=1)


def holiday_eves(calendar: WorkCalendar, first: date, last: date) -> list[date]:
    """Working days from `first` to `last` that a run of days off with a holiday in it follows.

    A plain weekend is none. A year whose plan is not known has no holidays yet, and so no eves.
    """
    found = []
    day = first
    while day <= last:
        if calendar.answer(day).workday and _holiday_follows(calendar, day + ONE_DAY):
            found.append(day)
        day += ONE_DAY
    return found


def _holiday_follows(calendar: WorkCalendar, day: date) -> bool:
    while not (answer := calendar.answer(day)).workday:
        if answer.name is not None:
            return True
        day += ONE_DAY
    return False
