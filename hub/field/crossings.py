"""Geofence: when a unit has beyond doubt gone to the other side, or into or out of its zone.

A side counts once the boundary is farther than its own accuracy and the fix's together, for two
fixes running; a zone's edge once it is farther than the fix's. Between the two nothing is told, so
that who walks along the line hears nothing until it is certain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from geo.limits import CHINA
from hub.changes import SYSTEM, record_change
from hub.db import utc_now
from hub.field.crossing_models import Crossing, CrossingKind, UnitWatch
from hub.locate.services import Standing, standings_of
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
    """Units ("patrol id/unit id") with fixes that were not judged; of patrols under way or just
    ended."""
    fresh = exists().where(
        TrackBatch.patrol_id == Patrol.id,
        TrackBatch.unit_id == PatrolOfficer.user_id,
        or_(UnitWatch.seen_at.is_(None), TrackBatch.received_at > UnitWatch.seen_at),
    )
    rows = session.execute(
        select(Patrol.id, PatrolOfficer.user_id)
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
    )
    return [f"{patrol_id}/{unit_id}" for patrol_id, unit_id in rows]


def judge_unit(session: Session, item: str, now: datetime) -> bool:
    """Judge what arrived of one unit since; whether there was anything."""
    patrol_id, _slash, unit_id = item.partition("/")
    patrol = session.get(Patrol, patrol_id)
    if patrol is None:
        return False
    watch = session.get(UnitWatch, (patrol_id, unit_id), with_for_update=True)
    if watch is None:
        watch = UnitWatch(patrol_id=patrol_id, unit_id=unit_id, seen_at=None, known={})
        session.add(watch)
    batches = _batches(session, watch)
    if not batches:
        return False
    known = Known(**watch.known)
    fixes = _fixes(batches, patrol, known.t, now)
    grounds = standings_of(session, [(f.lon, f.lat, f.accuracy_m) for f in fixes])
    for fix, ground in zip(fixes, grounds, strict=True):
        for crossed in judge(known, patrol.zone_id, fix, ground):
            row = _row(patrol, watch.unit_id, batches[0].bureau_id, fix, crossed)
            row.uncertainty_m = ground.uncertainty_m
            _tell(session, patrol, row)
    watch.known = vars(known)
    watch.seen_at = max(batch.received_at for batch in batches)
    return True


def _batches(session: Session, watch: UnitWatch) -> Sequence[TrackBatch]:
    statement = select(TrackBatch).where(
        TrackBatch.patrol_id == watch.patrol_id, TrackBatch.unit_id == watch.unit_id
    )
    if watch.seen_at is not None:
        statement = statement.where(TrackBatch.received_at > watch.seen_at - OVERLAP)
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


def _tell(session: Session, patrol: Patrol, row: Crossing) -> None:
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
        bureaus=Course(session).track_readers(patrol, row.bureau_id),
        detail={"patrol_id": patrol.id},
    )
