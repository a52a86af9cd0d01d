"""A grid over polygons: for each cell, which hold it wholly and which have an edge in it.

Most points are answered by their cell alone; the exact test runs only where an edge is near. Cells
are judged a hair larger than they are, so rounding at a cell's own edge cannot change an answer.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

MAX_CELLS = 1_000_000
MIN_CELL_DEG = 0.002
"""About 200 m: smaller cells cost more to fill than they save."""

_HAIR_DEG = 1e-9


def expand(starts: IntArray, counts: IntArray) -> IntArray:
    """The numbers starts[i] ... starts[i] + counts[i] - 1 of all i, one after the other."""
    total = int(counts.sum())
    before = np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(starts, counts) + np.arange(total) - before


class CellGrid:
    """Which of many polygons (EPSG:4326) cover a point: exact, and mostly by table look-up."""

    def __init__(self, polygons: Any) -> None:
        self.polygons = np.asarray(polygons, dtype=object)
        shapely.prepare(self.polygons)
        self._measure()
        owner, cell = self._edge_cells()
        inner_owner, inner_cell = self._inner_cells(owner, cell)
        owners = np.concatenate([owner, inner_owner])
        cells = np.concatenate([cell, inner_cell])
        sure = np.concatenate([np.zeros(len(owner), bool), np.ones(len(inner_owner), bool)])
        order = np.lexsort((owners, cells))
        self._owner, self._sure = owners[order], sure[order]
        counts = np.bincount(cells, minlength=self._columns * self._rows)
        self._first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        # Plain tuples answer single look-ups several times faster than arrays do; most cells of a
        # polygon have the same one.
        self._cell_entries: dict[int, tuple[tuple[int, bool], ...]] = {}
        self._kept: dict[tuple[tuple[int, bool], ...], tuple[tuple[int, bool], ...]] = {}

    def _measure(self) -> None:
        bounds = shapely.total_bounds(self.polygons) if len(self.polygons) else np.zeros(4)
        west, south, east, north = np.nan_to_num(bounds)
        width, height = east - west, north - south
        self._size = max(MIN_CELL_DEG, math.sqrt(max(width * height, 1e-12) / MAX_CELLS))
        self._size = max(self._size, max(width, height) / 100_000)
        self._west, self._south = west - self._size, south - self._size
        self._columns = math.ceil(width / self._size) + 3
        self._rows = math.ceil(height / self._size) + 3

    def _axis(self, values: FloatArray, origin: float) -> IntArray:
        return np.floor((values - origin) / self._size).astype(np.int64)

    def _edge_cells(self) -> tuple[IntArray, IntArray]:
        """Polygon and cell of every place that an edge passes, each pair once."""
        parts, part_owner = shapely.get_parts(self.polygons, return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        ring_owner = part_owner[part]
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        same = ring[:-1] == ring[1:]
        start, step = xy[:-1][same], np.diff(xy, axis=0)[same]
        owner = ring_owner[ring[:-1][same]] if len(xy) else np.zeros(0, np.int64)
        # Pieces of at most half a cell touch two columns and two rows at most.
        pieces = np.maximum(np.ceil(np.abs(step).max(axis=1, initial=0) / self._size * 2), 1)
        pieces = pieces.astype(np.int64)
        number = expand(np.zeros(len(pieces), np.int64), pieces)
        begin, whole = np.repeat(start, pieces, axis=0), np.repeat(step, pieces, axis=0)
        share = np.repeat(pieces, pieces)
        ends = [begin + whole * ((number + k) / share)[:, None] for k in (0, 1)]
        low, high = np.minimum(*ends) - _HAIR_DEG, np.maximum(*ends) + _HAIR_DEG
        columns = [self._axis(corner[:, 0], self._west) for corner in (low, high)]
        rows = [self._axis(corner[:, 1], self._south) for corner in (low, high)]
        cells = [row * self._columns + column for row in rows for column in columns]
        owners = np.tile(np.repeat(owner, pieces), 4)
        # One number per pair sorts ten times faster than two.
        count = self._columns * self._rows
        pairs = np.unique(owners * count + np.concatenate(cells))
        return pairs // count, pairs % count

    def _inner_cells(self, owner: IntArray, cell: IntArray) -> tuple[IntArray, IntArray]:
        """Polygon and cell of all cells between edge cells of a row that lie inside.

        A run of cells without an edge is inside as a whole or outside as a whole: one test each.
        """
        row = cell // self._columns
        gap = np.diff(cell) - 1
        between = (np.diff(owner) == 0) & (np.diff(row) == 0) & (gap > 0)
        first, count, which = cell[:-1][between] + 1, gap[between], owner[:-1][between]
        lon = self._west + (first % self._columns + 0.5) * self._size
        lat = self._south + (first // self._columns + 0.5) * self._size
        inside = shapely.contains_xy(self.polygons[which], lon, lat)
        first, count, which = first[inside], count[inside], which[inside]
        return np.repeat(which, count), expand(first, count)

    def covering(self, lon: float, lat: float) -> list[int]:
        """The numbers of the polygons that cover one point, edges included, ascending."""
        column = math.floor((lon - self._west) / self._size)
        row = math.floor((lat - self._south) / self._size)
        if not (0 <= column < self._columns and 0 <= row < self._rows):
            return []
        cell = row * self._columns + column
        entries = self._cell_entries.get(cell)
        if entries is None:
            part = slice(int(self._first[cell]), int(self._first[cell + 1]))
            entries = tuple(zip(self._owner[part].tolist(), self._sure[part].tolist(), strict=True))
            self._cell_entries[cell] = entries = self._kept.setdefault(entries, entries)
        polygons = self.polygons
        return [i for i, sure in entries if sure or shapely.intersects_xy(polygons[i], lon, lat)]

    def covering_many(self, lons: FloatArray, lats: FloatArray) -> tuple[IntArray, IntArray]:
        """Pairs (point number, polygon number) of all points covered, ordered by both."""
        column, row = self._axis(lons, self._west), self._axis(lats, self._south)
        inside = (column >= 0) & (column < self._columns) & (row >= 0) & (row < self._rows)
        points = np.flatnonzero(inside)
        cell = row[points] * self._columns + column[points]
        starts = self._first[cell]
        counts = self._first[cell + 1] - starts
        entry, point = expand(starts, counts), np.repeat(points, counts)
        polygon, hit = self._owner[entry], self._sure[entry].copy()
        ask = np.flatnonzero(~hit)
        # Asked polygon by polygon, each stays in the processor's cache.
        ask = ask[np.argsort(polygon[ask], kind="stable")]
        there = point[ask]
        hit[ask] = shapely.intersects_xy(self.polygons[polygon[ask]], lons[there], lats[there])
        return point[hit], polygon[hit]
