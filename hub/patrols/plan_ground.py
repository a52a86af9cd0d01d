"""What a patrol stands on: a binding zone version, its agreement, and who is host where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from flask_babel import lazy_gettext as _l
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from geo.limits import parse_geometry
from geo.routes import MAX_ROUTE_VERTICES, RouteCut, cut_route
from hub.access import Actor
from hub.agreements.models import Agreement, AgreementState
from hub.agreements.services import effective_state
from hub.bureaus.services import jurisdiction
from hub.errors import NotFound, field_error
from hub.patrols.models import Patrol
from hub.patrols.sides import ground_sides
from hub.zones.access import access_zone
from hub.zones.models import Zone, ZoneVersion
from hub.zones.services import strip_shapes

MAX_ROUTE_BYTES = 400_000


@dataclass(frozen=True)
class Ground:
    """One version of a zone and the agreement it belongs to."""

    zone: Zone
    version: ZoneVersion
    agreement: Agreement

    @property
    def hosts(self) -> dict[str, str]:
        """adcode -> id of the bureau that leads there."""
        return {strip.adcode: strip.bureau_id for strip in self.version.strips}

    def sides(self, reader_bureau_id: str) -> dict[str, str]:
        """adcode -> "a" (the reader's own) or "b"."""
        return ground_sides(self.version, reader_bureau_id)

    @property
    def line(self) -> LineString:
        """The boundary line of the zone, EPSG:4326."""
        return shapely.from_wkb(self.version.line)

    @property
    def accuracy_m(self) -> float:
        """Within so many metres of the line the side is not certain."""
        return self.version.boundary_accuracy_m

    @property
    def strips(self) -> dict[str, BaseGeometry]:
        """adcode -> that side's area, EPSG:4326."""
        return dict(strip_shapes(self.version))

    def in_force(self, at: datetime) -> bool:
        """Whether the agreement is in force at a moment."""
        return effective_state(self.agreement, at) == AgreementState.IN_FORCE

    def cut(self, route: LineString) -> RouteCut:
        """The route cut by the zone's strips."""
        return cut_route(route, self.strips, self.line, self.accuracy_m)


def open_ground(session: Session, actor: Actor, zone_id: str) -> Ground:
    """The binding version of a zone that the actor's bureau is a side of.

    Raises:
        NotFound: no such zone, or not his.
        Invalid: no version of it binds yet.
    """
    zone = access_zone(session, actor, zone_id)
    version = zone.binding
    if version is None:
        raise field_error("zone_id", _l("该区域还没有各方都确认的版本，不能据以安排巡查。"))
    ground = _ground(session, zone, version)
    if actor.bureau_id not in ground.hosts.values():
        raise NotFound
    return ground


def ground_of(session: Session, patrol: Patrol) -> Ground:
    """The zone version and agreement that a patrol was planned on, binding or not."""
    zone = session.get(Zone, patrol.zone_id)
    if zone is None:
        raise NotFound
    version = next(v for v in zone.versions if v.number == patrol.zone_version)
    return _ground(session, zone, version)


def _ground(session: Session, zone: Zone, version: ZoneVersion) -> Ground:
    agreement = session.get(Agreement, zone.agreement_id)
    if agreement is None:
        raise NotFound
    return Ground(zone, version, agreement)


def parse_route(raw: dict[str, Any]) -> LineString:
    """A route as drawn: one GeoJSON LineString, lon/lat, coordinates rounded to a centimetre.

    Raises:
        GeoError: it is none.
    """
    line = parse_geometry(
        raw,
        types=frozenset({"LineString"}),
        max_bytes=MAX_ROUTE_BYTES,
        max_vertices=MAX_ROUTE_VERTICES,
    )
    return shapely.transform(line, lambda xy: xy.round(7))


def legs_of(session: Session, ground: Ground, cut: RouteCut) -> list[dict[str, Any]]:
    """The legs of a route in order, as a patrol keeps them."""
    return [
        {
            "adcode": section.side,
            "name": jurisdiction(session, str(section.side)).name,
            "host_bureau_id": ground.hosts[str(section.side)],
            "from_m": round(section.from_m, 1),
            "to_m": round(section.to_m, 1),
            "length_m": round(section.length_m, 1),
            "uncertain_m": round(section.uncertain_m, 1),
            "line": [[round(x, 7), round(y, 7)] for x, y in section.line.coords],
        }
        for section in cut.inside
    ]
