"""A track in metres and seconds, as the checks of its truth read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geo.crs import WGS84, transformer
from geo.tracks import MAX_GAP_S, Fix

FloatArray = npt.NDArray[np.float64]

MOVED_M = 2.0
"""A smaller step between two fixes may be the noise of a resting receiver."""


def lengths_m(offsets: FloatArray) -> FloatArray:
    """Length of each offset (n, 2), metres (n,)."""
    found: FloatArray = np.hypot(offsets[:, 0], offsets[:, 1])
    return found


@dataclass(frozen=True)
class Way:
    """Times in epoch seconds (n,), rising; places in metres of one projected CRS (n, 2)."""

    t: FloatArray
    xy: FloatArray

    def __len__(self) -> int:
        return len(self.t)

    @property
    def seconds(self) -> FloatArray:
        """Seconds between consecutive fixes (n - 1,)."""
        return np.diff(self.t)

    @property
    def steps_m(self) -> FloatArray:
        """Metres between consecutive fixes (n - 1,)."""
        return lengths_m(np.diff(self.xy, axis=0))

    @property
    def seen(self) -> npt.NDArray[np.bool_]:
        """Which steps were observed: no gap of more than MAX_GAP_S (n - 1,)."""
        return self.seconds <= MAX_GAP_S

    @property
    def observed_s(self) -> float:
        """Seconds of the way that were observed."""
        return float(self.seconds[self.seen].sum())

    def at(self, times: FloatArray) -> FloatArray:
        """The place at each time (m, 2), evenly between fixes; NaN where nothing was observed."""
        if len(self) < 2:
            return np.full((len(times), 2), np.nan)
        place = np.column_stack([np.interp(times, self.t, self.xy[:, k]) for k in (0, 1)])
        step = np.clip(np.searchsorted(self.t, times, side="right") - 1, 0, len(self) - 2)
        outside = (times < self.t[0]) | (times > self.t[-1]) | ~self.seen[step]
        place[outside] = np.nan
        return place

    def sampled(self, every_s: float) -> FloatArray:
        """Places at even times from the first fix on (m, 2), NaN where nothing was observed."""
        if not len(self):
            return np.empty((0, 2))
        return self.at(np.arange(self.t[0], self.t[-1] + 1e-9, every_s))

    def lines(self) -> list[shapely.LineString]:
        """The observed stretches of two fixes and more."""
        cuts = np.flatnonzero(~self.seen) + 1
        parts = np.split(self.xy, cuts)
        return [shapely.linestrings(part) for part in parts if len(part) > 1]


def way_of(fixes: Sequence[Fix], crs: pyproj.CRS) -> Way:
    """A cleaned track (EPSG:4326, times rising) in metres of a projected CRS."""
    if not fixes:
        return Way(np.empty(0), np.empty((0, 2)))
    rows = np.array([(fix.t, fix.lon, fix.lat) for fix in fixes], dtype=np.float64)
    x, y = transformer(WGS84, crs).transform(rows[:, 1], rows[:, 2])
    return Way(rows[:, 0], np.column_stack([x, y]))
