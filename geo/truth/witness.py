"""What others say of a track: photos, the hub's clock, the other party's track."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from geo.truth.reasons import Reason, Stand
from geo.truth.way import FloatArray, Way, lengths_m

PHOTO_M = 200.0
"""Farther than this from where the unit was at that moment, beyond the accuracy told."""
AHEAD_S = 60.0
LATE_S = 600.0
TOGETHER_M = 500.0
TOGETHER, APART = 0.5, 0.05
COMMON_S = 600.0
EVERY_S = 30.0


@dataclass(frozen=True)
class Sight:
    """A photo: epoch seconds, place in metres of the tracks' CRS (2,), accuracy in metres."""

    t: float
    xy: FloatArray
    accuracy_m: float = 0.0


@dataclass(frozen=True)
class Receipt:
    """A batch: its last fix by the device's clock, and when the hub got it; epoch seconds."""

    last: float
    received: float


def photos(way: Way, sights: Sequence[Sight]) -> Reason:
    """Photos taken where the track was not at that moment."""
    if not sights:
        return Reason("photos", Stand.SILENT, {"photos": 0, "away": 0})
    places = way.at(np.array([sight.t for sight in sights]))
    offs = lengths_m(places - np.array([sight.xy for sight in sights]))
    seen = ~np.isnan(offs)
    allowed = PHOTO_M + np.array([sight.accuracy_m for sight in sights])
    away = int((offs[seen] > allowed[seen]).sum())
    values: dict[str, object] = {"photos": int(seen.sum()), "away": away}
    if not seen.any():
        return Reason("photos", Stand.SILENT, values)
    values["farthest_m"] = round(float(offs[seen].max()))
    return Reason("photos", Stand.QUESTIONS if away else Stand.SUPPORTS, values)


def clock(receipts: Sequence[Receipt], impossible: int) -> Reason:
    """The device's clock against the hub's.

    A fix cannot arrive before it was made: the least delay bounds how far the clock runs ahead.
    ``impossible`` counts fixes whose time lies outside the patrol.
    """
    if not receipts:
        return Reason("clock", Stand.SILENT, {"impossible": impossible})
    delay = min(receipt.received - receipt.last for receipt in receipts)
    values = {"least_delay_s": round(delay), "impossible": impossible}
    if delay < -AHEAD_S or impossible:
        return Reason("clock", Stand.QUESTIONS, values)
    return Reason("clock", Stand.SUPPORTS if delay <= LATE_S else Stand.SILENT, values)


def together(parties: Sequence[Sequence[Way]]) -> Reason:
    """The share of the time observed on both sides in which units of two parties were within
    500 m; one sequence of tracks per party."""
    with_track = [[way for way in ways if len(way) > 1] for ways in parties]
    with_track = [ways for ways in with_track if ways]
    if len(with_track) < 2:
        return Reason("together", Stand.SILENT, {"parties": len(with_track)})
    start = min(way.t[0] for ways in with_track for way in ways)
    end = max(way.t[-1] for ways in with_track for way in ways)
    times = np.arange(start, end + EVERY_S, EVERY_S)
    gaps = [_nearest_m(a, b, times) for a, b in combinations(with_track, 2)]
    seen = np.concatenate([gap[~np.isnan(gap)] for gap in gaps])
    common = len(seen) * EVERY_S
    if common < COMMON_S:
        return Reason("together", Stand.SILENT, {"common_s": round(common)})
    share = float((seen <= TOGETHER_M).mean())
    values = {"share": round(share, 3), "common_s": round(common)}
    if share >= TOGETHER:
        return Reason("together", Stand.SUPPORTS, values)
    return Reason("together", Stand.QUESTIONS if share < APART else Stand.SILENT, values)


def _nearest_m(ours: Sequence[Way], theirs: Sequence[Way], times: FloatArray) -> FloatArray:
    """The least distance between units of two parties at each time, NaN where one is unseen."""
    a, b = ([way.at(times) for way in ways] for ways in (ours, theirs))
    pairs = np.array([lengths_m(x - y) for x in a for y in b])
    least: FloatArray = np.fmin.reduce(pairs, axis=0)
    return least
