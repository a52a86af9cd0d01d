"""Figures of a period by month and partner, as far as the reader's bureau sees what they count.

Patrols count in the month of their planned begin (Asia/Shanghai). Hours and kilometres are those of
the tracks that the reader may see; findings, their closing and the marks of reviews likewise, so
two bureaus may read other figures of the same month, each its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import fmean
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.bureaus.services import bureau
from hub.clock import SHANGHAI, local_day
from hub.db import utc_now
from hub.errors import field_error
from hub.inspections.listing import Filters as RecordFilters
from hub.inspections.listing import inspections
from hub.patrols.access import may_see
from hub.patrols.effort import Asked, Way, effort_view, ways_of
from hub.patrols.finding_views import view_for
from hub.patrols.models import Finding, Patrol, PatrolParty, PatrolState
from hub.patrols.openness import Course
from hub.patrols.results import DEFAULT_REACH_M
from hub.patrols.views import overdue
from hub.reviews.labels import SCALES
from hub.reviews.next_steps import meetings_with
from hub.reviews.services import readable
from hub.reviews.views import mean_of
from hub.web.days import known_day, stretch
from hub.zones.models import Zone

USUAL_DAYS = 365
MOST_DAYS = 366 * 5
OF_ZONE = ("share", "error_share", "patrols", "distance_m", "observed_s")
BEGUN = (PatrolState.IN_PROGRESS, PatrolState.COMPLETED)


@dataclass(frozen=True)
class Period:
    """Local days, both included, and the partner; None: every partner."""

    since: date
    until: date
    partner_id: str | None = None

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """From the first moment of the first day to the first after the last one."""
        return stretch(self.since, self.until)


def period_of(since: date | None, until: date | None, partner_id: str | None) -> Period:
    """The period asked for: the year up to today where nothing is said.

    Raises:
        Invalid: it ends before it begins, is longer than five years, or of no year of ours.
    """
    for name, day in (("since", since), ("until", until)):
        if day is not None:
            known_day(name, day)
    last = until or local_day(utc_now())
    first = since or last - timedelta(days=USUAL_DAYS)
    if first > last:
        raise field_error("until", _l("结束日期不能早于开始日期。"))
    if (last - first).days > MOST_DAYS:
        raise field_error("since", _l("统计期最长五年。"))
    return Period(first, last, partner_id or None)


@dataclass
class Count:
    """What is counted of some patrols; seconds and metres."""

    planned: int = 0
    done: int = 0
    cancelled: int = 0
    missed: int = 0
    seconds: float = 0.0
    metres: float = 0.0
    findings: int = 0
    closed: int = 0
    records: int = 0
    own_marks: list[float] = field(default_factory=list)
    their_marks: list[float] = field(default_factory=list)
    # What the marks were on each scale, and which reviews name a next step.
    scales: list[tuple[bool, dict[str, int]]] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)

    def view(self) -> dict[str, Any]:
        """As it is shown; None where there is nothing to divide by."""
        return {
            "planned": self.planned,
            "done": self.done,
            "cancelled": self.cancelled,
            "missed": self.missed,
            "hours": round(self.seconds / 3_600, 1),
            "km": round(self.metres / 1_000, 1),
            "findings": self.findings,
            "closed": self.closed,
            "closure_rate": round(self.closed / self.findings, 3) if self.findings else None,
            "records": self.records,
            "own_rating": round(fmean(self.own_marks), 2) if self.own_marks else None,
            "partner_rating": round(fmean(self.their_marks), 2) if self.their_marks else None,
        }


def partners(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Bureaus (id, short name) that patrolled or were to patrol with the actor's."""
    own = select(PatrolParty.patrol_id).where(PatrolParty.bureau_id == actor.bureau_id)
    ids = session.scalars(
        select(PatrolParty.bureau_id)
        .where(PatrolParty.patrol_id.in_(own), PatrolParty.bureau_id != actor.bureau_id)
        .distinct()
    )
    return sorted(((one, bureau(session, one).short_name) for one in ids), key=lambda p: p[1])


def figures(session: Session, actor: Actor, period: Period) -> dict[str, Any]:
    """Rows by month and partner, newest month first, their sums, and the zones covered."""
    actor.require(Right.WORK_VIEW)
    patrols = _patrols(session, actor, period)
    counted = _counted(session, actor, patrols)
    total = _sum(counted.values())
    groups: defaultdict[tuple[str, str], list[Patrol]] = defaultdict(list)
    for patrol in patrols:
        month = patrol.starts_at.astimezone(SHANGHAI).strftime("%Y-%m")
        for partner in sorted(patrol.party_ids - {actor.bureau_id}):
            if period.partner_id in (None, partner):
                groups[month, partner].append(patrol)
    return {
        "since": period.since.isoformat(),
        "until": period.until.isoformat(),
        "items": [
            {"month": month, "partner_id": partner,
             "partner_name": bureau(session, partner).short_name}
            | _sum(counted[one.id] for one in rows).view()
            for (month, partner), rows in sorted(groups.items(), reverse=True)
        ],
        "total": total.view(),
        "reviews": _reviews(session, actor, total),
        "zones": _zones(session, actor, patrols, period),
        "next": None,
    }  # fmt: skip


