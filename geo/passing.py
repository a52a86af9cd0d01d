"""How near a track came to places, and when: whether a waypoint was passed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPoint

from geo.crs import local_metric_crs, project
from geo.tracks import Fix

FloatArray = npt.NDArray[np.float64]
Place = tuple[float, float]


@dataclass(frozen=True)
class Pass:
    """The nearest approach of a track to a place: metres, and epoch seconds by the fixes."""

    distance_m: float
    t: float


def nearest_passes(
    places: Sequence[Place], stretches: Sequence[Sequence[Fix]]
) -> list[Pass | None]:
    """The nearest approach to each place (lon, lat in EPSG:4326); None without any fix.

    Args:
        stretches: what was observed without a gap, in order of time; within one the unit is taken
            to go straight and evenly from fix to fix, between two nothing is assumed.

    Of equally near approaches the earliest counts. Distances are in a transverse Mercator centred
    on the places, whose scale errs by less than 1e-6 within 10 km of them.
    """
    observed = [stretch for stretch in stretches if stretch]
    if not places or not observed:
        return [None] * len(places)
    crs = local_metric_crs(MultiPoint(places))
    targets = shapely.get_coordinates(project(MultiPoint(places), crs))
    best: list[Pass | None] = [None] * len(places)
    for stretch in observed:
        xy = shapely.get_coordinates(project(MultiPoint([(f.lon, f.lat) for f in stretch]), crs))
        times = np.array([fix.t for fix in stretch], dtype=np.float64)
        for number, target in enumerate(targets):
            found = _nearest(xy, times, target)
            known = best[number]
            if known is None or found.distance_m < known.distance_m:
                best[number] = found
    return best


def _nearest(xy: FloatArray, times: FloatArray, target: FloatArray) -> Pass:
    """The nearest approach of one stretch (metric) to a point."""
    # A lone fix is a segment without length.
    start, end = (xy[:-1], xy[1:]) if len(xy) > 1 else (xy, xy)
    began, ended = (times[:-1], times[1:]) if len(xy) > 1 else (times, times)
    step = end - start
    size = np.einsum("ij,ij->i", step, step)
    along = np.einsum("ij,ij->i", target - start, step)
    share = np.clip(along / np.where(size > 0, size, 1.0), 0.0, 1.0)
    away = np.hypot(*(start + share[:, None] * step - target).T)
    nearest = int(np.argmin(away))
    moment = began[nearest] + share[nearest] * (ended[nearest] - began[nearest])
    return Pass(float(away[nearest]), float(moment))
