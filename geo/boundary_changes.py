"""Changing a boundary set on request, and saying how far one set differs from another."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely

from geo.boundary_check import check, metric_crs
from geo.boundary_set import BoundarySet, Jurisdiction, polygonal
from geo.crs import geodesic_area_m2, local_metric_crs, project, unproject
from geo.errors import GeoError

MAX_TOLERANCE_M = 1_000.0


@dataclass(frozen=True)
class Repair:
    """A repaired set and how far each outline moved at most, in metres."""

    boundaries: BoundarySet
    moves_m: tuple[tuple[str, float], ...]
    largest_move_m: float


@dataclass(frozen=True)
class Change:
    """One jurisdiction in two sets: the farthest its outline moved (m), areas and change (m²)."""

    adcode: str
    name: str
    moved_max_m: float
    area_old_m2: float
    area_new_m2: float
    area_change_m2: float


@dataclass(frozen=True)
class Comparison:
    """Changes per code present in both sets; codes only in the old and only in the new one."""

    changes: tuple[Change, ...]
    missing: tuple[str, ...]
    new: tuple[str, ...]


def _outline_move_m(old: Any, new: Any) -> float:
    """Hausdorff distance of two outlines (EPSG:4326), in metres, sampled every 50 m or denser."""
    crs = local_metric_crs(shapely.union(shapely.box(*old.bounds), shapely.box(*new.bounds)))
    a, b = (shapely.segmentize(project(p.boundary, crs), 50.0) for p in (old, new))
    return max(_farthest(a, b), _farthest(b, a))


def _farthest(outline: Any, other: Any) -> float:
    shapely.prepare(other)
    points = shapely.points(shapely.get_coordinates(outline))
    segments = _segments(other)
    nearest = shapely.STRtree(segments).nearest(points)
    return float(shapely.distance(points, segments[nearest]).max())


def _segments(outline: Any) -> Any:
    coordinates, owner = shapely.get_coordinates(shapely.get_parts(outline), return_index=True)
    pairs = np.stack([coordinates[:-1], coordinates[1:]], axis=1)
    return shapely.linestrings(pairs[owner[:-1] == owner[1:]])


def repair(boundary_set: BoundarySet, tolerance_m: float) -> Repair:
    """Close gaps and overlaps up to ``tolerance_m`` metres wide, and report every move.

    Only for a person who asked for it and looks at ``largest_move_m``: the result is no longer
    what the source said. Raises GeoError ``bad_distance`` or, when faults remain, ``check_failed``.
    """
    if not 0.0 < tolerance_m <= MAX_TOLERANCE_M:
        limits: dict[str, object] = {"least": 0, "limit": MAX_TOLERANCE_M}
        raise GeoError("bad_distance", name="tolerance_m", value=tolerance_m, **limits)
    crs = metric_crs(boundary_set)
    metric = [
        project(shapely.make_valid(p, method="structure"), crs) for p in boundary_set.polygons()
    ]
    cleaned = shapely.coverage_clean(metric, gap_width=tolerance_m)
    fixed = replace(
        boundary_set,
        jurisdictions=tuple(
            replace(jurisdiction, polygon=polygonal(unproject(polygon, crs)))
            for jurisdiction, polygon in zip(boundary_set.jurisdictions, cleaned, strict=True)
        ),
    )
    report = check(fixed)
    if not report.ok:
        first = report.problems[0].text
        raise GeoError("check_failed", count=len(report.problems), first=first)
    moves = tuple(
        (before.adcode, _outline_move_m(before.polygon, after.polygon))
        for before, after in zip(boundary_set.jurisdictions, fixed.jurisdictions, strict=True)
    )
    return Repair(fixed, moves, max((move for _, move in moves), default=math.nan))


def _change(old: Jurisdiction, new: Jurisdiction) -> Change:
    area_old, area_new = geodesic_area_m2(old.polygon), geodesic_area_m2(new.polygon)
    moved = _outline_move_m(old.polygon, new.polygon)
    return Change(new.adcode, new.name, moved, area_old, area_new, area_new - area_old)


def compare(old: BoundarySet, new: BoundarySet) -> Comparison:
    """How each jurisdiction of two sets differs: Hausdorff distance of outlines, and area."""
    before = {jurisdiction.adcode: jurisdiction for jurisdiction in old.jurisdictions}
    after = {jurisdiction.adcode: jurisdiction for jurisdiction in new.jurisdictions}
    return Comparison(
        changes=tuple(_change(before[code], after[code]) for code in before if code in after),
        missing=tuple(code for code in before if code not in after),
        new=tuple(code for code in after if code not in before),
    )
