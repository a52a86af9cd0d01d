"""The raster of effort against exact buffers, and against what can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.coverage import coverage
from geo.crs import GEOD, geodesic_area_m2
from geo.effort import ERROR_SHARE, Effort, Ground, effort, ground
from geo.errors import GeoError

KM = 0.01048  # a kilometre east at 31° N, degrees
AREA = shapely.box(120.0, 31.0, 120.0 + 4 * KM, 31.027)


def walk(*places, seconds=100.0):
    """A stretch through places, evenly timed."""
    return np.array([(seconds * n, lon, lat) for n, (lon, lat) in enumerate(places)])


def line(stretch):
    return shapely.linestrings(stretch[:, 1:])


def wander(seed, count=80):
    rng = np.random.default_rng(seed)
    turn = np.cumsum(rng.normal(0, 0.4, count))
    steps = 4e-4 * np.column_stack([np.cos(turn), np.sin(turn)]) * rng.random((count, 1))
    places = np.array([120.0 + rng.random() * 4 * KM, 31.0 + rng.random() * 0.027])
    return walk(*(places + np.cumsum(steps, axis=0)).tolist())


@given(st.integers(0, 10_000), st.sampled_from([50.0, 100.0, 300.0]))
def test_the_share_agrees_with_exact_buffers(seed, reach_m) -> None:
    stretches = [wander(seed), wander(seed + 1)]
    exact = coverage(AREA, [line(one) for one in stretches], reach_m)
    found = effort(ground(AREA, reach_m), stretches)
    assert found.error_share == ERROR_SHARE
    assert found.share == pytest.approx(exact.share, abs=found.error_share)
    gaps = found.gaps()
    assert gaps.is_valid
    assert geodesic_area_m2(gaps) == pytest.approx(exact.area_m2 * (1 - found.share), rel=0.02)


def test_seconds_are_counted_where_a_unit_stood() -> None:
    on = ground(AREA, 100.0)
    stand = walk((120.02, 31.01), (120.02, 31.01), seconds=600.0)
    found = effort(on, [stand, stand])
    near = found.seconds[found.seconds > 0]
    assert near.tolist() == pytest.approx([1_200.04] * len(near), rel=1e-5)
    assert len(near) * on.cell_m**2 == pytest.approx(np.pi * 100.0**2, rel=0.02)


def test_a_covered_cell_lies_within_reach_and_a_gap_does_not() -> None:
    on = ground(AREA, 100.0)
    found = effort(on, [walk((120.005, 31.01), (120.03, 31.02))])
    rows, columns = np.nonzero(on.inside)
    pick = np.random.default_rng(1).integers(0, len(rows), 200)
    for row, column in zip(rows[pick], columns[pick], strict=True):
        lon = on.west + (column + 0.5) * on.step_lon
        lat = on.south + (row + 0.5) * on.step_lat
        dense = shapely.get_coordinates(
            shapely.segmentize(shapely.LineString([(120.005, 31.01), (120.03, 31.02)]), 1e-5)
        )
        true = min(GEOD.inv(np.full(len(dense), lon), np.full(len(dense), lat), *dense.T)[2])
        assert found.covered[row, column] == (true <= 100.0) or abs(true - 100.0) <= 1.0


def test_nothing_walked_covers_nothing() -> None:
    on = ground(AREA, 100.0)
    for stretches in ([], [walk((120.02, 31.01))], [walk((121.0, 31.01), (121.1, 31.01))]):
        found = effort(on, stretches)
        assert found.share == 0.0
        assert geodesic_area_m2(found.gaps()) == pytest.approx(geodesic_area_m2(AREA), rel=0.01)


@given(st.integers(0, 10_000))
def test_gaps_hold_the_cells_never_reached_and_no_other(seed) -> None:
    chance = np.random.default_rng(seed)
    cells = chance.random(tuple(chance.integers(1, 12, 2))) < chance.random()
    seconds = np.where(cells, 0.0, 1.0).astype(np.float32)
    on = Ground(120.0, 31.0, 1e-4, 2e-4, np.ones(cells.shape, bool), 10.0, 100.0, (1.0, 1.0))
    gaps = Effort(on, seconds).gaps()
    assert gaps.is_valid
    assert gaps.area == pytest.approx(cells.sum() * on.step_lon * on.step_lat)
    rows, columns = np.indices(cells.shape) + 0.5
    found = shapely.contains_xy(gaps, 120.0 + columns * on.step_lon, 31.0 + rows * on.step_lat)
    assert (found == cells).all()


def test_all_walked_leaves_no_gap() -> None:
    small = shapely.box(120.0, 31.0, 120.0005, 31.0005)
    found = effort(ground(small, 100.0), [walk((120.0, 31.0), (120.0005, 31.0005))])
    assert found.share == 1.0
    assert found.gaps().is_empty


def test_a_large_area_gets_larger_cells_and_bounds_hold_it() -> None:
    large = shapely.box(119.0, 30.0, 121.0, 32.0)
    on = ground(large, 100.0)
    assert on.inside.size <= 1_010_000
    assert on.cell_m > 100.0
    assert effort(on, []).error_share > 10 * ERROR_SHARE
    west, south, east, north = on.bounds
    assert (west, south) == (119.0, 30.0)
    assert east >= 121.0
    assert north >= 32.0


@pytest.mark.parametrize(
    ("area", "reach_m", "code"),
    [
        (AREA, 5.0, "bad_distance"),
        (AREA, float("nan"), "bad_distance"),
        (shapely.Polygon(), 100.0, "empty"),
        (shapely.Polygon([(120, 31), (121, 32), (121, 31), (120, 32)]), 100.0, "invalid"),
    ],
)
def test_what_is_no_area_or_reach_is_refused(area, reach_m, code) -> None:
    with pytest.raises(GeoError) as caught:
        ground(area, reach_m)
    assert caught.value.code == code
