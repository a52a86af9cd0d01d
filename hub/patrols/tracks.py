"""Tracks of patrols under way: batches as they arrive, the latest place of each unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from geo.limits import CHINA
from hub.access import Actor, Right
from hub.accounts.once import KEPT
from hub.db import utc_now
from hub.errors import Conflict, Forbidden
from hub.patrols.access import access_patrol
from hub.patrols.models import (
    STATE_NAMES,
    Patrol,
    PatrolOfficer,
    PatrolParty,
    PatrolState,
    TrackBatch,
    UnitPosition,
)
from hub.patrols.schemas import FixIn, PositionReport
from sharing.models import new_id
from sharing.upsert import upsert_into

# A device's clock may differ so much before its fixes are flagged.
CLOCK_SLACK = timedelta(minutes=5)
# What a phone kept without a network still counts this long after the end.
LATE = timedelta(days=7)
# Nor is anything taken that was noted longer ago, however long its patrol goes on: by then the key
# under which it may have come before could be forgotten, and it would come twice.
OLDEST = KEPT / 2


@dataclass(frozen=True)
class Stored:
    """What became of a batch: stored now, or known already; how many fixes were flagged."""

    new: bool
    flagged: int
    # the same request was answered before; this is its answer again
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """What storing a fix needs to know of a patrol, without its plan and its people."""

    id: str
    state: str
    starts_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


# (patrol, user, bureau that is its party) -> the patrol, of whose crew the user is
Crews = Mapping[tuple[str, str, str], Begun]


@dataclass(frozen=True)
class Checked:
    """A report that may be stored: whose, of which patrol, how many fixes bear a wrong time."""

    actor: Actor
    patrol: Patrol | Begun
    report: PositionReport
    sound: Sequence[FixIn]
    source: str = "phone"
    source_crs: str = "wgs84"

    @property
    def flagged(self) -> int:
        """How many fixes bear a time at which they cannot have been made."""
        return len(self.report.fixes) - len(self.sound)


def report_positions(session: Session, actor: Actor, report: PositionReport) -> Stored:
    """Store one batch of fixes; see `check_report` and `store_reports`."""
    now = utc_now()
    crews = crews_of(session, [(actor, report.patrol_id)])
    return store_reports(session, [check_report(session, actor, report, now, crews)], now)[0]


def crews_of(session: Session, actors: Iterable[tuple[Actor, str]]) -> Crews:
    """Who of many, given with the patrol each reports to, is of its crew; in one query."""
    asked = list(actors)
    rows = session.execute(
        select(
            PatrolOfficer.user_id,
            PatrolParty.bureau_id,
            Patrol.id,
            Patrol.state,
            Patrol.starts_at,
            Patrol.started_at,
            Patrol.ended_at,
        )
        .join(PatrolOfficer, PatrolOfficer.patrol_id == Patrol.id)
        .join(PatrolParty, PatrolParty.patrol_id == Patrol.id)
        .where(
            Patrol.id.in_({patrol_id for _actor, patrol_id in asked}),
            PatrolOfficer.user_id.in_({actor.user_id for actor, _patrol in asked}),
        )
    )
    return {(row.id, row.user_id, row.bureau_id): Begun(*row[2:]) for row in rows}


def check_report(
    session: Session, actor: Actor, report: PositionReport, now: datetime, crews: Crews
) -> Checked:
    """A batch that may be stored.

    The ordinary case is decided by what `crews_of` read for many; whatever is not is asked of
    `access_logged`, which says what is wrong. Fixes whose time cannot be (before the start, after
    the end, in the future) are kept and flagged: they are evidence of a wrong clock, but no part of
    the track.

    Raises:
        NotFound: no such patrol, or not his bureau's.
        Forbidden: the actor is not of the crew, or his token only reads.
        Conflict: the patrol is not under way (and did not end within the last seven days).
    """
    patrol: Patrol | Begun | None = crews.get((report.patrol_id, actor.user_id, actor.bureau_id))
    if patrol is None or not (_logs(actor) and takes_log(patrol, now)):
        patrol = access_logged(session, actor, report.patrol_id)
    first, last = sound_times(patrol, now)
    sound = [fix for fix in report.fixes if first <= fix.t <= last]
    return Checked(actor, patrol, report, sound)


def _logs(actor: Actor) -> bool:
    """Whether an actor's roles and token let him log on a patrol of whose crew he is."""
    return actor.may(Right.PATROL_LOG) and actor.may(Right.WORK_VIEW) and not actor.read_only


