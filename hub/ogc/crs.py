"""The coordinate systems in which features are handed out, by the URIs that GIS programs send.

OGC 18-058r1 (OGC API - Features - Part 2) names each system by a URI and hands out coordinates in
the order of axes that the system's authority defines: lon lat for CRS84, lat lon for EPSG:4326.
"""

from __future__ import annotations

import pyproj
from flask_babel import lazy_gettext as _l
from shapely.geometry import mapping, shape

from geo.crs import in_axis_order
from hub.errors import FieldError
from hub.ogc.errors import BadQuery

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
# WGS 84; CGCS2000; its 3-degree Gauss-Kruger strip of 120° E (Taihu); the web map's Mercator.
SUPPORTED = (CRS84, *(f"{_EPSG}{code}" for code in (4326, 4490, 4549, 3857)))
Box = tuple[float, float, float, float]


def checked(field: str, uri: str | None) -> str:
    """The URI, CRS84 when none is given.

    Raises:
        BadQuery: not one of SUPPORTED, which the message lists.
    """
    if not uri:
        return CRS84
    if uri not in SUPPORTED:
        text = _l("不支持的坐标系；可用：%(known)s。", known="、".join(SUPPORTED))
        raise BadQuery([FieldError(field, text)])
    return uri


def crs_of(uri: str) -> pyproj.CRS:
    """The system that a supported URI names."""
    return pyproj.CRS.from_user_input(uri)


def converted(geometry: dict[str, object] | None, uri: str) -> dict[str, object] | None:
    """A GeoJSON geometry (EPSG:4326, lon lat) in another system, axes as its authority orders."""
    if geometry is None or uri == CRS84:
        return geometry
    moved: dict[str, object] = mapping(in_axis_order(shape(geometry), crs_of(uri)))
    return moved


def to_lon_lat(box: Box, uri: str) -> Box:
    """West, south, east, north (EPSG:4326) of a box given in a system's own order of axes."""
    if uri == CRS84:
        return box
    pipeline = pyproj.Transformer.from_crs(crs_of(uri), crs_of(CRS84))
    west, south, east, north = pipeline.transform_bounds(*box)
    return west, south, east, north
