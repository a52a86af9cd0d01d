"""The outline of all places within a width of a line, in a metric CRS: rectangles and fans."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import shapely

ARC_ERROR_M = 0.02
"""An arc is drawn by chords that leave it by at most this, always inwards."""

_MIN_SEGMENTS_PER_TURN = 4 * 64
_TAIL_TRIES = 6
_TAIL_SLACK = 0.05

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Path:
    """Vertices (n + 1, 2); per segment unit direction, left normal and chainage of its end."""

    points: FloatArray
    along: FloatArray
    left: FloatArray
    ends: FloatArray

    def reversed(self) -> _Path:
        return _path(self.points[::-1])


@dataclass(frozen=True)
class _Cap:
    """How one end is cut: which pieces, by which block, and the fan that fills the other side."""

    rectangles: npt.NDArray[np.bool_]
    fans: npt.NDArray[np.bool_]
    block: Any
    filling: Any


def _path(points: FloatArray) -> _Path:
    steps = np.diff(points, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    along = steps / lengths[:, None]
    left = np.column_stack([-along[:, 1], along[:, 0]])
    return _Path(points, along, left, np.cumsum(lengths))


def _arc_step(width_m: float) -> float:
    """The angle whose chord leaves an arc of this radius by ARC_ERROR_M at most."""
    chord = 2.0 * math.acos(max(1.0 - ARC_ERROR_M / width_m, 0.0))
    return min(chord, 2.0 * math.pi / _MIN_SEGMENTS_PER_TURN)


def _fan(centre: FloatArray, start: FloatArray, turn: float, end: FloatArray, w: float) -> Any:
    """The sector from unit vector ``start`` by the angle ``turn`` to ``end``, exact at both."""
    count = max(1, math.ceil(abs(turn) / _arc_step(w)))
    angles = turn * np.arange(1, count)[:, None] / count
    side = np.array([[-start[1], start[0]]])
    arc = np.cos(angles) * start + np.sin(angles) * side
    return shapely.polygons(np.vstack([centre, centre + w * np.vstack([start, arc, end])]))


def _turn(before: FloatArray, after: FloatArray) -> float:
    cross = before[0] * after[1] - before[1] * after[0]
    return math.atan2(float(cross), float(before @ after))


def _join(centre: FloatArray, before: FloatArray, after: FloatArray, w: float) -> Any:
    """The fan on the outer side of a bend from one unit direction to another."""
    turn = _turn(before, after)
    outer = -1.0 if turn > 0 else 1.0
    start, end = (outer * np.array([-d[1], d[0]]) for d in (before, after))
    return _fan(centre, start, turn, end, w)


def _rectangles(path: _Path, w: float) -> Any:
    begin, end, offset = path.points[:-1], path.points[1:], w * path.left
    corners = np.stack([begin - offset, end - offset, end + offset, begin + offset], axis=1)
    return shapely.polygons(corners)


def _half_disc(path: _Path, w: float) -> Any:
    """The round cap at the end of a path."""
    left = path.left[-1]
    return _fan(path.points[-1], -left, math.pi, left, w)


def _smoothed_tail(path: _Path, w: float) -> tuple[FloatArray, int] | None:
    """The direction in which a path ends over its last stretch, and the first segment of it.

    The stretch is as long as the corridor is wide, at most half the line; it is shortened while
    part of it lies ahead of the end, where a cut square to the direction would hit the line.
    """
    length, end = path.ends[-1], path.points[-1]
    tail = min(w, length / 2)
    for _ in range(_TAIL_TRIES):
        first = int(np.searchsorted(path.ends, length - tail, side="right"))
        back = length - tail - (path.ends[first - 1] if first else 0.0)
        chord = end - (path.points[first] + back * path.along[first])
        size = float(np.hypot(*chord))
        direction = chord / max(size, 1e-9)
        ahead = float(((path.points[first:] - end) @ direction).max())
        if size > 0 and ahead <= _TAIL_SLACK * min(w, tail):
            return direction, first
        tail /= 2
    return None


def _flat_cap(path: _Path, w: float) -> _Cap | None:
    """Cut the end of a path square to its smoothed direction; None if it is square already."""
    found = _smoothed_tail(path, w)
    if found is None:
        return None
    direction, first = found
    last, end = path.along[-1], path.points[-1]
    if abs(_turn(last, direction)) < 1e-12:
        return None
    across = np.array([-direction[1], direction[0]]) * 3.0 * w
    ahead = direction * 3.0 * w
    right, left = end - across, end + across
    block = shapely.polygons([right, right + ahead, left + ahead, left])
    segments = np.arange(len(path.along))
    # The fan at the vertex before a segment has the number of the segment less one.
    return _Cap(segments >= first, segments[:-1] >= first, block, _join(end, last, direction, w))


def _cut(pieces: Any, chosen: npt.NDArray[np.bool_], block: Any) -> None:
    pieces[chosen] = shapely.difference(pieces[chosen], block)


def corridor_polygon(line: Any, width_m: float, cap: Literal["flat", "round"]) -> Any:
    """All places within ``width_m`` metres of a simple line in a metric CRS, as one (multi)polygon.

    Round caps add half a disc at both ends; flat caps end square to the direction of the last
    stretch of the line, so that a few metres of jitter in the last vertex do not turn the end.
    The outline is never outside the true one and inside it by ARC_ERROR_M at most, but for the
    turn of flat ends.
    """
    points = shapely.get_coordinates(line)
    moving = np.concatenate([[True], np.any(np.diff(points, axis=0) != 0.0, axis=1)])
    path = _path(points[moving])
    rectangles = _rectangles(path, width_m)
    bends = zip(path.points[1:-1], path.along[:-1], path.along[1:], strict=True)
    fans = np.array([_join(*bend, width_m) for bend in bends], dtype=object)
    ends = [path, path.reversed()]
    extra: list[Any] = []
    if np.array_equal(path.points[0], path.points[-1]):
        # A ring has no ends: where it closes is a bend like the others.
        extra = [_join(path.points[0], path.along[-1], path.along[0], width_m)]
    elif cap == "round":
        extra = [_half_disc(end, width_m) for end in ends]
    else:
        for number, flat in enumerate(_flat_cap(end, width_m) for end in ends):
            if flat is None:
                continue
            order = 1 if number == 0 else -1
            _cut(rectangles, flat.rectangles[::order], flat.block)
            _cut(fans, flat.fans[::order], flat.block)
            extra.append(flat.filling)
    pieces = np.concatenate([rectangles, fans, np.array(extra, dtype=object)])
    return shapely.union_all(pieces[shapely.area(pieces) > 0.0])
