"""All that a patrol's evidence says about itself, put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyproj
from shapely.geometry import LineString

from geo.crs import WGS84, local_metric_crs, project, transformer
from geo.tracks import Fix
from geo.truth import copies, motion, plan, witness
from geo.truth.reasons import MADE, Judgement, Reason, weigh
from geo.truth.way import Way, way_of

ENOUGH_S = 600.0
"""Less than ten minutes of track show too little of how it was made (docs/truth.md)."""


@dataclass(frozen=True)
class Photo:
    """Where and when a photo says it was taken: epoch seconds, EPSG:4326, accuracy in metres."""

    t: float
    lon: float
    lat: float
    accuracy_m: float = 0.0


@dataclass(frozen=True)
class UnitEvidence:
    """One unit: cleaned fixes (EPSG:4326, times rising), what cleaning dropped by reason, when its
    batches came, its photos, and earlier tracks it could have been made from, by key."""

    unit: str
    party: str
    fixes: Sequence[Fix]
    dropped: Mapping[str, int] = field(default_factory=dict)
    receipts: Sequence[witness.Receipt] = ()
    photos: Sequence[Photo] = ()
    earlier: Mapping[str, Sequence[Fix]] = field(default_factory=dict)


@dataclass(frozen=True)
class PatrolEvidence:
    """A patrol: epoch seconds, the planned route (EPSG:4326), its units."""

    started: float
    ended: float
    route: LineString
    units: Sequence[UnitEvidence]


def judge(evidence: PatrolEvidence) -> Judgement:
    """Look at everything once; reasons of units first, in their order, then of the patrol.

    The score is None when no unit was observed for ten minutes and nothing questions how a track
    was made: there is too little to judge.
    Raises GeoError ``empty`` for an empty route.
    """
    crs = local_metric_crs(evidence.route)
    route = project(evidence.route, crs)
    ways = {unit.unit: way_of(unit.fixes, crs) for unit in evidence.units}
    reasons: list[Reason] = []
    for unit in evidence.units:
        others = {key: way for key, way in ways.items() if key != unit.unit}
        found = _of_unit(unit, ways[unit.unit], others, route, crs)
        reasons += [Reason(r.code, r.stand, r.values, unit.unit) for r in found]
    reasons += _of_patrol(evidence, ways, route)
    enough = any(way.observed_s >= ENOUGH_S for way in ways.values())
    enough = enough or any(reason.cost and reason.code in MADE for reason in reasons)
    return Judgement(tuple(reasons), weigh(reasons) if enough else None)


def _of_unit(
    unit: UnitEvidence,
    way: Way,
    others: Mapping[str, Way],
    route: LineString,
    crs: pyproj.CRS,
) -> list[Reason]:
    earlier = {key: way_of(fixes, crs) for key, fixes in unit.earlier.items()}
    return [
        copies.repeats_earlier(way, earlier),
        copies.same_as_other(way, others),
        plan.on_plan_exactly(route, way),
        motion.speed(way, unit.dropped),
        motion.evenness(way),
        motion.restlessness(way),
        witness.photos(way, _sights(unit.photos, crs)),
        witness.clock(unit.receipts, unit.dropped.get("clock", 0)),
        motion.standing(way),
        plan.off_route(route, way),
    ]


def _sights(photos: Sequence[Photo], crs: pyproj.CRS) -> list[witness.Sight]:
    move = transformer(WGS84, crs).transform
    return [
        witness.Sight(one.t, np.array(move(one.lon, one.lat)), one.accuracy_m) for one in photos
    ]


def _of_patrol(
    evidence: PatrolEvidence, ways: Mapping[str, Way], route: LineString
) -> list[Reason]:
    parties = sorted({unit.party for unit in evidence.units})
    by_party = [[ways[u.unit] for u in evidence.units if u.party == party] for party in parties]
    return [
        plan.covered(route, list(ways.values())),
        plan.observed(evidence.started, evidence.ended, list(ways.values())),
        witness.together(by_party),
    ]
