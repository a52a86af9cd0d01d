"""Does the track move as a person with a receiver moves: speed, evenness, rest and restlessness?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from geo.truth.reasons import Reason, Stand
from geo.truth.way import MOVED_M, FloatArray, Way, lengths_m

MINUTE_S = 60.0
FAST_M_S = 33.4
"""120 km/h kept up for a minute: no patrol on foot, by car on county roads or by boat."""
JUMPS_SHARE = 0.05
JUMPS = 3
"""A receiver leaps now and then; more than one fix in twenty, and at least three, is no chance."""

EVEN_CV = 0.06
EVEN_MINUTES = 12
"""A speed that varies by less than 6 % from minute to minute over twelve minutes: people and boats
vary by 15 % and more, a drawn line played back does not vary at all."""
STRAIGHT_M = 0.05
STRAIGHT_SHARE = 0.7
STRAIGHT_FIXES = 30
"""Receivers scatter by decimetres at least; fixes in line within five centimetres were computed."""

RESTLESS_M_S2 = 4.0
RESTLESS_EVERY_S = 3.0
"""Filtered positions change their speed by less than half of g. Noise added to each fix by itself
gives more, where fixes are close enough in time to tell."""

STANDING_M = 20.0
STANDING_SHARE = 0.7
MOVING_SHARE = 0.6
STANDING_MINUTES = 30


def speed(way: Way, dropped: Mapping[str, int]) -> Reason:
    """Fixes out of reach of their neighbours, and speed kept up for a minute.

    ``dropped`` counts the fixes that cleaning left out, by reason (`geo.tracks.clean`).
    """
    jumps = dropped.get("jump", 0)
    share = jumps / max(1, jumps + len(way))
    speeds = _minute_speeds(way)
    fastest = float(np.nanmax(speeds, initial=0.0))
    values = {"jumps": jumps, "share": round(share, 4), "fastest_m_s": round(fastest, 1)}
    wild = jumps >= JUMPS and share > JUMPS_SHARE
    if wild or fastest > FAST_M_S:
        return Reason("impossible_speed", Stand.QUESTIONS, values)
    seen = not np.isnan(speeds).all()
    return Reason("impossible_speed", Stand.SUPPORTS if seen else Stand.SILENT, values)


def _minute_speeds(way: Way) -> FloatArray:
    """Metres per second from minute to minute (net), NaN where nothing was observed."""
    places = way.sampled(MINUTE_S)
    if len(places) < 2:
        return np.empty(0)
    return lengths_m(np.diff(places, axis=0)) / MINUTE_S


def evenness(way: Way) -> Reason:
    """Too straight between fixes, or too even a speed, to have been received."""
    moving = way.steps_m > MOVED_M
    both = moving[:-1] & moving[1:] & way.seen[:-1] & way.seen[1:]
    offs = _off_chord_m(way)[both]
    speeds = _path_speeds(way)
    speeds = speeds[speeds > 0.5]
    straight = float((offs < STRAIGHT_M).mean()) if len(offs) else 0.0
    spread = float(speeds.std() / speeds.mean()) if len(speeds) else 0.0
    values = {"straight_share": round(straight, 3), "speed_spread": round(spread, 3)}
    drawn = len(offs) >= STRAIGHT_FIXES and straight > STRAIGHT_SHARE
    even = len(speeds) >= EVEN_MINUTES and spread < EVEN_CV
    if drawn or even:
        return Reason("too_even", Stand.QUESTIONS, values)
    enough = len(offs) >= STRAIGHT_FIXES and len(speeds) >= EVEN_MINUTES
    return Reason("too_even", Stand.SUPPORTS if enough else Stand.SILENT, values)


def _off_chord_m(way: Way) -> FloatArray:
    """How far each inner fix lies off the straight between its neighbours, metres (n - 2,)."""
    if len(way) < 3:
        return np.empty(0)
    a, b, c = way.xy[:-2], way.xy[1:-1], way.xy[2:]
    chord, to = c - a, b - a
    length = np.maximum(lengths_m(chord), 1e-9)
    off: FloatArray = np.abs(chord[:, 0] * to[:, 1] - chord[:, 1] * to[:, 0]) / length
    return off


def _path_speeds(way: Way) -> FloatArray:
    """Metres per second along the way, minute by minute; only minutes observed throughout."""
    if len(way) < 2:
        return np.empty(0)
    run = np.concatenate([[0.0], np.cumsum(way.steps_m)])
    times = np.arange(way.t[0], way.t[-1] + 1e-9, MINUTE_S)
    seen = ~np.isnan(way.at(times)[:, 0])
    speeds: FloatArray = np.diff(np.interp(times, way.t, run)) / MINUTE_S
    return speeds[seen[:-1] & seen[1:]]


def restlessness(way: Way) -> Reason:
    """Changes of speed from fix to fix that no filtered receiver reports."""
    dense = (way.seconds[:-1] <= RESTLESS_EVERY_S) & (way.seconds[1:] <= RESTLESS_EVERY_S)
    if len(way) < 3 or dense.sum() < STRAIGHT_FIXES:
        return Reason("too_restless", Stand.SILENT, {"fixes": int(dense.sum())})
    velocity = np.diff(way.xy, axis=0) / way.seconds[:, None]
    between = (way.seconds[:-1] + way.seconds[1:]) / 2
    change = lengths_m(np.diff(velocity, axis=0)) / between
    usual = float(np.median(change[dense]))
    stand = Stand.QUESTIONS if usual > RESTLESS_M_S2 else Stand.SUPPORTS
    return Reason("too_restless", stand, {"usual_m_s2": round(usual, 2), "fixes": int(dense.sum())})


def standing(way: Way) -> Reason:
    """The share of the observed minutes spent on one spot."""
    steps = _minute_speeds(way) * MINUTE_S
    steps = steps[~np.isnan(steps)]
    if len(steps) < STANDING_MINUTES:
        return Reason("standing", Stand.SILENT, {"minutes": len(steps)})
    share = float((steps < STANDING_M).mean())
    values = {"share": round(share, 3), "minutes": len(steps)}
    if share > STANDING_SHARE:
        return Reason("standing", Stand.QUESTIONS, values)
    return Reason("standing", Stand.SUPPORTS if share < MOVING_SHARE else Stand.SILENT, values)
