"""The clock of a series: a date come near becomes a proposal; changes renew them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.approvals import services as approvals
from hub.bureaus.services import on_behalf_of
from hub.calendar.recurrence import MOST
from hub.changes import record_change
from hub.clock import local_day
from hub.db import row_of, utc_now
from hub.errors import Conflict, Forbidden, HubError, field_error
from hub.patrol_series.dates import (
    Occurrence,
    is_open,
    occurrence,
    occurrences,
    of_rule,
    originals,
)
from hub.patrol_series.models import PatrolOccurrence, PatrolSeries, SeriesState
from hub.patrols import conduct, services
from hub.patrols.busy import busy_between
from hub.patrols.models import Patrol, PatrolState
from hub.patrols.overdue_checks import overdue_points
from hub.patrols.plan import KIND as PATROL
from hub.patrols.plan import Draft, route_of
from hub.patrols.plan_crew import able_craft, able_officers

# What could not be proposed is tried again after so long: a zone may be approved meanwhile.
RETRY = timedelta(hours=6)
SEPARATOR = "|"
MOST_POINTS = 50


def planner_of(session: Session, bureau_id: str) -> Actor:
    """The system planning for a bureau, as its parties agreed."""
    rights = frozenset({Right.WORK_VIEW, Right.PATROL_PLAN})
    return replace(on_behalf_of(session, bureau_id), rights=rights)


def due(session: Session, at: datetime) -> Sequence[str]:
    """Series and dates that are to be proposed."""
    rows = session.scalars(select(PatrolSeries).where(PatrolSeries.state == SeriesState.AGREED))
    return [
        f"{row.id}{SEPARATOR}{one.original.isoformat()}"
        for row in rows
        for one in _near(session, row, at)
    ]


def _near(session: Session, series: PatrolSeries, at: datetime) -> list[Occurrence]:
    until = at + timedelta(days=series.lead_days)
    # A date may have been moved forward: look at all that a move could bring near.
    moved = [
        occurrence(series, one.original, one)
        for one in series.occurrences
        if one.starts_at and of_rule(session, series, one.original)
    ]
    by_rule = [one for one in occurrences(session, series, at, until) if one not in moved]
    return [one for one in [*by_rule, *moved] if _is_due(one, at, until)]


def _is_due(one: Occurrence, at: datetime, until: datetime) -> bool:
    if not at < one.starts_at < until:
        return False
    row = one.row
    if row is None:
        return True
    waits = row.tried_at is not None and row.tried_at + RETRY > at
    return not (row.skipped or row.patrol_id or waits)


def make_due(session: Session, item: str, at: datetime) -> bool:
    """Propose one date of a series on behalf of its parties, if it is still due.

    Who is not to be had is left out, for his bureau to replace; what else is wrong is noted.
    """
    series_id, _, text = item.partition(SEPARATOR)
    series = session.get(PatrolSeries, series_id, with_for_update=True, populate_existing=True)
    if series is None or series.state != SeriesState.AGREED:
        return False
    original = datetime.fromisoformat(text)
    one = next((o for o in _near(session, series, at) if o.original == original), None)
    if one is None:
        return False
    row = one.row or PatrolOccurrence(series_id=series.id, original=original)
    if one.row is None:
        series.occurrences.append(row)
    row.tried_at = at
    try:
        patrol = _propose(session, series, one)
    except HubError as error:
        # Refused before anything was written.
        row.problem = _why(error)
        _tell(session, series, "not_made")
        return True
    row.patrol_id, row.made_version, row.problem = patrol.id, patrol.plan_version, None
    _tell(session, series, "made")
    return True


def _why(error: HubError) -> str:
    words = str(error.detail) or "".join(str(one.message) for one in error.errors)
    return words[:500]


def propose_now(session: Session, actor: Actor, series: PatrolSeries, original: datetime) -> Patrol:
    """Propose a coming date before the clock does, as the clock would.

    Args:
        series: locked by the caller.

    Raises:
        Forbidden: not a planner of the bureau that proposed the series.
        Conflict: the series is not agreed, the date is a patrol already or skipped, or what the
            clock would be refused as well.
        Invalid: the series has no such date to come.
    """
    actor.require(Right.PATROL_PLAN)
    if actor.bureau_id != series.proposing_bureau_id:
        raise Forbidden(_l("由提出系列的单位提前提出；贵单位可以跳过这一次。"))
    if series.state != SeriesState.AGREED:
        raise Conflict(_l("系列尚未由各方确认，或已结束。"))
    if not of_rule(session, series, original):
        raise field_error("original", _l("此系列没有这个日期。"))
    now = utc_now()
    known = next((row for row in series.occurrences if row.original == original), None)
    one = occurrence(series, original, known)
    if not is_open(one, now):
        raise Conflict(_l("这一次已提出巡查或已跳过。"))
    row = one.row or PatrolOccurrence(series_id=series.id, original=original)
    if one.row is None:
        series.occurrences.append(row)
    patrol = _propose(session, series, one, actor)
    row.patrol_id, row.made_version, row.problem = patrol.id, patrol.plan_version, None
    row.tried_at = now
    _tell(session, series, "made")
    return patrol


def _propose(
    session: Session, series: PatrolSeries, one: Occurrence, actor: Actor | None = None
) -> Patrol:
    actor = actor or planner_of(session, series.proposing_bureau_id)
    officers, craft = _free(session, series, actor, one, None)
    patrol = services.propose(
        session, actor, series.zone_id, _draft(session, series, one), officers=officers, craft=craft
    )
    _crews(session, series, patrol, one)
    return patrol


def _draft(session: Session, series: PatrolSeries, one: Occurrence) -> Draft:
    """The template at a date, with what firms will be late with by then."""
    route = route_of(series)  # type: ignore[arg-type]
    late = overdue_points(session, series.zone_id, series.parties, local_day(one.starts_at))
    checklist = [*series.checklist, *late][:MOST_POINTS]
    return Draft(one.title, one.starts_at, one.ends_at, route, checklist, series.note)


def _free(
    session: Session, series: PatrolSeries, actor: Actor, one: Occurrence, patrol: Patrol | None
) -> tuple[list[str], list[str]]:
    """Of a bureau's people and craft of the series, those that can be sent then."""
    bureau_id = actor.bureau_id
    people = {user.id for user in able_officers(session, bureau_id)}
    boats = {item.id for item in able_craft(session, bureau_id)}
    officers = [i for i in series.officers.get(bureau_id, ()) if i in people]
    craft = [i for i in series.craft.get(bureau_id, ()) if i in boats]
    taken = {
        busy.booked_id
        for busy in busy_between(session, officers, craft, one.starts_at, one.ends_at)
        if patrol is None or busy.patrol is None or busy.patrol.id != patrol.id
    }
    return [i for i in officers if i not in taken], [i for i in craft if i not in taken]


