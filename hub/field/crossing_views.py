"""A crossing as its readers see it: those to whom the unit's track is open."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.bureaus.services import bureau, bureau_of_adcode, jurisdiction_names
from hub.field.crossing_models import Crossing, CrossingKind
from hub.patrols.access import access_patrol, may_see
from hub.patrols.models import Patrol
from hub.patrols.openness import Course
from hub.patrols.sides import side_of
from hub.web.identity import settings
from hub.web.names import named
from hub.zones.models import Zone
from sharing.canonical import utc_text


def render_crossing(
    session: Session, reader: ReaderClass, crossing_id: str
) -> dict[str, Any] | None:
    """The view for readers of a class, or None when it is not theirs to see."""
    row = session.get(Crossing, crossing_id)
    patrol = session.get(Patrol, row.patrol_id) if row is not None else None
    if row is None or patrol is None or not may_see(session, reader, patrol):
        return None
    if not Course(session).shows_track(patrol, row.bureau_id, reader.bureau_id):
        return None
    return crossing_view(session, row, patrol, reader.bureau_id)


def crossings_of(session: Session, actor: Actor, patrol_id: str) -> list[dict[str, Any]]:
    """The crossings of a patrol that the actor's bureau may see, oldest first.

    Raises:
        NotFound: absent, or not his to see.
        Forbidden: the actor's role sees no work.
    """
    actor.require(Right.WORK_VIEW)
    patrol = access_patrol(session, actor, patrol_id)
    course = Course(session)
    rows = session.scalars(
        select(Crossing).where(Crossing.patrol_id == patrol.id).order_by(Crossing.at, Crossing.id)
    )
    return [
        crossing_view(session, row, patrol, actor.bureau_id)
        for row in rows
        if course.shows_track(patrol, row.bureau_id, actor.bureau_id)
    ]


def crossing_view(
    session: Session, row: Crossing, patrol: Patrol, reader_bureau_id: str
) -> dict[str, Any]:
    """Who, where to, when, and how sure."""
    return {
        "id": row.id,
        "version": 1,
        "title": _title(session, row, patrol),
        "patrol_id": row.patrol_id,
        "patrol_number": patrol.number,
        "unit_id": row.unit_id,
        "unit_name": row.unit_name,
        "bureau_id": row.bureau_id,
        "bureau_name": bureau(session, row.bureau_id).short_name,
        "side": side_of(reader_bureau_id, row.bureau_id),
        "kind": row.kind,
        "from_adcode": row.from_adcode,
        "to_adcode": row.to_adcode,
        "at": utc_text(row.at),
        "lon": row.lon,
        "lat": row.lat,
        "accuracy_m": row.accuracy_m,
        "uncertainty_m": round(row.uncertainty_m, 1),
        "recorded_at": utc_text(row.recorded_at),
    }


def _title(session: Session, row: Crossing, patrol: Patrol) -> str:
    if row.kind == CrossingKind.LOST:
        n = f"{settings().lost_minutes:g}"
        return str(_("%(unit)s失去联系：超过%(n)s分钟没有收到位置", unit=row.unit_name, n=n))
    if row.kind == CrossingKind.HEARD:
        return str(_("%(unit)s恢复联系", unit=row.unit_name))
    if row.kind == CrossingKind.SIDE:
        place = _place(session, row.to_adcode)
        return str(_("%(unit)s进入%(place)s一侧", unit=row.unit_name, place=place))
    zone = session.get_one(Zone, patrol.zone_id).name
    if row.kind == CrossingKind.ENTERED:
        return str(_("%(unit)s进入%(zone)s", unit=row.unit_name, zone=zone))
    return str(_("%(unit)s离开%(zone)s", unit=row.unit_name, zone=zone))


def _place(session: Session, adcode: str | None) -> str:
    host = bureau_of_adcode(session, adcode) if adcode else None
    if host is not None:
        return named(host.short_name)
    return named(jurisdiction_names(session).get(adcode or "", adcode or ""))
