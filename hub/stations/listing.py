"""Lists of stations: own ones and those of partners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.stations.access import partners_of
from hub.stations.models import Station
from hub.stations.views import station_view
from hub.web.paging import decode_cursor, page


@dataclass(frozen=True)
class StationFilter:
    """What to list; None or empty: any."""

    q: str = ""
    bureau_id: str | None = None
    active: bool | None = None


def stations(
    session: Session,
    actor: Actor,
    wanted: StationFilter | None = None,
    limit: int = 200,
    after: list[str] | None = None,
) -> Sequence[Station]:
    """Stations that the actor's bureau sees, by name; at most `limit` after a (name, id) key."""
    actor.require(Right.WORK_VIEW)
    chosen = wanted or StationFilter()
    owners = partners_of(session, actor.bureau_id) | {actor.bureau_id}
    if chosen.bureau_id is not None:
        owners &= {chosen.bureau_id}
    query = select(Station).where(Station.owner_bureau_id.in_(owners))
    if chosen.active is not None:
        query = query.where(Station.active.is_(chosen.active))
    if chosen.q:
        like = f"%{_escaped(chosen.q)}%"
        named = [column.ilike(like, escape="\\") for column in (Station.name, Station.name_en)]
        query = query.where(or_(*named, Station.duty.ilike(like, escape="\\")))
    if after:
        name, last = after
        query = query.where(or_(Station.name > name, (Station.name == name) & (Station.id > last)))
    return session.scalars(query.order_by(Station.name, Station.id).limit(limit)).all()


def all_stations(session: Session, actor: Actor, before: str | None = None) -> Sequence[Station]:
    """Every station that the actor's bureau sees with an id below `before`, highest id first."""
    actor.require(Right.WORK_VIEW)
    owners = partners_of(session, actor.bureau_id) | {actor.bureau_id}
    query = select(Station).where(Station.owner_bureau_id.in_(owners))
    if before is not None:
        query = query.where(Station.id < before)
    return session.scalars(query.order_by(Station.id.desc())).all()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def list_stations(
    session: Session,
    actor: Actor,
    wanted: StationFilter,
    limit: int = 50,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of stations."""
    rows = stations(session, actor, wanted, limit + 1, decode_cursor(cursor, 2))
    return page(
        rows,
        limit,
        lambda row: [row.name, row.id],
        lambda row: station_view(session, row, actor.bureau_id),
    )
