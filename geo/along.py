"""Places along a route: in which order and after how many metres a route comes by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, MultiPoint

from geo.crs import local_metric_crs, project, segment_lengths_m

FloatArray = npt.NDArray[np.float64]
Place = tuple[float, float]


@dataclass(frozen=True)
class Along:
    """Where a route comes by a place: metres from its start (geodesic), metres off to the side."""

    from_start_m: float
    off_m: float


def places_along(route: LineString, places: Sequence[Place]) -> list[Along]:
    """Where a route (EPSG:4326) comes by places, taken in their order.

    A route may come by a place twice (out and back) or cross itself, so each place alone has no one
    answer. The places are put on the route in the given order, never backwards, so that the sum of
    the squared distances is least: a shortest path over segments, exact but that two places on the
    same segment keep their order by waiting for the later one. Of equal answers the first counts.
    """
    if not places:
        return []
    crs = local_metric_crs(route)
    xy = shapely.get_coordinates(project(route, crs))
    targets = shapely.get_coordinates(project(MultiPoint(places), crs))
    lengths = segment_lengths_m(shapely.get_coordinates(route))
    chainage = np.concatenate([[0.0], np.cumsum(lengths)])
    shares = np.stack([_shares(xy, target) for target in targets])
    feet = xy[:-1] + shares[:, :, None] * (xy[1:] - xy[:-1])
    away = np.linalg.norm(feet - targets[:, None, :], axis=2)
    chosen = _in_order(away**2)
    found: list[Along] = []
    for number, segment in enumerate(chosen):
        at = float(chainage[segment] + shares[number, segment] * lengths[segment])
        earlier = found[-1].from_start_m if found else 0.0
        found.append(Along(max(at, earlier), float(away[number, segment])))
    return found


def _shares(xy: FloatArray, target: FloatArray) -> FloatArray:
    """How far along each segment its point nearest to a target lies, 0 to 1."""
    step = xy[1:] - xy[:-1]
    size = np.einsum("ij,ij->i", step, step)
    along = np.einsum("ij,ij->i", target - xy[:-1], step)
    return np.asarray(np.clip(along / np.where(size > 0, size, 1.0), 0.0, 1.0), dtype=np.float64)


def _in_order(cost: FloatArray) -> list[int]:
    """One column per row, never going back, with the least sum; the first of equal ones."""
    total = cost[0]
    came_from: list[npt.NDArray[np.int64]] = []
    for row in cost[1:]:
        best = np.minimum.accumulate(total)
        # The column in which the running minimum was last lowered.
        lowered = np.concatenate([[True], best[1:] < best[:-1]])
        came_from.append(np.maximum.accumulate(np.where(lowered, np.arange(len(row)), 0)))
        total = best + row
    column = int(np.argmin(total))
    columns = [column]
    for step in reversed(came_from):
        column = int(step[column])
        columns.append(column)
    return columns[::-1]
