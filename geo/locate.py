"""Who answers for this place, which zones hold it, how far is the line, and how sure is that?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Polygon

from geo.boundary_set import Jurisdiction
from geo.cells import CellGrid
from geo.edges import EdgeIndex
from geo.errors import GeoError

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ZoneShape:
    """A zone: per adcode the strip (EPSG:4326) that lies on that jurisdiction's side."""

    zone_id: str
    strips: Mapping[str, Polygon | MultiPolygon]


@dataclass(frozen=True)
class LineShape:
    """A boundary line (EPSG:4326) between the jurisdictions ``a`` and ``b``."""

    line_id: str
    a: str
    b: str
    line: LineString | MultiLineString


@dataclass(frozen=True)
class Location:
    """The answer for one place.

    ``adcode`` is the jurisdiction that covers it (the first by code on a shared edge), None when
    no known one does. ``candidates`` holds every jurisdiction that covers it or comes nearer than
    ``uncertainty_m``. ``certain`` says that no boundary, registered as a line or not, is that near.
    ``distance_to_line_m`` is geodesic, to the nearest registered line, whose id is ``line_id``.
    """

    adcode: str | None
    candidates: tuple[str, ...]
    distance_to_line_m: float | None
    line_id: str | None
    zones: tuple[tuple[str, str], ...]
    uncertainty_m: float
    certain: bool


@dataclass(frozen=True)
class Locations:
    """Answers for n places as arrays; ``[i]`` gives one as a Location.

    ``adcode``, ``line_id`` (n,) hold text or None; ``distance_to_line_m`` (n,) metres, NaN without
    any line; pairs (point number, number in ``adcodes`` or ``strips``) are ordered by point.
    """

    adcodes: tuple[str, ...]
    strips: tuple[tuple[str, str], ...]
    adcode: npt.NDArray[np.object_]
    candidate_pairs: tuple[IntArray, IntArray]
    distance_to_line_m: FloatArray
    line_id: npt.NDArray[np.object_]
    zone_pairs: tuple[IntArray, IntArray]
    uncertainty_m: FloatArray
    certain: BoolArray

    def __len__(self) -> int:
        return len(self.adcode)

    def _of(self, pairs: tuple[IntArray, IntArray], i: int) -> list[int]:
        begin, end = np.searchsorted(pairs[0], [i, i + 1])
        return [int(number) for number in pairs[1][begin:end]]

    def __getitem__(self, i: int) -> Location:
        if not 0 <= i < len(self):
            raise IndexError(i)
        line_id = self.line_id[i]
        return Location(
            adcode=self.adcode[i],
            candidates=tuple(self.adcodes[k] for k in self._of(self.candidate_pairs, i)),
            distance_to_line_m=None if line_id is None else float(self.distance_to_line_m[i]),
            line_id=line_id,
            zones=tuple(self.strips[k] for k in self._of(self.zone_pairs, i)),
            uncertainty_m=float(self.uncertainty_m[i]),
            certain=bool(self.certain[i]),
        )


def _checked_accuracy(accuracy_m: npt.ArrayLike | None, count: int) -> FloatArray:
    values = np.zeros(count) if accuracy_m is None else np.asarray(accuracy_m, dtype=np.float64)
    values = np.broadcast_to(values, (count,)).astype(np.float64)
    if not (np.isfinite(values) & (values >= 0.0)).all():
        raise GeoError("bad_accuracy", accuracy_m="an array", limit="any finite number")
    return values


