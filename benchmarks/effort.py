"""A month of 1,000 tracks added up to patrol effort, against exact buffers of the same tracks."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import shapely

from benchmarks.result import Result
from geo.coverage import coverage
from geo.effort import effort, ground

REACH_M = 100.0
AREA = shapely.Polygon([(120.42, 30.88), (120.47, 30.885), (120.475, 30.92), (120.43, 30.915)])
FIXES = 1_000


def _walk(rng: np.random.Generator) -> np.ndarray:
    turn = np.cumsum(rng.normal(0, 0.1, FIXES))
    steps = 6e-5 * rng.random((FIXES, 1)) * np.column_stack([np.cos(turn), np.sin(turn)])
    start = np.array([120.42 + rng.random() * 0.05, 30.88 + rng.random() * 0.04])
    return np.column_stack([np.arange(FIXES) * 10.0, start + np.cumsum(steps, axis=0)])


def run() -> Iterator[Result]:
    """Growth from 10 to 1,000 tracks of 1,000 fixes; both answers agree within the stated error."""
    rng = np.random.default_rng(7)
    on = ground(AREA, REACH_M)
    for count in (10, 100, 1_000):
        tracks = [_walk(rng) for _ in range(count)]
        began = time.perf_counter()
        found = effort(on, tracks)
        ours = time.perf_counter() - began
        lines = [shapely.linestrings(track[:, 1:]) for track in tracks]
        began = time.perf_counter()
        exact = coverage(AREA, lines, REACH_M)
        theirs = time.perf_counter() - began
        off = abs(found.share - exact.share)
        assert off <= found.error_share, f"{off:.4f} off"
        yield Result(
            f"effort of {count} tracks of {FIXES} fixes",
            ours * 1_000,
            "ms",
            "thinned buffers, union",
            theirs * 1_000,
            "smaller",
            f"shares {off * 100:.2f} points apart",
        )
