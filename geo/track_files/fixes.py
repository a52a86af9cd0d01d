"""One fix of a file, checked: a finite place on Earth, a moment, the line it stands in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from geo.errors import GeoError
from geo.tracks import Fix

MAX_BYTES = 10_000_000
MAX_FIXES = 100_000
"""A fix each second for more than a day."""


@dataclass(frozen=True)
class Segment:
    """An unbroken stretch of a file: the name of its track, its fixes in the order of the file."""

    name: str
    fixes: tuple[Fix, ...]


class Collector:
    """Takes fixes one by one and bounds how many there are."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self._fixes: list[Fix] = []
        self._count = 0

    def add(self, fix: Fix) -> None:
        """A fix of the segment that is open. Raises GeoError ``too_many_fixes``."""
        self._count += 1
        if self._count > MAX_FIXES:
            raise GeoError("too_many_fixes", limit=MAX_FIXES)
        self._fixes.append(fix)

    def close(self, name: str) -> None:
        """The open segment ends."""
        if self._fixes:
            self.segments.append(Segment(name.strip(), tuple(self._fixes)))
            self._fixes = []


def place(lon: object, lat: object, at: str) -> tuple[float, float]:
    """Degrees from text or numbers. Raises GeoError ``track_value`` with where it stands."""
    return _degrees("lon", lon, 180.0, at), _degrees("lat", lat, 90.0, at)


def _degrees(what: str, value: object, limit: float, at: str) -> float:
    try:
        number = float(str(value)) if not isinstance(value, bool) else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or abs(number) > limit:
        raise GeoError("track_value", at=at, what=what, value=str(value)[:40])
    return number


def moment(text: object, at: str) -> float:
    """Epoch seconds of an ISO 8601 time; without an offset it is UTC, as GPX and KML define.

    Raises GeoError ``track_value``.
    """
    try:
        found = datetime.fromisoformat(str(text).strip())
    except ValueError as error:
        raise GeoError("track_value", at=at, what="time", value=str(text)[:40]) from error
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def checked(segments: Sequence[Segment]) -> list[Segment]:
    """The segments, if there are any. Raises GeoError ``track_empty``."""
    if not segments:
        raise GeoError("track_empty")
    return list(segments)
