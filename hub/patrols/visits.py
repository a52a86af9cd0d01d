"""Which waypoints of a patrol were visited: by a check-in, or by a track that passed by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.passing import Pass, nearest_passes
from hub.access import Actor, Right
from hub.bureaus.services import bureau
from hub.field.models import EntryKind, LogEntry
from hub.patrols.access import access_patrol
from hub.patrols.models import Patrol
from hub.patrols.openness import Course
from hub.patrols.results import UnitTrack, visible_tracks
from hub.patrols.sides import sides_of
from hub.patrols.waypoint_models import Waypoint
from hub.patrols.waypoint_views import waypoint_views
from sharing.canonical import utc_text


def visits(session: Session, actor: Actor, patrol_id: str) -> dict[str, Any]:
    """The waypoints of a patrol in order with what became of each, as far as check-ins and tracks
    are open to the actor's bureau.

    Raises:
        NotFound: absent, or not his to see.
        Forbidden: the actor's role sees no work.
    """
    actor.require(Right.WORK_VIEW)
    patrol = access_patrol(session, actor, patrol_id)
    points = sorted(patrol.waypoints, key=lambda point: point.number)
    entries = waypoint_entries(session, actor, patrol)
    tracks = visible_tracks(session, actor.reader, patrol)[1] if points else []
    passes = [nearest_passes([(p.lon, p.lat) for p in points], unit.stretches) for unit in tracks]
    sides = sides_of(patrol, actor.bureau_id)
    items = []
    for number, (point, view) in enumerate(
        zip(points, waypoint_views(session, patrol, actor.reader), strict=True)
    ):
        passed = [(unit, row[number]) for unit, row in zip(tracks, passes, strict=True)]
        own = [entry for entry in entries if entry.waypoint == point.key]
        items.append(view | _visit(session, point, own, passed, sides))
    return {"items": items, "visited": sum(item["visited"] for item in items), "next": None}


def waypoint_entries(session: Session, actor: Actor, patrol: Patrol) -> list[LogEntry]:
    """Lines of the log about waypoints that the actor's bureau may see, oldest first."""
    course = Course(session)
    rows = session.scalars(
        select(LogEntry)
        .where(LogEntry.patrol_id == patrol.id, LogEntry.waypoint.is_not(None))
        .order_by(LogEntry.at, LogEntry.id)
    )
    return [row for row in rows if course.shows_track(patrol, row.bureau_id, actor.bureau_id)]


def _visit(
    session: Session,
    point: Waypoint,
    entries: Sequence[LogEntry],
    passed: Sequence[tuple[UnitTrack, Pass | None]],
    sides: dict[str, str],
) -> dict[str, Any]:
    checked = next((row for row in entries if row.kind == EntryKind.CHECK_IN), None)
    done = next((row for row in entries if row.kind == EntryKind.TASK), None)
    near = [(unit, found) for unit, found in passed if found is not None]
    unit, nearest = min(near, key=lambda pair: pair[1].distance_m, default=(None, None))
    by_track = nearest is not None and nearest.distance_m <= point.radius_m
    who = checked or done
    made: dict[str, Any] = {"how": None, "at": None, "unit_name": None, "bureau_id": None}
    if who is not None:
        made = {
            "how": "check_in",
            "at": utc_text(who.at),
            "unit_name": who.unit_name,
            "bureau_id": who.bureau_id,
        }
    elif by_track and unit is not None and nearest is not None:
        made = {
            "how": "track",
            "at": utc_text(datetime.fromtimestamp(round(nearest.t), UTC)),
            "unit_name": unit.name,
            "bureau_id": unit.bureau_id,
        }
    bureau_id = made["bureau_id"]
    return made | {
        "visited": made["how"] is not None,
        "bureau_name": bureau(session, bureau_id).short_name if bureau_id else None,
        "side": sides.get(bureau_id) if bureau_id else None,
        "nearest_m": round(nearest.distance_m, 1) if nearest is not None else None,
        "task_done": done is not None,
        "task_done_at": utc_text(done.at) if done is not None else None,
        "task_done_by": done.unit_name if done is not None else None,
    }
