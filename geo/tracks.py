"""GPS tracks: drop what cannot be true, measure what was walked, thin for drawing."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon

from geo.crs import geodesic_distance_m, local_metric_crs, project, segment_lengths_m
from geo.errors import GeoError
from geo.limits import CHINA, Bounds

FloatArray = npt.NDArray[np.float64]

MAX_SPEED_M_S = 55.0
"""200 km/h: no patrol vehicle or boat is faster."""
MAX_ACCURACY_M = 100.0
"""A fix worse than this says less than the fixes around it."""
MAX_GAP_S = 300.0
"""Between fixes farther apart in time than this nothing was observed."""
MOVING_M_S = 0.3
"""Slower is standing: GPS noise of a resting phone stays below."""

_OPEN_CHAINS = 8


@dataclass(frozen=True)
class Fix:
    """One position: epoch seconds, degrees in EPSG:4326, accuracy in metres (None if unknown)."""

    t: float
    lon: float
    lat: float
    accuracy_m: float | None = None


@dataclass(frozen=True)
class CleanTrack:
    """Fixes in order of time, and (index in the input, reason) of each that was dropped.

    Reasons: not_finite, out_of_range, accuracy, duplicate, time, jump.
    """

    fixes: tuple[Fix, ...]
    dropped: tuple[tuple[int, str], ...]

    def line(self) -> LineString | None:
        """The track as a line in EPSG:4326, or None with fewer than two fixes."""
        if len(self.fixes) < 2:
            return None
        return LineString([(fix.lon, fix.lat) for fix in self.fixes])


@dataclass(frozen=True)
class TrackStatistics:
    """Metres, seconds and metres per second of a track; per polygon what was inside it.

    Time and way between fixes more than MAX_GAP_S apart count as ``unobserved_s`` only: nobody
    can say where the patrol was. ``duration_s`` is from the first to the last fix.
    """

    distance_m: float
    duration_s: float
    moving_s: float
    unobserved_s: float
    seconds_inside: dict[str, float]
    distance_inside_m: dict[str, float]
    max_speed_m_s: float


def _fault(fix: Fix, area: Bounds, max_accuracy_m: float) -> str | None:
    values = (fix.t, fix.lon, fix.lat, fix.accuracy_m or 0.0)
    if not all(map(math.isfinite, values)):
        return "not_finite"
    west, south, east, north = area
    if not (west <= fix.lon <= east and south <= fix.lat <= north):
        return "out_of_range"
    if not 0.0 <= (fix.accuracy_m or 0.0) <= max_accuracy_m:
        return "accuracy"
    return None


def _rising(fixes: Sequence[Fix], indices: Sequence[int]) -> list[int]:
    """The longest run of fixes whose times rise; one wrong clock does not cost all that follow."""
    tails: list[float] = []
    last: list[int] = []
    before: dict[int, int] = {}
    for index in indices:
        place = bisect_left(tails, fixes[index].t)
        if place:
            before[index] = last[place - 1]
        tails[place : place + 1] = [fixes[index].t]
        last[place : place + 1] = [index]
    chain = last[-1:]
    while chain and chain[-1] in before:
        chain.append(before[chain[-1]])
    return chain[::-1]


def _reachable(a: Fix, b: Fix, max_speed_m_s: float) -> bool:
    slack = (a.accuracy_m or 0.0) + (b.accuracy_m or 0.0)
    way = geodesic_distance_m(a.lon, a.lat, b.lon, b.lat)
    return way <= max_speed_m_s * (b.t - a.t) + slack


def _longest_chain(fixes: Sequence[Fix], indices: Sequence[int], speed: float) -> list[int]:
    """The longest chain of fixes each reachable from the one before.

    A fix joins the first chain it can be reached from, or starts one; so a false first fix loses
    against the many true ones, and a burst of false ones against the rest.
    """
    chains: list[list[int]] = []
    for index in indices:
        for chain in chains:
            if _reachable(fixes[chain[-1]], fixes[index], speed):
                chain.append(index)
                break
        else:
            if len(chains) == _OPEN_CHAINS:
                chains.remove(min(chains, key=len))
            chains.append([index])
    return max(chains, key=len, default=[])


def clean(
    fixes: Sequence[Fix],
    *,
    max_speed_m_s: float = MAX_SPEED_M_S,
    max_accuracy_m: float = MAX_ACCURACY_M,
    area_of_interest: Bounds = CHINA,
) -> CleanTrack:
    """Drop fixes that cannot be true, with the reason of each; the rest is unchanged, in order.

    Not finite or outside the area, poorer than ``max_accuracy_m``, repeating or stepping back in
    time, or not reachable at ``max_speed_m_s`` (accuracies of both fixes allowed for).
    """
    reasons: dict[int, str] = {}
    for index, fix in enumerate(fixes):
        fault = _fault(fix, area_of_interest, max_accuracy_m)
        if fault is not None:
            reasons[index] = fault
    sound = [index for index in range(len(fixes)) if index not in reasons]
    seen: set[Fix] = set()
    for index in sound:
        if fixes[index] in seen:
            reasons[index] = "duplicate"
        seen.add(fixes[index])
    sound = [index for index in sound if index not in reasons]
    rising = _rising(fixes, sound)
    reasons |= dict.fromkeys(set(sound) - set(rising), "time")
    kept = _longest_chain(fixes, rising, max_speed_m_s)
    reasons |= dict.fromkeys(set(rising) - set(kept), "jump")
    return CleanTrack(tuple(fixes[index] for index in kept), tuple(sorted(reasons.items())))


def _share_inside(coordinates: FloatArray, polygon: Any) -> FloatArray:
    """The part of each segment (n - 1,) that lies inside a polygon, 0 to 1."""
    segments = shapely.linestrings(np.stack([coordinates[:-1], coordinates[1:]], axis=1))
    shapely.prepare(polygon)
    inside: FloatArray = shapely.covers(polygon, segments).astype(np.float64)
    lengths = shapely.length(segments)
    mixed = np.flatnonzero(
        (inside == 0.0) & (lengths > 0.0) & shapely.intersects(polygon, segments)
    )
    common = shapely.length(shapely.intersection(segments[mixed], polygon))
    inside[mixed] = np.minimum(common / lengths[mixed], 1.0)
    return inside


def statistics(
    track: CleanTrack, polygons: Mapping[str, Polygon | MultiPolygon]
) -> TrackStatistics:
    """Measure a track (geodesic metres, seconds) and what of it lies inside each polygon.

    Polygons are EPSG:4326; time inside assumes even speed between two fixes.
    """
    coordinates = np.array([(fix.lon, fix.lat) for fix in track.fixes]).reshape(-1, 2)
    seconds = np.diff(np.array([fix.t for fix in track.fixes]))
    metres = segment_lengths_m(coordinates)
    seen = seconds <= MAX_GAP_S
    speeds = np.divide(metres, seconds, out=np.zeros_like(metres), where=seconds > 0)
    shares = {
        key: _share_inside(coordinates, polygon) if len(metres) else metres
        for key, polygon in polygons.items()
    }
    return TrackStatistics(
        distance_m=float(metres[seen].sum()),
        duration_s=float(seconds.sum()),
        moving_s=float(seconds[seen & (speeds >= MOVING_M_S)].sum()),
        unobserved_s=float(seconds[~seen].sum()),
        seconds_inside={k: float((seconds * share)[seen].sum()) for k, share in shares.items()},
        distance_inside_m={k: float((metres * share)[seen].sum()) for k, share in shares.items()},
        max_speed_m_s=float(speeds[seen].max(initial=0.0)),
    )


def simplify(track: CleanTrack, tolerance_m: float) -> CleanTrack:
    """Keep the fixes needed to draw the way within ``tolerance_m`` metres (Douglas-Peucker).

    Fixes keep their times; the first and last stay. Raises GeoError ``bad_distance``.
    """
    if not 0.0 <= tolerance_m <= 10_000.0:
        limits: dict[str, object] = {"least": 0, "limit": 10_000}
        raise GeoError("bad_distance", name="tolerance_m", value=tolerance_m, **limits)
    line = track.line()
    if line is None:
        return track
    flat = shapely.get_coordinates(project(line, local_metric_crs(line)))
    # The number of a fix travels as its height, which the algorithm keeps and does not look at.
    numbered = shapely.linestrings(np.column_stack([flat, np.arange(len(flat))]))
    thinned = shapely.simplify(numbered, tolerance_m, preserve_topology=False)
    kept = shapely.get_coordinates(thinned, include_z=True)[:, 2].astype(int)
    return CleanTrack(tuple(track.fixes[i] for i in kept), track.dropped)