def _crews(session: Session, series: PatrolSeries, patrol: Patrol, one: Occurrence) -> None:
    """The other parties' people and craft."""
    for bureau_id in sorted(patrol.party_ids - {series.proposing_bureau_id}):
        actor = planner_of(session, bureau_id)
        officers, craft = _free(session, series, actor, one, patrol)
        if officers or craft:
            services.set_crew(session, actor, patrol, officers=officers, craft=craft)


def renew_made(session: Session, series: PatrolSeries, at: datetime) -> None:
    """Let proposals that nobody touched follow the series: changed, or called off without a date.

    Whatever was edited, approved by anybody, moved as an exception or begun stays as it is.
    """
    ahead = at + timedelta(days=3660)
    agreed = series.state == SeriesState.AGREED
    now = originals(session, series, at, ahead)[:MOST] if agreed else []
    by_day = {local_day(moment): moment for moment in now}
    for row in series.occurrences:
        patrol = untouched(session, row, at)
        if patrol is None:
            continue
        actor = planner_of(session, series.proposing_bureau_id)
        moment = by_day.get(local_day(row.original))
        if moment is None:
            reason = f"系列“{series.title}”已修改或结束"  # data, not screen text
            conduct.cancel(session, actor, patrol, reason)
            continue
        taken = any(one is not row and one.original == moment for one in series.occurrences)
        if not taken:
            _renew(session, series, row, patrol, moment)


def _renew(
    session: Session, series: PatrolSeries, row: PatrolOccurrence, patrol: Patrol, moment: datetime
) -> None:
    actor = planner_of(session, series.proposing_bureau_id)
    row.original = moment
    one = occurrence(series, moment, row)
    officers, craft = _free(session, series, actor, one, patrol)
    try:
        services.change_plan(
            session, actor, patrol, _draft(session, series, one), officers=officers, craft=craft
        )
    except Conflict as error:
        row.problem = _why(error)
        return
    _crews(session, series, patrol, one)
    row.made_version = patrol.plan_version


def untouched(
    session: Session, row: PatrolOccurrence, at: datetime, *, lock: bool = True
) -> Patrol | None:
    """The patrol of a date as long as nobody edited, approved, moved or began it."""
    patrol = row_of(session, Patrol, row.patrol_id, for_update=lock) if row.patrol_id else None
    if patrol is None or patrol.state != PatrolState.PROPOSED or patrol.starts_at <= at:
        return None
    if row.starts_at is not None or patrol.plan_version != row.made_version:
        return None
    given = approvals.standing(session, PATROL, patrol.id, patrol.plan_version)
    return None if given else patrol


def _tell(session: Session, series: PatrolSeries, verb: str) -> None:
    series.version += 1
    session.flush()
    record_change(
        session,
        on_behalf_of(session, series.proposing_bureau_id),
        kind="patrol_series",
        record_id=series.id,
        version=series.version,
        verb=verb,
        bureaus=series.parties,
        detail={"title": series.title},
    )
