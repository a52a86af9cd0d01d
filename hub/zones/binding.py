"""Which zones bind at this moment, and their shapes."""

from __future__ import annotations

from typing import Any

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements.effect import is_in_force
from hub.agreements.models import Agreement
from hub.zones.access import agreement_of
from hub.zones.models import Zone, ZoneState, ZoneVersion


def binding_zones(session: Session) -> list[tuple[Zone, ZoneVersion, Agreement]]:
    """Every zone that binds now: approved by all, not withdrawn, under an agreement in force."""
    found = []
    approved = select(Zone).where(
        Zone.binding_version.is_not(None), Zone.state != ZoneState.WITHDRAWN
    )
    for zone in session.scalars(approved):
        agreement = agreement_of(session, zone)
        version = zone.binding
        if version is not None and is_in_force(agreement):
            found.append((zone, version, agreement))
    return found


def strip_shapes(version: ZoneVersion) -> dict[str, Any]:
    """The shapes of a version by jurisdiction, EPSG:4326."""
    return {strip.adcode: shapely.from_wkb(strip.shape) for strip in version.strips}


def zones_under(session: Session, agreement_id: str) -> list[ZoneVersion]:
    """What is drawn for an agreement, in force or not: of each zone the version that all approved,
    else the one on the table."""
    drawn = select(Zone).where(Zone.agreement_id == agreement_id, Zone.state != ZoneState.WITHDRAWN)
    return [zone.binding or zone.current for zone in session.scalars(drawn)]
