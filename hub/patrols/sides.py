"""The two sides of a patrol's ground: which bureau has which colour, and each side's strip."""

from __future__ import annotations

from typing import Any

import shapely
from sqlalchemy.orm import Session

from hub.patrols.models import Patrol
from hub.zones.models import Zone, ZoneVersion


def zone_version_of(session: Session, patrol: Patrol) -> ZoneVersion:
    """The version of the zone that the patrol was planned on."""
    zone = session.get_one(Zone, patrol.zone_id)
    return next(v for v in zone.versions if v.number == patrol.zone_version)


def sides_of(session: Session, patrol: Patrol) -> dict[str, str]:
    """Bureau id -> "a" or "b" by the zone's sides, the same on every screen."""
    version = zone_version_of(session, patrol)
    letters = {version.adcode_a: "a", version.adcode_b: "b"}
    return {strip.bureau_id: letters[strip.adcode] for strip in version.strips}


def strips_of(session: Session, patrol: Patrol) -> dict[str, Any]:
    """Adcode -> (multi)polygon of that side, EPSG:4326."""
    version = zone_version_of(session, patrol)
    return {strip.adcode: shapely.from_wkb(strip.shape) for strip in version.strips}
