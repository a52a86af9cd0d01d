"""Tracks of ended patrols, cleaned and thinned once, so that a month of a zone is read at once.

A row is made from the batches that had come by then; batches that come later (a phone without a
network) make it anew. Whoever finds no row measures from the batches: the row saves time only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from geo.tracks import CleanTrack, Fix, simplify
from hub.patrols.condensed_models import CondensedTrack
from hub.patrols.models import Patrol, PatrolState, TrackBatch
from hub.patrols.results import UnitTrack, measured
from hub.patrols.tracks import LATE

THINNED_M = 5.0
AT_ONCE = 50
# As long as batches may come late, and a day for the job itself.
SETTLED = LATE + timedelta(days=1)
FloatArray = npt.NDArray[np.float64]


def due(session: Session, now: datetime) -> Sequence[str]:
    """Ended patrols whose rows are older than their batches, and some that were never looked at."""
    return sorted({*_outdated(session, now), *_new(session)})


def _new(session: Session) -> Sequence[str]:
    """By a mark of the patrol: to look for those without rows would be to look through them all."""
    rows = select(Patrol.id).where(
        Patrol.state == PatrolState.COMPLETED, Patrol.condensed.is_(False)
    )
    return session.scalars(rows.limit(AT_ONCE)).all()


def _outdated(session: Session, now: datetime) -> Sequence[str]:
    # Both counts are asked of each patrol: grouped, they would be of everything ever stored.
    there = select(func.count()).where(TrackBatch.patrol_id == Patrol.id).scalar_subquery()
    made = (
        select(func.coalesce(func.sum(CondensedTrack.batches), 0))
        .where(CondensedTrack.patrol_id == Patrol.id)
        .scalar_subquery()
    )
    rows = select(Patrol.id).where(
        Patrol.state == PatrolState.COMPLETED, Patrol.ended_at >= now - SETTLED, made != there
    )
    return session.scalars(rows).all()


def condense(session: Session, patrol_id: str, now: datetime) -> bool:
    """Make the rows of one patrol anew, none where nothing was recorded; whether it was due."""
    patrol = session.get(Patrol, patrol_id)
    if patrol is None or patrol_id not in due(session, now):
        return False
    counts = select(TrackBatch.unit_id, func.count().label("batches")).where(
        TrackBatch.patrol_id == patrol_id
    )
    rows = session.execute(counts.group_by(TrackBatch.unit_id)).all()
    batches = {row.unit_id: row.batches for row in rows}
    patrol.condensed = True
    session.execute(delete(CondensedTrack).where(CondensedTrack.patrol_id == patrol_id))
    for unit in measured(session, patrol):
        session.add(_row(patrol_id, unit, batches[unit.unit_id], now))
    return True


def _row(patrol_id: str, unit: UnitTrack, batches: int, now: datetime) -> CondensedTrack:
    return CondensedTrack(
        patrol_id=patrol_id,
        unit_id=unit.unit_id,
        bureau_id=unit.bureau_id,
        batches=batches,
        made_at=now,
        distance_m=unit.figures.distance_m,
        observed_s=unit.figures.duration_s - unit.figures.unobserved_s,
        points=packed(thinned(unit.stretches)),
    )


def thinned(stretches: Sequence[Sequence[Fix]]) -> list[FloatArray]:
    """Each stretch as rows of epoch seconds, lon, lat (n, 3), thinned within THINNED_M metres."""
    return [
        np.array([(fix.t, fix.lon, fix.lat) for fix in simplify(_track(part), THINNED_M).fixes])
        for part in stretches
        if len(part) > 1
    ]


def _track(part: Sequence[Fix]) -> CleanTrack:
    return CleanTrack(tuple(part), ())


def packed(stretches: Sequence[FloatArray]) -> bytes:
    """Stretches as bytes."""
    rows = [np.insert(part, 0, number, axis=1) for number, part in enumerate(stretches)]
    return np.concatenate(rows).astype("<f8").tobytes() if rows else b""


def unpacked(points: bytes) -> list[FloatArray]:
    """The stretches of a row, (n, 3) each."""
    rows = np.frombuffer(points, dtype="<f8").reshape(-1, 4).astype(np.float64)
    cuts = np.flatnonzero(np.diff(rows[:, 0])) + 1
    return [part[:, 1:] for part in np.split(rows, cuts)] if len(rows) else []
