"""How much patrol a zone got, where and when: a raster of seconds, its share covered, its gaps.

Exact buffers of a month of tracks take half a minute; a raster takes a fraction of a second and
knows its error. The raster lies in longitude and latitude, so that it is a picture on the map; its
metres are those of the middle of the area, good to 0.05 % over the 10 km of a zone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPolygon, Polygon

from geo.errors import GeoError
from geo.limits import check_valid

FloatArray = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

LEAST_REACH_M, MOST_REACH_M = 10.0, 1_000.0
CELLS_PER_REACH = 10
"""Cells are a tenth of the reach; a larger zone gets larger cells."""
MAX_CELLS = 1_000_000
ERROR_SHARE = 0.003
STEPS_PER_REACH = 8
"""Discs every eighth of the reach leave bays of 0.2 % of the reach between them."""

END_S = 0.01
"""What an end of a way counts by itself, seconds."""

_A, _E2 = 6_378_137.0, 0.006_694_379_990_141
"""WGS 84."""


def _metres_per_degree(lat: float) -> tuple[float, float]:
    """Metres of a degree of longitude and of latitude at a latitude, on the ellipsoid."""
    phi = math.radians(lat)
    root = math.sqrt(1.0 - _E2 * math.sin(phi) ** 2)
    meridian = _A * (1.0 - _E2) / root**3
    return math.radians(_A / root * math.cos(phi)), math.radians(meridian)


@dataclass(frozen=True)
class Ground:
    """An area as cells: bounds (west, south, east, north, EPSG:4326), cell size in degrees, which
    cells lie inside (by their middle; rows from south to north), metres of reach."""

    west: float
    south: float
    step_lon: float
    step_lat: float
    inside: Mask
    cell_m: float
    reach_m: float
    scale: tuple[float, float]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the raster, degrees."""
        rows, columns = self.inside.shape
        east = self.west + columns * self.step_lon
        return self.west, self.south, east, self.south + rows * self.step_lat


def ground(area: Polygon | MultiPolygon, reach_m: float) -> Ground:
    """The raster of an area (EPSG:4326) for a reach in metres.

    Raises GeoError ``bad_distance``, ``invalid`` or ``empty``.
    """
    if not LEAST_REACH_M <= reach_m <= MOST_REACH_M:
        limits: dict[str, object] = {"least": LEAST_REACH_M, "limit": MOST_REACH_M}
        raise GeoError("bad_distance", name="reach_m", value=reach_m, **limits)
    if area.is_empty:
        raise GeoError("empty")
    check_valid(area)
    west, south, east, north = area.bounds
    scale = _metres_per_degree((south + north) / 2)
    width_m, height_m = (east - west) * scale[0], (north - south) * scale[1]
    cell_m = max(reach_m / CELLS_PER_REACH, math.sqrt(width_m * height_m / MAX_CELLS))
    columns, rows = math.ceil(width_m / cell_m) or 1, math.ceil(height_m / cell_m) or 1
    step_lon, step_lat = cell_m / scale[0], cell_m / scale[1]
    x = west + (np.arange(columns) + 0.5) * step_lon
    y = south + (np.arange(rows) + 0.5) * step_lat
    shapely.prepare(area)
    inside = shapely.contains_xy(area, *np.meshgrid(x, y))
    return Ground(west, south, step_lon, step_lat, inside, cell_m, reach_m, scale)


@dataclass(frozen=True)
class Effort:
    """Seconds of patrol within reach of each cell's middle, units added up (rows, columns)."""

    ground: Ground
    seconds: npt.NDArray[np.float32]

    @property
    def covered(self) -> Mask:
        """Cells of the area that were within reach at some time."""
        return (self.seconds > 0) & self.ground.inside

    @property
    def share(self) -> float:
        """The share of the area covered, 0 to 1."""
        return float(self.covered.sum() / max(1, self.ground.inside.sum()))

    @property
    def error_share(self) -> float:
        """How much the share may be off, 0 to 1: three in a thousand with cells of a tenth of the
        reach (held against exact buffers by the tests), more with larger cells."""
        return ERROR_SHARE * max(1.0, self.ground.cell_m * CELLS_PER_REACH / self.ground.reach_m)

    def gaps(self) -> MultiPolygon:
        """The cells of the area never within reach, as polygons of their outlines (EPSG:4326)."""
        return self._gaps

    @cached_property
    def _gaps(self) -> MultiPolygon:
        return _outlines(self.ground, self.ground.inside & ~self.covered)


def effort(on: Ground, stretches: Sequence[FloatArray]) -> Effort:
    """The seconds that units spent within reach of each cell.

    A stretch is an observed part of a track without a gap: rows of epoch seconds, longitude and
    latitude in EPSG:4326 (n, 3), times rising; thinned stretches do as well.
    A cell is within reach by its middle, true to 0.2 % of the reach on a straight way.
    """
    places, seconds = _samples(on, stretches)
    rows, columns = on.inside.shape
    radius = on.reach_m / on.cell_m
    x = (places[:, 0] - on.west) / on.step_lon - 0.5
    y = (places[:, 1] - on.south) / on.step_lat - 0.5
    # A disc that touches the raster lies whole within its frame: nothing has to be cut off.
    frame = math.ceil(radius) + 1
    near = (x > -frame) & (x < columns - 1 + frame) & (y > -frame) & (y < rows - 1 + frame)
    framed = _discs(x[near] + 2 * frame, y[near] + 2 * frame, seconds[near], radius,
                    (rows + 4 * frame, columns + 4 * frame))  # fmt: skip
    total = framed[2 * frame : 2 * frame + rows, 2 * frame : 2 * frame + columns]
    return Effort(on, total.astype(np.float32))


