"""The ground of an area for a phone without a network: what it needs to answer as `locate` does."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from geo.crs import EARTH_RADIUS_M
from hub.access import Actor
from hub.db import utc_now
from hub.locate.acts import MayAct
from hub.locate.answers import place_name
from hub.locate.index import LocateFacts, ZoneFacts, facts_of, outer_edge
from hub.locate.verdicts import Verdict, judge
from sharing.canonical import utc_text

Bounds = tuple[float, float, float, float]
# The phone answers for this much around its patrol, and only where nothing beyond it counts.
PAD_M = 8_000.0


def padded(bounds: Bounds, pad_m: float = PAD_M) -> Bounds:
    """Bounds (degrees) widened by metres."""
    west, south, east, north = bounds
    high = math.degrees(pad_m / EARTH_RADIUS_M)
    wide = high / math.cos(math.radians(max(abs(south), abs(north))))
    return west - wide, south - high, east + wide, north + high


def ground_kit(session: Session, actor: Actor, bounds: Bounds) -> dict[str, Any]:
    """Outlines, lines and zones around `bounds` (EPSG:4326), and what the actor's bureau may do.

    Coordinates are not rounded: the phone must come to the hub's own answer. `until`: when the next
    agreement begins or ends, after which the verdicts no longer hold. `box`: what is known.
    """
    facts = facts_of(session)
    box = padded(bounds)
    frame = shapely.box(*box)
    zones = [
        zone
        for zone in facts.zones.values()
        if actor.bureau_id in zone.party_ids
        and any(shape.intersects(frame) for shape in facts.shapes[zone.id].strips.values())
    ]
    codes = [code for code, shape in facts.land.outlines.items() if shape.intersects(frame)]
    return {
        "made_at": utc_text(utc_now()),
        "until": utc_text(facts.until) if facts.until is not None else None,
        "box": list(box),
        "bureau_id": actor.bureau_id,
        "worst_accuracy_m": facts.land.worst_accuracy_m,
        "units": [_unit(facts, code, frame) for code in sorted(codes)],
        "lines": [
            {"id": line.line_id, "paths": _paths(shapely.intersection(line.line, frame))}
            for line in facts.land.lines
            if line.line.intersects(frame)
        ],
        "zones": [_zone(facts, zone) for zone in zones],
        "verdicts": {
            code or "": _verdicts(facts, actor.bureau_id, code, zones)
            for code in [*sorted(codes), None]
        },
    }


def _unit(facts: LocateFacts, code: str, frame: BaseGeometry) -> dict[str, Any]:
    unit, party, shape = facts.land.units[code], facts.parties.get(code), facts.land.outlines[code]
    return {
        "adcode": code,
        "name": unit.name,
        "short_name": place_name(facts, code),
        "bureau_id": party.id if party else None,
        "duty_phone": party.duty_phone if party else None,
        "accuracy_m": unit.accuracy_m,
        "polygons": _polygons(shapely.intersection(shape, frame)),
        # Cut apart from the polygon: the frame itself is no boundary.
        "outline": _paths(shapely.intersection(shapely.boundary(shape), frame)),
    }


def _zone(facts: LocateFacts, zone: ZoneFacts) -> dict[str, Any]:
    shape = facts.shapes[zone.id]
    return {
        "id": zone.id,
        "name": zone.name,
        "party_ids": sorted(zone.party_ids),
        "strips": [{"adcode": code, "polygons": _polygons(s)} for code, s in shape.strips.items()],
        "edge": _paths(outer_edge(shape)),
    }


def _verdicts(
    facts: LocateFacts, asker: str, code: str | None, zones: list[ZoneFacts]
) -> dict[str, Any]:
    """The verdict outside of every zone, and in each joint one; of several the first counts."""
    inside = [judge(facts, asker, code, [zone]) for zone in zones]
    joint = sorted((v for v in inside if v.zone is not None), key=_rank)
    return {
        "outside": _verdict(judge(facts, asker, code, [])),
        "inside": [_verdict(v) | {"zone_id": v.zone.id} for v in joint if v.zone is not None],
    }


def _rank(verdict: Verdict) -> tuple[bool, str]:
    """The order in which `judge` takes zones."""
    zone = verdict.zone
    freer = zone is not None and zone.acts.act is MayAct.WITH_NOTICE
    return not freer, zone.agreement_number if zone is not None else ""


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "may_act": str(verdict.may_act),
        "reason": verdict.sentence,
        "clause": verdict.clause.number if verdict.clause else None,
    }


def _polygons(shape: BaseGeometry) -> list[list[list[list[float]]]]:
    """Rings of each polygon, closed."""
    parts = [part for part in _parts(shape) if part.geom_type == "Polygon"]
    return [[_coordinates(ring) for ring in (part.exterior, *part.interiors)] for part in parts]


def _paths(shape: BaseGeometry) -> list[list[list[float]]]:
    parts = _parts(shape)
    return [_coordinates(p) for p in parts if p.geom_type in ("LineString", "LinearRing")]


def _parts(shape: BaseGeometry) -> Iterable[Any]:
    parts = list(shapely.get_parts(shape))
    if len(parts) == 1 and parts[0].geom_type == shape.geom_type:
        return parts
    return [inner for part in parts for inner in _parts(part)]


def _coordinates(path: Any) -> list[list[float]]:
    return [[float(lon), float(lat)] for lon, lat in shapely.get_coordinates(path)]
