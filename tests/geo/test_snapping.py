"""Follow a line between two places: forwards, backwards, round a ring the shorter way."""

from __future__ import annotations

import pytest
import shapely
from shapely.geometry import LineString

from geo.crs import GEOD
from geo.errors import GeoError
from geo.snapping import stretch_between

START = (120.43, 30.87)


def at(x, y):
    lon, lat, _back = GEOD.fwd(*START, 90, x)
    lon, lat, _back = GEOD.fwd(lon, lat, 0, y)
    return lon, lat


CORNERS = [at(0, 0), at(1000, 0), at(1000, 1000), at(0, 1000)]


def test_the_vertices_between_are_the_lines_own():
    found = stretch_between(LineString(CORNERS), at(400, 30), at(970, 600))
    assert found.off_m == pytest.approx((30, 30), abs=0.5)
    assert found.line.coords[1] == CORNERS[1]
    assert len(found.line.coords) == 3
    assert found.length_m == pytest.approx(600 + 600, abs=2)


def test_backwards_is_the_same_turned_round():
    line = LineString(CORNERS)
    there = stretch_between(line, at(400, 0), at(1000, 600))
    back = stretch_between(line, at(1000, 600), at(400, 0))
    assert list(back.line.coords) == list(there.line.coords)[::-1]
    assert back.length_m == pytest.approx(there.length_m)


def test_from_vertex_to_vertex_nothing_is_doubled():
    found = stretch_between(LineString(CORNERS), CORNERS[0], CORNERS[2])
    assert list(found.line.coords) == CORNERS[:3]


@pytest.mark.parametrize("turned", [False, True])
def test_round_a_ring_the_shorter_way_counts(turned):
    ring = LineString([*CORNERS, CORNERS[0]])
    a, b = at(200, 0), at(0, 300)
    begin, end = (b, a) if turned else (a, b)
    found = stretch_between(ring, begin, end)
    assert found.length_m == pytest.approx(500, abs=1)
    assert CORNERS[0] in list(found.line.coords)
    long_way = stretch_between(ring, at(200, 0), at(900, 0))
    assert long_way.length_m == pytest.approx(700, abs=1)
    assert shapely.is_simple(found.line)


def test_two_places_at_one_point_are_no_stretch():
    with pytest.raises(GeoError) as raised:
        stretch_between(LineString(CORNERS), at(-50, 0), at(-90, -10))
    assert raised.value.code == "too_short"