def store_reports(session: Session, reports: Sequence[Checked], now: datetime) -> list[Stored]:
    """Store batches once each, in their order, and move their units on live maps."""
    new = store_batches(session, reports, now)
    places: dict[tuple[str, str], dict[str, Any]] = {}
    for one, is_new in zip(reports, new, strict=True):
        if is_new and one.patrol.state == PatrolState.IN_PROGRESS:
            place = _place(one, now)
            held = places.get((one.patrol.id, one.actor.user_id))
            if place is not None and (held is None or held["at"] <= place["at"]):
                places[one.patrol.id, one.actor.user_id] = place
    if places:
        # In one order, so that the groups of two workers never wait for each other in a circle.
        _move_units(session, [places[key] for key in sorted(places)])
    return [Stored(is_new, one.flagged) for one, is_new in zip(reports, new, strict=True)]


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
    if not takes_log(patrol, utc_now()):
        raise Conflict(
            _l(
                "只有进行中的巡查可以记录；现状态：%(state)s。",
                state=STATE_NAMES[PatrolState(patrol.state)],
            ),
            extra={"rule": "patrol.log", "state": patrol.state},
        )
    return patrol


def refuse_older(at: datetime, now: datetime, limit: timedelta = OLDEST) -> None:
    """Refuse what a phone noted too long ago.

    Raises:
        Conflict: longer than the limit.
    """
    if at < now - limit:
        raise Conflict(
            _l("这一记录已超过%(days)s天，不能再补报。", days=limit.days),
            extra={"rule": "patrol.late"},
        )


def takes_log(patrol: Patrol | Begun, now: datetime) -> bool:
    """Whether a patrol still takes what its crew recorded: under way, or ended within a week."""
    if patrol.state == PatrolState.COMPLETED and patrol.ended_at is not None:
        return now <= patrol.ended_at + LATE
    return patrol.state == PatrolState.IN_PROGRESS


def sound_times(patrol: Patrol | Begun, now: datetime) -> tuple[float, float]:
    """Between which times (epoch seconds) a fix of a begun patrol can have been made."""
    start = patrol.started_at or patrol.starts_at
    end = min(patrol.ended_at or now, now)
    return (start - CLOCK_SLACK).timestamp(), (end + CLOCK_SLACK).timestamp()


def store_batches(session: Session, reports: Sequence[Checked], now: datetime) -> list[bool]:
    """Store batches and move nobody: which were not known; of two alike the first is new."""
    if not reports:
        return []
    rows = [
        {
            "id": new_id(),
            "patrol_id": one.patrol.id,
            "unit_id": one.actor.user_id,
            "bureau_id": one.actor.bureau_id,
            "batch_key": one.report.key,
            "first_at": _moment(min(fix.t for fix in one.report.fixes)),
            "last_at": _moment(max(fix.t for fix in one.report.fixes)),
            "fixes": [[fix.t, fix.lon, fix.lat, fix.accuracy_m] for fix in one.report.fixes],
            "flagged": one.flagged,
            "clock_offset_s": one.report.clock_offset_s,
            "received_at": now,
            "source": one.source,
            "source_crs": one.source_crs,
        }
        for one in reports
    ]
    statement = (
        upsert_into(session, TrackBatch)
        .on_conflict_do_nothing(index_elements=["patrol_id", "unit_id", "batch_key"])
        .returning(TrackBatch.id)
    )
    stored = set(session.connection().execute(statement, rows).scalars())
    return [row["id"] in stored for row in rows]


def _place(one: Checked, now: datetime) -> dict[str, Any] | None:
    """The newest place that a batch tells of its unit, if it tells where the unit is now."""
    clock_suspect = not one.sound
    west, south, east, north = CHINA
    fixes = one.sound or one.report.fixes
    here = [fix for fix in fixes if west <= fix.lon <= east and south <= fix.lat <= north]
    if not here:
        return None
    last = max(here, key=lambda fix: fix.t)
    if clock_suspect and last.t < now.timestamp():
        return None  # an old batch, or a slow clock: it says nothing of where the unit is now
    return {
        "patrol_id": one.patrol.id,
        "unit_id": one.actor.user_id,
        "bureau_id": one.actor.bureau_id,
        "unit_name": one.actor.name,
        "lon": last.lon,
        "lat": last.lat,
        "accuracy_m": last.accuracy_m,
        "at": now if clock_suspect else min(_moment(last.t), now),
        "received_at": now,
        "clock_suspect": clock_suspect,
    }


def _move_units(session: Session, places: Sequence[dict[str, Any]]) -> None:
    """Write the newest places, unless newer ones are there: batches may come out of order."""
    statement = upsert_into(session, UnitPosition)
    told = statement.excluded
    keys = ["patrol_id", "unit_id"]
    values = {name: told[name] for name in places[0] if name not in keys}
    newer = or_(
        UnitPosition.at < told.at,
        and_(UnitPosition.at == told.at, UnitPosition.received_at < told.received_at),
    )
    statement = statement.on_conflict_do_update(index_elements=keys, set_=values, where=newer)
    session.connection().execute(statement, list(places))


def _moment(t: float) -> datetime:
    return datetime.fromtimestamp(t, UTC)
