"""Latest places of units under way, for live maps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.bureaus.services import bureau
from hub.field.models import EntryKind, LogEntry
from hub.patrols.models import Patrol, PatrolParty, PatrolState, UnitPosition
from hub.patrols.openness import Course
from hub.patrols.sides import side_of
from sharing.canonical import utc_text


@dataclass(frozen=True)
class LivePosition:
    """One unit's latest place and the bureaus that may see it."""

    patrol_id: str
    unit_id: str
    received_at: datetime
    readers: frozenset[str]
    bureau_id: str
    view: dict[str, Any]

    def view_for(self, reader_bureau_id: str) -> dict[str, Any]:
        """What readers of a bureau are sent."""
        return self.view | {"side": side_of(reader_bureau_id, self.bureau_id)}


_UNDER_WAY = (
    select(UnitPosition, Patrol)
    .join(Patrol, Patrol.id == UnitPosition.patrol_id)
    .where(Patrol.state == PatrolState.IN_PROGRESS)
)


def positions_since(session: Session, since: datetime) -> list[LivePosition]:
    """Units under way whose latest place arrived after `since`; only the latest of each."""
    statement = _UNDER_WAY.where(UnitPosition.received_at > since)
    rows = [(row, patrol) for row, patrol in session.execute(statement)]
    return _live(session, rows) if rows else []


def positions_for(
    session: Session, actor: Actor, patrol_id: str | None = None
) -> list[dict[str, Any]]:
    """Places of units under way that the actor's bureau may see, by patrol and name."""
    actor.require(Right.WORK_VIEW)
    own = select(PatrolParty.patrol_id).where(PatrolParty.bureau_id == actor.bureau_id)
    statement = _UNDER_WAY.where(Patrol.id.in_(own)).order_by(Patrol.id, UnitPosition.unit_name)
    if patrol_id is not None:
        statement = statement.where(Patrol.id == patrol_id)
    rows = [(row, patrol) for row, patrol in session.execute(statement)]
    own_bureau = actor.bureau_id
    return [one.view_for(own_bureau) for one in _live(session, rows) if own_bureau in one.readers]


def _live(session: Session, rows: Iterable[tuple[UnitPosition, Patrol]]) -> list[LivePosition]:
    course = Course(session)
    rows = list(rows)
    resting = paused_units(session, {patrol.id for _row, patrol in rows})
    found = []
    for row, patrol in rows:
        view = position_view(row) | {
            "paused": (row.patrol_id, row.unit_id) in resting,
            "bureau_name": bureau(session, row.bureau_id).short_name,
            "patrol_number": patrol.number,
            "patrol_title": patrol.title,
        }
        readers = course.track_readers(patrol, row.bureau_id)
        found.append(
            LivePosition(patrol.id, row.unit_id, row.received_at, readers, row.bureau_id, view)
        )
    return found


def paused_units(session: Session, patrol_ids: set[str]) -> set[tuple[str, str]]:
    """Units, as (patrol, unit), whose last mark in the log is a pause: quiet, not lost."""
    marks = session.execute(
        select(LogEntry.patrol_id, LogEntry.unit_id, LogEntry.kind)
        .where(
            LogEntry.patrol_id.in_(sorted(patrol_ids)),
            LogEntry.kind.in_((EntryKind.PAUSE, EntryKind.RESUME)),
        )
        .order_by(LogEntry.at, LogEntry.id)
    )
    last = {(patrol_id, unit_id): kind for patrol_id, unit_id, kind in marks}
    return {unit for unit, kind in last.items() if kind == EntryKind.PAUSE}


def position_view(row: UnitPosition) -> dict[str, Any]:
    """A place as live maps show it; `at` is by the device's clock unless that is suspect."""
    return {
        "patrol_id": row.patrol_id,
        "unit_id": row.unit_id,
        "unit_name": row.unit_name,
        "bureau_id": row.bureau_id,
        "lon": row.lon,
        "lat": row.lat,
        "accuracy_m": row.accuracy_m,
        "at": utc_text(row.at),
        "received_at": utc_text(row.received_at),
        "clock_suspect": row.clock_suspect,
    }
