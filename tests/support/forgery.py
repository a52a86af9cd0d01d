"""Forged tracks made from true ones, and second honest trips along the same way, from a seed.

Offsets are drawn in metres on a local plane, which is exact enough for a patrol.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from geo.crs import WGS84, local_metric_crs, transformer
from geo.tracks import CleanTrack, Fix

FloatArray = npt.NDArray[np.float64]
Plane = tuple[FloatArray, FloatArray]
DAY_S = 86_400.0


def _plane(fixes: Sequence[Fix]) -> tuple[FloatArray, FloatArray, object]:
    line = CleanTrack(tuple(fixes), ()).line()
    assert line is not None
    crs = local_metric_crs(line)
    x, y = transformer(WGS84, crs).transform([f.lon for f in fixes], [f.lat for f in fixes])
    return np.array([f.t for f in fixes]), np.column_stack([x, y]), crs


def _fixes(t: FloatArray, xy: FloatArray, crs: object) -> list[Fix]:
    lon, lat = transformer(crs, WGS84).transform(xy[:, 0], xy[:, 1])  # type: ignore[arg-type]
    return [Fix(*map(float, row), 5.0) for row in zip(t, lon, lat, strict=True)]


def moved(fixes: Sequence[Fix], lon: float, lat: float, start: float) -> list[Fix]:
    """The same trip elsewhere and at another time: metres and seconds stay."""
    t, xy, _crs = _plane(fixes)
    _t, _xy, crs = _plane([Fix(0, lon - 0.01, lat), Fix(1, lon + 0.01, lat)])
    return _fixes(t - t[0] + start, xy - xy.mean(axis=0), crs)


def drift(rng: np.random.Generator, t: FloatArray, metres: float) -> FloatArray:
    """The scatter of a receiver: metres (1 sigma), wandering within a minute (n, 2)."""
    keep = np.exp(-np.diff(t, prepend=t[0]) / 60.0)[:, None]
    steps = rng.normal(0.0, metres, (len(t), 2)) * np.sqrt(1 - keep**2)
    out = np.empty((len(t), 2))
    last = rng.normal(0.0, metres, 2)
    for k in range(len(t)):
        last = keep[k] * last + steps[k]
        out[k] = last
    return out


def second_trip(rng: np.random.Generator, fixes: Sequence[Fix]) -> list[Fix]:
    """Another honest trip along the same way, next day: own pace, own stops, own scatter."""
    t, xy, crs = _plane(fixes)
    run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    places = np.arange(0.0, run[-1], max(5.0, run[-1] / 2_000))
    pace = np.interp(places, run, np.gradient(t, np.maximum(run, run + 1e-6 * np.arange(len(run)))))
    wave = np.interp(places, np.linspace(0, run[-1], 12), rng.normal(0.0, 0.35, 12))
    pace = np.clip(pace, 0.03, 5.0) * np.exp(wave)
    times = np.concatenate([[0.0], np.cumsum(pace[1:] * np.diff(places))])
    for stop in rng.uniform(0, len(times), rng.integers(1, 4)).astype(int):
        times[stop:] += rng.uniform(60.0, 400.0)
    even = np.arange(0.0, times[-1], 5.0)
    along = np.interp(even, times, places)
    way = np.column_stack([np.interp(along, run, xy[:, k]) for k in (0, 1)])
    return _fixes(even + t[0] + DAY_S, way + drift(rng, even, 4.0), crs)


def replayed(rng: np.random.Generator, fixes: Sequence[Fix]) -> list[Fix]:
    """Played again a week later."""
    return [Fix(f.t + 7 * DAY_S, f.lon, f.lat, 5.0) for f in fixes]


def blurred(rng: np.random.Generator, fixes: Sequence[Fix]) -> list[Fix]:
    """Played again, each fix blurred by a few metres."""
    t, xy, crs = _plane(fixes)
    return _fixes(t + DAY_S, xy + rng.normal(0.0, 3.0, xy.shape), crs)


def drifted(rng: np.random.Generator, fixes: Sequence[Fix]) -> list[Fix]:
    """Played again with the scatter of a receiver laid over it: a careful forger."""
    t, xy, crs = _plane(fixes)
    return _fixes(t + DAY_S, xy + drift(rng, t, 3.0), crs)


def hurried(rng: np.random.Generator, fixes: Sequence[Fix]) -> list[Fix]:
    """Played again faster or slower."""
    t, xy, crs = _plane(fixes)
    factor = rng.choice([0.6, 0.75, 1.3, 1.6])
    return _fixes((t - t[0]) * factor + t[0] + DAY_S, xy + drift(rng, t, 2.0), crs)


def shifted(rng: np.random.Generator, fixes: Sequence[Fix]) -> list[Fix]:
    """Laid some hundred metres aside."""
    t, xy, crs = _plane(fixes)
    return _fixes(t + DAY_S, xy + rng.uniform(150.0, 600.0, 2) + drift(rng, t, 2.0), crs)


def scaled(rng: np.random.Generator, fixes: Sequence[Fix]) -> list[Fix]:
    """Enlarged or reduced, and turned a little."""
    t, xy, crs = _plane(fixes)
    angle, factor = rng.uniform(0.05, 0.5), rng.choice([0.8, 0.9, 1.15, 1.3])
    turn = factor * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return _fixes(t + DAY_S, (xy - xy.mean(axis=0)) @ turn.T + xy.mean(axis=0), crs)


def reversed_(rng: np.random.Generator, fixes: Sequence[Fix]) -> list[Fix]:
    """Played backwards."""
    t, xy, crs = _plane(fixes)
    return _fixes(t[-1] - t[::-1] + t[0] + DAY_S, xy[::-1] + drift(rng, t, 2.0), crs)


def spliced(rng: np.random.Generator, fixes: Sequence[Fix]) -> list[Fix]:
    """The second half, then the first half."""
    half = len(fixes) // 2
    first, second = fixes[:half], fixes[half:]
    end = second[-1].t - second[0].t
    late = [Fix(f.t - second[0].t + DAY_S, f.lon, f.lat, 5.0) for f in second]
    return late + [Fix(f.t - first[0].t + end + 120.0 + DAY_S, f.lon, f.lat, 5.0) for f in first]


def thinned(rng: np.random.Generator, fixes: Sequence[Fix]) -> list[Fix]:
    """Every second fix, played again."""
    return replayed(rng, fixes[::2])


def drawn(rng: np.random.Generator, fixes: Sequence[Fix]) -> list[Fix]:
    """A line drawn along the way and played at an even speed, a fix every 5 s."""
    t, xy, crs = _plane(fixes)
    run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    even = np.arange(0.0, t[-1] - t[0], 5.0)
    along = even / max(even[-1], 1.0) * run[-1]
    way = np.column_stack([np.interp(along, run, xy[:, k]) for k in (0, 1)])
    return _fixes(even + t[0], way, crs)


def drawn_blurred(rng: np.random.Generator, fixes: Sequence[Fix]) -> list[Fix]:
    """Drawn, played at an even speed with a fix each second, each blurred by a few metres."""
    drawn_fixes = drawn(rng, fixes)
    t, xy, crs = _plane(drawn_fixes)
    each = np.arange(t[0], t[-1], 1.0)
    way = np.column_stack([np.interp(each, t, xy[:, k]) for k in (0, 1)])
    return _fixes(each, way + rng.normal(0.0, 3.0, way.shape), crs)


COPIES: dict[str, Callable[[np.random.Generator, Sequence[Fix]], list[Fix]]] = {
    "replayed": replayed,
    "blurred": blurred,
    "drifted": drifted,
    "hurried": hurried,
    "shifted": shifted,
    "scaled": scaled,
    "reversed": reversed_,
    "spliced": spliced,
    "thinned": thinned,
}
"""Forgeries of an earlier track that the hub holds."""
DRAWINGS = {"drawn": drawn, "drawn_blurred": drawn_blurred}
"""Forgeries without a model."""
