"""Whether a track passed a place: distance and time of the nearest approach."""

from __future__ import annotations

import pytest

from geo.crs import GEOD
from geo.passing import nearest_passes
from geo.tracks import Fix

START = (120.43, 30.87)


def ahead(place, azimuth, metres):
    lon, lat, _back = GEOD.fwd(*place, azimuth, metres)
    return lon, lat


def test_the_nearest_approach_lies_between_two_fixes():
    end = ahead(START, 90, 200)
    beside = ahead(ahead(START, 90, 50), 0, 30)
    (found,) = nearest_passes([beside], [[Fix(0, *START), Fix(100, *end)]])
    assert found is not None
    assert found.distance_m == pytest.approx(30, abs=0.05)
    assert found.t == pytest.approx(25, abs=0.1)


def test_nothing_is_assumed_between_two_stretches():
    end = ahead(START, 90, 400)
    middle = ahead(START, 90, 200)
    apart = [[Fix(0, *START)], [], [Fix(900, *end)]]
    (found,) = nearest_passes([middle], apart)
    assert found is not None
    assert found.distance_m == pytest.approx(200, abs=0.1)


def test_a_unit_that_stands_and_repeats_counts_once_and_the_earliest():
    here = Fix(10, *START)
    (found,) = nearest_passes([START], [[here, Fix(20, *START)], [Fix(30, *START)]])
    assert found is not None
    assert (found.distance_m, found.t) == (pytest.approx(0, abs=1e-3), 10)


def test_without_places_or_fixes_there_is_no_pass():
    assert nearest_passes([], [[Fix(0, *START)]]) == []
    assert nearest_passes([START, START], [[]]) == [None, None]
