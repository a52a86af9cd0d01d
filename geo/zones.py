"""Strips along a boundary line, one per side, with the error they carry.

A corridor is put together from one rectangle per segment of the line and one fan per bend. That
gives what a buffer gives, but memory grows with the line alone (GEOS took 578 MB for the buffer of
a random line of 800 vertices), both ends can be cut square to a smoothed direction, and the error
of the arcs is chosen instead of inherited from a number of segments.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pyproj
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon

from geo.boundary_set import polygonal
from geo.corridor import ARC_ERROR_M, corridor_polygon
from geo.crs import (
    EARTH_RADIUS_M,
    geodesic_area_m2,
    geodesic_length_m,
    local_metric_crs,
    project,
    segment_lengths_m,
    unproject,
)
from geo.errors import GeoError
from geo.limits import check_line_vertices, check_valid

MAX_WIDTH_M = 20_000.0
LINE_TOLERANCE_M = 1.0
"""How far the line may lie off the edge of either side: it must be their boundary, or the strips
would leave land between them. Rounding and interpolated ends stay far below it."""

STEP_M = 500.0
"""Longest edge that is transformed whole. A straight edge in degrees and one in metres differ by
s² tan(lat) / 8R: 3 mm for 500 m at 30° N."""

MAX_OVERLAP_M2 = 1.0
"""Two sides may overlap by rounding; more is a fault of the boundary data."""

_GRID_M = 1e-4
"""Corners of the strips lie on a grid of a tenth of a millimetre: far below any error here, and far
above the rounding of degrees, which could make a hair of a polygon cross itself."""

_DUST_M2 = 1e-2
Area: TypeAlias = "Polygon | MultiPolygon"


@dataclass(frozen=True)
class Stretch:
    """A section of one line by geodesic chainage in metres from its start."""

    from_m: float
    to_m: float


@dataclass(frozen=True)
class Corridor:
    """A zone along a line, EPSG:4326: the strip of each side, what lies elsewhere, and errors.

    ``construction_error_m`` bounds how far the outline may be off the true distance from the line
    as given; ``boundary_accuracy_m`` is the line's own; ``error_m`` is their sum. Areas are
    geodesic, in square metres.
    """

    line: LineString
    width_m: float
    cap: Literal["flat", "round"]
    strip_a: Area
    strip_b: Area
    elsewhere: Area
    area_a_m2: float
    area_b_m2: float
    area_elsewhere_m2: float
    line_length_m: float
    construction_error_m: float
    boundary_accuracy_m: float

    @property
    def error_m(self) -> float:
        """Construction error and boundary accuracy together, metres."""
        return self.construction_error_m + self.boundary_accuracy_m


def _densified(geometry: Any) -> Any:
    """No edge longer than about STEP_M, straight in degrees as RFC 7946 section 3.1.1 says."""
    return shapely.segmentize(geometry, math.degrees(STEP_M / EARTH_RADIUS_M))


def _chainages(line: LineString) -> Any:
    coordinates = shapely.get_coordinates(line)
    return coordinates, np.concatenate([[0.0], np.cumsum(segment_lengths_m(coordinates))])


def chainage_of(line: LineString, lon: float, lat: float) -> float:
    """Metres along ``line`` (EPSG:4326) from its start to its place nearest to lon/lat."""
    dense = _densified(line)
    crs = local_metric_crs(dense)
    point = shapely.get_coordinates(project(shapely.Point(lon, lat), crs))[0]
    flat = shapely.get_coordinates(project(dense, crs))
    start, step = flat[:-1], np.diff(flat, axis=0)
    squared = np.maximum(np.einsum("ij,ij->i", step, step), 1e-12)
    share = np.clip(np.einsum("ij,ij->i", point - start, step) / squared, 0.0, 1.0)
    gap = start + step * share[:, None] - point
    nearest = int(np.argmin(np.einsum("ij,ij->i", gap, gap)))
    coordinates, chainages = _chainages(dense)
    return float(np.interp(nearest + share[nearest], range(len(coordinates)), chainages))


def cut(line: LineString, stretch: Stretch) -> LineString:
    """The section of ``line`` between two chainages (metres), its vertices kept.

    An end up to 1 cm beyond the line is taken for its end. Raises GeoError ``bad_stretch``.
    """
    coordinates, chainages = _chainages(line)
    length = float(chainages[-1])
    begin, end = stretch.from_m, stretch.to_m
    if not (-0.01 <= begin < end <= length + 0.01):
        raise GeoError("bad_stretch", from_m=begin, to_m=end, length_m=round(length, 2))
    begin, end = max(begin, 0.0), min(end, length)
    # Chainage repeats at doubled vertices: interpolate over those that move on.
    moving = np.concatenate([[True], np.diff(chainages) > 0])
    coordinates, chainages = coordinates[moving], chainages[moving]
    ends = [[np.interp(at, chainages, axis) for axis in coordinates.T] for at in (begin, end)]
    inner = coordinates[(chainages > begin) & (chainages < end)]
    return LineString(np.vstack([ends[0], inner, ends[1]]))


def _check_line(line: LineString) -> None:
    if line.is_empty:
        raise GeoError("empty")
    check_line_vertices(line)
    if not line.length > 0:
        raise GeoError("zero_length")
    if not line.is_simple:
        x, y = shapely.get_coordinates(shapely.node(line))[-1]
        raise GeoError("not_simple", lon=float(x), lat=float(y))


def _check_width(width_m: float) -> None:
    if not 0.0 < width_m <= MAX_WIDTH_M:
        raise GeoError("bad_width", width_m=width_m, limit=MAX_WIDTH_M)


def _check_between(line: Any, sides: dict[str, Any]) -> None:
    """The line must follow the outline of both sides (all metric)."""
    places = shapely.points(shapely.get_coordinates(shapely.segmentize(line, 50.0)))
    for name, side in sides.items():
        outline = side.boundary
        shapely.prepare(outline)
        off = float(shapely.distance(places, outline).max())
        if not off <= LINE_TOLERANCE_M:
            raise GeoError("line_not_shared", distance_m=round(off, 1), side=name)


def _near(side: Area, line: LineString, width_m: float) -> Any:
    """The side cut to a box well beyond the corridor: the strip is the same, the work is less."""
    check_valid(side)
    west, south, east, north = line.bounds
    margin = math.degrees((width_m * 1.5 + 1000.0) / EARTH_RADIUS_M)
    wide = margin / math.cos(math.radians(max(abs(south), abs(north))))
    box = shapely.box(west - wide, south - margin, east + wide, north + margin)
    return _densified(side if box.covers(side) else polygonal(shapely.intersection(side, box)))


def _construction_error_m(line: Any, width_m: float, crs: Any) -> float:
    """Arcs, edges straight in metres, and the scale of the CRS at the far ends of the corridor."""
    west, south, east, north = line.bounds
    middle = (west + east) / 2
    reach = math.degrees(width_m * 1.01 / EARTH_RADIUS_M)
    reach /= math.cos(math.radians(max(abs(south), abs(north))))
    lons = np.array([west - reach, middle, east + reach] * 3)
    lats = np.repeat([south, (south + north) / 2, north], 3)
    scale = pyproj.Proj(crs).get_factors(lons, lats).meridional_scale
    step = STEP_M**2 * math.tan(math.radians(max(abs(south), abs(north)))) / (8 * EARTH_RADIUS_M)
    return ARC_ERROR_M + 2 * step + width_m * float(np.abs(scale - 1.0).max())


def _without_dust(geometry: Any) -> Area:
    """The polygons that are more than the dust of rounding."""
    parts = shapely.get_parts(polygonal(geometry))
    return polygonal(shapely.multipolygons(parts[shapely.area(parts) > _DUST_M2]))


def _split(corridor: Any, side_a: Any, side_b: Any) -> list[Area]:
    """The corridor on side a, on side b and elsewhere (metric).

    All outlines are noded together and each face given to one part, so that the three share their
    edges vertex by vertex and cannot overlap.
    """
    outlines = [shape.boundary for shape in (corridor, side_a, side_b)]
    noded = shapely.get_parts(shapely.union_all(outlines, grid_size=_GRID_M))
    faces = shapely.get_parts(shapely.polygonize(noded))
    inner = shapely.point_on_surface(faces)
    for shape in (corridor, side_a, side_b):
        shapely.prepare(shape)
    faces, inner = (array[shapely.covers(corridor, inner)] for array in (faces, inner))
    in_a, in_b = shapely.covers(side_a, inner), shapely.covers(side_b, inner)
    overlap = float(shapely.area(faces[in_a & in_b]).sum())
    if overlap > MAX_OVERLAP_M2:
        raise GeoError("sides_overlap", area_m2=round(overlap, 1))
    parts = (in_a, in_b & ~in_a, ~in_a & ~in_b)
    return [_without_dust(shapely.coverage_union_all(faces[part])) for part in parts]


def build_strips(
    line: LineString,
    side_a: Area,
    side_b: Area,
    width_m: float,
    *,
    cap: Literal["flat", "round"] = "flat",
    boundary_accuracy_m: float,
) -> Corridor:
    """The strips within ``width_m`` metres of a boundary line, one on each side's own land.

    ``line`` is (a stretch of) the boundary of both sides; all geometry is EPSG:4326. Flat caps
    end square to the direction of the last stretch of the line. What the corridor covers beyond
    both sides is ``elsewhere``. ``boundary_accuracy_m`` is the accuracy of the line, carried on.
    Raises GeoError ``bad_width``, ``zero_length``, ``not_simple``, ``line_too_long``,
    ``line_not_shared``, ``sides_overlap``, ``invalid`` or ``empty``.
    """
    _check_width(width_m)
    _check_line(line)
    if not 0.0 <= boundary_accuracy_m < math.inf:
        raise GeoError("bad_accuracy", accuracy_m=boundary_accuracy_m, limit="any finite number")
    dense = _densified(line)
    crs = local_metric_crs(dense)
    metric_line = project(dense, crs)
    a, b = (project(_near(side, dense, width_m), crs) for side in (side_a, side_b))
    _check_between(metric_line, {"a": a, "b": b})
    corridor = shapely.segmentize(corridor_polygon(metric_line, width_m, cap), STEP_M)
    strips = [unproject(strip, crs) for strip in _split(corridor, a, b)]
    areas = [geodesic_area_m2(strip) for strip in strips]
    return Corridor(
        line=line,
        width_m=width_m,
        cap=cap,
        strip_a=strips[0],
        strip_b=strips[1],
        elsewhere=strips[2],
        area_a_m2=areas[0],
        area_b_m2=areas[1],
        area_elsewhere_m2=areas[2],
        line_length_m=geodesic_length_m(line),
        construction_error_m=_construction_error_m(dense, width_m, crs),
        boundary_accuracy_m=boundary_accuracy_m,
    )
