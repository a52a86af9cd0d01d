"""When terms end: tables per rule, and an independent model on thousands of random triggers."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from hub.calendar.known import Entry, WorkCalendar
from hub.deadlines.engine import Term, due
from hub.deadlines.models import Direction, Unit

CHINA = ZoneInfo("Asia/Shanghai")
PLAIN = WorkCalendar()
ROOT = Path(__file__).resolve().parents[3]
RULES = json.loads((ROOT / "hub/migrations/seeds/0006_deadline_rules.json").read_text("utf-8"))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def ends(term: Term, start: str, calendar: WorkCalendar = PLAIN, pauses=()) -> str:
    spans = [(local(a), local(b)) for a, b in pauses]
    return due(term, local(start), calendar, spans).at.astimezone(CHINA).strftime("%F %T")


def rule(code: str, number: int = 1) -> Term:
    row = next(r for r in RULES if r["code"] == code and r["number"] == number)
    return Term(row["amount"], Unit(row["unit"]), Direction(row["direction"]), row["rolls"])


# The trigger, and the last moment by hand from the published calendars.
TABLE = [
    ("D1.filing_review", 1, "2010-09-30 10:00", "2010-10-15 23:59:59"),
    ("D1.filing_review", 2, "2025-09-23 10:00", "2025-10-09 23:59:59"),
    ("D2.decision", 1, "2026-01-05 09:00", "2026-04-07 23:59:59"),
    ("D3.preservation", 1, "2025-09-26 09:00", "2025-10-13 23:59:59"),
    ("D4.hearing_request", 1, "2026-11-23 00:30", "2026-11-30 23:59:59"),
    ("D4.hearing_notice", 1, "2026-11-23 09:00", "2026-11-12 23:59:59"),
    ("D5.service", 1, "2026-09-28 17:00", "2026-10-13 23:59:59"),
    ("D5.payment", 1, "2026-09-18 08:00", "2026-10-08 23:59:59"),
    ("D6.withdrawal", 1, "2026-04-30 12:00", "2026-05-08 23:59:59"),
    ("D6.limitation", 1, "2024-02-29 12:00", "2026-02-28 23:59:59"),
    ("D6.limitation_grave", 1, "2020-10-01 00:00", "2025-10-01 23:59:59"),
    ("D7.seizure", 1, "2026-09-01 12:00", "2026-10-08 23:59:59"),
    ("D8.approval", 1, "2026-11-23 12:00", "2026-11-26 23:59:59"),
    ("D8.handover", 1, "2026-10-01 12:34", "2026-10-02 12:34:00"),
    ("D8.forward", 1, "2026-10-01 00:00", "2026-10-02 00:00:00"),
    ("D8.police_decision", 1, "2026-11-26 12:00", "2026-11-30 23:59:59"),
    ("D8.review_request", 1, "2026-11-25 12:00", "2026-11-30 23:59:59"),
    ("D8.review_answer", 1, "2026-11-24 12:00", "2026-11-27 23:59:59"),
    ("D8.supervision_request", 1, "2026-11-24 12:00", "2026-11-27 23:59:59"),
    ("D8.goods", 1, "2026-11-24 12:00", "2026-11-27 23:59:59"),
    ("D9.after_opinion", 1, "2026-11-24 12:00", "2026-11-27 23:59:59"),
    ("D9.detention", 1, "2026-09-28 12:00", "2026-10-08 23:59:59"),
    ("D10.report_minor", 1, "2026-02-16 22:30", "2026-02-17 02:30:00"),
    ("D10.report_major", 1, "2026-02-16 22:30", "2026-02-17 00:30:00"),
    ("D11.acceptance", 1, "2026-11-05 12:00", "2026-11-20 23:59:59"),
    ("D11.conclusion", 1, "2026-08-03 12:00", "2026-10-08 23:59:59"),
    ("D11.review_request", 1, "2026-11-02 12:00", "2026-12-02 23:59:59"),
    ("D12.handover", 1, "2026-09-30 12:00", "2026-10-10 23:59:59"),
    ("D12.handover_major", 1, "2026-09-30 12:00", "2026-10-01 12:00:00"),
    ("D12.dispute", 1, "2026-11-20 12:00", "2026-11-27 23:59:59"),
    ("D12.dispute_supplement", 1, "2026-11-20 12:00", "2026-11-25 23:59:59"),
    ("D13.alert_sent", 1, "2026-11-20 12:00", "2026-11-20 12:01:00"),
    ("D13.alert_ack_major", 1, "2026-11-20 23:50", "2026-11-21 00:05:00"),
    ("D13.alert_ack_minor", 1, "2026-11-20 23:50", "2026-11-21 00:50:00"),
    ("H1.share_answer", 1, "2026-10-01 12:00", "2026-10-04 12:00:00"),
    ("H2.access_answer", 1, "2026-10-01 12:00", "2026-10-04 12:00:00"),
]


@pytest.mark.parametrize(("code", "number", "start", "end"), TABLE)
def test_each_rule_ends_when_the_calendar_says(code, number, start, end):
    assert ends(rule(code, number), start) == end


def test_every_seeded_rule_stands_in_the_table():
    assert {(r["code"], r["number"]) for r in RULES} == {(c, n) for c, n, *_ in TABLE}


def test_only_days_that_the_law_means_are_working_days():
    fifteen = [r for r in RULES if r["amount"] in (15, 30, 60, 90)]
    assert fifteen
    assert all(r["unit"] in ("day", "minute") for r in fifteen)
    assert all(
        r["unit"] == "workday"
        for r in RULES
        if "行政处罚法" in r["legal_ref"] and r["amount"] in (2, 3, 5, 7) and r["unit"] != "year"
    )


def test_the_day_of_the_trigger_is_the_bureaus_day_not_utcs():
    just_after_midnight = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # 00:30 on Monday the 23rd
    found = due(Term(1, Unit.WORKDAY), just_after_midnight, PLAIN)
    assert found.at.astimezone(CHINA).date() == date(2026, 11, 24)


def test_a_term_that_needs_an_unknown_year_says_so():
    found = due(Term(15, Unit.DAY), local("2026-12-20 10:00"), PLAIN)
    assert found.unknown_years == (2027,)
    assert due(Term(400, Unit.HOUR), local("2026-12-20 10:00"), PLAIN).unknown_years == ()


@pytest.mark.parametrize(
    ("term", "start", "pauses", "end"),
    [
        (Term(24, Unit.HOUR), "2026-11-23 10:00", [("2026-11-23 12:00", "2026-11-23 15:30")],
         "2026-11-24 13:30:00"),
        (Term(90, Unit.DAY), "2026-01-05 09:00", [("2026-02-02 09:00", "2026-02-12 09:00")],
         "2026-04-15 23:59:59"),
        (Term(90, Unit.DAY), "2026-01-05 09:00", [("2026-02-02 09:00", "2026-02-02 18:00")],
         "2026-04-07 23:59:59"),
        (Term(3, Unit.WORKDAY), "2026-11-23 09:00", [("2026-11-24 09:00", "2026-11-25 09:00")],
         "2026-11-27 23:59:59"),
    ],
)  # fmt: skip
def test_time_left_out_moves_the_end(term, start, pauses, end):
    assert ends(term, start, pauses=pauses) == end


def model(term: Term, starts_at: datetime, off: set[date], on: set[date], gaps: set[date]):
    """The same counting written another way: a list of days, looked up, no stepping engine."""
    if term.unit is Unit.MINUTE:
        return starts_at.timestamp() + 60 * term.amount
    if term.unit is Unit.HOUR:
        return starts_at.timestamp() + 3600 * term.amount
    first = (starts_at + timedelta(hours=8)).date()  # Shanghai has no summer time since 1991

    def works(day: date) -> bool:
        if day in off or day in on:
            return day in on
        return chinese_calendar.is_workday(day)

    sign = 1 if term.direction is Direction.AFTER else -1
    days = [first + sign * timedelta(days=n) for n in range(1, term.amount * 4 + 60)]
    days = [day for day in days if day.year <= 2026]
    counting = [d for d in days if d not in gaps and (term.unit is Unit.DAY or works(d))]
    last = counting[term.amount - 1]
    if term.rolls:
        last = next(d for d in days if (d - last).days * sign >= 0 and works(d))
    end = datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=UTC) - timedelta(hours=8)
    return end.timestamp()


def test_an_independent_model_agrees_on_random_triggers_rules_and_calendars():
    dice = random.Random(20261123)  # noqa: S311 - a fixed seed, no secret
    begin = datetime(2004, 7, 1, tzinfo=UTC)
    span = int((datetime(2026, 4, 1, tzinfo=UTC) - begin).total_seconds())
    tried = 0
    for _ in range(60):
        picked = [date(2004, 7, 1) + timedelta(days=dice.randrange(7900)) for _ in range(400)]
        off, on = set(picked[:200]), set(picked[200:]) - set(picked[:200])
        entries = {d: Entry(d in on, "x", "x") for d in off | on}
        calendar = WorkCalendar(entries)
        for _ in range(200):
            unit = dice.choice([Unit.MINUTE, Unit.HOUR, Unit.DAY, Unit.DAY, Unit.WORKDAY])
            direction = dice.choice([Direction.AFTER] * 4 + [Direction.BEFORE])
            if unit in (Unit.MINUTE, Unit.HOUR):
                direction = Direction.AFTER
            amount = dice.choice([1, 2, 3, 5, 7, 15, 24, 30, 60, 90])
            rolls = unit is Unit.DAY and dice.random() < 0.8
            term = Term(amount, unit, direction, rolls)
            starts_at = begin + timedelta(seconds=dice.randrange(span))
            gaps: set[date] = set()
            pauses = []
            by_days = direction is Direction.AFTER and unit in (Unit.DAY, Unit.WORKDAY)
            if by_days and dice.random() < 0.3:
                begun = starts_at + timedelta(hours=dice.randrange(40))
                ended = begun + timedelta(hours=dice.randrange(1, 300))
                pauses = [(begun, ended)]
                a = (begun + timedelta(hours=8)).date()
                b = (ended + timedelta(hours=8)).date()
                gaps = {a + timedelta(days=n) for n in range(1, (b - a).days + 1)}
            found = due(term, starts_at, calendar, pauses)
            wanted = model(term, starts_at, off, on, gaps)
            assert found.at.timestamp() == wanted, (term, starts_at, pauses)
            assert found.unknown_years == ()
            tried += 1
    assert tried >= 10_000
