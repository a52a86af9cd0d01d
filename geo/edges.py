"""The edges of many lines as one index: the nearest one, and all within a distance, in metres."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo.crs import GEOD, WGS84, local_metric_crs, project, transformer

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

_SEARCH_SLACK = 1.02
"""The metric CRS is true to 2 % within 1,200 km of its centre: search that much farther, then
measure along the geodesic."""

_STEP_DEG = 0.005


class EdgeIndex:
    """Segments of (multi)lines in EPSG:4326, each with the number of the line that owns it."""

    def __init__(self, lines: Any) -> None:
        lines = np.asarray(lines, dtype=object)
        self.empty = bool(shapely.is_empty(lines).all())
        if self.empty:
            return
        # Edges are straight in degrees: short ones are straight in metres too.
        dense = shapely.segmentize(lines, _STEP_DEG)
        crs = local_metric_crs(shapely.geometrycollections(dense))
        self._forward, self._back = transformer(WGS84, crs), transformer(crs, WGS84)
        parts, owner = shapely.get_parts(project_all(dense, crs), return_index=True)
        xy, part = shapely.get_coordinates(parts, return_index=True)
        same = part[:-1] == part[1:]
        self._start, self._step = xy[:-1][same], np.diff(xy, axis=0)[same]
        self.owner: IntArray = owner[part[:-1][same]]
        pairs = np.stack([self._start, self._start + self._step], axis=1)
        self._tree = shapely.STRtree(shapely.linestrings(pairs))

    def _distances(self, xy: FloatArray, lonlat: FloatArray, segment: IntArray) -> FloatArray:
        """Geodesic metres from each point to its segment's nearest place."""
        start, step = self._start[segment], self._step[segment]
        squared = np.maximum(np.einsum("ij,ij->i", step, step), 1e-12)
        share = np.clip(np.einsum("ij,ij->i", xy - start, step) / squared, 0.0, 1.0)
        foot = start + step * share[:, None]
        lon, lat = self._back.transform(foot[:, 0], foot[:, 1])
        return np.asarray(GEOD.inv(lonlat[:, 0], lonlat[:, 1], lon, lat)[2], dtype=np.float64)

    def _metric(self, lonlat: FloatArray) -> FloatArray:
        return np.column_stack(self._forward.transform(lonlat[:, 0], lonlat[:, 1]))

    def nearest(self, lonlat: FloatArray) -> tuple[FloatArray, IntArray]:
        """Distance in metres to the nearest line and its number, for (n, 2) lon/lat.

        Where lines run together the one with the lowest number is named.
        """
        xy = self._metric(lonlat)
        point, segment = self._tree.query_nearest(shapely.points(xy), all_matches=True)
        order = np.lexsort((self.owner[segment], point))
        first = np.unique(point[order], return_index=True)[1]
        chosen = segment[order][first]
        return self._distances(xy, lonlat, chosen), self.owner[chosen]

    def within(self, lonlat: FloatArray, reach_m: FloatArray) -> tuple[IntArray, IntArray]:
        """Pairs (point number, line number) with a distance below ``reach_m`` (n,), each once."""
        xy = self._metric(lonlat)
        points = shapely.points(xy)
        point, segment = self._tree.query(points, "dwithin", distance=reach_m * _SEARCH_SLACK)
        near = self._distances(xy[point], lonlat[point], segment) < reach_m[point]
        lines = int(self.owner.max()) + 1
        pairs = np.unique(point[near] * lines + self.owner[segment[near]])
        return pairs // lines, pairs % lines


def project_all(geometries: Any, crs: Any) -> Any:
    """Project an array of geometries vertex by vertex."""
    return np.array([project(geometry, crs) for geometry in geometries], dtype=object)
