"""Read geometry that a stranger sent: limits first, then parsing, then checks; never a repair.

Every limit is tested before the work it bounds: bytes and nesting before JSON is parsed, vertices
before arrays are made, ranges before a geometry is built, shape before validity is asked.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import GeoError
from geo.json_shape import json_shape

Bounds = tuple[float, float, float, float]

MAX_BYTES = 2_000_000
MAX_VERTICES = 20_000
MAX_DEPTH = 16
CHINA: Bounds = (73.0, 3.0, 136.0, 54.0)
"""Longitude and latitude that a place in this program can have: west, south, east, north."""

MAX_RINGS = 400
"""Rings of one (multi)polygon: GEOS compares each with each when they lie in one another (3,900
nested squares took 1.6 s)."""

MAX_LINE_VERTICES = 5_000
"""Vertices of a line that a corridor is built along. The outline of a line that winds about itself
grows with the square of its vertices (the GEOS buffer of a random line of 800 took 578 MB, ours of
5,000 takes some 300 MB and seconds at the greatest width); county lines have a few hundred."""

MAX_ACCURACY_M = 100_000.0
"""A position known to no better than 100 km says nothing about a jurisdiction."""

# Levels of lists around the positions of each GeoJSON type, RFC 7946 section 3.1.
_LEVELS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
_WGS84_NAMES = ("CRS84", "EPSG::4326", "EPSG:4326")

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Position:
    """A checked place: degrees in EPSG:4326 and the reported accuracy in metres (0 if unknown)."""

    lon: float
    lat: float
    accuracy_m: float = 0.0


def _refuse_constant(name: str) -> NoReturn:
    raise GeoError("not_finite", place=name)


def _check_structure(raw: bytes, max_vertices: int, max_depth: int) -> None:
    """Bound nesting and the number of values before anything is parsed."""
    found = json_shape(raw)
    if found.depth > max_depth:
        raise GeoError("too_deep", depth=found.depth, limit=max_depth)
    # A vertex costs two commas and a bracket; the allowance is for the properties of a Feature.
    if found.commas > 2 * max_vertices + 10_000 or found.opened > max_vertices + 10_000:
        raise GeoError("too_many_vertices", count=found.values // 3, limit=max_vertices)


def _parse_json(raw: bytes | str, max_bytes: int, max_vertices: int, max_depth: int) -> Any:
    if len(raw) > max_bytes:
        raise GeoError("too_large", size=len(raw), limit=max_bytes)
    try:
        data = raw.encode() if isinstance(raw, str) else raw
        if len(data) > max_bytes:
            raise GeoError("too_large", size=len(data), limit=max_bytes)
        _check_structure(data, max_vertices, max_depth)
        return json.loads(data.decode(), parse_constant=_refuse_constant)
    except (UnicodeError, ValueError) as error:
        raise GeoError("not_json", reason=str(error).split(":")[0][:80]) from error


def check_crs(document: Mapping[str, Any]) -> None:
    """Refuse a document that names another system than WGS 84, as files of before RFC 7946 do;
    GeoError ``crs_member``."""
    crs = document.get("crs")
    if crs is not None and not str(crs).rstrip("}'\" ").endswith(_WGS84_NAMES):
        raise GeoError("crs_member", crs=str(crs)[:80])


def _geometry_member(document: Any) -> Mapping[str, Any]:
    if not isinstance(document, Mapping):
        raise GeoError("not_geojson", reason="it is not an object")
    check_crs(document)
    if document.get("type") == "Feature":
        document = document.get("geometry")
        if document is None:
            raise GeoError("empty")
        if not isinstance(document, Mapping):
            raise GeoError("not_geojson", reason="its geometry is not an object")
        check_crs(document)
    return document


def _lists_at(coordinates: Any, levels: int, max_vertices: int) -> list[list[Any]]:
    """The lists of positions that lie ``levels`` - 1 lists deep, counted before they are walked."""
    lists = [coordinates]
    for level in range(levels):
        if not all(isinstance(item, (list, tuple)) for item in lists):
            raise GeoError("not_geojson", reason="coordinates are not nested as its type needs")
        count = sum(map(len, lists))
        if count > max_vertices:
            raise GeoError("too_many_vertices", count=count, limit=max_vertices)
        if level < levels - 1:
            lists = [inner for item in lists for inner in item]
    return lists


def _positions(items: Sequence[Any]) -> FloatArray:
    for item in items:
        if not isinstance(item, (list, tuple)):
            raise GeoError("not_geojson", reason="a position is not a list of numbers")
        if len(item) != 2:
            raise GeoError("has_height", count=len(item))
        for number in item:
            if isinstance(number, bool) or not isinstance(number, (int, float)):
                raise GeoError("not_finite", place=str(number)[:40])
    try:
        array = np.array(items, dtype=np.float64).reshape(-1, 2)
    except OverflowError as error:
        raise GeoError("not_finite", place="a number beyond any range") from error
    if not np.isfinite(array).all():
        raise GeoError("not_finite", place="coordinates")
    return array


def _inside(array: FloatArray, area: Bounds) -> npt.NDArray[np.bool_]:
    west, south, east, north = area
    lon, lat = array[:, 0], array[:, 1]
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def _check_places(array: FloatArray, area: Bounds | None) -> None:
    """Refuse positions off the Earth, swapped or outside the area, naming the first."""
    earth = (-180.0, -90.0, 180.0, 90.0)
    on_earth = _inside(array, earth)
    inside = on_earth if area is None else on_earth & _inside(array, area)
    if inside.all():
        return
    first = array[np.flatnonzero(~inside)[0]]
    place = {"lon": float(first[0]), "lat": float(first[1])}
    if _inside(array[:, ::-1], area or earth).all():
        raise GeoError("swapped", **place)
    raise GeoError("outside_area" if on_earth.all() else "out_of_range", **place)


def _check_antimeridian(parts: Sequence[FloatArray]) -> None:
    for part in parts:
        jumps = np.flatnonzero(np.abs(np.diff(part[:, 0])) > 180.0)
        if jumps.size:
            raise GeoError("antimeridian", lat=float(part[jumps[0], 1]))


def _ring(array: FloatArray) -> FloatArray:
    if not np.array_equal(array[0], array[-1]):
        raise GeoError("ring_open", lon=float(array[0, 0]), lat=float(array[0, 1]))
    if len(np.unique(array, axis=0)) < 3:
        raise GeoError("too_short", what="ring", needed=3)
    return array


def _line(array: FloatArray) -> FloatArray:
    if len(np.unique(array, axis=0)) < 2:
        raise GeoError("too_short", what="line", needed=2)
    return array


def _build(kind: str, parts: Sequence[FloatArray], rings_per_polygon: Sequence[int]) -> Any:
    if kind in ("Point", "MultiPoint"):
        points = shapely.points(parts[0])
        return points[0] if kind == "Point" else shapely.multipoints(points)
    if kind in ("LineString", "MultiLineString"):
        lines = [shapely.linestrings(_line(part)) for part in parts]
        return lines[0] if kind == "LineString" else shapely.multilinestrings(lines)
    rings = iter([shapely.linearrings(_ring(part)) for part in parts])
    polygons = []
    for count in rings_per_polygon:
        shell, *holes = [next(rings) for _ in range(count)]
        polygons.append(shapely.polygons(shell, holes=holes or None))
    return polygons[0] if kind == "Polygon" else shapely.multipolygons(polygons)


def check_valid(geometry: BaseGeometry) -> None:
    """Refuse an invalid geometry with the reason and place; GeoError ``invalid``.

    The place is in the coordinates of the geometry (degrees for EPSG:4326).
    """
    if shapely.is_valid(geometry):
        return
    reason, lon, lat = validity_fault(geometry)
    raise GeoError("invalid", reason=reason, lon=lon, lat=lat)


def validity_fault(geometry: BaseGeometry) -> tuple[str, float, float]:
    """Why a geometry is invalid and where (x, y in its own coordinates)."""
    # GEOS says "Self-intersection[120.5 30.5]".
    reason, _, place = str(shapely.is_valid_reason(geometry)).rstrip("]").rpartition("[")
    x, y = place.split()[:2]
    return reason, float(x), float(y)


def check_line_vertices(line: BaseGeometry, limit: int = MAX_LINE_VERTICES) -> None:
    """Refuse a line with too many vertices for corridor building; GeoError ``line_too_long``."""
    count = int(shapely.get_num_coordinates(line))
    if count > limit:
        raise GeoError("line_too_long", count=count, limit=limit)


def _polygon_rings(kind: str, coordinates: Any) -> list[int]:
    """The number of rings of each polygon, so that flat lists of rings can be put together."""
    if kind == "Polygon":
        counts = [len(coordinates)]
    elif kind == "MultiPolygon":
        counts = [len(polygon) for polygon in coordinates]
    else:
        return []
    if 0 in counts:
        raise GeoError("empty")
    if sum(counts) > MAX_RINGS:
        raise GeoError("too_many_rings", count=sum(counts), limit=MAX_RINGS)
    return counts


def parse_geometry(
    raw: bytes | str | Mapping[str, Any],
    *,
    types: frozenset[str] | None = None,
    max_bytes: int = MAX_BYTES,
    max_vertices: int = MAX_VERTICES,
    max_depth: int = MAX_DEPTH,
    area_of_interest: Bounds | None = CHINA,
) -> BaseGeometry:
    """Read one GeoJSON geometry or Feature from an untrusted source, or refuse it.

    ``raw`` is the document as bytes, text or parsed; positions are lon/lat in EPSG:4326 with two
    numbers each. ``types`` narrows the accepted GeoJSON types; GeometryCollection never is.
    Returns a valid, two-dimensional, non-empty shapely geometry, never a repaired one.
    Raises GeoError with the code of the first fault found (RFC 7946; a right-hand winding order
    is not required, as its section 3.1.6 asks of readers).
    """
    if not isinstance(raw, Mapping):
        raw = _parse_json(raw, max_bytes, max_vertices, max_depth)
    document = _geometry_member(raw)
    kind = document.get("type")
    expected = frozenset(_LEVELS) if types is None else types & frozenset(_LEVELS)
    if not isinstance(kind, str) or kind not in expected:
        wanted = ", ".join(sorted(expected))
        raise GeoError("type_not_allowed", type=str(kind)[:40], expected=wanted)
    coordinates = document.get("coordinates")
    if not isinstance(coordinates, (list, tuple)):
        raise GeoError("not_geojson", reason="it has no coordinates")
    if not coordinates:
        raise GeoError("empty")
    if kind == "Point":
        lists = [[coordinates]]
    else:
        lists = _lists_at(coordinates, _LEVELS[kind], max_vertices)
    if not all(lists):
        raise GeoError("empty")
    rings = _polygon_rings(kind, coordinates)
    parts = [_positions(items) for items in lists]
    _check_places(np.concatenate(parts), area_of_interest)
    if kind != "MultiPoint":
        _check_antimeridian(parts)
    geometry = _build(kind, parts, rings)
    check_valid(geometry)
    return geometry


def _number(value: object, code: str, **params: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise GeoError(code, **params)
    try:
        number = float(value)
    except (ValueError, OverflowError) as error:
        raise GeoError(code, **params) from error
    if not math.isfinite(number):
        raise GeoError(code, **params)
    return number


def parse_position(
    lon: float | str,
    lat: float | str,
    accuracy_m: float | str | None = None,
    *,
    area_of_interest: Bounds | None = CHINA,
) -> Position:
    """Check one position (degrees, EPSG:4326) and its accuracy (metres, 95 %; None means 0).

    Raises GeoError ``not_finite``, ``out_of_range``, ``swapped``, ``outside_area`` or
    ``bad_accuracy``.
    """
    x = _number(lon, "not_finite", place="lon")
    y = _number(lat, "not_finite", place="lat")
    _check_places(np.array([[x, y]]), area_of_interest)
    if accuracy_m is None:
        return Position(x, y)
    fault = {"accuracy_m": str(accuracy_m)[:40], "limit": MAX_ACCURACY_M}
    accuracy = _number(accuracy_m, "bad_accuracy", **fault)
    if not 0.0 <= accuracy <= MAX_ACCURACY_M:
        raise GeoError("bad_accuracy", **fault)
    return Position(x, y, accuracy)
