from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import LineString, box

from geo.coverage import coverage
from geo.crs import geodesic_area_m2
from geo.errors import GeoError

Km = Callable[..., Any]


def test_a_patrol_along_the_middle_covers_its_band(km: Km) -> None:
    area, track = km(box(0, 0, 10, 4)), km(LineString([(-1, 2), (11, 2)]))
    result = coverage(area, [track], 500.0)
    assert result.share == pytest.approx(0.25, abs=1e-3)
    assert len(result.gaps.geoms) == 2
    assert result.covered_m2 == pytest.approx(10_000_000, rel=1e-3)
    assert result.area_m2 == pytest.approx(geodesic_area_m2(area))


def test_a_short_patrol_covers_a_capsule(km: Km) -> None:
    result = coverage(km(box(0, 0, 10, 10)), [km(LineString([(4, 5), (6, 5)]))], 1_000.0)
    assert result.covered_m2 == pytest.approx(4e6 + math.pi * 1e6, rel=5e-3)


def test_nobody_patrolled(km: Km) -> None:
    area = km(box(0, 0, 1, 1))
    far = km(LineString([(50, 50), (51, 50)]))
    still = km(LineString([(0.5, 0.5), (0.5, 0.5)]))
    for tracks in ([], [far], [still]):
        result = coverage(area, tracks, 100.0)
        assert (result.share, result.covered_m2) == (0.0, 0.0)
        assert result.gaps.equals(area)


def test_everything_was_patrolled(km: Km) -> None:
    result = coverage(km(box(0, 0, 1, 1)), [km(LineString([(0, 0), (1, 1)]))], 2_000.0)
    assert result.share == 1.0
    assert result.gaps.is_empty


def test_gaps_and_covered_part_make_up_the_area(km: Km) -> None:
    random = np.random.default_rng(3)
    tracks = [km(LineString(random.uniform(0, 10, (200, 2)))) for _ in range(3)]
    area = km(box(0, 0, 10, 10).difference(box(4, 4, 5, 5)))
    result = coverage(area, tracks, 50.0)
    left = geodesic_area_m2(result.gaps)
    assert result.covered_m2 + left == pytest.approx(result.area_m2, rel=1e-9)
    assert result.gaps.is_valid


def test_many_winding_tracks_are_measured_together(km: Km) -> None:
    random = np.random.default_rng(4)
    steps = random.normal(0, 0.03, (20, 1_000, 2)).cumsum(axis=1) + 5.0
    tracks = [km(LineString(walk)) for walk in steps]
    area = km(box(0, 0, 10, 10))
    together = coverage(area, tracks, 50.0)
    alone = [coverage(area, [track], 50.0).covered_m2 for track in tracks]
    assert max(alone) <= together.covered_m2 <= sum(alone)


@pytest.mark.parametrize("reach", [0.0, -1.0, float("nan"), 10_001.0])
def test_a_reach_out_of_range_is_refused(km: Km, reach: float) -> None:
    with pytest.raises(GeoError) as caught:
        coverage(km(box(0, 0, 1, 1)), [], reach)
    assert caught.value.code == "bad_distance"


def test_an_area_must_be_sound(km: Km) -> None:
    bow = km(shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]))
    with pytest.raises(GeoError) as caught:
        coverage(bow, [], 50.0)
    assert caught.value.code == "invalid"
    with pytest.raises(GeoError) as caught:
        coverage(shapely.Polygon(), [], 50.0)
    assert caught.value.code == "empty"
