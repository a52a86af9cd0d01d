"""Cut a planned route by jurisdiction: who is host where, what lies outside, what is too close.

A route may cross or repeat itself (out and back), which an overlay of whole geometries would merge;
so every segment is cut by itself and the pieces keep their order and chainage.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Polygon

from geo.crs import (
    EARTH_RADIUS_M,
    local_metric_crs,
    project,
    segment_lengths_m,
)
from geo.limits import check_line_vertices

FloatArray = npt.NDArray[np.float64]

MAX_ROUTE_VERTICES = 2_000
SLIVER_M = 1.0
"""Pieces shorter than this belong to the piece before: drawn and stored coordinates are rounded."""

STEP_M = 25.0
"""How finely nearness to the line is asked along the route: far below the accuracy of a line."""


@dataclass(frozen=True)
class Section:
    """A stretch of a route in one strip: key of the strip (None: in none), metres from the start.

    ``line`` is in EPSG:4326; ``uncertain_m`` is how much of it lies nearer to the boundary line
    than that line is accurate.
    """

    side: str | None
    from_m: float
    to_m: float
    line: LineString
    uncertain_m: float

    @property
    def length_m(self) -> float:
        """Geodesic length, metres."""
        return self.to_m - self.from_m


@dataclass(frozen=True)
class RouteCut:
    """A route cut by strips: its sections in order, length in metres, what is too close to call."""

    sections: tuple[Section, ...]
    length_m: float
    uncertain: MultiLineString

    @property
    def inside(self) -> tuple[Section, ...]:
        """The sections that lie in a strip, in order."""
        return tuple(section for section in self.sections if section.side is not None)

    @property
    def outside(self) -> MultiLineString:
        """The parts in no strip, EPSG:4326."""
        return MultiLineString([part.line for part in self.sections if part.side is None])

    @property
    def outside_m(self) -> float:
        """Length of the parts in no strip, metres."""
        return sum(part.length_m for part in self.sections if part.side is None)


def cut_route(
    route: LineString,
    strips: Mapping[str, Polygon | MultiPolygon],
    line: LineString,
    accuracy_m: float,
) -> RouteCut:
    """Cut ``route`` by the strips of a zone; all geometry is EPSG:4326.

    ``strips`` maps a key (adcode) to that side's area; where two touch the first by key counts.
    ``line`` is the boundary between them, accurate to ``accuracy_m`` metres.
    Raises GeoError ``line_too_long`` beyond ``MAX_ROUTE_VERTICES``.
    """
    check_line_vertices(route, MAX_ROUTE_VERTICES)
    keys = sorted(strips)
    areas = np.array([strips[key] for key in keys], dtype=object)
    pieces = _pieces(shapely.get_coordinates(route), areas)
    sides = _sides(pieces, areas)
    lengths = segment_lengths_m(pieces)
    pieces, lengths, sides = _without_slivers(pieces, lengths, sides)
    near = _near(pieces, line, accuracy_m)
    sections = tuple(_sections(pieces, lengths, sides, near, keys))
    uncertain = _uncertain(pieces, near)
    return RouteCut(sections, sum(section.length_m for section in sections), uncertain)


def _pieces(coordinates: FloatArray, areas: Any) -> FloatArray:
    """Vertices (n, 2) of the route with one more wherever it meets an outline or STEP_M passed."""
    moving = np.concatenate([[True], (np.diff(coordinates, axis=0) != 0).any(axis=1)])
    coordinates = coordinates[moving]
    pairs = np.stack([coordinates[:-1], coordinates[1:]], axis=1)
    segments = shapely.linestrings(pairs)
    outline = _edges(areas)
    number, edge = shapely.STRtree(outline).query(segments, predicate="intersects")
    crossings = shapely.intersection(segments[number], outline[edge])
    places, which = shapely.get_coordinates(crossings, return_index=True)
    owner = number[which]
    start, step = pairs[:, 0], pairs[:, 1] - pairs[:, 0]
    along = np.einsum("ij,ij->i", places - start[owner], step[owner])
    share = along / np.einsum("ij,ij->i", step, step)[owner]
    stops = _stops(coordinates, segment_lengths_m(coordinates))
    at = np.unique(np.concatenate([stops, owner + np.clip(share, 0.0, 1.0)]))
    numbers = np.arange(len(coordinates), dtype=np.float64)
    return np.column_stack([np.interp(at, numbers, axis) for axis in coordinates.T])


def _stops(coordinates: FloatArray, lengths: FloatArray) -> FloatArray:
    """Vertex numbers, and fractions of them so that no piece is longer than STEP_M."""
    counts = np.maximum(np.ceil(lengths / _step(float(lengths.sum()))), 1).astype(int)
    parts = [index + np.arange(count) / count for index, count in enumerate(counts)]
    return np.concatenate([*parts, [len(coordinates) - 1.0]])


def _step(length_m: float) -> float:
    """STEP_M, or coarser on a very long route, so that work stays bounded."""
    return max(STEP_M, length_m / 20_000)


def _edges(areas: Any) -> Any:
    """Every edge of the outlines as a line of its own."""
    rings = shapely.get_parts(shapely.boundary(areas))
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[:-1] == ring[1:]
    return shapely.linestrings(np.stack([xy[:-1][same], xy[1:][same]], axis=1))


def _sides(pieces: FloatArray, areas: Any) -> npt.NDArray[np.int64]:
    """Number of the strip that covers the middle of each piece, -1 where none does."""
    middles = shapely.points((pieces[:-1] + pieces[1:]) / 2)
    sides = np.full(len(middles), -1, dtype=np.int64)
    for number in range(len(areas) - 1, -1, -1):
        shapely.prepare(areas[number])
        sides[shapely.covers(areas[number], middles)] = number
    return sides


def _without_slivers(pieces: FloatArray, lengths: FloatArray, sides: Any) -> Any:
    """Give runs shorter than SLIVER_M to the run before (the first one to the run after)."""
    starts = np.flatnonzero(np.concatenate([[True], np.diff(sides) != 0]))
    ends = np.append(starts[1:], len(sides))
    runs = [(a, b, float(lengths[a:b].sum())) for a, b in zip(starts, ends, strict=True)]
    long = [run for run in runs if run[2] >= SLIVER_M]
    if not long:
        return pieces, lengths, sides
    sides = sides.copy()
    side = sides[long[0][0]]
    for begin, end, length in runs:
        if length >= SLIVER_M:
            side = sides[begin]
        sides[begin:end] = side
    return pieces, lengths, sides


def _near(pieces: FloatArray, line: LineString, accuracy_m: float) -> npt.NDArray[np.bool_]:
    """Which pieces have their middle nearer to the line than it is accurate."""
    middles = (pieces[:-1] + pieces[1:]) / 2
    crs = local_metric_crs(shapely.multipoints(middles))
    dense = shapely.segmentize(line, math.degrees(500.0 / EARTH_RADIUS_M))
    edges = project(dense, crs)
    shapely.prepare(edges)
    places = shapely.get_parts(project(shapely.multipoints(middles), crs))
    return np.asarray(shapely.dwithin(edges, places, accuracy_m), dtype=np.bool_)


def _sections(
    pieces: FloatArray, lengths: FloatArray, sides: Any, near: Any, keys: list[str]
) -> list[Section]:
    chainage = np.concatenate([[0.0], np.cumsum(lengths)])
    starts = np.flatnonzero(np.concatenate([[True], np.diff(sides) != 0]))
    ends = np.append(starts[1:], len(sides))
    return [
        Section(
            side=keys[sides[a]] if sides[a] >= 0 else None,
            from_m=float(chainage[a]),
            to_m=float(chainage[b]),
            line=shapely.simplify(LineString(pieces[a : b + 1]), 1e-9),
            uncertain_m=float(lengths[a:b][near[a:b]].sum()),
        )
        for a, b in zip(starts, ends, strict=True)
    ]


def _uncertain(pieces: FloatArray, near: Any) -> MultiLineString:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], near, [False]]).astype(np.int8)))
    lines = [LineString(pieces[a : b + 1]) for a, b in edges.reshape(-1, 2)]
    return MultiLineString([shapely.simplify(line, 1e-9) for line in lines])
