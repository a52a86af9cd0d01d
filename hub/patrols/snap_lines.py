"""What a route may be drawn along: boundary line, edge of the zone, earlier tracks, guide lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import shapely
from flask_babel import gettext as _
from shapely.geometry import LineString, mapping
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.snapping import Place, Stretch, stretch_between
from hub.access import Actor, Right
from hub.errors import NotFound
from hub.patrols.access import may_see
from hub.patrols.guides import layers_of
from hub.patrols.models import Patrol
from hub.patrols.plan_ground import Ground, open_ground
from hub.patrols.results import visible_tracks

# So many patrols back; a track is thinned within so many metres, as it is for drawing.
PATROLS = 12
THINNED_M = 3.0
# What of guide lines lies farther from the zone is of no use for a route in it, degrees (2 km).
AROUND = 0.02


@dataclass(frozen=True)
class SnapLine:
    """A line to draw along: boundary, edge, track or guide; EPSG:4326."""

    id: str
    kind: str
    name: str
    line: LineString

    def feature(self) -> dict[str, Any]:
        """As GeoJSON."""
        properties = {"id": self.id, "kind": self.kind, "name": self.name}
        return {
            "type": "Feature",
            "id": self.id,
            "geometry": mapping(self.line),
            "properties": properties,
        }


def snap_lines(session: Session, actor: Actor, zone_id: str) -> list[SnapLine]:
    """All lines for routes in a zone, as far as the actor's bureau may see them.

    Raises:
        NotFound: no such zone, or not his.
        Forbidden: the actor is no planner.
        Invalid: no version of the zone binds yet.
    """
    ground = open_ground(session, actor, zone_id)
    actor.require(Right.PATROL_PLAN)
    return [
        SnapLine("boundary", "boundary", str(_("分界线")), ground.line),
        *_edges(ground),
        *_tracks(session, actor, ground),
        *_guides(session, actor, ground),
    ]


def _parts(shape: BaseGeometry) -> Iterator[LineString]:
    for part in shapely.get_parts(shape):
        if part.geom_type in ("LineString", "LinearRing"):
            yield LineString(part.coords)


def _edges(ground: Ground) -> Iterator[SnapLine]:
    outline = shapely.boundary(shapely.union_all(list(ground.strips.values())))
    for number, part in enumerate(_parts(outline)):
        yield SnapLine(f"edge:{number}", "edge", str(_("区域边缘")), part)


def _tracks(session: Session, actor: Actor, ground: Ground) -> Iterator[SnapLine]:
    """Of the latest patrols in the zone, what is open to the actor's bureau at this moment."""
    rows = session.scalars(
        select(Patrol)
        .where(Patrol.zone_id == ground.zone.id, Patrol.started_at.is_not(None))
        .order_by(Patrol.started_at.desc())
        .limit(PATROLS)
    )
    for patrol in rows:
        if not may_see(session, actor.reader, patrol):
            continue
        for unit in visible_tracks(session, actor.reader, patrol)[1]:
            for number, line in enumerate(unit.lines(THINNED_M)):
                name = f"{patrol.number} {unit.name}"
                yield SnapLine(f"track:{patrol.id}:{unit.unit_id}:{number}", "track", name, line)


def _guides(session: Session, actor: Actor, ground: Ground) -> Iterator[SnapLine]:
    west, south, east, north = shapely.union_all(list(ground.strips.values())).bounds
    frame = shapely.box(west - AROUND, south - AROUND, east + AROUND, north + AROUND)
    for layer in layers_of(session, actor):
        for number, part in enumerate(_parts(shapely.from_wkb(layer.lines))):
            if part.intersects(frame):
                yield SnapLine(f"guide:{layer.id}:{number}", "guide", layer.name, part)


def follow(
    session: Session, actor: Actor, zone_id: str, line_id: str, begin: Place, end: Place
) -> Stretch:
    """The stretch of one of these lines between two places.

    Raises:
        NotFound: no such line, or not his.
        GeoError: both places are nearest to one point of it.
    """
    found = next((one for one in snap_lines(session, actor, zone_id) if one.id == line_id), None)
    if found is None:
        raise NotFound
    return stretch_between(found.line, begin, end)
