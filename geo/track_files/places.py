"""Waypoints and the route of a GPX file (https://www.topografix.com/GPX/1/1/), without times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from geo.errors import GeoError
from geo.track_files.fixes import MAX_BYTES, place
from geo.track_files.xml_stream import walk

MAX_PLACES = 10_000
# What of a waypoint is read: its name, its comment, what is said of it.
_TEXTS = frozenset({"name", "cmt", "desc"})


@dataclass
class FilePlace:
    """A waypoint as the file has it; degrees are judged by whoever takes it, with the line."""

    line: int
    lon: str
    lat: str
    texts: dict[str, str] = field(default_factory=dict)
    # Attributes of the element `waypoint` in its extensions, as a plan's own export writes them.
    more: dict[str, str] = field(default_factory=dict)


@dataclass
class FilePlaces:
    """The waypoints of a file, and the places of its first route, lon lat, EPSG:4326."""

    waypoints: list[FilePlace] = field(default_factory=list)
    route: list[tuple[float, float]] = field(default_factory=list)


class _Reader:
    """Collects waypoints and the first route; tracks are passed by."""

    def __init__(self) -> None:
        self.found = FilePlaces()
        self._path: list[str] = []
        self._routes = 0

    def start(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        self._path.append(name)
        lon, lat = attributes.get("lon", ""), attributes.get("lat", "")
        if name == "wpt":
            self.found.waypoints.append(FilePlace(line, lon, lat))
        elif name == "rte":
            self._routes += 1
        elif name == "rtept" and self._routes == 1:
            self.found.route.append(place(lon, lat, f"line {line}"))
        elif name == "waypoint" and self._path[-3:-1] == ["wpt", "extensions"]:
            self.found.waypoints[-1].more = dict(attributes)
        if max(len(self.found.waypoints), len(self.found.route)) > MAX_PLACES:
            raise GeoError("too_many_fixes", limit=MAX_PLACES)

    def end(self, name: str, text: str, _line: int) -> None:
        self._path.pop()
        if name in _TEXTS and self._path[-1:] == ["wpt"]:
            self.found.waypoints[-1].texts[name] = text


def read_places(data: bytes) -> FilePlaces:
    """Waypoints and first route of a GPX document.

    Raises GeoError ``too_large``, ``too_many_fixes``, ``track_xml`` or ``track_value`` (a route's
    place that is none), naming the line.
    """
    if len(data) > MAX_BYTES:
        raise GeoError("too_large", size=len(data), limit=MAX_BYTES)
    reader = _Reader()
    walk(data, reader)
    return reader.found
