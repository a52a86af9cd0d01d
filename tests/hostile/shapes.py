"""Shapes, places and track files that a stranger may send, by what is wrong with each."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

Shape = dict[str, Any]
X, Y = 120.2, 30.9


def _line(points: list[Any]) -> Shape:
    return {"type": "LineString", "coordinates": points}


def _polygon(*rings: list[Any]) -> Shape:
    return {"type": "Polygon", "coordinates": list(rings)}


def _square(x: float, y: float, size: float) -> list[list[float]]:
    return [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]


def _circle(count: int) -> list[list[float]]:
    turn = [2 * math.pi * n / count for n in range(count)]
    ring = [[X + 0.01 * math.cos(t), Y + 0.01 * math.sin(t)] for t in turn]
    return [*ring, ring[0]]


def _spiral(count: int) -> list[list[float]]:
    """Out and back in: neither crosses itself nor encloses much, and no box tells it apart."""
    way = [0.02 * n / count for n in range(count)]
    out = [[X + w * math.cos(900 * w), Y + w * math.sin(900 * w)] for w in way]
    back = [[x + 1e-7, y + 1e-7] for x, y in reversed(out)]
    return [*out, *back, out[0]]


def _nested(levels: int) -> Shape:
    found: Shape = {"type": "Point", "coordinates": [X, Y]}
    for _level in range(levels):
        found = {"type": "GeometryCollection", "geometries": [found]}
    return found


def _deep(levels: int) -> Any:
    found: Any = [X, Y]
    for _level in range(levels):
        found = [found]
    return found


SHAPES: dict[str, Shape] = {
    "a line of 120,000 vertices": _line([[X + n * 1e-7, Y] for n in range(120_000)]),
    "a ring of 120,000 vertices": _polygon(_circle(120_000)),
    "a bow tie": _polygon([[X, Y], [X + 1, Y + 1], [X + 1, Y], [X, Y + 1], [X, Y]]),
    "a spiral": _polygon(_spiral(30_000)),
    "a ring that touches itself": _polygon(
        [[X, Y], [X + 2, Y], [X + 1, Y + 1], [X + 2, Y + 2], [X, Y + 2], [X + 1, Y + 1], [X, Y]]
    ),
    "three thousand holes": _polygon(
        _square(X, Y, 1),
        *(
            _square(X + n % 60 * 0.015 + 0.01, Y + n // 60 * 0.015 + 0.01, 0.01)
            for n in range(3_000)
        ),
    ),
    "a hole outside": _polygon(_square(X, Y, 1), _square(X + 2, Y, 1)),
    "1e308": _line([[1e308, 1e308], [-1e308, 1e308]]),
    "NaN": _line([[math.nan, Y], [X, Y]]),
    "infinity": _line([[math.inf, Y], [X, -math.inf]]),
    "an integer beyond any float": _line([[10**400, Y], [X, Y]]),
    "no vertices": _line([]),
    "an empty ring": _polygon([]),
    "no rings": _polygon(),
    "a line of one place": _line([[X, Y], [X, Y]]),
    "heights": _line([[X, Y, 3.0], [X + 0.1, Y, 4.0]]),
    "heights and measures": _line([[X, Y, 3.0, 1.0], [X + 0.1, Y, 4.0, 2.0]]),
    "across the antimeridian": _line([[179.9, Y], [-179.9, Y]]),
    "over the pole": _polygon([[0, 89], [120, 90], [240, 89], [0, 89]]),
    "latitude 999": _line([[X, 999], [X, Y]]),
    "swapped": _line([[Y, X], [Y + 0.1, X]]),
    "Paris": _line([[2.3, 48.9], [2.4, 48.9]]),
    "a collection": _nested(1),
    "collections in collections": _nested(10),
    "two hundred collections": _nested(200),
    "coordinates nested without end": {"type": "Polygon", "coordinates": _deep(400)},
    "a text for coordinates": {"type": "LineString", "coordinates": "POLYGON EMPTY"},
    "true for a number": _line([[True, False], [X, Y]]),
    "no type": {"coordinates": [[X, Y], [X + 1, Y]]},
    "a type that is a list": {"type": ["LineString"], "coordinates": [[X, Y], [X + 1, Y]]},
    "a deep name of its CRS": _line([[X, Y], [X + 0.1, Y]]) | {"crs": {"name": _deep(29)}},
    "another CRS": _line([[X, Y], [X + 0.1, Y]])
    | {"crs": {"type": "name", "properties": {"name": "EPSG:3857"}}},
    "a list of a million lists": {"type": "LineString", "coordinates": [[]] * 600_000},
}


def wrapped(shape: Shape) -> Iterator[Any]:
    """A shape as geometry, as Feature and as FeatureCollection, as a client might send it."""
    feature = {"type": "Feature", "properties": {}, "geometry": shape}
    yield shape
    yield feature
    whole = {"type": "FeatureCollection", "features": [feature]}
    yield whole
    if "crs" in shape:
        bare = {name: value for name, value in shape.items() if name != "crs"}
        yield whole | {"features": [feature | {"geometry": bare}], "crs": shape["crs"]}


# What can be no place on any bureau's ground: (lon, lat).
PLACES: dict[str, tuple[Any, Any]] = {
    "NaN": (math.nan, Y),
    "infinity": (X, math.inf),
    "1e308": (1e308, -1e308),
    "an integer beyond any float": (10**400, Y),
    "beyond the earth": (181, 91),
    "the pole": (X, 90),
    "null island": (0, 0),
    "swapped": (Y, X),
    "texts": ("east", "north"),
    "lists": ([X], [Y]),
    "an object": ({"lon": X}, Y),
    "true": (True, False),
}


def _gpx(points: str, head: str = "") -> bytes:
    return f'{head}<gpx version="1.1"><trk><trkseg>{points}</trkseg></trk></gpx>'.encode()


def _point(lon: object, lat: object, time: str = "2026-11-26T00:00:00Z") -> str:
    return f'<trkpt lon="{lon}" lat="{lat}"><time>{time}</time></trkpt>'


def _timed(places: list[Any], times: list[Any]) -> bytes:
    properties = {"coordTimes": times}
    return json.dumps(
        {"type": "Feature", "properties": properties, "geometry": _line(places)}
    ).encode()


_BOMB = '<!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
TRACKS: dict[str, bytes] = {
    "NaN": _gpx(_point("NaN", 30)),
    "infinity": _gpx(_point("inf", "-inf")),
    "1e308": _gpx(_point("1e308", "1e308")),
    "the year 0": _gpx(_point(X, Y, "0000-00-00T00:00:00Z")),
    "the first year": _gpx(_point(X, Y, "0001-01-01T00:00:00+14:00")),
    "the last year": _gpx(_point(X, Y, "9999-12-31T23:59:59-14:00")),
    "no time": _gpx(f'<trkpt lon="{X}" lat="{Y}"/>'),
    "entities": _gpx(_point(X, Y), _BOMB),
    "another file's entity": _gpx(_point(X, Y), '<!DOCTYPE g [<!ENTITY x SYSTEM "/etc/passwd">]>'),
    "nested without end": _gpx("<a>" * 100_000),
    "cut off": _gpx(_point(X, Y))[:-20],
    "a million empty elements": _gpx("<a/>" * 1_000_000),
    "300,000 fixes": _gpx(f'<trkpt lon="{X}" lat="{Y}"><time>2026-11-26</time></trkpt>' * 150_000),
    "many attributes": _gpx("<a " + " ".join(f'b{n}="1"' for n in range(200_000)) + "/>"),
    "many namespaces": _gpx("<a " + " ".join(f'xmlns:b{n}="u{n}"' for n in range(100_000)) + "/>"),
    "one long text": _gpx(f"<name>{'x' * 5_000_000}</name>"),
    "UTF-16": _gpx(_point(X, Y)).decode().encode("utf-16"),
    "no KML track": b"<kml><Placemark><LineString><coordinates>1,2</coordinates></LineString>"
    b"</Placemark></kml>",
    "KML counts": b'<kml xmlns:gx="g"><gx:Track><when>2026-11-26T00:00:00Z</when></gx:Track></kml>',
    "JSON nested without end": b'{"a":' + b"[" * 500_000,
    "JSON of empty objects": b'{"a":[' + b"{}," * 3_000_000 + b"{}]}",
    "JSON of empty lists": b'{"a":[' + b"[]," * 3_000_000 + b"[]]}",
    "fewer times": _timed([[X, Y]] * 3, [0]),
    "times that are none": _timed([[X, Y]], [[]]),
    "a time beyond any year": _timed([[X, Y]], [1e300]),
    "a number of 5,000 digits": b'{"type":"Point","coordinates":[' + b"9" * 5_000 + b",1]}",
    "an archive": b"PK\x03\x04" + b"\0" * 100,
    "nothing": b"",
    "NUL": b"\0" * 1_000,
}
