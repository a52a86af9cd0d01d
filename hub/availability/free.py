"""When everybody and everything that is needed is free."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.calendar.services import calendar
from hub.clock import SHANGHAI
from hub.patrols.access import access_patrol
from hub.patrols.busy import Busy, busy_between
from hub.patrols.plan_crew import choose_craft, choose_officers

MOST = 60


@dataclass(frozen=True)
class Sought:
    """What is needed: own people and craft, and the rest of a patrol that is being planned."""

    officers: Collection[str]
    craft: Collection[str]
    since: datetime
    days: int
    minutes: int
    # Local hours between which it has to lie.
    from_hour: int = 8
    to_hour: int = 18
    workdays: bool = False
    patrol_id: str | None = None


@dataclass(frozen=True)
class Gap:
    """A stretch of time in which all are free."""

    starts_at: datetime
    ends_at: datetime


def free_times(session: Session, actor: Actor, sought: Sought) -> list[Gap]:
    """Stretches of at least so many minutes in which all are free, soonest first, at most `MOST`.

    What keeps a partner's people is not told, nor how many of them: only when all are free.

    Raises:
        NotFound: no such patrol, or not his.
        Invalid: people or craft of others.
    """
    actor.require(Right.WORK_VIEW)
    people = {row.user_id for row in choose_officers(session, actor, sought.officers)}
    craft = {row.craft_id for row in choose_craft(session, actor, sought.craft)}
    if sought.patrol_id is not None:
        patrol = access_patrol(session, actor, sought.patrol_id)
        people |= {row.user_id for row in patrol.crew}
        craft |= {row.craft_id for row in patrol.craft}
    if not people and not craft:
        return []  # nobody was asked for
    until = sought.since + timedelta(days=sought.days)
    busy = [
        one
        for one in busy_between(session, people, craft, sought.since, until)
        if one.patrol is None or one.patrol.id != sought.patrol_id
    ]
    found: list[Gap] = []
    for window in _windows(session, sought, until):
        found += _gaps(window, busy, timedelta(minutes=sought.minutes))
        if len(found) >= MOST:
            break
    return found[:MOST]


def _windows(session: Session, sought: Sought, until: datetime) -> Iterator[Gap]:
    known = calendar(session) if sought.workdays else None
    day = sought.since.astimezone(SHANGHAI).date()
    while _at(day, 0) < until:
        if known is None or known.answer(day).workday:
            starts = max(_at(day, sought.from_hour), sought.since)
            ends = min(_at(day, sought.to_hour), until)
            if starts < ends:
                yield Gap(starts, ends)
        day += timedelta(days=1)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(), SHANGHAI) + timedelta(hours=hour)


def _gaps(window: Gap, busy: Sequence[Busy], least: timedelta) -> Iterator[Gap]:
    at = window.starts_at
    taken = [one for one in busy if one.during(window.starts_at, window.ends_at)]
    for one in sorted(taken, key=lambda one: one.starts_at):
        if one.starts_at - at >= least:
            yield Gap(at, one.starts_at)
        at = max(at, one.ends_at)
    if window.ends_at - at >= least:
        yield Gap(at, window.ends_at)