def _patrols(session: Session, actor: Actor, period: Period) -> list[Patrol]:
    begins, ends = period.moments
    own = select(PatrolParty.patrol_id).where(PatrolParty.bureau_id == actor.bureau_id)
    query = select(Patrol).where(
        Patrol.id.in_(own), Patrol.starts_at >= begins, Patrol.starts_at < ends
    )
    if period.partner_id:
        theirs = select(PatrolParty.patrol_id).where(PatrolParty.bureau_id == period.partner_id)
        query = query.where(Patrol.id.in_(theirs))
    rows = session.scalars(query.order_by(Patrol.starts_at))
    return [row for row in rows if may_see(session, actor.reader, row)]


def _counted(session: Session, actor: Actor, patrols: Sequence[Patrol]) -> dict[str, Count]:
    """The counts of each patrol."""
    counts = {patrol.id: _states(patrol) for patrol in patrols}
    begun = [patrol for patrol in patrols if patrol.state in BEGUN]
    for way in ways_of(session, actor.reader, begun):
        _add_way(counts[way.patrol_id], way)
    course = Course(session)
    ids = list(counts)
    for finding in session.scalars(select(Finding).where(Finding.patrol_id.in_(ids))):
        view = view_for(session, actor.reader, finding, course)
        if view is not None:
            counts[finding.patrol_id].findings += 1
            counts[finding.patrol_id].closed += view.get("state") == "closed"
    sealed = inspections(session, actor, RecordFilters(state="sealed"), ids)
    for record in sealed.all(session, None):
        counts[record["patrol_id"]].records += 1
    for patrol in begun:
        for review in readable(session, actor.reader, patrol):
            own = review.bureau_id == actor.bureau_id
            count = counts[patrol.id]
            (count.own_marks if own else count.their_marks).append(mean_of(review))
            count.scales.append((own, review.ratings))
            count.steps += [review.id] if review.next_step else []
    return counts


def _states(patrol: Patrol) -> Count:
    return Count(
        planned=1,
        done=int(patrol.state == PatrolState.COMPLETED),
        cancelled=int(patrol.state == PatrolState.CANCELLED),
        missed=int(overdue(patrol)),
    )


def _add_way(count: Count, way: Way) -> None:
    count.seconds += way.observed_s
    count.metres += way.distance_m


def _sum(counts: Iterable[Count]) -> Count:
    total = Count()
    for one in counts:
        for name in ("planned", "done", "cancelled", "missed", "seconds", "metres",
                     "findings", "closed", "records"):  # fmt: skip
            setattr(total, name, getattr(total, name) + getattr(one, name))
        total.own_marks += one.own_marks
        total.their_marks += one.their_marks
        total.scales += one.scales
        total.steps += one.steps
    return total


def _reviews(session: Session, actor: Actor, total: Count) -> dict[str, Any]:
    """Mean marks of each scale and what became of the next steps; None where nobody rated."""

    def mean(code: str, own: bool) -> float | None:
        marks = [ratings[code] for whose, ratings in total.scales if whose is own]
        return round(fmean(marks), 2) if marks else None

    return {
        "count": len(total.scales),
        "scales": [
            {"code": code, "name": str(name), "own": mean(code, True), "partner": mean(code, False)}
            for code, name in SCALES.items()
        ],
        "next_steps": len(total.steps),
        "on_agenda": len(meetings_with(session, actor, total.steps)),
    }


def _zones(
    session: Session, actor: Actor, patrols: Sequence[Patrol], period: Period
) -> list[dict[str, Any]]:
    """How much of each zone was covered in the period, within DEFAULT_REACH_M of a track."""
    begins, ends = period.moments
    asked = Asked(begins, ends, DEFAULT_REACH_M)
    found = []
    for zone_id in sorted({patrol.zone_id for patrol in patrols if patrol.state in BEGUN}):
        zone = session.get_one(Zone, zone_id)
        effort = effort_view(session, actor.reader, zone, asked)
        kept = ("share", "error_share", "patrols", "distance_m", "observed_s")
        found.append(
            {"zone_id": zone_id, "name": zone.name} | {name: effort[name] for name in kept}
        )
    return found
