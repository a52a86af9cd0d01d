"""Lists of stations: own ones and those of partners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from hub.access import Actor, Right
from hub.stations.access import partners_of
from hub.stations.models import Station
from hub.stations.views import station_view
from hub.web.lists import Listing, Order, containing, narrowed

BY_NAME = Order(Station.id, Station.name, ascending=True)


@dataclass(frozen=True)
class StationFilter:
    """What to list; None or empty: any."""

    q: str = ""
    bureau_id: str | None = None
    active: bool | None = None


def stations(
    session: Session, actor: Actor, wanted: StationFilter | None = None
) -> Listing[Station]:
    """The stations that the actor's bureau sees, by name."""
    return Listing(
        stations_query(session, actor, wanted or StationFilter()),
        BY_NAME,
        lambda rows: [station_view(session, row, actor.bureau_id) for row in rows],
    )


def stations_query(session: Session, actor: Actor, wanted: StationFilter) -> Select[Station]:
    """The stations that match, in no order.

    Raises:
        Forbidden: the actor does not work with records.
    """
    actor.require(Right.WORK_VIEW)
    owners = partners_of(session, actor.bureau_id) | {actor.bureau_id}
    conditions: list[tuple[Any, ColumnElement[bool]]] = [
        (wanted.bureau_id, Station.owner_bureau_id == wanted.bureau_id),
        (wanted.active is not None, Station.active.is_(wanted.active)),
        (wanted.q, containing(wanted.q, Station.name, Station.name_en, Station.duty)),
    ]
    return narrowed(select(Station).where(Station.owner_bureau_id.in_(owners)), conditions)


def all_stations(session: Session, actor: Actor, before: str | None = None) -> Sequence[Station]:
    """Every station that the actor's bureau sees with an id below `before`, highest id first."""
    query = stations_query(session, actor, StationFilter())
    if before is not None:
        query = query.where(Station.id < before)
    return session.scalars(query.order_by(Station.id.desc())).all()
