"""The dates of a series: by its rule or before holidays, with its exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from hub.calendar.eves import holiday_eves
from hub.calendar.recurrence import MOST, dates
from hub.calendar.services import calendar
from hub.clock import SHANGHAI
from hub.patrol_series.models import PatrolOccurrence, PatrolSeries

# No date lasts longer (`PatrolSeries.minutes`).
LONGEST = timedelta(days=1)


@dataclass(frozen=True)
class Occurrence:
    """A date of a series as it stands: by the rule, when it really is, what became of it."""

    original: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    row: PatrolOccurrence | None


def originals(
    session: Session, series: PatrolSeries, since: datetime, until: datetime
) -> list[datetime]:
    """The moments (UTC) of the rule from `since` on, before `until`."""
    first = max(since, series.starts_at)
    if series.rule:
        found = dates(series.rule, series.starts_at, MOST)
    else:
        local = series.starts_at.astimezone(SHANGHAI)
        days = holiday_eves(
            calendar(session), first.astimezone(SHANGHAI).date(), until.astimezone(SHANGHAI).date()
        )
        found = [datetime.combine(day, local.time(), SHANGHAI).astimezone(UTC) for day in days]
    return [moment for moment in found if first <= moment < until]


def occurrences(
    session: Session, series: PatrolSeries, since: datetime, until: datetime
) -> list[Occurrence]:
    """The dates of a stretch of time with their exceptions, in the order of the rule."""
    known = {row.original: row for row in series.occurrences}
    return [
        occurrence(series, moment, known.get(moment))
        for moment in originals(session, series, since, until)
    ]


def coming(
    session: Session, series: PatrolSeries, now: datetime, until: datetime
) -> list[Occurrence]:
    """The dates that are still to be: by the rule from now on, and those put off till after now."""
    put_off = [
        occurrence(series, row.original, row)
        for row in series.occurrences
        if row.original < now and row.starts_at is not None and row.starts_at > now
    ]
    return [*put_off, *occurrences(session, series, now, until)]


def between(
    session: Session, series: PatrolSeries, since: datetime, until: datetime
) -> list[Occurrence]:
    """The dates that are at some time from `since` on and begin before `until`, wherever the rule
    had them, skipped ones too; soonest first."""
    by_rule = occurrences(session, series, since - LONGEST, until)
    known = {one.original for one in by_rule}
    moved = [
        occurrence(series, row.original, row)
        for row in series.occurrences
        if row.starts_at is not None
        and row.original not in known
        and of_rule(session, series, row.original)
    ]
    found = [one for one in [*by_rule, *moved] if one.ends_at > since and one.starts_at < until]
    return sorted(found, key=lambda one: one.starts_at)


def of_rule(session: Session, series: PatrolSeries, original: datetime) -> bool:
    """Whether the rule has this date."""
    return bool(originals(session, series, original, original + timedelta(seconds=1)))


def is_open(one: Occurrence, now: datetime) -> bool:
    """Whether a date is to be, and no patrol yet."""
    row = one.row
    return one.starts_at > now and (row is None or not (row.skipped or row.patrol_id))


def occurrence(
    series: PatrolSeries, original: datetime, row: PatrolOccurrence | None
) -> Occurrence:
    """One date as it stands."""
    starts = (row.starts_at if row else None) or original
    minutes = (row.minutes if row else None) or series.minutes
    title = (row.title if row else None) or series.title
    return Occurrence(original, starts, starts + timedelta(minutes=minutes), title, row)
