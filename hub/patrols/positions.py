"""Latest places of units under way, for live maps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.patrols.models import Patrol, PatrolParty, PatrolState, UnitPosition
from sharing.canonical import utc_text


@dataclass(frozen=True)
class LivePosition:
    """One unit's latest place and the bureaus that may see it."""

    patrol_id: str
    unit_id: str
    received_at: datetime
    readers: frozenset[str]
    view: dict[str, Any]


def positions_since(
    session: Session, since: datetime, *, under_way: bool = False
) -> list[LivePosition]:
    """Units whose latest place arrived after `since`; only the latest of each.

    Args:
        under_way: only of patrols that have not ended.
    """
    query = select(UnitPosition).where(UnitPosition.received_at > since)
    if under_way:
        running = select(Patrol.id).where(Patrol.state == PatrolState.IN_PROGRESS)
        query = query.where(UnitPosition.patrol_id.in_(running))
    rows = session.scalars(query).all()
    if not rows:
        return []
    parties = session.execute(
        select(PatrolParty.patrol_id, PatrolParty.bureau_id).where(
            PatrolParty.patrol_id.in_({row.patrol_id for row in rows})
        )
    ).all()
    return [
        LivePosition(
            patrol_id=row.patrol_id,
            unit_id=row.unit_id,
            received_at=row.received_at,
            readers=frozenset(b for patrol_id, b in parties if patrol_id == row.patrol_id),
            view=position_view(row),
        )
        for row in rows
    ]


def position_view(row: UnitPosition) -> dict[str, Any]:
    """A place as live maps show it."""
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
    }