def _discs(
    x: FloatArray, y: FloatArray, seconds: FloatArray, radius: float, shape: tuple[int, int]
) -> FloatArray:
    """The sum of discs about places (cells) with their seconds, all whole within the shape.

    Of each disc one run of cells per row: add at its start, take away behind its end.
    """
    rows, columns = shape
    middle = np.rint(y)
    size = rows * columns
    grid = np.zeros(size)
    for offset in range(-math.ceil(radius), math.ceil(radius) + 1):
        half = radius**2 - (middle - y + offset) ** 2
        at, line, weights = x, middle, seconds
        if abs(offset) + 0.5 > radius:  # some discs do not reach this row
            hit = half >= 0
            half, at, line, weights = half[hit], x[hit], middle[hit], seconds[hit]
        reach = np.sqrt(half)
        before = (line + offset) * columns
        grid += np.bincount((before + np.ceil(at - reach)).astype(np.int64), weights, size)
        behind = (before + np.floor(at + reach) + 1).astype(np.int64)
        grid -= np.bincount(behind, weights, size)
    total = np.cumsum(grid.reshape(shape), axis=1)
    # What is left of sums and differences of seconds is noise far below a millisecond.
    total[total < END_S / 10] = 0.0
    return total


def _samples(on: Ground, stretches: Sequence[FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Places along the stretches, an eighth of the reach apart at most, with their seconds."""
    parts = [_stretch_samples(on, rows) for rows in stretches if len(rows) > 1]
    if not parts:
        return np.empty((0, 2)), np.empty(0)
    return np.concatenate([p for p, _ in parts]), np.concatenate([s for _, s in parts])


def _stretch_samples(on: Ground, rows: FloatArray) -> tuple[FloatArray, FloatArray]:
    seconds = np.diff(rows[:, 0])
    steps = np.diff(rows[:, 1:], axis=0)
    metres = np.hypot(steps[:, 0] * on.scale[0], steps[:, 1] * on.scale[1])
    apart = on.reach_m / STEPS_PER_REACH
    counts = np.maximum(1, np.ceil(metres / apart)).astype(np.int64)
    segment = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(len(segment)) - np.repeat(np.cumsum(counts) - counts, counts)
    along = (within + 0.5) / counts[segment]
    places = rows[segment, 1:] + along[:, None] * steps[segment]
    run = (np.cumsum(metres) - metres)[segment] + along * metres[segment]
    merged, held = _merged(run // apart, places, (seconds / counts)[segment])
    # The samples are middles of their pieces; the ends of the way reach as far as the rest.
    ends = np.concatenate([merged, rows[[0, -1], 1:]])
    return ends, np.concatenate([held, [END_S, END_S]])


def _merged(
    piece: FloatArray, places: FloatArray, seconds: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Samples of one piece of the way as one, at their mean: who stands still or is recorded each
    second costs no more than who walks."""
    group = np.cumsum(np.diff(piece, prepend=piece[0]) > 0)
    count = np.bincount(group)
    mean = np.column_stack([np.bincount(group, places[:, k]) / count for k in (0, 1)])
    held: FloatArray = np.bincount(group, seconds).astype(np.float64)
    return mean, held


def _outlines(on: Ground, cells: Mask) -> MultiPolygon:
    """The outlines of the cells that are set; parts touch at corners at most.

    The edges between a set and an unset cell close to rings by themselves, so faces are made of
    them at once: uniting cells or runs of cells costs ten times as much.
    """
    framed = np.pad(cells, 1)
    lying = framed[1:, 1:-1] != framed[:-1, 1:-1]  # (rows + 1, columns)
    standing = framed[1:-1, 1:] != framed[1:-1, :-1]  # (rows, columns + 1)
    meeting = np.zeros((cells.shape[0] + 1, cells.shape[1] + 1), np.int8)
    for half in (slice(None, -1), slice(1, None)):
        meeting[half] += standing
        meeting[:, half] += lying
    crossing = meeting == 4  # where two cells touch at their corners alone
    edges = np.concatenate([_runs(lying, crossing), _runs(standing.T, crossing.T)[:, :, ::-1]])
    if not len(edges):
        return MultiPolygon()
    corner, step = np.array([on.west, on.south]), np.array([on.step_lon, on.step_lat])
    faces = shapely.get_parts(shapely.polygonize(shapely.linestrings(edges)))
    middle = shapely.get_coordinates(shapely.point_on_surface(faces)).astype(np.int64)
    within = faces[cells[middle[:, 1], middle[:, 0]]]
    return MultiPolygon(list(shapely.transform(within, lambda at: corner + at * step)))


def _runs(edges: Mask, cut: Mask) -> FloatArray:
    """Unbroken runs of edges (lines, n), cut at points (lines, n + 1): their ends (x, line)."""
    framed = np.pad(edges, ((0, 0), (1, 1)))
    line, first = np.nonzero(framed[:, 1:] & (~framed[:, :-1] | cut))
    _, last = np.nonzero(framed[:, :-1] & (~framed[:, 1:] | cut))
    ends = [np.column_stack([along, line]) for along in (first, last)]
    return np.stack(ends, axis=1).astype(np.float64)
