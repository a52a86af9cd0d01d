from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiLineString, box

from geo.boundaries import BoundarySet, Jurisdiction, shared_line
from geo.crs import GEOD
from geo.errors import GeoError
from geo.locate import LineShape, LocateIndex, Location, ZoneShape
from geo.zones import build_strips

Unit = Callable[..., Jurisdiction]


@pytest.fixture(scope="module")
def world(amap: BoundarySet) -> LocateIndex:
    zones, lines = [], []
    for a, b in combinations(amap.jurisdictions, 2):
        try:
            parts = shared_line(a, b).parts
        except GeoError:
            continue
        name = f"{a.adcode}-{b.adcode}"
        lines.append(LineShape(name, a.adcode, b.adcode, MultiLineString(parts)))
        zone = build_strips(parts[0], a.polygon, b.polygon, 1_000.0, boundary_accuracy_m=400.0)
        zones.append(ZoneShape(name, {a.adcode: zone.strip_a, b.adcode: zone.strip_b}))
    return LocateIndex.build(amap.jurisdictions, zones, lines, 100.0)


@pytest.fixture(scope="module")
def square(unit: Unit, km: Callable[..., Any]) -> LocateIndex:
    """West and east of one meridian, a third to the north, an enclave in the east."""
    hole = box(5, -6, 7, -4)
    units = [
        unit("000002", box(-9, -9, 0, 0)),
        unit("000001", box(0, -9, 9, 0).difference(hole)),
        unit("000003", box(-9, 0, 9, 9)),
        unit("000004", hole),
    ]
    zone = ZoneShape("z", {"000002": km(box(-1, -9, 0, -1)), "000001": km(box(0, -9, 1, -1))})
    line = LineShape("l", "000001", "000002", km(shapely.LineString([(0, -9), (0, 0)])))
    return LocateIndex.build(units, [zone], [line], 10.0)


def _at(
    index: LocateIndex, km: Callable[..., Any], x: float, y: float, accuracy: float = 0.0
) -> Location:
    place = km(shapely.Point(x, y))
    return index.locate(place.x, place.y, accuracy)


def test_a_place_well_inside_is_certain(square: LocateIndex, km: Any) -> None:
    answer = _at(square, km, 0.5, -5)
    assert (answer.adcode, answer.candidates, answer.certain) == ("000001", ("000001",), True)
    assert answer.zones == (("z", "000001"),)
    assert answer.line_id == "l"
    assert answer.distance_to_line_m == pytest.approx(500, abs=0.1)
    assert answer.uncertainty_m == 10.0


def test_a_place_near_the_line_names_both_sides(square: LocateIndex, km: Any) -> None:
    near = _at(square, km, 0.012, -5, accuracy=5.0)
    assert (near.adcode, near.certain, near.uncertainty_m) == ("000001", False, 15.0)
    assert near.candidates == ("000001", "000002")
    assert _at(square, km, 0.016, -5, accuracy=5.0).certain


def test_a_border_that_is_no_registered_line_makes_uncertain_too(
    square: LocateIndex, km: Any
) -> None:
    answer = _at(square, km, 6, -3.995)
    assert answer.candidates == ("000001", "000004")
    assert not answer.certain
    assert answer.distance_to_line_m == pytest.approx(6_000, abs=1)
    outer = _at(square, km, 8.995, -5)
    assert (outer.adcode, outer.candidates, outer.certain) == ("000001", ("000001",), False)


def test_the_point_where_three_meet_belongs_to_all_three(square: LocateIndex) -> None:
    corner = square.sides(120.0, 31.0)
    answer = square.locate(120.0, 31.0)
    assert answer.adcode in corner
    assert set(corner) <= set(answer.candidates) == {"000001", "000002", "000003"}
    assert not answer.certain
    assert answer.distance_to_line_m == pytest.approx(0, abs=0.01)


def test_an_enclave_answers_for_itself(square: LocateIndex, km: Any) -> None:
    assert _at(square, km, 6, -5).adcode == "000004"


def test_nobody_answers_outside(square: LocateIndex, km: Any) -> None:
    away = _at(square, km, 50, 50)
    assert (away.adcode, away.candidates, away.zones, away.certain) == (None, (), (), False)
    close = _at(square, km, 9.005, -5)
    assert (close.adcode, close.candidates) == (None, ("000001",))
    assert square.sides(0.0, 0.0) == ()
    assert square.zones_at(0.0, 0.0) == ()


