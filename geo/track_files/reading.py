"""Read a track file of any accepted kind, told by its content."""

from __future__ import annotations

from collections.abc import Callable

from geo.crs import gcj02_to_wgs84
from geo.errors import GeoError
from geo.track_files.fixes import MAX_BYTES, Segment, checked
from geo.track_files.geojson import read_geojson
from geo.track_files.gpx import read_gpx
from geo.track_files.kml import read_kml
from geo.tracks import Fix

_START = 4_096


def read_track_file(data: bytes, *, gcj02: bool = False) -> list[Segment]:
    """The segments of a GPX, KML or GeoJSON file, fixes in EPSG:4326 as the device recorded them.

    Nothing is cleaned here (`geo.tracks.clean` does that); but a place that is none, a missing
    time or broken markup refuses the whole file and names the line. With ``gcj02`` the places
    are GCJ-02, as map programs of phones in China write them, and are shifted to WGS 84.

    Raises GeoError ``too_large``, ``track_format``, ``track_empty`` and those of the readers.
    """
    if len(data) > MAX_BYTES:
        raise GeoError("too_large", size=len(data), limit=MAX_BYTES)
    segments = checked(_reader(data)(data))
    return [_shifted(segment) for segment in segments] if gcj02 else segments


def _reader(data: bytes) -> Callable[[bytes], list[Segment]]:
    start = data[:_START].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if start.startswith("{"):
        return read_geojson
    if "<gpx" in start:
        return read_gpx
    if "<kml" in start:
        return read_kml
    text = "\ufffd" not in start[:20] and start[:20].isprintable()
    raise GeoError("track_format", start=start[:20] if text else data[:4].hex(" "))


def _shifted(segment: Segment) -> Segment:
    lon, lat = gcj02_to_wgs84([f.lon for f in segment.fixes], [f.lat for f in segment.fixes])
    rows = zip(segment.fixes, lon.tolist(), lat.tolist(), strict=True)
    return Segment(segment.name, tuple(Fix(f.t, x, y, f.accuracy_m) for f, x, y in rows))
