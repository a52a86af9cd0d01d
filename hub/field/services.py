"""Lines of a patrol's log: recorded by its crew, read by its parties as their terms allow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.limits import parse_position
from hub.access import Actor
from hub.bureaus.services import bureau
from hub.cases.texts import clean, refuse_secrets
from hub.db import utc_now
from hub.errors import field_error
from hub.field.models import EntryKind, LogEntry
from hub.patrols import checklist
from hub.patrols.access import access_patrol
from hub.patrols.models import Patrol
from hub.patrols.openness import Course
from hub.patrols.plan import tell_course
from hub.patrols.sides import side_of
from hub.patrols.tracks import access_logged, refuse_older, sound_times
from sharing.canonical import utc_text

KIND_NAMES = {
    EntryKind.PAUSE: _l("暂停"),
    EntryKind.RESUME: _l("继续"),
    EntryKind.CHECK_IN: _l("签到"),
    EntryKind.TASK: _l("任务完成"),
}


@dataclass(frozen=True)
class Noted:
    """What a phone noted: when (aware), where (EPSG:4326, metres; None: unknown), of what."""

    kind: EntryKind
    at: datetime
    clock_offset_s: float | None = None
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    index: int | None = None
    waypoint: str | None = None
    note: str = ""


def record(session: Session, actor: Actor, patrol_id: str, noted: Noted) -> LogEntry:
    """Add a line to the log of a patrol; a check-in at a point of the checklist ticks it.

    Raises:
        NotFound, Forbidden, Conflict: as `access_logged`; noted too long ago.
        Invalid, GeoError: no such point, a time or place that cannot be, a state secret.
    """
    patrol = access_logged(session, actor, patrol_id)
    now = utc_now()
    first, last = sound_times(patrol, now)
    if not first <= noted.at.timestamp() <= last:
        raise field_error("at", _l("时间不在巡查期间，请检查设备时钟。"))
    refuse_older(noted.at, now)
    if (noted.lon is None) != (noted.lat is None):
        raise field_error("lat", _l("经度和纬度应同时给出。"))
    if noted.lon is not None and noted.lat is not None:
        parse_position(noted.lon, noted.lat, noted.accuracy_m)
    note = clean(noted.note, lines=True)
    refuse_secrets("note", note)
    subject = _checked(session, actor, patrol, noted)
    entry = LogEntry(
        patrol_id=patrol.id,
        unit_id=actor.user_id,
        unit_name=actor.name,
        bureau_id=actor.bureau_id,
        kind=noted.kind,
        at=min(noted.at, now),
        clock_offset_s=noted.clock_offset_s,
        received_at=now,
        lon=noted.lon,
        lat=noted.lat,
        accuracy_m=noted.accuracy_m,
        index=noted.index,
        waypoint=noted.waypoint,
        subject=subject,
        note=note,
    )
    session.add(entry)
    tell_course(session, actor, patrol, "logged", entry=noted.kind)
    return entry


def _checked(session: Session, actor: Actor, patrol: Patrol, noted: Noted) -> str:
    """The words of the point or waypoint that a line is about; a point checked in is ticked."""
    if noted.waypoint is not None or noted.kind == EntryKind.TASK:
        return _waypoint_name(patrol, noted)
    if noted.kind != EntryKind.CHECK_IN or noted.index is None:
        return ""
    checklist.tick(session, actor, patrol.id, noted.index, done=True)
    return str(patrol.checklist[noted.index]["text"])


def _waypoint_name(patrol: Patrol, noted: Noted) -> str:
    """Number and name of the waypoint, as the plan that the phone went by had it."""
    found = next((point for point in patrol.waypoints if point.key == noted.waypoint), None)
    if found is None or noted.kind not in (EntryKind.CHECK_IN, EntryKind.TASK):
        raise field_error("waypoint", _l("方案中没有这一途经点。"))
    return f"{found.number} {found.name}"


def entries(session: Session, actor: Actor, patrol_id: str) -> list[dict[str, Any]]:
    """The log of a patrol, oldest first: of partners as far as their tracks are open.

    Raises:
        NotFound: absent, or not his to see.
    """
    patrol = access_patrol(session, actor, patrol_id)
    course = Course(session)
    rows = session.scalars(
        select(LogEntry).where(LogEntry.patrol_id == patrol.id).order_by(LogEntry.at, LogEntry.id)
    )
    return [
        entry_view(session, row, actor.bureau_id)
        for row in rows
        if course.shows_track(patrol, row.bureau_id, actor.bureau_id)
    ]


def entry_view(session: Session, row: LogEntry, reader_bureau_id: str) -> dict[str, Any]:
    """A line of the log, with both times."""
    return {
        "id": row.id,
        "patrol_id": row.patrol_id,
        "unit_id": row.unit_id,
        "unit_name": row.unit_name,
        "bureau_id": row.bureau_id,
        "bureau_name": bureau(session, row.bureau_id).short_name,
        "side": side_of(reader_bureau_id, row.bureau_id),
        "kind": row.kind,
        "kind_name": str(KIND_NAMES[EntryKind(row.kind)]),
        "at": utc_text(row.at),
        "clock_offset_s": row.clock_offset_s,
        "received_at": utc_text(row.received_at),
        "lon": row.lon,
        "lat": row.lat,
        "accuracy_m": row.accuracy_m,
        "index": row.index,
        "waypoint": row.waypoint,
        "subject": row.subject,
        "note": row.note,
    }
