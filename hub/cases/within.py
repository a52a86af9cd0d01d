"""Which cases lie in a zone: exactly, by its strips."""

from __future__ import annotations

import shapely
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.cases.models import Case
from hub.zones.models import ZoneStrip
from hub.zones.services import zones_of

# A zone is some square kilometres; nobody keeps more cases in one.
MOST = 20_000


def ids_within(session: Session, actor: Actor, zone_id: str) -> list[str]:
    """Ids of the cases whose place (EPSG:4326) lies in a zone's binding version, newest first.

    None for a zone that is not the actor's to see, or does not bind.
    """
    zone = next((one for one in zones_of(session, actor) if one.id == zone_id), None)
    if zone is None or zone.binding_version is None:
        return []
    strips = session.scalars(
        select(ZoneStrip).where(
            ZoneStrip.zone_id == zone.id, ZoneStrip.number == zone.binding_version
        )
    ).all()
    boxes = (
        Case.lon.between(one.west, one.east) & Case.lat.between(one.south, one.north)
        for one in strips
    )
    rows = session.execute(
        select(Case.id, Case.lon, Case.lat).where(or_(*boxes)).order_by(Case.id.desc()).limit(MOST)
    ).all()
    shape = shapely.union_all([shapely.from_wkb(one.shape) for one in strips])
    inside = shapely.intersects_xy(shape, [row.lon for row in rows], [row.lat for row in rows])
    return [row.id for row, lies in zip(rows, inside, strict=True) if lies]
