"""Which part of a zone was patrolled, and where are the gaps?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon

from geo.boundary_set import polygonal
from geo.crs import geodesic_area_m2, local_metric_crs, project, unproject
from geo.errors import GeoError
from geo.limits import check_valid

MAX_REACH_M = 10_000.0

_SIMPLIFY_SHARE = 0.05
"""Tracks are thinned to a twentieth of the reach, at most 5 m: ten times faster, and below the
noise of the fixes themselves."""
_MAX_SIMPLIFY_M = 5.0

_PIECE = 32
"""Vertices buffered at once. The buffer of a long tangle takes memory with the square of its
vertices; the union of the buffers of its pieces does not."""

_QUAD_SEGS = 16


@dataclass(frozen=True)
class Coverage:
    """The share (0 to 1) of an area within reach of the tracks, and what is left (EPSG:4326)."""

    share: float
    gaps: MultiPolygon
    area_m2: float
    covered_m2: float


def _pieces(line: Any) -> list[Any]:
    """A line cut into short ones that overlap in one vertex."""
    xy = shapely.get_coordinates(line)
    starts = range(0, len(xy) - 1, _PIECE - 1)
    return [shapely.linestrings(xy[start : start + _PIECE]) for start in starts]


def _near_pieces(area: Any, tracks: Sequence[LineString], crs: Any, reach_m: float) -> Any:
    """The thinned pieces of all tracks that come within reach of the area (metric)."""
    tolerance = min(_MAX_SIMPLIFY_M, reach_m * _SIMPLIFY_SHARE)
    lines = [project(track, crs) for track in tracks if track.length > 0]
    thin = shapely.simplify(np.array(lines, dtype=object), tolerance, preserve_topology=False)
    pieces = np.array([piece for line in thin for piece in _pieces(line)], dtype=object)
    return pieces[shapely.dwithin(pieces, area, reach_m)]


def coverage(
    area: Polygon | MultiPolygon, tracks: Sequence[LineString], reach_m: float
) -> Coverage:
    """The part of ``area`` that lies within ``reach_m`` metres of any track; all EPSG:4326.

    Tracks are thinned by at most 5 m and arcs drawn by chords (under 0.5 % of the reach), so a
    rim of that width is uncertain. Areas are geodesic. Raises GeoError ``bad_distance``,
    ``invalid`` or ``empty``.
    """
    if not 0.0 < reach_m <= MAX_REACH_M:
        limits: dict[str, object] = {"least": 0, "limit": MAX_REACH_M}
        raise GeoError("bad_distance", name="reach_m", value=reach_m, **limits)
    check_valid(area)
    crs = local_metric_crs(area)
    flat = project(area, crs)
    shapely.prepare(flat)
    pieces = _near_pieces(flat, tracks, crs, reach_m)
    if not len(pieces):
        area_m2 = geodesic_area_m2(area)
        return Coverage(0.0, MultiPolygon(list(shapely.get_parts(area))), area_m2, 0.0)
    buffers = shapely.buffer(pieces, reach_m, quad_segs=_QUAD_SEGS)
    left = polygonal(unproject(shapely.difference(flat, shapely.union_all(buffers)), crs))
    area_m2, left_m2 = geodesic_area_m2(area), geodesic_area_m2(left)
    covered = min(max(area_m2 - left_m2, 0.0), area_m2)
    gaps = MultiPolygon(list(shapely.get_parts(left)))
    return Coverage(covered / area_m2, gaps, area_m2, covered)
