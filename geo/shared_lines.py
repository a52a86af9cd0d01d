"""The line that two jurisdictions share, taken from their polygons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString

from geo.boundary_set import Jurisdiction
from geo.crs import geodesic_length_m
from geo.errors import GeoError


@dataclass(frozen=True)
class SharedLine:
    """The shared boundary in EPSG:4326: its parts, longest first, and geodesic length in metres."""

    parts: tuple[LineString, ...]
    length_m: float


def _with_left(part: Any, polygon: Any) -> Any:
    """The part in the direction that has ``polygon`` on its left hand."""
    coordinates = shapely.get_coordinates(part)
    steps = np.diff(coordinates, axis=0)
    longest = int(np.argmax(np.hypot(steps[:, 0], steps[:, 1])))
    middle = (coordinates[longest] + coordinates[longest + 1]) / 2
    # A thousandth of the segment: far beyond rounding, near enough to be next to the line.
    left = middle + np.array([-steps[longest, 1], steps[longest, 0]]) * 1e-3
    return part if shapely.contains_xy(polygon, left[0], left[1]) else part.reverse()


def shared_line(a: Jurisdiction, b: Jurisdiction) -> SharedLine:
    """The boundary that ``a`` and ``b`` share, each part with ``a`` on its left hand.

    The polygons must share their vertices, as ``check`` tests. Raises GeoError ``no_shared_line``
    when they share nothing or only points.
    """
    common = shapely.intersection(a.polygon.boundary, b.polygon.boundary)
    pieces = shapely.get_parts(common)
    lines = pieces[(shapely.get_type_id(pieces) == 1) & ~shapely.is_empty(pieces)]
    if not len(lines):
        raise GeoError("no_shared_line", a=a.adcode, b=b.adcode)
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    parts = [_with_left(part, a.polygon) for part in merged]
    parts.sort(key=lambda part: (-geodesic_length_m(part), part.coords[0]))
    return SharedLine(tuple(parts), sum(map(geodesic_length_m, parts)))
