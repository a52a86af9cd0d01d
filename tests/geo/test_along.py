"""Places along a route: in order, out and back, at crossings."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString

from geo.along import places_along
from geo.crs import GEOD

START = (120.43, 30.87)


def ahead(place, azimuth, metres):
    lon, lat, _back = GEOD.fwd(*place, azimuth, metres)
    return lon, lat


EAST = [ahead(START, 90, metres) for metres in (0, 500, 1000)]


def test_a_place_beside_the_route_says_how_far_along_and_how_far_off():
    (found,) = places_along(LineString(EAST), [ahead(ahead(START, 90, 300), 0, 40)])
    assert found.from_start_m == pytest.approx(300, abs=0.2)
    assert found.off_m == pytest.approx(40, abs=0.1)


def test_out_and_back_keeps_the_order_in_which_the_places_are_named():
    route = LineString([*EAST, *EAST[-2::-1]])
    near, far = ahead(START, 90, 100), ahead(START, 90, 700)
    there = [place.from_start_m for place in places_along(route, [near, far, near])]
    assert there == pytest.approx([100, 700, 1900], abs=0.5)
    back = [place.from_start_m for place in places_along(route, [far, near])]
    assert back == pytest.approx([700, 1900], abs=0.5)


def test_two_places_against_the_direction_of_one_segment_wait_for_the_later_one():
    route = LineString([EAST[0], EAST[2]])
    found = places_along(route, [ahead(START, 90, 800), ahead(START, 90, 200)])
    assert found[0].from_start_m == pytest.approx(800, abs=0.5)
    assert found[1].from_start_m == found[0].from_start_m


def test_a_repeated_vertex_and_no_places():
    route = LineString([EAST[0], EAST[0], EAST[2]])
    assert places_along(route, []) == []
    (found,) = places_along(route, [EAST[1]])
    assert found.from_start_m == pytest.approx(500, abs=0.5)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=3))
def test_no_other_order_of_segments_costs_less(points):
    """Against every way to go forward over the segments, tried out."""
    corners = [(0, 0), (5, 0), (5, 3), (0, 3), (0, 5), (5, 5)]
    place = lambda x, y: ahead(ahead(START, 90, 100.0 * x), 0, 100.0 * y)  # noqa: E731
    route = LineString([place(*corner) for corner in corners])
    places = [place(*point) for point in points]
    cost = sum(one.off_m**2 for one in places_along(route, places))
    singles = [
        [places_along(LineString(route.coords[s : s + 2]), [p])[0].off_m for s in range(5)]
        for p in places
    ]
    best = min(
        sum(singles[number][segment] ** 2 for number, segment in enumerate(way))
        for way in itertools.combinations_with_replacement(range(5), len(places))
    )
    assert cost == pytest.approx(best, rel=0.01, abs=5)
