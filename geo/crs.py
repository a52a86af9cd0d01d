"""Metres for an area, geodesic measures, and the shifted coordinates of Chinese map services."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import GeoError

FloatArray = npt.NDArray[np.float64]

WGS84 = pyproj.CRS.from_epsg(4326)
GEOD = pyproj.Geod(ellps="WGS84")
EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth (IUGG), for bounds of error only."""


@lru_cache(maxsize=256)
def _transverse_mercator(lon: float, lat: float, k_0: float) -> pyproj.CRS:
    return pyproj.CRS.from_proj4(
        f"+proj=tmerc +lat_0={lat!r} +lon_0={lon!r} +k_0={k_0!r} +x_0=0 +y_0=0"
        " +ellps=WGS84 +units=m +no_defs"
    )


def local_metric_crs(geometry: BaseGeometry) -> pyproj.CRS:
    """A transverse Mercator in metres centred on ``geometry`` (EPSG:4326).

    The scale on its central meridian is lowered so that the error of scale at the middle and at
    the eastern and western ends has the same size: x²/4R² for a geometry that reaches x metres to
    either side (Snyder, Map Projections, USGS PP 1395, p. 61: k = 1 + x²/2R²).
    Raises GeoError ``empty``.
    """
    if geometry.is_empty:
        raise GeoError("empty")
    west, south, east, north = geometry.bounds
    lon, lat = round((west + east) / 2, 6), round((south + north) / 2, 6)
    reach = math.radians((east - west) / 2) * math.cos(math.radians(lat))
    return _transverse_mercator(lon, lat, round(1.0 - reach * reach / 4.0, 12))


def gauss_kruger_crs(lon: float) -> pyproj.CRS:
    """The CGCS2000 3-degree Gauss-Kruger CRS of a longitude: EPSG:4534 (75° E) to 4554 (135° E).

    Raises GeoError ``outside_area`` for longitudes without such a zone.
    """
    zone = math.floor(lon / 3.0 + 0.5) if math.isfinite(lon) else 0
    if not 25 <= zone <= 45:
        raise GeoError("outside_area", lon=lon, lat="any")
    return pyproj.CRS.from_epsg(4534 + zone - 25)


@lru_cache(maxsize=512)
def transformer(source: pyproj.CRS, target: pyproj.CRS) -> pyproj.Transformer:
    """A cached coordinate transformer that takes and gives x before y (lon before lat)."""
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def _transformed(geometry: BaseGeometry, pipeline: pyproj.Transformer) -> BaseGeometry:
    def move(coordinates: FloatArray) -> FloatArray:
        if not len(coordinates):
            return coordinates
        return np.column_stack(pipeline.transform(coordinates[:, 0], coordinates[:, 1]))

    return shapely.transform(geometry, move)


def project(geometry: BaseGeometry, crs: pyproj.CRS) -> BaseGeometry:
    """Transform a geometry from EPSG:4326 lon/lat to ``crs`` (x before y), vertex by vertex."""
    return _transformed(geometry, transformer(WGS84, crs))


def unproject(geometry: BaseGeometry, crs: pyproj.CRS) -> BaseGeometry:
    """Transform a geometry from ``crs`` (x before y) to EPSG:4326 lon/lat, vertex by vertex."""
    return _transformed(geometry, transformer(crs, WGS84))


def in_axis_order(geometry: BaseGeometry, crs: pyproj.CRS) -> BaseGeometry:
    """Transform from EPSG:4326 lon/lat to ``crs``, coordinates in the order of axes that the
    authority of ``crs`` defines (lat before lon for EPSG:4326), as OGC standards exchange them."""
    pipeline = pyproj.Transformer.from_crs(pyproj.CRS.from_string("OGC:CRS84"), crs)
    return _transformed(geometry, pipeline)


def geodesic_length_m(line: BaseGeometry) -> float:
    """Length in metres of a (multi)line in EPSG:4326 along geodesics between its vertices."""
    return float(GEOD.geometry_length(line)) if not line.is_empty else 0.0


def geodesic_area_m2(polygon: BaseGeometry) -> float:
    """Area in square metres of the polygons in a geometry (EPSG:4326), however they turn."""
    parts = shapely.get_parts(polygon)
    area = 0.0
    for part in parts[(shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)]:
        area += _ring_area(part.exterior) - sum(map(_ring_area, part.interiors))
    return area


def _ring_area(ring: BaseGeometry) -> float:
    coordinates = shapely.get_coordinates(ring)
    return abs(float(GEOD.polygon_area_perimeter(coordinates[:, 0], coordinates[:, 1])[0]))


def geodesic_distance_m(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Geodesic distance in metres between two places in EPSG:4326."""
    return float(GEOD.inv(lon1, lat1, lon2, lat2)[2])


def segment_lengths_m(coordinates: FloatArray) -> FloatArray:
    """Geodesic length in metres of each segment of an (n, 2) array of lon/lat: shape (n - 1,)."""
    if len(coordinates) < 2:
        return np.zeros(0)
    lon, lat = coordinates[:, 0], coordinates[:, 1]
    return np.asarray(GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2], dtype=np.float64)


# GCJ-02 ("Mars coordinates"): the offset is a published reverse-engineering, not a standard.
_GCJ_A = 6_378_245.0
_GCJ_EE = 0.006_693_421_622_965_943


def _gcj02_offset(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    wave = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (wave + 20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi / 3.0 * y)) * 2.0 / 3.0
    north += (160.0 * np.sin(np.pi / 12.0 * y) + 320.0 * np.sin(np.pi / 30.0 * y)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (wave + 20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi / 3.0 * x)) * 2.0 / 3.0
    east += (150.0 * np.sin(np.pi / 12.0 * x) + 300.0 * np.sin(np.pi / 30.0 * x)) * 2.0 / 3.0
    phi = np.radians(lat)
    magic = 1.0 - _GCJ_EE * np.sin(phi) ** 2
    meridian = _GCJ_A * (1.0 - _GCJ_EE) / (magic * np.sqrt(magic))
    parallel = _GCJ_A / np.sqrt(magic) * np.cos(phi)
    return np.degrees(east / parallel), np.degrees(north / meridian)


def wgs84_to_gcj02(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Shift WGS 84 degrees to GCJ-02 degrees; arrays of one shape in and out.

    The formula is the widely published one (eviltransform); it holds inside China only.
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    east, north = _gcj02_offset(x, y)
    return x + east, y + north


def gcj02_to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Shift GCJ-02 degrees back to WGS 84 degrees; arrays of one shape in and out.

    Fixed-point iteration on the forward formula. Six rounds leave far less than a millimetre; the
    number is fixed so that equal vertices of two neighbours stay equal.
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    guess_x, guess_y = x, y
    for _ in range(6):
        east, north = _gcj02_offset(guess_x, guess_y)
        guess_x, guess_y = x - east, y - north
    return guess_x, guess_y
