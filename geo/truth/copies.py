"""Was this track made from another one: played again, shifted, scaled, reversed, cut or blurred?

Two honest trips along the same bank have the same shape but not the same speed from second to
second; two receivers in one boat have the same speed but not the same fixes. So a copy is told by
what no second trip repeats: the fixes themselves, the course of time over ten minutes, or shape and
speed profile together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo.truth.reasons import Reason, Stand
from geo.truth.way import MOVED_M, FloatArray, Way

GRID_M = 0.1
EXACT_SHARE = 0.1
EXACT_FIXES = 15
"""So many fixes to the decimetre at the same places: receivers never repeat themselves so."""

WINDOW_S, SAMPLE_S, LAG_S = 600, 10, 2
IN_STEP_M = 8.0
"""Root mean square distance of a window from its match: above what blurring a copy by a receiver's
scatter leaves, below what equal speeds would have to keep for ten minutes by chance."""
STRUCTURE = 5.0
"""A window must differ from even straight motion by so many times the distance to its match."""
LEAST_STRUCTURE_M = 15.0
WINDOWS = 2

POINTS, BINS = 128, 32
THIN_M = 10.0
SHAPE_SHARE = 0.02
PROFILE = 0.93
PROFILE_SPREAD = 0.15
MIN_LENGTH_M = 500.0

Complex = npt.NDArray[np.complex128]


@dataclass(frozen=True)
class Match:
    """How two tracks agree: `exact`, `in_step` or `shape`; the share (0 to 1) of the track."""

    how: str
    share: float


def repeats_earlier(way: Way, earlier: Mapping[str, Way]) -> Reason:
    """Whether a track is made from one of the earlier tracks (by key), all in the same CRS."""
    for key, other in earlier.items():
        match = exact(way, other) or in_step(way, other) or same_shape(way, other)
        if match is not None:
            values = {"of": key, "how": match.how, "share": round(match.share, 3)}
            return Reason("repeats_earlier", Stand.QUESTIONS, values)
    stand = Stand.SUPPORTS if earlier else Stand.SILENT
    return Reason("repeats_earlier", stand, {"compared": len(earlier)})


def exact(way: Way, other: Way) -> Match | None:
    """Fixes made on the move that stand to the decimetre in the other track too."""
    moved = _moved_cells(way)
    common = int(np.isin(moved, _moved_cells(other)).sum())
    share = common / max(1, len(moved))
    return Match("exact", share) if common >= EXACT_FIXES and share > EXACT_SHARE else None


def _moved_cells(way: Way) -> npt.NDArray[np.complex128]:
    """Places fixed on the move, in whole decimetres, as one number each."""
    cells = np.round(way.xy / GRID_M)
    moved = np.concatenate([[False], way.steps_m > MOVED_M]) if len(way) else np.empty(0, bool)
    return _complex(cells[moved])


def _complex(xy: FloatArray) -> Complex:
    return np.asarray(xy[:, 0] + 1j * xy[:, 1], dtype=np.complex128)


def in_step(way: Way, other: Way) -> Match | None:
    """Stretches of ten minutes that run as some ten minutes of the other did, wherever they lie."""
    windows = _windows(way)
    candidates = _sliding(other)
    if not len(windows) or not len(candidates):
        return None
    allowed = np.minimum(IN_STEP_M, _structure_m(windows) / STRUCTURE)
    matched = int((_least_rms_m(windows, candidates) < allowed).sum())
    needed = min(WINDOWS, len(windows))
    return Match("in_step", matched / len(windows)) if matched >= needed else None


def _windows(way: Way) -> Complex:
    """Consecutive windows of the track that have a structure of their own (w, samples), centred."""
    places = _complex(way.sampled(SAMPLE_S))
    size = WINDOW_S // SAMPLE_S + 1
    count = len(places) // size
    rows = places[: count * size].reshape(count, size)
    rows = rows[~np.isnan(rows).any(axis=1)]
    rows = rows - rows.mean(axis=1, keepdims=True)
    kept: Complex = rows[_structure_m(rows) > LEAST_STRUCTURE_M]
    return kept


def _structure_m(rows: Complex) -> FloatArray:
    """Root mean square distance of each centred row from even motion along a straight."""
    time = np.arange(rows.shape[1]) - (rows.shape[1] - 1) / 2
    slope = rows @ time / (time @ time)
    off: FloatArray = np.sqrt((np.abs(rows - slope[:, None] * time) ** 2).mean(axis=1))
    return off


def _sliding(way: Way) -> Complex:
    """Every window of the other track, one each LAG_S seconds (lags, samples)."""
    places = _complex(way.sampled(LAG_S))
    stride = SAMPLE_S // LAG_S
    span = WINDOW_S // LAG_S + 1
    if len(places) < span:
        return np.empty((0, WINDOW_S // SAMPLE_S + 1), dtype=np.complex128)
    rows = np.lib.stride_tricks.sliding_window_view(places, span)[:, ::stride]
    return rows[~np.isnan(rows).any(axis=1)]


def _least_rms_m(windows: Complex, candidates: Complex) -> FloatArray:
    """For each window the root mean square distance (metres) to its best match, shifts allowed."""
    centred = candidates - candidates.mean(axis=1, keepdims=True)
    own = (np.abs(windows) ** 2).sum(axis=1)
    theirs = (np.abs(centred) ** 2).sum(axis=1)
    common = (centred @ windows.conj().T).real
    squares = own[None, :] + theirs[:, None] - 2.0 * common
    least: FloatArray = np.sqrt(np.maximum(squares.min(axis=0), 0.0) / windows.shape[1])
    return least


def same_shape(way: Way, other: Way) -> Match | None:
    """The whole track is the other one moved, turned, mirrored, scaled or played backwards, and
    was fast and slow at the same parts of the way."""
    mine, theirs = _outline(way), _outline(other)
    if mine is None or theirs is None:
        return None
    (shape, profile), (other_shape, other_profile) = mine, theirs
    for turned, run in ((other_shape, other_profile), (other_shape[::-1], other_profile[::-1])):
        if _alike(profile, run) and _misfit(shape, turned) < SHAPE_SHARE:
            return Match("shape", 1.0)
    return None


def _outline(way: Way) -> tuple[Complex, FloatArray] | None:
    """Points at even distances along the thinned way, centred, and the logarithm of the speed on
    each part of it; None for a track too short, too straight or too even to be recognised."""
    vertices = _thinned(way)
    run = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(_complex(vertices[:, :2]))))])
    if run[-1] < MIN_LENGTH_M:
        return None
    along = np.linspace(0.0, run[-1], POINTS)
    shape = np.interp(along, run, vertices[:, 0]) + 1j * np.interp(along, run, vertices[:, 1])
    shape -= shape.mean()
    times = np.interp(np.linspace(0.0, run[-1], BINS + 1), run, vertices[:, 2])
    profile = np.log(run[-1] / BINS / np.maximum(np.diff(times), 1e-3))
    plain = np.linalg.svd(np.column_stack([shape.real, shape.imag]), compute_uv=False)
    recognisable = plain[1] / np.linalg.norm(plain) > 5 * SHAPE_SHARE
    return (shape, profile) if recognisable and profile.std() > PROFILE_SPREAD else None


def _thinned(way: Way) -> FloatArray:
    """The vertices that draw the way within THIN_M, with their times (k, 3)."""
    rows = np.column_stack([way.xy, way.t - (way.t[0] if len(way) else 0.0)])
    if len(rows) < 2:
        return rows
    thin = shapely.simplify(shapely.linestrings(rows), THIN_M, preserve_topology=False)
    return np.asarray(shapely.get_coordinates(thin, include_z=True), dtype=np.float64)


def _alike(profile: FloatArray, other: FloatArray) -> bool:
    return float(np.corrcoef(profile, other)[0, 1]) > PROFILE


def _misfit(shape: Complex, other: Complex) -> float:
    """Root mean square misfit after the best similarity, as a share of the size (Procrustes)."""
    size = float(np.linalg.norm(shape) * np.linalg.norm(other))
    straight, mirrored = abs(complex(np.vdot(shape, other))), abs(complex((shape * other).sum()))
    return float(np.sqrt(max(0.0, 1.0 - (max(straight, mirrored) / size) ** 2)))


def same_as_other(way: Way, others: Mapping[str, Way]) -> Reason:
    """Whether a track has the fixes of another unit of the same patrol: two receivers never do."""
    for key, other in others.items():
        match = exact(way, other)
        if match is not None:
            values = {"of": key, "share": round(match.share, 3)}
            return Reason("same_as_other", Stand.QUESTIONS, values)
    stand = Stand.SUPPORTS if others else Stand.SILENT
    return Reason("same_as_other", stand, {"compared": len(others)})
