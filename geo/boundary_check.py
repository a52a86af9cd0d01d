"""Is a boundary set one coverage: valid, without overlaps or gaps, edges shared exactly?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj
import shapely

from geo.boundary_set import BoundarySet, polygonal
from geo.crs import geodesic_area_m2, geodesic_length_m, local_metric_crs, project, unproject
from geo.limits import validity_fault

GAP_WIDTH_M = 10.0
"""Neighbours that run closer than this without touching are taken for a fault, not for a country
between them. Wider, and true outlines that come near each other would be named (100 m names one
such place around Huzhou)."""

_DUST_M2 = 1e-3


@dataclass(frozen=True)
class Problem:
    """One fault: ``kind`` is invalid, overlap, gap or unshared_edge; ``size`` is m² or metres."""

    kind: str
    adcodes: tuple[str, ...]
    lon: float
    lat: float
    size: float
    text: str


@dataclass(frozen=True)
class CheckReport:
    """What ``check`` found; ``ok`` when nothing."""

    ok: bool
    problems: tuple[Problem, ...]


def metric_crs(boundary_set: BoundarySet) -> pyproj.CRS:
    """The metric CRS centred on a whole boundary set."""
    return local_metric_crs(shapely.geometrycollections(boundary_set.polygons()))


def _place(geometry: Any) -> tuple[float, float]:
    point = shapely.point_on_surface(geometry)
    return round(float(point.x), 7), round(float(point.y), 7)


def _invalid(boundary_set: BoundarySet) -> Iterator[Problem]:
    for jurisdiction in boundary_set.jurisdictions:
        polygon = jurisdiction.polygon
        if polygon.is_empty:
            text = f"{jurisdiction.name} has no land"
            yield Problem("invalid", (jurisdiction.adcode,), 0.0, 0.0, 0.0, text)
        elif not polygon.is_valid:
            reason, lon, lat = validity_fault(polygon)
            text = f"{jurisdiction.name}: {reason}"
            yield Problem("invalid", (jurisdiction.adcode,), lon, lat, 0.0, text)


def _overlaps(boundary_set: BoundarySet) -> Iterator[Problem]:
    polygons = boundary_set.polygons()
    first, second = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    for i, j in sorted(zip(first.tolist(), second.tolist(), strict=True)):
        if i >= j:
            continue
        common = polygonal(shapely.intersection(polygons[i], polygons[j]))
        area = geodesic_area_m2(common)
        if area > _DUST_M2:
            a, b = boundary_set.jurisdictions[i], boundary_set.jurisdictions[j]
            text = f"{a.name} and {b.name} overlap by {area:.1f} m²"
            yield Problem("overlap", (a.adcode, b.adcode), *_place(common), area, text)


def _around(boundary_set: BoundarySet, place: Any) -> tuple[str, ...]:
    """The codes of the jurisdictions that touch a geometry, to a hair."""
    hits = shapely.STRtree(boundary_set.polygons()).query(place, "dwithin", distance=1e-9)
    return tuple(boundary_set.jurisdictions[i].adcode for i in np.sort(hits))


def _gaps(boundary_set: BoundarySet, metric: Any, crs: Any, width_m: float) -> Iterator[Problem]:
    """Holes of the union that are nowhere wider than ``width_m``."""
    union = shapely.union_all(metric)
    rings = [ring for part in shapely.get_parts(union) for ring in part.interiors]
    for hole in map(shapely.polygons, rings):
        if shapely.maximum_inscribed_circle(hole, tolerance=width_m / 20).length * 2 > width_m:
            continue
        lonlat = unproject(hole, crs)
        area = geodesic_area_m2(lonlat)
        text = f"a gap of {area:.1f} m² belongs to nobody"
        yield Problem("gap", _around(boundary_set, lonlat), *_place(lonlat), area, text)


def _unshared(boundary_set: BoundarySet, metric: Any, crs: Any, w: float) -> Iterator[Problem]:
    edges = shapely.coverage_invalid_edges(metric, gap_width=w)
    for jurisdiction, edge in zip(boundary_set.jurisdictions, edges, strict=True):
        if edge.is_empty:
            continue
        lonlat = unproject(edge, crs)
        length = geodesic_length_m(lonlat)
        text = f"{jurisdiction.name} has {length:.1f} m of edge that no neighbour shares exactly"
        yield Problem("unshared_edge", (jurisdiction.adcode,), *_place(lonlat), length, text)


def apart(boundary_set: BoundarySet) -> tuple[str, ...]:
    """The codes of outlines that touch no other of the set, in their order; none of a single one.

    A wide gap is a country between two outlines for ``check``; this tells of it.
    """
    polygons = boundary_set.polygons()
    if len(polygons) < 2:
        return ()
    first, second = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    touching = set(first[first != second].tolist())
    units = enumerate(boundary_set.jurisdictions)
    return tuple(unit.adcode for number, unit in units if number not in touching)


def check(boundary_set: BoundarySet, *, gap_width_m: float = GAP_WIDTH_M) -> CheckReport:
    """Report every topological fault of a set; nothing is changed.

    Invalid polygons end the check, as nothing can be said about edges then. Gaps are holes and
    open slivers nowhere wider than ``gap_width_m`` metres.
    """
    problems = list(_invalid(boundary_set))
    if not problems and boundary_set.jurisdictions:
        crs = metric_crs(boundary_set)
        metric = np.array([project(p, crs) for p in boundary_set.polygons()], dtype=object)
        problems += _overlaps(boundary_set)
        problems += _gaps(boundary_set, metric, crs, gap_width_m)
        problems += _unshared(boundary_set, metric, crs, gap_width_m)
    return CheckReport(not problems, tuple(problems))
