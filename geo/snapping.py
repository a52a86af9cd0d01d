"""Follow a line: the stretch of it between two places near it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString

from geo.crs import local_metric_crs, project, segment_lengths_m
from geo.errors import GeoError

FloatArray = npt.NDArray[np.float64]
Place = tuple[float, float]


@dataclass(frozen=True)
class Stretch:
    """A stretch of a line (EPSG:4326) from one place to another, its geodesic length in metres,
    and how far the two places lie beside the line, metres."""

    line: LineString
    length_m: float
    off_m: tuple[float, float]


@dataclass(frozen=True)
class _Foot:
    """The point of a line nearest to a place: number of the segment and share of it (0 to 1)."""

    at: float
    place: FloatArray
    off_m: float


def stretch_between(line: LineString, begin: Place, end: Place) -> Stretch:
    """The stretch of ``line`` from the point nearest to ``begin`` to the one nearest to ``end``.

    All is EPSG:4326. The vertices between are those of the line, untouched; the ends are
    interpolated on its segments. On a closed line the shorter way counts.
    Raises GeoError ``too_short`` when both places are nearest to one point of the line.
    """
    coordinates = shapely.get_coordinates(line)
    first, last = _foot(line, coordinates, begin), _foot(line, coordinates, end)
    ways = [_way(coordinates, first, last)]
    if np.array_equal(coordinates[0], coordinates[-1]):
        ways.append(_other_way(coordinates, first, last))
    lengths = [float(segment_lengths_m(way).sum()) for way in ways]
    shortest = int(np.argmin(lengths))
    if lengths[shortest] == 0.0:
        raise GeoError("too_short", what="line", needed=2)
    way = LineString(ways[shortest])
    return Stretch(way, lengths[shortest], (first.off_m, last.off_m))


def _foot(line: LineString, coordinates: FloatArray, place: Place) -> _Foot:
    crs = local_metric_crs(line)
    xy = shapely.get_coordinates(project(line, crs))
    target = shapely.get_coordinates(project(shapely.Point(place), crs))[0]
    step = xy[1:] - xy[:-1]
    size = np.einsum("ij,ij->i", step, step)
    along = np.einsum("ij,ij->i", target - xy[:-1], step)
    share = np.clip(along / np.where(size > 0, size, 1.0), 0.0, 1.0)
    away = np.linalg.norm(xy[:-1] + share[:, None] * step - target, axis=1)
    segment = int(np.argmin(away))
    spot = coordinates[segment] + share[segment] * (coordinates[segment + 1] - coordinates[segment])
    return _Foot(segment + float(share[segment]), spot, float(away[segment]))


def _way(coordinates: FloatArray, first: _Foot, last: _Foot) -> FloatArray:
    """From foot to foot over the vertices between, in either direction."""
    if first.at > last.at:
        return _way(coordinates, last, first)[::-1]
    between = coordinates[int(np.floor(first.at)) + 1 : int(np.ceil(last.at))]
    return _distinct(np.vstack([first.place, between, last.place]))


def _other_way(coordinates: FloatArray, first: _Foot, last: _Foot) -> FloatArray:
    """The same on a ring, over the place where it closes."""
    if first.at > last.at:
        return _other_way(coordinates, last, first)[::-1]
    back = coordinates[: int(np.ceil(first.at))][::-1]
    onwards = coordinates[int(np.floor(last.at)) + 1 :][::-1]
    return _distinct(np.vstack([first.place, back, onwards, last.place]))


def _distinct(points: FloatArray) -> FloatArray:
    """Without repeated neighbours; two points at least."""
    moving = np.concatenate([[True], np.any(np.diff(points, axis=0) != 0.0, axis=1)])
    kept = points[moving]
    return kept if len(kept) > 1 else points[:2]
