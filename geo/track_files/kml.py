"""KML: gx:Track and placemarks with a point and a time (OGC 07-147r2, KML 2.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from geo.errors import GeoError
from geo.track_files.fixes import Collector, Segment, moment, place
from geo.track_files.xml_stream import walk
from geo.tracks import Fix


def _pair(parts: Sequence[str], at: str) -> tuple[float, float]:
    """Longitude and latitude, in this order; a height may follow."""
    lon, lat = [*parts, "", ""][:2]
    return place(lon, lat, at)


class _Reader:
    """Collects gx:Track, whose times and places stand in two lists, and timed points."""

    def __init__(self) -> None:
        self.found = Collector()
        self.lines: list[int] = []
        self._path: list[str] = []
        self._name = ""
        self._times: list[float] = []
        self._places: list[tuple[float, float]] = []
        self._timed: list[Fix] = []

    def start(self, name: str, _attributes: Mapping[str, str], _line: int) -> None:
        self._path.append(name)
        if name in ("Track", "Placemark"):
            self._times, self._places = [], []

    def end(self, name: str, text: str, line: int) -> None:
        self._path.pop()
        at = f"line {line}"
        if name == "when":
            self._times.append(moment(text, at))
        elif name == "coord":
            self._places.append(_pair(text.split(), at))
        elif name == "coordinates" and "Point" in self._path:
            self._places.append(_pair(text.split(","), at))
        elif name == "coordinates" and "LineString" in self._path:
            self.lines.append(line)
        elif name == "name" and self._path and self._path[-1] == "Placemark":
            self._name = text
        elif name == "Track":
            self._close_track(at)
        elif name == "Placemark":
            self._close_placemark()

    def _close_track(self, at: str) -> None:
        if len(self._times) != len(self._places):
            counts = {"times": len(self._times), "places": len(self._places)}
            raise GeoError("track_counts", at=at, **counts)
        for t, (lon, lat) in zip(self._times, self._places, strict=True):
            self.found.add(Fix(t, lon, lat))
        self.found.close(self._name)
        self._times, self._places = [], []

    def _close_placemark(self) -> None:
        if len(self._times) == 1 and len(self._places) == 1:
            self._timed.append(Fix(self._times[0], *self._places[0]))
        self._name = ""

    def finish(self) -> list[Segment]:
        """What was found; timed points are one segment."""
        for fix in self._timed:
            self.found.add(fix)
        self.found.close("")
        if not self.found.segments and self.lines:
            raise GeoError("track_no_time", at=f"line {self.lines[0]}")
        return self.found.segments


def read_kml(data: bytes) -> list[Segment]:
    """The timed tracks of a KML document, fixes in EPSG:4326.

    Raises GeoError ``track_xml``, ``track_value``, ``track_counts``, ``track_no_time`` (a line
    without times is a drawing) or ``too_many_fixes``.
    """
    reader = _Reader()
    walk(data, reader)
    return reader.finish()