class LocateIndex:
    """An index over jurisdictions, zones and lines, built once and read by many threads."""

    def __init__(
        self,
        jurisdictions: Sequence[Jurisdiction],
        zones: Sequence[ZoneShape],
        lines: Sequence[LineShape],
        boundary_accuracy_m: float,
    ) -> None:
        self.boundary_accuracy_m = float(_checked_accuracy(boundary_accuracy_m, 1)[0])
        units = sorted(jurisdictions, key=lambda unit: unit.adcode)
        self.adcodes = tuple(unit.adcode for unit in units)
        polygons = np.array([unit.polygon for unit in units], dtype=object)
        self._land = CellGrid(polygons)
        self._outlines = EdgeIndex(shapely.boundary(polygons))
        sides = [(zone.zone_id, code, zone.strips[code]) for zone in zones for code in zone.strips]
        self.strips = tuple((zone_id, code) for zone_id, code, _ in sides)
        self._sides = CellGrid(np.array([strip for _, _, strip in sides], dtype=object))
        self.line_ids = tuple(line.line_id for line in lines)
        self._lines = EdgeIndex(np.array([line.line for line in lines], dtype=object))
        self._names = np.array([*self.adcodes, None], dtype=object)
        self._line_names = np.array([*self.line_ids, None], dtype=object)

    @classmethod
    def build(
        cls,
        jurisdictions: Sequence[Jurisdiction],
        zones: Sequence[ZoneShape],
        lines: Sequence[LineShape],
        boundary_accuracy_m: float,
    ) -> LocateIndex:
        """Build the index; ``boundary_accuracy_m`` (metres, 95 %) holds for all boundaries."""
        return cls(jurisdictions, zones, lines, boundary_accuracy_m)

    def sides(self, lon: float, lat: float) -> tuple[str, ...]:
        """Only the jurisdictions that cover a place, both on a shared edge; a few microseconds."""
        adcodes = self.adcodes
        return tuple([adcodes[i] for i in self._land.covering(lon, lat)])

    def zones_at(self, lon: float, lat: float) -> tuple[tuple[str, str], ...]:
        """Only the zones that cover a place, as (zone id, adcode of the strip)."""
        strips = self.strips
        return tuple([strips[i] for i in self._sides.covering(lon, lat)])

    def zones_at_many(self, lons: FloatArray, lats: FloatArray) -> tuple[IntArray, IntArray]:
        """``zones_at`` for n places: pairs (point number, number in ``strips``), ordered by both.

        ``lons``, ``lats`` (n,) finite degrees.
        """
        return self._sides.covering_many(lons, lats)

    def locate(self, lon: float, lat: float, accuracy_m: float = 0.0) -> Location:
        """The answer for one place in EPSG:4326 reported to ``accuracy_m`` metres (95 %).

        The place must be checked already (``limits.parse_position``).
        """
        return self.locate_many([lon], [lat], accuracy_m)[0]

    def locate_many(
        self,
        lons: npt.ArrayLike,
        lats: npt.ArrayLike,
        accuracy_m: npt.ArrayLike | None = None,
    ) -> Locations:
        """The answers for n places in EPSG:4326, the same as ``locate`` gives one by one.

        ``lons``, ``lats`` (n,) degrees; ``accuracy_m`` one number or (n,) metres. Membership is
        shapely's ``covers`` on the polygons given. Raises GeoError ``not_finite`` or
        ``bad_accuracy``.
        """
        lonlat = np.column_stack([np.asarray(axis, dtype=np.float64) for axis in (lons, lats)])
        if not np.isfinite(lonlat).all():
            raise GeoError("not_finite", place="lons or lats")
        count = len(lonlat)
        uncertainty = self.boundary_accuracy_m + _checked_accuracy(accuracy_m, count)
        covered = self._land.covering_many(lonlat[:, 0], lonlat[:, 1])
        own = np.full(count, len(self.adcodes))
        np.minimum.at(own, *covered)
        candidates, certain = self._candidates(lonlat, uncertainty, covered, own)
        distance, line = self._nearest_line(lonlat)
        return Locations(
            adcodes=self.adcodes,
            strips=self.strips,
            adcode=self._names[own],
            candidate_pairs=candidates,
            distance_to_line_m=distance,
            line_id=self._line_names[line],
            zone_pairs=self.zones_at_many(lonlat[:, 0], lonlat[:, 1]),
            uncertainty_m=uncertainty,
            certain=certain,
        )

    def _candidates(
        self, lonlat: FloatArray, reach_m: FloatArray, covered: Any, own: IntArray
    ) -> tuple[tuple[IntArray, IntArray], BoolArray]:
        """All that cover a place or come near it; certain is one that has no edge near."""
        near = (np.zeros(0, np.int64), np.zeros(0, np.int64))
        if not self._outlines.empty:
            near = self._outlines.within(lonlat, reach_m)
        point, unit = (np.concatenate(both) for both in zip(covered, near, strict=True))
        width = len(self.adcodes) + 1
        point, unit = np.divmod(np.unique(point * width + unit), width)
        touched = np.bincount(near[0], minlength=len(lonlat)) > 0
        several = np.bincount(covered[0], minlength=len(lonlat)) > 1
        certain = (own < len(self.adcodes)) & ~touched & ~several
        return (point, unit), certain

    def _nearest_line(self, lonlat: FloatArray) -> tuple[FloatArray, IntArray]:
        if self._lines.empty or not len(lonlat):
            count = len(lonlat)
            return np.full(count, np.nan), np.full(count, len(self.line_ids))
        return self._lines.nearest(lonlat)
