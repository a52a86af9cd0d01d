"""How often a judgement questions tracks: forged ones, which it should, and honest ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from shapely.affinity import translate

from geo.tracks import Fix, clean
from geo.truth.judge import PatrolEvidence, UnitEvidence, judge
from geo.truth.reasons import MADE, Stand
from tests.support.forgery import COPIES, DRAWINGS, moved, second_trip
from tests.support.real_tracks import real_tracks

ZHILI = (120.45, 30.92)
LONG_S = 900.0
"""Patrols are longer than a quarter of an hour; a shorter track says too little about itself."""
OTHERS = 3


@dataclass(frozen=True)
class Rates:
    """By kind of track: (how many were questioned, of how many)."""

    forged: dict[str, tuple[int, int]]
    honest: dict[str, tuple[int, int]]

    @staticmethod
    def share(rows: Mapping[str, tuple[int, int]]) -> float:
        """The share questioned over all kinds."""
        return sum(hit for hit, _ in rows.values()) / sum(of for _, of in rows.values())


def measured(seed: int, rounds: int = 1) -> Rates:
    """Judge each real track, honest second trips and forgeries made from it."""
    rng = np.random.default_rng(seed)
    tracks = {
        name: moved(track, *ZHILI, 1.7e9)
        for name, track in real_tracks().items()
        if track[-1].t - track[0].t >= LONG_S
    }
    hits: Counter[str] = Counter()
    total: Counter[str] = Counter()

    def look(kind: str, fixes: Sequence[Fix], earlier: Mapping[str, Sequence[Fix]]) -> None:
        total[kind] += 1
        hits[kind] += _questioned(fixes, earlier)

    for name, track in tracks.items():
        others = {key: tracks[key] for key in tracks if key != name}
        look("recorded", track, others)
        model = {name: track, **dict(list(others.items())[:OTHERS])}
        for _ in range(rounds):
            look("second trip", second_trip(rng, track), model)
            for kind, forge in (COPIES | DRAWINGS).items():
                look(kind, forge(rng, track), model)
    forged = {kind: (hits[kind], total[kind]) for kind in COPIES | DRAWINGS}
    return Rates(forged, {kind: (hits[kind], total[kind]) for kind in total.keys() - forged})


def _questioned(fixes: Sequence[Fix], earlier: Mapping[str, Sequence[Fix]]) -> bool:
    """Whether anything about how the track was made is questioned; its plan lay a street beside."""
    track = clean(fixes)
    line = track.line()
    assert line is not None
    route = translate(line.simplify(0.0003), 0.0002, 0.0001)
    dropped = Counter(reason for _index, reason in track.dropped)
    unit = UnitEvidence("unit", "party", track.fixes, dropped, earlier=earlier)
    found = judge(PatrolEvidence(track.fixes[0].t, track.fixes[-1].t, route, [unit]))
    return any(r.stand is Stand.QUESTIONS and r.code in MADE for r in found.reasons)
