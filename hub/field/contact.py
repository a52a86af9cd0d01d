"""Lost contact: a unit on patrol that was not heard for `HUB_LOST_MINUTES`, and its coming back.

Both are told once, to those who may see the unit's track. A unit that paused is quiet, not lost.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.changes import SYSTEM, record_change
from hub.db import utc_now
from hub.field.crossing_models import CONTACT, Crossing, CrossingKind
from hub.field.crossings import KIND
from hub.patrols.models import Patrol, PatrolState, UnitPosition
from hub.patrols.openness import Course
from hub.patrols.positions import paused_units
from hub.web.identity import settings

Told = tuple[str, datetime]


def due(session: Session, now: datetime) -> Sequence[str]:
    """Units ("patrol id/unit id") on patrol that were lost or heard again, untold yet."""
    rows = session.execute(
        select(UnitPosition.patrol_id, UnitPosition.unit_id, UnitPosition.received_at)
        .join(Patrol, Patrol.id == UnitPosition.patrol_id)
        .where(Patrol.state == PatrolState.IN_PROGRESS)
    ).all()
    if not rows:
        return []
    patrols = {row.patrol_id for row in rows}
    resting, told = paused_units(session, patrols), _told(session, patrols)
    return [
        f"{patrol_id}/{unit_id}"
        for patrol_id, unit_id, received_at in rows
        if _turn(
            received_at,
            told.get((patrol_id, unit_id)),
            resting=(patrol_id, unit_id) in resting,
            now=now,
        )
    ]


def tell(session: Session, item: str, now: datetime) -> bool:
    """Tell of one unit, if there is still something to tell; whether there was."""
    patrol_id, _slash, unit_id = item.partition("/")
    row = session.get(UnitPosition, (patrol_id, unit_id), with_for_update=True)
    patrol = session.get(Patrol, patrol_id)
    if row is None or patrol is None or patrol.state != PatrolState.IN_PROGRESS:
        return False
    resting = (patrol_id, unit_id) in paused_units(session, {patrol_id})
    told = _told(session, {patrol_id}).get((patrol_id, unit_id))
    kind = _turn(row.received_at, told, resting=resting, now=now)
    if kind is None:
        return False
    at = utc_now()
    event = Crossing(
        patrol_id=patrol.id,
        unit_id=unit_id,
        unit_name=row.unit_name,
        bureau_id=row.bureau_id,
        kind=kind,
        at=at,
        lon=row.lon,
        lat=row.lat,
        accuracy_m=row.accuracy_m,
        uncertainty_m=row.accuracy_m or 0.0,
        recorded_at=at,
    )
    session.add(event)
    session.flush()
    record_change(
        session,
        SYSTEM,
        kind=KIND,
        record_id=event.id,
        version=1,
        verb=f"contact_{kind}",
        bureaus=Course(session).track_readers(patrol, row.bureau_id),
        detail={"patrol_id": patrol.id},
    )
    return True


def _told(session: Session, patrol_ids: Collection[str]) -> dict[tuple[str, str], Told]:
    """What was last told of each unit, as (patrol, unit): lost or heard, and when."""
    rows = session.execute(
        select(Crossing.patrol_id, Crossing.unit_id, Crossing.kind, Crossing.at)
        .where(Crossing.patrol_id.in_(sorted(patrol_ids)), Crossing.kind.in_(CONTACT))
        .order_by(Crossing.recorded_at, Crossing.id)
    )
    return {(patrol_id, unit_id): (kind, at) for patrol_id, unit_id, kind, at in rows}


def _turn(
    received_at: datetime, told: Told | None, *, resting: bool, now: datetime
) -> CrossingKind | None:
    """What is to be told of a unit: lost, heard again, or nothing."""
    gone = told is not None and told[0] == CrossingKind.LOST
    quiet = now - received_at >= timedelta(minutes=settings().lost_minutes)
    if quiet and not resting and not gone:
        return CrossingKind.LOST
    if gone and told is not None and received_at > told[1] and not quiet:
        return CrossingKind.HEARD
    return None
