"""The two sides of a patrol's ground: which bureau has which colour, and each side's strip."""

from __future__ import annotations

from typing import Any

import shapely
from sqlalchemy.orm import Session

from hub.db import hold
from hub.patrols.models import Patrol
from hub.zones.models import Zone, ZoneVersion


def zone_version_of(session: Session, patrol: Patrol) -> ZoneVersion:
    """The version of the zone that the patrol was planned on."""
    zone = hold(session, session.get_one(Zone, patrol.zone_id))
    return next(v for v in zone.versions if v.number == patrol.zone_version)


def side_of(reader_bureau_id: str, bureau_id: str) -> str:
    """The colour of a bureau: "a" is the reader's own, "b" a partner's, on every screen."""
    return "a" if bureau_id == reader_bureau_id else "b"


def sides_of(patrol: Patrol, reader_bureau_id: str) -> dict[str, str]:
    """Bureau id -> "a" or "b" for the parties of a patrol."""
    return {bureau_id: side_of(reader_bureau_id, bureau_id) for bureau_id in patrol.party_ids}


def ground_sides(version: ZoneVersion, reader_bureau_id: str) -> dict[str, str]:
    """Adcode -> "a" or "b" for the strips of a zone."""
    return {s.adcode: side_of(reader_bureau_id, s.bureau_id) for s in version.strips}


def strips_of(session: Session, patrol: Patrol) -> dict[str, Any]:
    """Adcode -> (multi)polygon of that side, EPSG:4326."""
    version = zone_version_of(session, patrol)
    return {strip.adcode: shapely.from_wkb(strip.shape) for strip in version.strips}
