"""Routes cut by the strips of a zone."""

from __future__ import annotations

import pytest
import shapely
from shapely.geometry import LineString

from geo.crs import geodesic_length_m
from geo.errors import GeoError
from geo.routes import MAX_ROUTE_VERTICES, cut_route

# Two strips of 0.01° (some 950 m) on either side of a line that runs north.
LINE = LineString([(120.5, 30.8), (120.5, 30.9)])
STRIPS = {"b": shapely.box(120.5, 30.8, 120.51, 30.9), "a": shapely.box(120.49, 30.8, 120.5, 30.9)}


def cut(*places, accuracy_m=100.0):
    return cut_route(LineString(places), STRIPS, LINE, accuracy_m)


def test_a_route_across_the_line_has_a_leg_on_each_side():
    answer = cut((120.495, 30.85), (120.505, 30.85))
    assert [section.side for section in answer.inside] == ["a", "b"]
    first, second = answer.inside
    assert first.from_m == 0
    assert first.to_m == second.from_m
    assert second.to_m == pytest.approx(answer.length_m)
    whole = geodesic_length_m(LineString([(120.495, 30.85), (120.505, 30.85)]))
    assert answer.length_m == pytest.approx(whole, abs=0.01)
    assert first.length_m == pytest.approx(whole / 2, abs=0.01)
    assert first.line.coords[-1] == pytest.approx((120.5, 30.85))


def test_out_and_back_counts_both_ways():
    answer = cut((120.495, 30.85), (120.505, 30.85), (120.495, 30.85))
    assert [section.side for section in answer.inside] == ["a", "b", "a"]
    once = geodesic_length_m(LineString([(120.495, 30.85), (120.505, 30.85)]))
    assert answer.length_m == pytest.approx(2 * once, abs=0.02)


def test_what_lies_outside_is_named_and_measured():
    answer = cut((120.505, 30.85), (120.52, 30.85))
    assert [section.side for section in answer.sections] == ["b", None]
    assert answer.outside_m == pytest.approx(
        geodesic_length_m(LineString([(120.51, 30.85), (120.52, 30.85)])), abs=0.01
    )
    assert answer.outside.bounds == pytest.approx((120.51, 30.85, 120.52, 30.85))


def test_nearness_to_the_line_is_stated_per_leg():
    answer = cut((120.495, 30.85), (120.505, 30.85), accuracy_m=100)
    assert [section.uncertain_m for section in answer.inside] == pytest.approx([100, 100], abs=30)
    assert answer.uncertain.length > 0
    assert cut((120.491, 30.81), (120.491, 30.89)).uncertain.is_empty


def test_a_route_along_the_line_belongs_to_one_side_and_is_uncertain():
    answer = cut((120.5, 30.82), (120.5, 30.88))
    assert [section.side for section in answer.sections] == ["a"]
    assert answer.sections[0].uncertain_m == pytest.approx(answer.length_m)


def test_hairs_across_the_line_make_no_leg():
    hair = 0.000_000_5  # 5 cm
    answer = cut((120.495, 30.85), (120.5 + hair, 30.85), (120.495, 30.851))
    assert [section.side for section in answer.sections] == ["a"]
    first = cut((120.5 - hair, 30.85), (120.505, 30.85))
    assert [section.side for section in first.sections] == ["b"]


def test_a_route_of_a_hair_is_still_answered():
    answer = cut((120.5, 30.85), (120.500_001, 30.85))
    assert answer.length_m < 1
    assert [section.side for section in answer.sections] == ["b"]


def test_standing_still_in_between_changes_nothing():
    answer = cut((120.495, 30.85), (120.495, 30.85), (120.505, 30.85))
    assert [section.side for section in answer.inside] == ["a", "b"]


def test_a_route_with_too_many_vertices_is_refused():
    places = [(120.49 + i * 1e-6, 30.85) for i in range(MAX_ROUTE_VERTICES + 1)]
    with pytest.raises(GeoError) as refused:
        cut(*places)
    assert refused.value.code == "line_too_long"
