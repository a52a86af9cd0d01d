"""Was the plan carried out: route covered, way off it, time observed, or followed too exactly?"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely

from geo.tracks import MAX_GAP_S
from geo.truth.reasons import Reason, Stand
from geo.truth.way import MOVED_M, FloatArray, Way

REACH_M = 100.0
"""From here a bank, a yard or an outfall can be seen."""
STEP_M = 10.0
OFF_M = 300.0
COVERED, HARDLY_COVERED = 0.8, 0.4
ON_ROUTE, OFF_ROUTE = 0.1, 0.5
OBSERVED, HARDLY_OBSERVED = 0.8, 0.3

EXACT_M = 0.5
EXACT_FIXES = 30
"""Nobody walks a line drawn on a map to half a metre, and no phone measures it."""


def covered(route: shapely.LineString, ways: Sequence[Way], reach_m: float = REACH_M) -> Reason:
    """The share of the planned route (metric) that came within ``reach_m`` of any track."""
    lines = shapely.MultiLineString([line for way in ways for line in way.lines()])
    shapely.prepare(lines)
    # Asked at points along the route: the buffer of a long tangle is slow and large.
    steps = max(2, math.ceil(route.length / STEP_M) + 1)
    places = shapely.line_interpolate_point(route, np.linspace(0.0, route.length, steps))
    share = float(shapely.dwithin(places, lines, reach_m).mean())
    values = {"share": round(share, 3), "reach_m": reach_m}
    if share >= COVERED:
        return Reason("plan_covered", Stand.SUPPORTS, values)
    stand = Stand.QUESTIONS if share < HARDLY_COVERED else Stand.SILENT
    return Reason("plan_covered", stand, values)


def _distances_m(route: shapely.LineString, way: Way) -> FloatArray:
    shapely.prepare(route)
    return np.asarray(shapely.distance(route, shapely.points(way.xy)), dtype=np.float64)


def off_route(route: shapely.LineString, way: Way) -> Reason:
    """The share of the way (metres) that lies more than 300 m off the planned route."""
    far = _distances_m(route, way) > OFF_M
    steps = way.steps_m * way.seen
    total = float(steps.sum())
    share = float(steps[far[:-1] & far[1:]].sum()) / total if total else 0.0
    values = {"share": round(share, 3), "off_m": OFF_M}
    if share > OFF_ROUTE:
        return Reason("off_route", Stand.QUESTIONS, values)
    return Reason("off_route", Stand.SUPPORTS if share <= ON_ROUTE else Stand.SILENT, values)


def on_plan_exactly(route: shapely.LineString, way: Way) -> Reason:
    """Fixes that lie on the drawn route closer than any receiver could put them."""
    moved = np.concatenate([[False], way.steps_m > MOVED_M]) if len(way) else np.empty(0, bool)
    offs = _distances_m(route, way)[moved]
    if len(offs) < EXACT_FIXES:
        return Reason("on_plan_exactly", Stand.SILENT, {"fixes": len(offs)})
    usual = float(np.median(offs))
    stand = Stand.QUESTIONS if usual < EXACT_M else Stand.SUPPORTS
    return Reason("on_plan_exactly", stand, {"usual_m": round(usual, 2), "fixes": len(offs)})


def observed(started: float, ended: float, ways: Sequence[Way]) -> Reason:
    """The share of the patrol (epoch seconds) in which at least one unit was observed."""
    if ended <= started:
        return Reason("observed", Stand.SILENT, {"share": 0.0, "seconds": 0})
    times = np.arange(started, ended, min(30.0, MAX_GAP_S))
    seen = np.zeros(len(times), dtype=bool)
    for way in ways:
        seen |= ~np.isnan(way.at(times)[:, 0])
    share = float(seen.mean())
    values = {"share": round(share, 3), "seconds": round(ended - started)}
    if share >= OBSERVED:
        return Reason("observed", Stand.SUPPORTS, values)
    return Reason("observed", Stand.QUESTIONS if share < HARDLY_OBSERVED else Stand.SILENT, values)
