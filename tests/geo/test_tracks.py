from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from geo.crs import GEOD, local_metric_crs, project
from geo.errors import GeoError
from geo.tracks import CleanTrack, Fix, clean, simplify, statistics

Km = Callable[..., Any]


def _walk(count: int, speed: float = 10.0, every: float = 10.0) -> list[Fix]:
    """North from 120° E, 31° N."""
    places = [GEOD.fwd(120.0, 31.0, 0.0, speed * every * i) for i in range(count)]
    return [Fix(every * i, lon, lat, 5.0) for i, (lon, lat, _) in enumerate(places)]


def _reasons(fixes: list[Fix]) -> dict[int, str]:
    return dict(clean(fixes).dropped)


def test_a_sound_track_passes_unchanged() -> None:
    walk = _walk(50)
    assert clean(walk) == CleanTrack(tuple(walk), ())
    assert clean([]) == CleanTrack((), ())


def test_each_fault_is_dropped_with_its_reason() -> None:
    walk = _walk(40)
    walk[3] = Fix(30.0, float("nan"), 31.0)
    walk[5] = Fix(50.0, 31.0, 120.0)
    walk[7] = Fix(70.0, walk[7].lon, walk[7].lat, 2_000.0)
    walk[9] = Fix(90.0, 121.0, 31.0, 5.0)
    walk[11] = Fix(5.0, walk[11].lon, walk[11].lat, 5.0)
    walk[13] = walk[12]
    assert _reasons(walk) == {
        3: "not_finite",
        5: "out_of_range",
        7: "accuracy",
        9: "jump",
        11: "time",
        13: "duplicate",
    }


def test_a_false_first_fix_does_not_cost_the_track() -> None:
    walk = _walk(40)
    walk[0] = Fix(0.0, 125.0, 40.0, 5.0)
    assert _reasons(walk) == {0: "jump"}


def test_a_clock_that_leaps_ahead_once_does_not_cost_the_rest() -> None:
    walk = _walk(40)
    walk[10] = Fix(1e9, walk[10].lon, walk[10].lat, 5.0)
    assert _reasons(walk) == {10: "time"}


def test_many_scattered_false_fixes_lose_against_the_track() -> None:
    walk = _walk(60)
    for k in range(0, 60, 3):
        walk[k] = Fix(10.0 * k, 118.0 + k * 0.07, 33.0, 5.0)
    assert set(_reasons(walk)) == set(range(0, 60, 3))


def test_a_patrol_that_went_on_by_train_is_one_track() -> None:
    later = [Fix(fix.t + 7_200, fix.lon + 1.0, fix.lat, 5.0) for fix in _walk(20)]
    assert len(clean(_walk(20) + later).fixes) == 40


fixes = st.builds(
    Fix,
    st.floats(allow_nan=True),
    st.floats(119.9, 120.1) | st.floats(),
    st.floats(30.9, 31.1) | st.floats(),
    st.none() | st.floats(),
)


@given(st.lists(fixes, max_size=40))
def test_any_input_gives_a_rising_plausible_track_and_accounts_for_every_fix(
    raw: list[Fix],
) -> None:
    track = clean(raw)
    times = [fix.t for fix in track.fixes]
    assert times == sorted(set(times))
    assert len(track.fixes) + len(track.dropped) == len(raw)
    assert statistics(track, {}).distance_m >= 0.0


def test_statistics_of_a_straight_walk_through_a_square(km: Km) -> None:
    track = clean(_walk(101))
    area = {
        "half": km(box(-1, 0, 1, 5)),
        "none": km(box(3, 0, 4, 5)),
        "all": km(box(-1, -1, 1, 20)),
    }
    result = statistics(track, area)
    assert result.distance_m == pytest.approx(10_000, rel=1e-6)
    assert result.duration_s == result.moving_s == 1_000.0
    assert result.max_speed_m_s == pytest.approx(10.0, rel=1e-6)
    assert result.seconds_inside == pytest.approx({"half": 500, "none": 0, "all": 1_000}, abs=0.1)
    assert result.distance_inside_m["half"] == pytest.approx(5_000, abs=1)


def test_standing_counts_as_time_inside_but_not_as_moving(km: Km) -> None:
    track = clean([Fix(60.0 * i, 120.0, 31.01, 5.0) for i in range(5)])
    result = statistics(track, {"a": km(box(-1, 0, 1, 5)), "b": km(box(2, 2, 3, 3))})
    assert (result.moving_s, result.distance_m) == (0.0, 0.0)
    assert result.seconds_inside == {"a": 240.0, "b": 0.0}


def test_nothing_is_claimed_for_a_gap_in_the_recording(km: Km) -> None:
    first, second = _walk(10), [Fix(f.t + 3_600, f.lon, f.lat, 5.0) for f in _walk(10)]
    result = statistics(clean(first + second), {"a": km(box(-1, -1, 1, 5))})
    assert result.duration_s == pytest.approx(3_690)
    assert result.unobserved_s == pytest.approx(3_510)
    assert result.seconds_inside["a"] == pytest.approx(180)
    assert result.distance_m == pytest.approx(1_800, rel=1e-6)


def test_a_track_of_one_fix_or_none_has_no_way(km: Km) -> None:
    for track in (CleanTrack((), ()), clean(_walk(1))):
        result = statistics(track, {"a": km(box(-1, -1, 1, 1))})
        assert (result.distance_m, result.duration_s, result.max_speed_m_s) == (0.0, 0.0, 0.0)
        assert result.seconds_inside == {"a": 0.0}
        assert track.line() is None
        assert simplify(track, 5.0) == track


def test_a_straight_track_keeps_its_two_ends() -> None:
    track = clean(_walk(100))
    assert simplify(track, 1.0).fixes == (track.fixes[0], track.fixes[-1])


@given(
    st.lists(st.tuples(st.floats(-20, 20), st.floats(-20, 20)), min_size=2, max_size=60),
    st.floats(0, 200),
)
def test_a_simplified_track_stays_within_the_tolerance(steps: list[Any], tolerance: float) -> None:
    lon, lat, raw = 120.0, 31.0, []
    for i, (east, north) in enumerate(steps):
        lon, lat = lon + east * 1e-5, lat + north * 1e-5
        raw.append(Fix(float(i), lon, lat))
    track = CleanTrack(tuple(raw), ())
    thin = simplify(track, tolerance)
    assert set(thin.fixes) <= set(track.fixes)
    whole, line = track.line(), thin.line()
    assert whole is not None and line is not None  # noqa: PT018
    crs = local_metric_crs(whole)
    flat = project(line, crs)
    assert all(
        flat.distance(project(shapely.Point(fix.lon, fix.lat), crs)) <= tolerance + 1e-3
        for fix in raw
    )


@pytest.mark.parametrize("tolerance", [-1.0, float("nan"), 1e9])
def test_tolerances_out_of_range_are_refused(tolerance: float) -> None:
    with pytest.raises(GeoError):
        simplify(clean(_walk(5)), tolerance)
