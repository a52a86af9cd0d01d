"""A clock's end by its rule, its extensions and its pauses."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub.calendar.known import WorkCalendar
from hub.deadlines.engine import Pause, Term, due
from hub.deadlines.models import Clock, Direction, Unit


def term_of(clock: Clock) -> Term:
    """How long the clock runs, extensions included."""
    rule = clock.rule
    given = sum(int(one["amount"]) for one in clock.extensions)
    own = clock.amount if clock.amount is not None else rule.amount
    return Term(own + given, Unit(rule.unit), Direction(rule.direction), rule.rolls)


def _pauses(clock: Clock) -> list[Pause]:
    """The pauses that have ended; an open one moves the end when it is over."""
    return [
        (datetime.fromisoformat(str(one["from"])), datetime.fromisoformat(str(one["to"])))
        for one in clock.pauses
        if one["to"] is not None
    ]


def compute(clock: Clock, known: WorkCalendar) -> None:
    """Put into a clock when it ends and from when on people are warned."""
    found = due(term_of(clock), clock.starts_at, known, _pauses(clock))
    clock.due_at, clock.unknown_years = found.at, list(found.unknown_years)
    length: timedelta = abs(found.at - clock.starts_at)
    clock.near_at = found.at - length * clock.rule.warn_percent / 100
