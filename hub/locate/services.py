"""Whose ground a place is: for other services as a value, for the asking bureau as an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from geo.limits import Position, parse_position
from geo.locate import Location, Locations
from hub.access import Actor, Right
from hub.locate.answers import Found, answer_view, point_view
from hub.locate.index import LocateFacts, ZoneFacts, facts_of


@dataclass(frozen=True)
class ZoneHit:
    """A binding zone that covers a place, and the jurisdiction whose strip does."""

    zone_id: str
    agreement_id: str
    adcode: str
    name: str
    party_ids: frozenset[str]


@dataclass(frozen=True)
class Place:
    """Whose ground a place is, whoever asks. Metres; `candidates` are GB/T 2260 codes.

    `certain` is false when a boundary is nearer than `uncertainty_m` (accuracy of the outline plus
    that of the fix, 95 %), or nobody known answers for the place.
    """

    adcode: str | None
    candidates: tuple[str, ...]
    certain: bool
    distance_to_line_m: float | None
    uncertainty_m: float
    zones: tuple[ZoneHit, ...]
    # the nearest line, as the two codes it runs between: "320509-330502"
    line_id: str | None = None


@dataclass(frozen=True)
class Standing:
    """Of a fix: the jurisdiction, whether beyond doubt, the zones that hold it (ids), and those of
    whose edge the fix is too inaccurate to say; metres."""

    adcode: str | None
    certain: bool
    uncertainty_m: float
    zones: frozenset[str]
    edges: frozenset[str]


def index(session: Session) -> LocateFacts:
    """The index of this process, made anew if boundaries, zones or agreements changed."""
    return facts_of(session)


def place_of(session: Session, lon: float, lat: float, accuracy_m: float | None = None) -> Place:
    """Whose ground a place (EPSG:4326) is and which binding zones hold it.

    For services: nothing is left out for want of a right, so no view may show it as it is.

    Raises:
        GeoError: the place cannot be one, or lies outside the area of interest.
    """
    return _places(session, [parse_position(lon, lat, accuracy_m)])[0]


def places_of(session: Session, points: Sequence[tuple[float, float]]) -> list[Place]:
    """The same for many places (lon, lat in EPSG:4326), in their order."""
    return _places(session, [parse_position(lon, lat) for lon, lat in points])


@dataclass(frozen=True, slots=True)
class Ground:
    """What `Place` says of jurisdiction and nearest line, without how sure that is."""

    adcode: str | None
    line_id: str | None
    distance_m: float | None


def agreements_at(session: Session, points: Sequence[tuple[float, float]]) -> list[frozenset[str]]:
    """Agreements in whose binding zones each of many checked places (lon, lat in EPSG:4326) lies.

    A few tenths of a microsecond for each place.
    """
    if not points:
        return []
    facts = facts_of(session)
    found: list[frozenset[str]] = [frozenset()] * len(points)
    lonlat = np.array(points, dtype=np.float64)
    numbers, strips = facts.zone_index.zones_at_many(lonlat[:, 0], lonlat[:, 1])
    under = [
        frozenset({facts.zones[zone_id].agreement_id}) for zone_id, _ in facts.zone_index.strips
    ]
    for number, strip in zip(numbers.tolist(), strips.tolist(), strict=True):
        found[number] = found[number] | under[strip]
    return found


def grounds_at(session: Session, points: Sequence[tuple[float, float]]) -> list[Ground]:
    """Jurisdiction and nearest line of each of many checked places (lon, lat in EPSG:4326)."""
    if not points:
        return []
    lonlat = np.array(points, dtype=np.float64)
    found = facts_of(session).land.index.locate_many(lonlat[:, 0], lonlat[:, 1])
    return [
        Ground(adcode, line_id, None if line_id is None else distance)
        for adcode, line_id, distance in zip(
            found.adcode, found.line_id, found.distance_to_line_m.tolist(), strict=True
        )
    ]


def standings_of(
    session: Session, fixes: Sequence[tuple[float, float, float | None]]
) -> list[Standing]:
    """What fixes (lon, lat in EPSG:4326, accuracy in metres) say of their ground, in their order.

    Raises:
        GeoError: one cannot be a place, or lies outside the area of interest.
    """
    if not fixes:
        return []
    facts = facts_of(session)
    positions = [parse_position(*fix) for fix in fixes]
    spots, near = _spots(facts, positions), _near_edges(facts, positions)
    return [
        Standing(
            adcode=spots[number].adcode,
            certain=spots[number].certain,
            uncertainty_m=spots[number].uncertainty_m,
            zones=frozenset(z for z, _code in facts.zone_index.zones_at(at.lon, at.lat)),
            edges=frozenset(near.get(number, ())),
        )
        for number, at in enumerate(positions)
    ]


def _places(session: Session, positions: Sequence[Position]) -> list[Place]:
    facts = facts_of(session)
    spots = _spots(facts, positions)
    return [_place(facts, at, spots[number]) for number, at in enumerate(positions)]


def _place(facts: LocateFacts, position: Position, spot: Location) -> Place:
    hits = facts.zone_index.zones_at(position.lon, position.lat)
    return Place(
        adcode=spot.adcode,
        candidates=spot.candidates,
        certain=spot.certain,
        distance_to_line_m=spot.distance_to_line_m,
        uncertainty_m=spot.uncertainty_m,
        zones=tuple(_hit(facts.zones[zone_id], adcode) for zone_id, adcode in hits),
        line_id=spot.line_id,
    )


def _hit(zone: ZoneFacts, adcode: str) -> ZoneHit:
    return ZoneHit(zone.id, zone.agreement_id, adcode, zone.name, zone.party_ids)


def _spots(facts: LocateFacts, places: Sequence[Position]) -> Locations:
    """The answers for many places; each boundary is as uncertain as the outline it is asked of."""
    land = facts.land
    stated = np.empty(len(places))
    for number, place in enumerate(places):
        sides = land.index.sides(place.lon, place.lat)
        known = [land.units[code].accuracy_m for code in sides] or [land.worst_accuracy_m]
        stated[number] = max(known) + place.accuracy_m
    return land.index.locate_many([p.lon for p in places], [p.lat for p in places], stated)


def _found(
    facts: LocateFacts, actor: Actor, places: Sequence[Position], spots: Locations
) -> Iterator[Found]:
    """Places with the zones that the asking bureau is party to; no other zone exists for it."""
    near = _near_edges(facts, places)
    for number, place in enumerate(places):
        hits = facts.zone_index.zones_at(place.lon, place.lat)
        within = _own(facts, actor, (zone_id for zone_id, _ in hits))
        yield Found(place, spots[number], within, _own(facts, actor, near.get(number, ())))


def _own(facts: LocateFacts, actor: Actor, zone_ids: Iterable[str]) -> tuple[ZoneFacts, ...]:
    zones = [facts.zones[zone_id] for zone_id in dict.fromkeys(zone_ids)]
    return tuple(zone for zone in zones if actor.bureau_id in zone.party_ids)


def _near_edges(facts: LocateFacts, places: Sequence[Position]) -> dict[int, list[str]]:
    """Per place the zones whose outer edge is nearer than the fix is accurate.

    A zone is what the parties approved, so the accuracy of the boundary data does not count here.
    """
    near: dict[int, list[str]] = {}
    if not facts.zone_edges.empty and places:
        ids = list(facts.zones)
        lonlat = np.array([(place.lon, place.lat) for place in places])
        reach = np.array([place.accuracy_m for place in places])
        points, owners = facts.zone_edges.within(lonlat, reach)
        for point, owner in zip(points.tolist(), owners.tolist(), strict=True):
            near.setdefault(point, []).append(ids[owner])
    return near


def locate(
    session: Session, actor: Actor, lon: float, lat: float, accuracy_m: float | None = None
) -> dict[str, Any]:
    """The contract's answer for one place (EPSG:4326, metres): whose side, and what the asking
    bureau may do there.

    Raises:
        Forbidden: the actor's role sees no work.
        GeoError: the place cannot be one.
    """
    actor.require(Right.WORK_VIEW)
    facts = facts_of(session)
    place = parse_position(lon, lat, accuracy_m)
    (found,) = _found(facts, actor, [place], _spots(facts, [place]))
    return answer_view(facts, actor.bureau_id, found)


def locate_many(session: Session, actor: Actor, places: Sequence[Position]) -> list[dict[str, Any]]:
    """The answers for many checked places, in their order, each shorter than `locate`'s."""
    actor.require(Right.WORK_VIEW)
    facts = facts_of(session)
    spots = _spots(facts, places)
    memo: dict[object, dict[str, Any]] = {}
    return [
        point_view(facts, actor.bureau_id, found, memo)
        for found in _found(facts, actor, places, spots)
    ]
