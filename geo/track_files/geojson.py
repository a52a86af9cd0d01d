"""GeoJSON lines whose times stand beside them in `coordTimes` or `times` (RFC 7946; the member is
the custom of converters from GPX and KML)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from geo.errors import GeoError
from geo.json_shape import json_shape
from geo.track_files.fixes import MAX_FIXES, Collector, Segment, moment, place
from geo.track_files.json_lines import Path, line_of
from geo.tracks import Fix

_TIMES = ("coordTimes", "times")
# Place, height and time make five; what stands beside the lines is not a fix.
VALUES_PER_FIX = 8
MAX_DEPTH = 64
_ORDER = {"lon": 0, "lat": 1}


@dataclass(frozen=True)
class _Line:
    """A line with its times (None: none), and where in the document both stand."""

    name: str
    places: list[Any]
    times: list[Any] | None
    at: Path
    times_at: Path


def read_geojson(data: bytes) -> list[Segment]:
    """The timed lines of a GeoJSON document, fixes in EPSG:4326; times as ISO 8601 or in
    milliseconds since 1970.

    Raises GeoError ``track_json``, ``track_value``, ``track_counts``, ``track_no_time`` or
    ``too_many_fixes``.
    """
    text, document = _parsed(data)
    found = Collector()
    for feature, at in _features(document):
        properties = _mapping(feature.get("properties"))
        for line in _lines(feature, properties, at):
            if line.times is None:
                raise GeoError("track_no_time", at=_where(text, line, line.at))
            if len(line.places) != len(line.times):
                counts = {"times": len(line.times), "places": len(line.places)}
                raise GeoError("track_counts", at=_where(text, line, line.at), **counts)
            for index, (position, time) in enumerate(zip(line.places, line.times, strict=True)):
                found.add(_fix(text, line, index, position, time))
            found.close(str(properties.get("name") or ""))
    return found.segments


def _where(text: str, line: _Line, path: Path, index: int | None = None) -> str:
    """The line of the file, and for a file without line breaks what of it."""
    place = "" if index is None else f".coordinates[{index}]"
    return f"line {line_of(text, path)} {line.name}{place}"


def _parsed(data: bytes) -> tuple[str, Any]:
    _check_shape(data)
    try:
        text = data.decode("utf-8-sig")
        return text, json.loads(text)
    except json.JSONDecodeError as error:
        raise GeoError("track_json", line=error.lineno, reason=error.msg) from error
    except UnicodeError as error:
        line = data.count(b"\n", 0, getattr(error, "start", 0)) + 1
        raise GeoError("track_json", line=line, reason=type(error).__name__) from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; depth
        raise GeoError("track_json", line=1, reason=type(error).__name__) from error


def _check_shape(data: bytes) -> None:
    """Refuse what would take much memory once parsed: a fix has a list and four commas."""
    shape = json_shape(data)
    if shape.depth > MAX_DEPTH:
        raise GeoError("track_json", line=1, reason="too deeply nested")
    if shape.values > VALUES_PER_FIX * MAX_FIXES:
        raise GeoError("too_many_fixes", limit=MAX_FIXES)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any] | None:
    return value if isinstance(value, list) else None


def _features(document: Any) -> Iterator[tuple[Mapping[str, Any], Path]]:
    whole = _mapping(document)
    if whole.get("type") == "FeatureCollection":
        for index, feature in enumerate(_list(whole.get("features")) or []):
            yield _mapping(feature), ("features", index)
    else:
        yield (whole if whole.get("type") == "Feature" else {"geometry": whole}), ()


def _lines(feature: Mapping[str, Any], properties: Mapping[str, Any], at: Path) -> Iterator[_Line]:
    geometry = _mapping(feature.get("geometry"))
    key = next((name for name in _TIMES if name in properties), None)
    given = _list(properties[key]) if key else None
    coordinates = _list(geometry.get("coordinates")) or []
    name = f"features[{at[1]}]" if at else "feature"
    places_at, times_at = (*at, "geometry", "coordinates"), (*at, "properties", key or "")
    if geometry.get("type") == "LineString":
        yield _Line(name, coordinates, given, places_at, times_at)
    elif geometry.get("type") == "MultiLineString":
        for index, part in enumerate(coordinates):
            inner = given[index] if given is not None and index < len(given) else None
            yield _Line(
                f"{name}[{index}]",
                _list(part) or [],
                _list(inner),
                (*places_at, index),
                (*times_at, index),
            )


def _fix(text: str, line: _Line, index: int, position: Any, time: Any) -> Fix:
    pair = position if isinstance(position, list) and len(position) >= 2 else ["", ""]
    try:
        lon, lat = place(pair[0], pair[1], "")
        return Fix(_seconds(time), lon, lat)
    except GeoError as error:
        what = str(error.params["what"])
        number = _ORDER.get(what)
        at = (*line.times_at, index) if number is None else (*line.at, index, number)
        told = {"what": what, "value": error.params["value"]}
        raise GeoError("track_value", at=_where(text, line, at, index), **told) from error


def _seconds(time: Any) -> float:
    if not isinstance(time, int | float) or isinstance(time, bool):
        return moment(time, "")
    if not abs(time) < 1e15:  # beyond any year that is counted, or no number
        raise GeoError("track_value", at="", what="time", value=str(time)[:40])
    return float(time) / 1000.0
