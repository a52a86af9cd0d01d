"""GPX 1.0 and 1.1: track points with a time (https://www.topografix.com/GPX/1/1/)."""

from __future__ import annotations

from collections.abc import Mapping

from geo.errors import GeoError
from geo.track_files.fixes import MAX_FIXES, Collector, Segment, moment, place
from geo.track_files.xml_stream import walk
from geo.tracks import Fix


class _Reader:
    """Collects the track points; routes and waypoints carry no course of time and are passed by."""

    def __init__(self) -> None:
        self.found = Collector()
        self._path: list[str] = []
        self._name = ""
        self._point: tuple[float, float] | None = None
        self._time: float | None = None

    def start(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        self._path.append(name)
        if name == "trkpt":
            at = f"line {line}"
            self._point = place(attributes.get("lon", ""), attributes.get("lat", ""), at)
            self._time = None

    def end(self, name: str, text: str, line: int) -> None:
        self._path.pop()
        parent = self._path[-1] if self._path else ""
        if name == "time" and parent == "trkpt":
            self._time = moment(text, f"line {line}")
        elif name == "name" and parent == "trk":
            self._name = text
        elif name == "trkpt":
            self._close_point(line)
        elif name == "trkseg":
            self.found.close(self._name)
        elif name == "trk":
            self._name = ""

    def _close_point(self, line: int) -> None:
        if self._time is None:
            raise GeoError("track_no_time", at=f"line {line}")
        lon, lat = self._point or (0.0, 0.0)
        self.found.add(Fix(self._time, lon, lat))


def read_gpx(data: bytes) -> list[Segment]:
    """The track segments of a GPX document, fixes in EPSG:4326.

    Raises GeoError ``track_xml``, ``track_value``, ``track_no_time`` or ``too_many_fixes``.
    """
    if data.count(b"<trkpt") > MAX_FIXES:
        raise GeoError("too_many_fixes", limit=MAX_FIXES)
    reader = _Reader()
    walk(data, reader)
    return reader.found.segments