def test_an_index_of_nothing_knows_nothing() -> None:
    empty = LocateIndex.build([], [], [], 0.0)
    answer = empty.locate(120.0, 31.0)
    assert (answer.adcode, answer.line_id, answer.distance_to_line_m) == (None, None, None)
    assert not answer.certain


def _covers(polygons: Any, lons: Any, lats: Any) -> set[tuple[int, int]]:
    points = shapely.points(lons, lats)
    pairs = shapely.STRtree(polygons).query(points, predicate="covered_by")
    return set(zip(*pairs.tolist(), strict=True))


def _places(world: LocateIndex, count: int) -> Any:
    """Random places, all vertices of one county, places between vertices, grid corners."""
    random = np.random.default_rng(11)
    west, south, east, north = shapely.total_bounds(world._land.polygons)
    anywhere = random.uniform([west - 0.1, south - 0.1], [east + 0.1, north + 0.1], (count, 2))
    vertices = shapely.get_coordinates(world._land.polygons[[2, 16]])
    middles = (vertices[:-1] + vertices[1:]) / 2
    grid = world._land
    steps = random.integers(0, grid._columns, (count, 2))
    corners = np.array([grid._west, grid._south]) + steps * grid._size
    return np.concatenate([anywhere, vertices, middles, corners]).T


def test_answers_are_exactly_those_of_shapely_covers(world: LocateIndex) -> None:
    lons, lats = _places(world, 20_000)
    answers = world.locate_many(lons, lats)
    land, strips = world._land, world._sides
    expected = _covers(land.polygons, lons, lats)
    assert set(zip(*[p.tolist() for p in land.covering_many(lons, lats)], strict=True)) == expected
    pairs = {(int(i), int(k)) for i, k in zip(*answers.zone_pairs, strict=True)}
    assert pairs == _covers(strips.polygons, lons, lats)
    first = {
        i: min(k for j, k in expected if j == i)
        for i in range(0, 200)
        if any(j == i for j, _ in expected)
    }
    assert all(answers.adcode[i] == world.adcodes[k] for i, k in first.items())


def test_one_by_one_and_many_give_the_same(world: LocateIndex) -> None:
    lons, lats = _places(world, 150)
    many = world.locate_many(lons, lats, 12.0)
    assert len(many) == len(lons)
    for i in range(0, len(lons), 5):
        lon, lat = float(lons[i]), float(lats[i])
        one = world.locate(lon, lat, 12.0)
        assert many[i] == one
        assert set(world.sides(lon, lat)) <= set(one.candidates)
        assert world.zones_at(lon, lat) == one.zones
    with pytest.raises(IndexError):
        many[len(lons)]


@given(st.floats(0.0, 1.0), st.floats(-3_000, 3_000), st.floats(0, 360))
def test_the_distance_to_the_line_is_geodesic(
    world: LocateIndex,
    amap: BoundarySet,
    true_distance_m: Any,
    share: float,
    far: float,
    way: float,
) -> None:
    line = shared_line(amap.by_adcode("330502"), amap.by_adcode("320509")).parts[0]
    start = line.interpolate(share, normalized=True)
    lon, lat, _ = GEOD.fwd(start.x, start.y, way, far)
    alone = LocateIndex.build([], [], [LineShape("l", "a", "b", line)], 0.0)
    expected = true_distance_m(line, lon, lat)
    assert alone.locate(lon, lat).distance_to_line_m == pytest.approx(expected, abs=0.1)
    nearest = world.locate(lon, lat).distance_to_line_m
    assert nearest is not None
    assert nearest <= expected + 0.1


def test_where_lines_run_together_the_first_is_named(km: Any) -> None:
    line = km(shapely.LineString([(0, 0), (0, 5)]))
    index = LocateIndex.build([], [], [LineShape(k, "a", "b", line) for k in ("x", "y")], 0.0)
    assert index.locate(120.001, 31.01).line_id == "x"


def test_numbers_that_are_none_are_refused(square: LocateIndex) -> None:
    with pytest.raises(GeoError, match="lons"):
        square.locate_many([120.0, float("nan")], [31.0, 31.0])
    for accuracy in (-1.0, float("nan"), float("inf")):
        with pytest.raises(GeoError) as caught:
            square.locate(120.0, 31.0, accuracy)
        assert caught.value.code == "bad_accuracy"
    assert len(square.locate_many([], [])) == 0
