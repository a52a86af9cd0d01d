"""Geofence: when a unit has beyond doubt gone to the other side, or into or out of its zone.

A side counts once the boundary is farther than its own accuracy and the fix's together, for two
fixes running; a zone's edge once it is farther than the fix's. Between the two nothing is told, so
that who walks along the line hears nothing until it is certain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import exists, false, or_, select, true
from sqlalchemy.orm import Session

from geo.limits import CHINA
from hub.changes import SYSTEM, record_change
from hub.db import utc_now
from hub.field.crossing_models import Crossing, CrossingKind, UnitWatch
from hub.locate.services import Standing, index, standings_of
from hub.patrols.models import Patrol, PatrolOfficer, PatrolState, TrackBatch
from hub.patrols.openness import Course
from hub.patrols.tracks import LATE, sound_times

KIND = "crossing"
# Batches that commit a little after their stamp are still found.
OVERLAP = timedelta(seconds=10)


@dataclass(frozen=True)
class Fix:
    """A fix as it was reported: epoch seconds, EPSG:4326, metres."""

    t: float
    lon: float
    lat: float
    accuracy_m: float | None


@dataclass
class Known:
    """Where a unit was last beyond doubt, and what one fix has said against it."""

    side: str | None = None
    inside: bool | None = None
    pending: dict[str, Any] = field(default_factory=dict)
    t: float = 0.0

    def take(self, name: str, value: Any) -> Any:
        """Take a certain value; returns the one before if this is the second that differs.

        The very first is taken at once and tells nothing.
        """
        before = getattr(self, name)
        if value == before or before is None:
            setattr(self, name, value)
            self.pending.pop(name, None)
            return None
        if self.pending.get(name) != value:
            self.pending[name] = value
            return None
        setattr(self, name, value)
        self.pending.pop(name)
        return before


def judge(known: Known, zone_id: str, fix: Fix, ground: Standing) -> Iterator[tuple[Any, ...]]:
    """What one fix makes certain: (kind, adcode before, adcode now) of each crossing."""
    if ground.certain:
        before = known.take("side", ground.adcode)
        if before is not None:
            yield CrossingKind.SIDE, before, ground.adcode
    if zone_id not in ground.edges:
        inside = zone_id in ground.zones
        if known.take("inside", inside) is not None:
            yield (CrossingKind.ENTERED if inside else CrossingKind.LEFT), None, None
    known.t = fix.t


def waiting(session: Session, now: datetime) -> Sequence[str]:
    """Patrols under way or just ended whose units have fixes that were not judged."""
    fresh = exists().where(
        TrackBatch.patrol_id == Patrol.id,
        TrackBatch.unit_id == PatrolOfficer.user_id,
        or_(UnitWatch.seen_at.is_(None), TrackBatch.received_at > UnitWatch.seen_at),
    )
    found = session.scalars(
        select(Patrol.id)
        .distinct()
        .join(PatrolOfficer, PatrolOfficer.patrol_id == Patrol.id)
        .outerjoin(
            UnitWatch,
            (UnitWatch.patrol_id == Patrol.id) & (UnitWatch.unit_id == PatrolOfficer.user_id),
        )
        .where(
            or_(
                Patrol.state == PatrolState.IN_PROGRESS,
                (Patrol.state == PatrolState.COMPLETED) & (Patrol.ended_at >= now - LATE),
            ),
            fresh,
        )
    ).all()
    if found:
        # Made by a reader it is kept; each judging, which writes, would make it anew.
        index(session)
    return found


def judge_patrol(session: Session, patrol_id: str, now: datetime) -> bool:
    """Judge what arrived of the units of a patrol since; whether there was anything."""
    patrol = session.get(Patrol, patrol_id)
    if patrol is None:
        return False
    watches = _watches(session, patrol)
    batches: dict[str, list[TrackBatch]] = defaultdict(list)
    for batch in _batches(session, patrol, watches.values()):
        batches[batch.unit_id].append(batch)
    knowns = {unit_id: Known(**watches[unit_id].known) for unit_id in batches}
    fixes = [
        (unit_id, fix)
        for unit_id, known in knowns.items()
        for fix in _fixes(batches[unit_id], patrol, known.t, now)
    ]
    grounds = standings_of(session, [(f.lon, f.lat, f.accuracy_m) for _unit, f in fixes])
    course = Course(session)
    for (unit_id, fix), ground in zip(fixes, grounds, strict=True):
        for crossed in judge(knowns[unit_id], patrol.zone_id, fix, ground):
            row = _row(patrol, unit_id, batches[unit_id][0].bureau_id, fix, crossed)
            row.uncertainty_m = ground.uncertainty_m
            _tell(session, course, patrol, row)
    for unit_id, known in knowns.items():
        watches[unit_id].known = vars(known)
        watches[unit_id].seen_at = max(batch.received_at for batch in batches[unit_id])
    return bool(batches)


def _watches(session: Session, patrol: Patrol) -> dict[str, UnitWatch]:
    """How far each of the crew has been judged, held until the transaction ends."""
    held = session.scalars(
        select(UnitWatch)
        .where(UnitWatch.patrol_id == patrol.id)
        .order_by(UnitWatch.unit_id)
        .with_for_update()
    )
    found = {watch.unit_id: watch for watch in held}
    for officer in patrol.crew:
        if officer.user_id not in found:
            watch = UnitWatch(patrol_id=patrol.id, unit_id=officer.user_id, seen_at=None, known={})
            session.add(watch)
            found[officer.user_id] = watch
    return found


def _batches(
    session: Session, patrol: Patrol, watches: Iterable[UnitWatch]
) -> Sequence[TrackBatch]:
    """What arrived of each unit since it was judged."""
    new = [
        (TrackBatch.unit_id == watch.unit_id)
        & (
            TrackBatch.received_at > watch.seen_at - OVERLAP
            if watch.seen_at is not None
            else true()
        )
        for watch in watches
    ]
    statement = select(TrackBatch).where(TrackBatch.patrol_id == patrol.id, or_(false(), *new))
    return session.scalars(statement.order_by(TrackBatch.first_at)).all()


def _fixes(batches: Sequence[TrackBatch], patrol: Patrol, after: float, now: datetime) -> list[Fix]:
    """Fixes later than what was judged, in order, that can have been made on the patrol."""
    first, last = sound_times(patrol, now)
    west, south, east, north = CHINA
    found = [
        Fix(t, lon, lat, accuracy)
        for batch in batches
        for t, lon, lat, accuracy in batch.fixes
        if first <= t <= last and t > after and west <= lon <= east and south <= lat <= north
    ]
    return sorted(found, key=lambda fix: fix.t)


def _row(
    patrol: Patrol, unit_id: str, bureau_id: str, fix: Fix, crossed: tuple[Any, ...]
) -> Crossing:
    kind, before, after = crossed
    return Crossing(
        patrol_id=patrol.id,
        unit_id=unit_id,
        unit_name=next((o.name for o in patrol.crew if o.user_id == unit_id), ""),
        bureau_id=bureau_id,
        kind=kind,
        from_adcode=before,
        to_adcode=after,
        at=datetime.fromtimestamp(fix.t, UTC),
        lon=fix.lon,
        lat=fix.lat,
        accuracy_m=fix.accuracy_m,
        recorded_at=utc_now(),
    )


def _tell(session: Session, course: Course, patrol: Patrol, row: Crossing) -> None:
    """Record it, and tell the parties to whom the unit's track is open."""
    session.add(row)
    session.flush()
    record_change(
        session,
        SYSTEM,
        kind=KIND,
        record_id=row.id,
        version=1,
        verb=f"crossed_{row.kind}",
        bureaus=course.track_readers(patrol, row.bureau_id),
        detail={"patrol_id": patrol.id},
    )
