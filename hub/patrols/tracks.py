"""Tracks of patrols under way: batches as they arrive, the latest place of each unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, or_
from sqlalchemy.orm import Session

from geo.limits import CHINA
from hub.access import Actor, Right
from hub.db import utc_now
from hub.errors import Conflict, Forbidden
from hub.patrols.access import access_patrol
from hub.patrols.models import STATE_NAMES, Patrol, PatrolState, TrackBatch, UnitPosition
from hub.patrols.schemas import FixIn, PositionReport
from sharing.models import new_id
from sharing.upsert import upsert_into

# A device's clock may differ so much before its fixes are flagged.
CLOCK_SLACK = timedelta(minutes=5)
# What a phone kept without a network still counts this long after the end.
LATE = timedelta(days=7)


@dataclass(frozen=True)
class Stored:
    """What became of a batch: stored now, or known already; how many fixes were flagged."""

    new: bool
    flagged: int


def report_positions(session: Session, actor: Actor, report: PositionReport) -> Stored:
    """Store a batch of fixes once and move the unit on live maps.

    Fixes whose time cannot be (before the start, after the end, in the future) are kept and
    flagged: they are evidence of a wrong clock, but no part of the track.

    Raises:
        NotFound: no such patrol, or not his bureau's.
        Forbidden: the actor is not of the crew, or his token only reads.
        Conflict: the patrol is not under way (and did not end within the last seven days).
    """
    patrol = access_logged(session, actor, report.patrol_id)
    now = utc_now()
    sound = [fix for fix in report.fixes if not is_flagged(patrol, fix.t, now)]
    flagged = len(report.fixes) - len(sound)
    new = _store_batch(session, actor, report, flagged, now)
    if new and patrol.state == PatrolState.IN_PROGRESS:
        _move_unit(session, actor, patrol, sound or report.fixes, not sound, now)
    return Stored(new, flagged)


def access_logged(session: Session, actor: Actor, patrol_id: str) -> Patrol:
    """The patrol, if the actor is of its crew and it still takes what its crew recorded.

    Raises:
        NotFound: absent, or not his to see.
        Forbidden: not of the crew, or a token that only reads.
        Conflict: not begun, called off, or ended more than seven days ago.
    """
    actor.require(Right.PATROL_LOG)
    if actor.read_only:
        raise Forbidden(_l("此令牌只有读取权限。"))
    patrol = access_patrol(session, actor, patrol_id)
    if actor.user_id not in {officer.user_id for officer in patrol.crew}:
        raise Forbidden(_l("只有编入本次巡查的人员可以记录。"))
    ended = patrol.ended_at
    late = patrol.state == PatrolState.COMPLETED and ended is not None
    if patrol.state != PatrolState.IN_PROGRESS and not (
        late and ended is not None and utc_now() <= ended + LATE
    ):
        raise Conflict(
            _l(
                "只有进行中的巡查可以记录；现状态：%(state)s。",
                state=STATE_NAMES[PatrolState(patrol.state)],
            ),
            extra={"rule": "patrol.log", "state": patrol.state},
        )
    return patrol


def is_flagged(patrol: Patrol, t: float, now: datetime) -> bool:
    """Whether a fix of a begun patrol bears a time (epoch seconds) at which it cannot be made."""
    start = patrol.started_at or patrol.starts_at
    end = min(patrol.ended_at or now, now)
    return not (start - CLOCK_SLACK).timestamp() <= t <= (end + CLOCK_SLACK).timestamp()


def _store_batch(
    session: Session, actor: Actor, report: PositionReport, flagged: int, now: datetime
) -> bool:
    times = [fix.t for fix in report.fixes]
    statement = upsert_into(session, TrackBatch).values(
        id=new_id(),
        patrol_id=report.patrol_id,
        unit_id=actor.user_id,
        bureau_id=actor.bureau_id,
        batch_key=report.key,
        first_at=_moment(min(times)),
        last_at=_moment(max(times)),
        fixes=[[fix.t, fix.lon, fix.lat, fix.accuracy_m] for fix in report.fixes],
        flagged=flagged,
        received_at=now,
    )
    statement = statement.on_conflict_do_nothing(
        index_elements=["patrol_id", "unit_id", "batch_key"]
    )
    return session.scalar(statement.returning(TrackBatch.id)) is not None


def _move_unit(
    session: Session,
    actor: Actor,
    patrol: Patrol,
    fixes: Sequence[FixIn],
    clock_suspect: bool,
    now: datetime,
) -> None:
    """Write the newest place, unless a newer one is there: batches may come out of order."""
    west, south, east, north = CHINA
    here = [fix for fix in fixes if west <= fix.lon <= east and south <= fix.lat <= north]
    if not here:
        return
    last = max(here, key=lambda fix: fix.t)
    if clock_suspect and last.t < now.timestamp():
        return  # an old batch, or a slow clock: it says nothing of where the unit is now
    values = {
        "bureau_id": actor.bureau_id,
        "unit_name": actor.name,
        "lon": last.lon,
        "lat": last.lat,
        "accuracy_m": last.accuracy_m,
        "at": now if clock_suspect else min(_moment(last.t), now),
        "received_at": now,
        "clock_suspect": clock_suspect,
    }
    statement = upsert_into(session, UnitPosition).values(
        patrol_id=patrol.id, unit_id=actor.user_id, **values
    )
    newer = or_(
        UnitPosition.at < statement.excluded.at,
        and_(UnitPosition.at == statement.excluded.at, UnitPosition.received_at < now),
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["patrol_id", "unit_id"], set_=values, where=newer
        )
    )


def _moment(t: float) -> datetime:
    return datetime.fromtimestamp(t, UTC)
