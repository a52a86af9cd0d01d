"""What maps of the reader's ground begin with: bounds, colours of sides, zones to draw."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.bureaus.models import Bureau, Jurisdiction
from hub.stations.access import partners_of
from hub.zones.models import ZoneState
from hub.zones.services import zones_of

Box = tuple[float, float, float, float]


def map_start(session: Session, actor: Actor) -> dict[str, Any]:
    """`bounds` (west, south, east, north in degrees, WGS 84) of the own jurisdiction and its zones,
    `near` of the zones alone (None without any), `sides` by adcode, `layers`."""
    own = session.get_one(Bureau, actor.bureau_id)
    ground = session.get_one(Jurisdiction, own.adcode)
    zones = [zone for zone in zones_of(session, actor) if zone.state != ZoneState.WITHDRAWN]
    strips = [(s.west, s.south, s.east, s.north) for zone in zones for s in zone.current.strips]
    partners = partners_of(session, own.id)
    partners |= {strip.bureau_id for zone in zones for strip in zone.current.strips}
    codes = session.scalars(select(Bureau.adcode).where(Bureau.id.in_(partners - {own.id})))
    return {
        "bounds": _around([(ground.west, ground.south, ground.east, ground.north), *strips]),
        "near": _around(strips) if strips else None,
        "sides": dict.fromkeys(codes, "b") | {own.adcode: "a"},
        "layers": [
            {"name": zone.id, "label": zone.name, "role": "strip"}
            | {"url": f"/api/v1/zones/{zone.id}.geojson"}
            for zone in zones
        ],
    }


def _around(boxes: list[Box]) -> list[float]:
    """The smallest box around boxes."""
    west, south, east, north = zip(*boxes, strict=True)
    return [min(west), min(south), max(east), max(north)]
