"""GeoJSON lines whose times stand beside them in `coordTimes` or `times` (RFC 7946; the member is
the custom of converters from GPX and KML)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from geo.errors import GeoError
from geo.track_files.fixes import Collector, Segment, moment, place
from geo.tracks import Fix

_TIMES = ("coordTimes", "times")


def read_geojson(data: bytes) -> list[Segment]:
    """The timed lines of a GeoJSON document, fixes in EPSG:4326; times as ISO 8601 or in
    milliseconds since 1970.

    Raises GeoError ``track_json``, ``track_value``, ``track_counts``, ``track_no_time`` or
    ``too_many_fixes``.
    """
    found = Collector()
    for feature, at in _features(_parsed(data)):
        properties = _mapping(feature.get("properties"))
        for coordinates, times, where in _lines(feature, properties, at):
            if times is None:
                raise GeoError("track_no_time", at=where)
            if len(coordinates) != len(times):
                counts = {"times": len(times), "places": len(coordinates)}
                raise GeoError("track_counts", at=where, **counts)
            for index, (position, time) in enumerate(zip(coordinates, times, strict=True)):
                found.add(_fix(position, time, f"{where}.coordinates[{index}]"))
            found.close(str(properties.get("name") or ""))
    return found.segments


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise GeoError("track_json", line=error.lineno, reason=error.msg) from error
    except (UnicodeError, RecursionError) as error:
        raise GeoError("track_json", line=1, reason=type(error).__name__) from error


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any] | None:
    return value if isinstance(value, list) else None


def _features(document: Any) -> Iterator[tuple[Mapping[str, Any], str]]:
    whole = _mapping(document)
    if whole.get("type") != "FeatureCollection":
        yield (whole if whole.get("type") == "Feature" else {"geometry": whole}), "feature"
        return
    for index, feature in enumerate(_list(whole.get("features")) or []):
        yield _mapping(feature), f"features[{index}]"


def _lines(
    feature: Mapping[str, Any], properties: Mapping[str, Any], at: str
) -> Iterator[tuple[list[Any], list[Any] | None, str]]:
    """Each line with its times (None: none) and its place in the document."""
    geometry = _mapping(feature.get("geometry"))
    given = next((_list(properties[key]) for key in _TIMES if key in properties), None)
    coordinates = _list(geometry.get("coordinates")) or []
    if geometry.get("type") == "LineString":
        yield coordinates, given, at
    elif geometry.get("type") == "MultiLineString":
        for index, part in enumerate(coordinates):
            inner = given[index] if given is not None and index < len(given) else None
            yield _list(part) or [], _list(inner), f"{at}[{index}]"


def _fix(position: Any, time: Any, at: str) -> Fix:
    pair = position if isinstance(position, list) and len(position) >= 2 else ["", ""]
    lon, lat = place(pair[0], pair[1], at)
    if isinstance(time, int | float) and not isinstance(time, bool):
        return Fix(float(time) / 1000.0, lon, lat)
    return Fix(moment(time, at), lon, lat)
