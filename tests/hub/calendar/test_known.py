"""Working days: what the plan says, what people entered, and what nobody knows."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest

from hub.calendar.known import Entry, Source, WorkCalendar

PLAIN = WorkCalendar()


@pytest.mark.parametrize(
    ("day", "workday", "source"),
    [
        (date(2026, 11, 23), True, Source.PACKAGE),  # a Monday
        (date(2026, 10, 1), False, Source.PACKAGE),  # National Day, a Thursday
        (date(2026, 10, 10), True, Source.PACKAGE),  # a Saturday worked in its stead
        (date(2026, 11, 22), False, Source.PACKAGE),  # a Sunday
        (date(2027, 1, 1), True, Source.WEEKDAY),  # a Friday; surely a holiday, not announced
        (date(2003, 5, 1), True, Source.WEEKDAY),  # before the package begins
    ],
)
def test_a_day_is_answered_with_its_source(day, workday, source):
    answer = PLAIN.answer(day)
    assert (answer.workday, answer.source) == (workday, source)
    assert answer.known is (source is not Source.WEEKDAY)


def test_what_people_entered_overrides_the_plan():
    known = WorkCalendar({date(2026, 11, 24): Entry(False, "停工", "通知")})
    answer = known.answer(date(2026, 11, 24))
    assert (answer.workday, answer.source, answer.reference) == (False, Source.ENTERED, "通知")


def test_a_year_entered_in_full_is_known_on_its_plain_days_too():
    known = WorkCalendar({date(2027, 1, 1): Entry(False, "元旦", "国办")}, frozenset({2027}))
    assert known.answer(date(2027, 3, 1)).source is Source.PLAN
    assert known.answer(date(2027, 1, 1)).workday is False
    assert known.known_until(date(2026, 11, 23)) == date(2027, 12, 31)
    assert not known.answer(date(2028, 3, 1)).known


def test_the_known_calendar_ends_where_the_plan_ends():
    assert PLAIN.known_until(date(2026, 11, 23)) == date(2026, 12, 31)
    assert PLAIN.known_until(date(2027, 1, 1)) is None


def test_counting_into_an_unknown_year_says_so():
    counted = PLAIN.add_working_days(date(2026, 12, 29), 5)
    assert counted.day == date(2027, 1, 5)
    assert counted.unknown_years == (2027,)
    assert not PLAIN.add_working_days(date(2026, 12, 23), 5).provisional


def test_counting_agrees_with_the_package_day_by_day():
    day = date(2025, 1, 1)
    while day.year < 2026:
        expected, left = day, 5
        while left:
            expected += timedelta(days=1)
            left -= chinese_calendar.is_workday(expected)
        assert PLAIN.add_working_days(day, 5).day == expected
        assert PLAIN.add_working_days(expected, -5).day <= day or not chinese_calendar.is_workday(
            day
        )
        day += timedelta(days=1)


def test_the_next_working_day_is_the_day_itself_when_it_is_one():
    assert PLAIN.next_workday(date(2026, 11, 23)).day == date(2026, 11, 23)
    assert PLAIN.next_workday(date(2026, 10, 1)).day == date(2026, 10, 8)
    assert PLAIN.next_workday(date(2026, 10, 4), backwards=True).day == date(2026, 9, 30)
