"""Latest places of units under way, for live maps.

Light rows and one decision for each patrol and owner: two thousand units are read twice a second.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, Row, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.bureaus.services import bureau
from hub.field.models import EntryKind, LogEntry
from hub.patrols.models import Patrol, PatrolParty, PatrolState, UnitPosition
from hub.patrols.openness import Course, Planned
from hub.patrols.sides import side_of
from sharing.canonical import utc_text

# What of a view changes as a unit moves; the rest says who it is.
MOVING = ("lon", "lat", "accuracy_m", "at", "received_at")


@dataclass(frozen=True, slots=True)
class LivePosition:
    """One unit's latest place and the bureaus that may see it."""

    patrol_id: str
    unit_id: str
    at: datetime
    received_at: datetime
    readers: frozenset[str]
    bureau_id: str
    view: dict[str, Any]

    def view_for(self, reader_bureau_id: str) -> dict[str, Any]:
        """What readers of a bureau are sent."""
        return self.view | {"side": side_of(reader_bureau_id, self.bureau_id)}

    @property
    def who(self) -> dict[str, Any]:
        """The part of the view that stays as the unit moves."""
        return {name: value for name, value in self.view.items() if name not in MOVING}


_UNDER_WAY = (
    select(
        UnitPosition.patrol_id,
        UnitPosition.unit_id,
        UnitPosition.bureau_id,
        UnitPosition.unit_name,
        UnitPosition.lon,
        UnitPosition.lat,
        UnitPosition.accuracy_m,
        UnitPosition.at,
        UnitPosition.received_at,
        UnitPosition.clock_suspect,
    )
    .join(Patrol, Patrol.id == UnitPosition.patrol_id)
    .where(Patrol.state == PatrolState.IN_PROGRESS)
)


def positions_since(session: Session, since: datetime | None) -> list[LivePosition]:
    """Units under way whose latest place arrived after `since` (None: all); the latest of each."""
    statement = _UNDER_WAY
    if since is not None:
        statement = statement.where(UnitPosition.received_at > since)
    return _live(session, statement)


def positions_for(
    session: Session, actor: Actor, patrol_id: str | None = None
) -> list[dict[str, Any]]:
    """Places of units under way that the actor's bureau may see, by patrol and name."""
    actor.require(Right.WORK_VIEW)
    own = select(PatrolParty.patrol_id).where(PatrolParty.bureau_id == actor.bureau_id)
    statement = _UNDER_WAY.where(Patrol.id.in_(own)).order_by(Patrol.id, UnitPosition.unit_name)
    if patrol_id is not None:
        statement = statement.where(Patrol.id == patrol_id)
    own_bureau = actor.bureau_id
    found = _live(session, statement)
    return [one.view_for(own_bureau) for one in found if own_bureau in one.readers]


def _live(session: Session, statement: Executable) -> list[LivePosition]:
    rows = session.execute(statement).all()
    if not rows:
        return []
    ids = {row.patrol_id for row in rows}
    patrols = _planned(session, ids)
    resting = paused_units(session, ids)
    course = Course(session)
    course.look_ahead(patrols.values(), {(row.patrol_id, row.bureau_id) for row in rows})
    names = {id_: bureau(session, id_).short_name for id_ in {row.bureau_id for row in rows}}
    return [
        LivePosition(
            row.patrol_id,
            row.unit_id,
            row.at,
            row.received_at,
            course.track_readers(patrols[row.patrol_id], row.bureau_id),
            row.bureau_id,
            position_view(row)
            | {
                "paused": (row.patrol_id, row.unit_id) in resting,
                "bureau_name": names[row.bureau_id],
                "patrol_number": patrols[row.patrol_id].number,
                "patrol_title": patrols[row.patrol_id].title,
            },
        )
        for row in rows
    ]


def _planned(session: Session, patrol_ids: Collection[str]) -> dict[str, Planned]:
    """What deciding on the tracks of patrols needs to know of them."""
    parties: dict[str, set[str]] = {patrol_id: set() for patrol_id in patrol_ids}
    for patrol_id, bureau_id in session.execute(
        select(PatrolParty.patrol_id, PatrolParty.bureau_id).where(
            PatrolParty.patrol_id.in_(sorted(patrol_ids))
        )
    ):
        parties[patrol_id].add(bureau_id)
    rows = session.execute(
        select(Patrol.id, Patrol.number, Patrol.title, Patrol.route, Patrol.ends_at).where(
            Patrol.id.in_(sorted(patrol_ids))
        )
    )
    return {row.id: Planned(*row, party_ids=frozenset(parties[row.id])) for row in rows}


def paused_units(session: Session, patrol_ids: Collection[str]) -> set[tuple[str, str]]:
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


def position_view(row: UnitPosition | Row[Any]) -> dict[str, Any]:
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
