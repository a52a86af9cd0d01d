from __future__ import annotations

import json
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import geo.errors
from geo.errors import CODES, GeoError
from geo.limits import check_line_vertices, parse_geometry, parse_position

SQUARE = [[120, 30], [121, 30], [121, 31], [120, 31], [120, 30]]


def _polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def _square(x: float, y: float, size: float) -> list[list[float]]:
    return [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]


def _tangle(vertices: int) -> dict[str, Any]:
    ring = np.random.default_rng(1).uniform([120, 30], [121, 31], (vertices, 2))
    return _polygon([*ring.tolist(), ring[0].tolist()])


def _nested(count: int) -> list[list[list[float]]]:
    return [_square(120 + i * 1e-5, 30 + i * 1e-5, 1 - i * 2e-5) for i in range(count)]


HOSTILE: dict[str, tuple[str, Any]] = {
    "two hundred thousand brackets": ("too_deep", "[" * 200_000),
    "deep inside a Feature": ("too_deep", '{"a":' * 30 + "1" + "}" * 30),
    "three megabytes": ("too_large", " " * 3_000_000),
    "long in bytes only": ("too_large", "中" * 700_000),
    "an open string of escapes": ("not_json", '"' + '\\"' * 900_000),
    "a string that ends in a backslash": ("not_json", '{"a": "\\'),
    "two million quotes": ("not_json", '"' * 1_999_999),
    "not UTF-8": ("not_json", b"\xff\xfe{}"),
    "a lone surrogate": ("not_json", '{"a": "\ud800"}'),
    "a million numbers": ("too_many_vertices", '{"a":[' + "0," * 900_000 + "0]}"),
    "a million vertices": (
        "too_many_vertices",
        {"type": "LineString", "coordinates": [[120, 30]] * 1_000_000},
    ),
    "a million points in parts": (
        "too_many_vertices",
        {"type": "MultiLineString", "coordinates": [[[120, 30]] * 1000] * 1000},
    ),
    "an integer of 5,000 digits": ("not_json", '{"a":' + "9" * 5000 + "}"),
    "an integer of 4,000 digits": (
        "not_finite",
        '{"type":"Point","coordinates":[' + "9" * 4000 + ",30]}",
    ),
    "NaN": ("not_finite", '{"type":"Point","coordinates":[NaN,30]}'),
    "Infinity": ("not_finite", '{"type":"Point","coordinates":[-Infinity,30]}'),
    "1e999": ("not_finite", '{"type":"Point","coordinates":[1e999,30]}'),
    "null": ("not_finite", {"type": "Point", "coordinates": [None, 30]}),
    "true": ("not_finite", {"type": "Point", "coordinates": [True, 30]}),
    "text for a number": ("not_finite", {"type": "Point", "coordinates": ["120", 30]}),
    "a height": ("has_height", {"type": "Point", "coordinates": [120, 30, 5]}),
    "one number": ("has_height", {"type": "Point", "coordinates": [120]}),
    "latitude 999": ("out_of_range", {"type": "Point", "coordinates": [120, 999]}),
    "swapped": ("swapped", {"type": "Point", "coordinates": [30.9, 120.4]}),
    "in Paris": ("outside_area", {"type": "Point", "coordinates": [2.3, 48.9]}),
    "a list": ("not_geojson", "[]"),
    "no type": ("type_not_allowed", {}),
    "a type that is a list": ("type_not_allowed", {"type": ["Point"]}),
    "a collection": ("type_not_allowed", {"type": "GeometryCollection", "geometries": []}),
    "a Feature without geometry": ("empty", {"type": "Feature", "geometry": None}),
    "a Feature with text": ("not_geojson", {"type": "Feature", "geometry": "Point"}),
    "no coordinates": ("not_geojson", {"type": "Point"}),
    "flat coordinates": ("not_geojson", {"type": "LineString", "coordinates": [120, 30]}),
    "shallow coordinates": ("not_geojson", _polygon([120, 30], [121, 31])),
    "shallower still": ("not_geojson", {"type": "Polygon", "coordinates": [1, 2]}),
    "an empty point": ("empty", {"type": "Point", "coordinates": []}),
    "an empty ring": ("empty", _polygon(SQUARE, [])),
    "an empty polygon": ("empty", {"type": "MultiPolygon", "coordinates": [[SQUARE], []]}),
    "an open ring": ("ring_open", _polygon(SQUARE[:4])),
    "a ring of two places": ("too_short", _polygon([[120, 30], [121, 30], [120, 30], [120, 30]])),
    "a line of one place": ("too_short", {"type": "LineString", "coordinates": [[120, 30]] * 3}),
    "a bow tie": ("invalid", _polygon([[120, 30], [121, 31], [121, 30], [120, 31], [120, 30]])),
    "a tangle of 400": ("invalid", _tangle(400)),
    "a tangle of 19,999": ("invalid", _tangle(19_999)),
    "holes in holes": ("invalid", _polygon(_square(119, 29, 3), *_nested(399))),
    "polygons in polygons": (
        "invalid",
        {"type": "MultiPolygon", "coordinates": [[ring] for ring in _nested(400)]},
    ),
    "too many rings": (
        "too_many_rings",
        {"type": "MultiPolygon", "coordinates": [[ring] for ring in _nested(401)]},
    ),
    "another CRS": (
        "crs_member",
        {**_polygon(SQUARE), "crs": {"type": "name", "properties": {"name": "EPSG:3857"}}},
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_geometry_is_refused_within_a_second(name: str) -> None:
    code, document = HOSTILE[name]
    begin = time.process_time()
    with pytest.raises(GeoError) as caught:
        parse_geometry(document)
    assert caught.value.code == code
    assert time.process_time() - begin < 1.0


def test_every_type_is_read_as_it_was_written() -> None:
    hole = _square(120.2, 30.2, 0.1)
    for geometry in (
        shapely.Point(120, 30),
        shapely.MultiPoint([(120, 30), (121, 30)]),
        shapely.LineString([(120, 30), (121, 31)]),
        shapely.MultiLineString([[(120, 30), (121, 31)], [(120, 31), (121, 32)]]),
        shapely.Polygon(SQUARE, [hole]),
        shapely.MultiPolygon([shapely.Polygon(SQUARE, [hole]), shapely.box(122, 30, 123, 31)]),
    ):
        read = parse_geometry(shapely.to_geojson(geometry))
        assert read.equals_exact(geometry)
        assert read.geom_type == geometry.geom_type


def test_a_feature_gives_its_geometry_and_old_names_of_wgs84_pass() -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    feature = {"type": "Feature", "crs": crs, "properties": {}, "geometry": _polygon(SQUARE)}
    assert parse_geometry(json.dumps(feature).encode()).area == 1.0


def test_only_the_types_asked_for_are_accepted() -> None:
    with pytest.raises(GeoError, match="expected Polygon"):
        parse_geometry({"type": "Point", "coordinates": [120, 30]}, types=frozenset({"Polygon"}))


def test_the_place_of_a_crossing_is_named() -> None:
    with pytest.raises(GeoError) as caught:
        parse_geometry(_polygon([[120, 30], [121, 31], [121, 30], [120, 31], [120, 30]]))
    assert (caught.value.params["lon"], caught.value.params["lat"]) == (120.5, 30.5)


def test_the_antimeridian_is_refused_where_the_whole_earth_is_allowed() -> None:
    line = {"type": "LineString", "coordinates": [[179, 10], [-179, 10]]}
    with pytest.raises(GeoError) as caught:
        parse_geometry(line, area_of_interest=None)
    assert caught.value.code == "antimeridian"
    with pytest.raises(GeoError) as caught:
        parse_geometry({"type": "Point", "coordinates": [10, 179]}, area_of_interest=None)
    assert caught.value.code == "swapped"
    points = {"type": "MultiPoint", "coordinates": [[179, 10], [-179, 10]]}
    assert not parse_geometry(points, area_of_interest=None).is_empty


_leaves = st.none() | st.booleans() | st.floats() | st.text()
_keys = st.sampled_from(["type", "coordinates", "geometry"])
_json = st.recursive(_leaves, lambda inner: st.lists(inner) | st.dictionaries(_keys, inner))


@given(_json)
def test_any_json_is_answered_with_a_geometry_or_a_coded_error(value: Any) -> None:
    for document in (json.dumps(value), {"type": "MultiPolygon", "coordinates": value}):
        with suppress(GeoError):
            assert parse_geometry(document).is_valid


def test_positions_are_checked() -> None:
    position = parse_position("120.4", 30.9, "12.5")
    assert (position.lon, position.lat, position.accuracy_m) == (120.4, 30.9, 12.5)
    assert parse_position(120.4, 30.9).accuracy_m == 0.0


@pytest.mark.parametrize(
    ("lon", "lat", "accuracy", "code"),
    [
        ("x", 30, None, "not_finite"),
        (True, 30, None, "not_finite"),
        ("nan", 30, None, "not_finite"),
        (10**400, 30, None, "not_finite"),
        (120, [], None, "not_finite"),
        (30.9, 120.4, None, "swapped"),
        (120, 999, None, "out_of_range"),
        (2, 48, None, "outside_area"),
        (120, 30, -1, "bad_accuracy"),
        (120, 30, "inf", "bad_accuracy"),
        (120, 30, 1e6, "bad_accuracy"),
    ],
)
def test_bad_positions_are_refused(lon: Any, lat: Any, accuracy: Any, code: str) -> None:
    with pytest.raises(GeoError) as caught:
        parse_position(lon, lat, accuracy)
    assert caught.value.code == code


def test_lines_for_corridors_have_a_limit() -> None:
    check_line_vertices(shapely.LineString([(i, 0) for i in range(5_000)]))
    with pytest.raises(GeoError, match="5001"):
        check_line_vertices(shapely.LineString([(i, 0) for i in range(5_001)]))


def test_every_code_raised_in_the_package_is_in_the_table_and_used() -> None:
    folder = Path(geo.errors.__file__).parent
    text = "\n".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    raised = set(re.findall(r'GeoError\(\s*"(\w+)"', text))
    assert raised <= set(CODES)
    assert all(text.count(f'"{code}"') >= 2 for code in CODES)
