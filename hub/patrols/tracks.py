"""Tracks of patrols under way: batches as they arrive, the latest place of each unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.limits import parse_position
from geo.tracks import Fix
from hub.access import Actor, Right
from hub.db import utc_now
from hub.errors import Conflict, Forbidden
from hub.patrols.access import access_patrol
from hub.patrols.models import Patrol, PatrolState, TrackBatch, UnitPosition
from hub.patrols.schemas import PositionReport
from sharing.upsert import upsert_into


def report_positions(session: Session, actor: Actor, report: PositionReport) -> bool:
    """Store a batch of fixes and move the unit on live maps; False if it was stored before.

    Raises:
        NotFound: the patrol is not the actor's bureau's.
        Forbidden: the actor is not of its crew.
        Conflict: it is not under way.
        GeoError: a fix is no place on Earth or lies outside the working area.
    """
    actor.require(Right.PATROL_LOG)
    patrol = access_patrol(session, actor, report.patrol_id)
    if actor.user_id not in {member.user_id for member in patrol.crew}:
        raise Forbidden(_l("只有编入本次巡查的人员可以上报位置。"))
    if patrol.state != PatrolState.IN_PROGRESS and not _late(patrol, report):
        raise Conflict(_l("巡查不在进行中，不接收位置。"))
    for fix in report.fixes:
        parse_position(fix.lon, fix.lat, fix.accuracy_m)
    fixes = sorted(report.fixes, key=lambda fix: fix.t)
    now = utc_now()
    insert = upsert_into(session, TrackBatch).values(
        id=TrackBatch.id.default.arg(None),  # type: ignore[union-attr]
        patrol_id=patrol.id,
        unit_id=actor.user_id,
        bureau_id=actor.bureau_id,
        batch_key=report.key,
        first_at=_moment(fixes[0].t),
        last_at=_moment(fixes[-1].t),
        fixes=[[fix.t, fix.lon, fix.lat, fix.accuracy_m] for fix in fixes],
        received_at=now,
    )
    stored = session.execute(
        insert.on_conflict_do_nothing(
            index_elements=["patrol_id", "unit_id", "batch_key"]
        ).returning(TrackBatch.id)
    ).first()
    if stored is None:
        return False
    _move(session, actor, patrol, fixes[-1], now)
    return True


def _late(patrol: Patrol, report: PositionReport) -> bool:
    """Whether the fixes were taken while the patrol ran and only their sending came later."""
    if patrol.state != PatrolState.COMPLETED or not (patrol.started_at and patrol.ended_at):
        return False
    begin, end = patrol.started_at.timestamp(), patrol.ended_at.timestamp()
    return all(begin <= fix.t <= end for fix in report.fixes)


def _moment(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


def _move(session: Session, actor: Actor, patrol: Patrol, fix: object, now: datetime) -> None:
    """Put the unit at its newest fix; an older batch that arrives late moves nothing."""
    values = {
        "patrol_id": patrol.id,
        "unit_id": actor.user_id,
        "bureau_id": actor.bureau_id,
        "unit_name": actor.name,
        "lon": fix.lon,  # type: ignore[attr-defined]
        "lat": fix.lat,  # type: ignore[attr-defined]
        "accuracy_m": fix.accuracy_m,  # type: ignore[attr-defined]
        "at": _moment(fix.t),  # type: ignore[attr-defined]
        "received_at": now,
    }
    insert = upsert_into(session, UnitPosition).values(**values)
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["patrol_id", "unit_id"],
            set_={key: insert.excluded[key] for key in ("lon", "lat", "accuracy_m", "at")}
            | {"received_at": insert.excluded.received_at},
            where=UnitPosition.at < insert.excluded.at,
        )
    )


def batches_of(session: Session, patrol_id: str) -> Sequence[TrackBatch]:
    """All batches of a patrol by unit and time."""
    return session.scalars(
        select(TrackBatch)
        .where(TrackBatch.patrol_id == patrol_id)
        .order_by(TrackBatch.unit_id, TrackBatch.first_at)
    ).all()


def fixes_by_unit(session: Session, patrol_id: str) -> dict[str, list[Fix]]:
    """The fixes of each unit in time order; EPSG:4326, epoch seconds, metres."""
    units: dict[str, list[Fix]] = {}
    for batch in batches_of(session, patrol_id):
        units.setdefault(batch.unit_id, []).extend(Fix(*fix) for fix in batch.fixes)
    return {unit: sorted(fixes, key=lambda fix: fix.t) for unit, fixes in units.items()}
