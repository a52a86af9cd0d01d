from __future__ import annotations

import math
import resource
import subprocess
import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import LineString, box

from geo.boundaries import BoundarySet, read_official, shared_line
from geo.corridor import corridor_polygon
from geo.crs import GEOD, geodesic_area_m2, geodesic_length_m
from geo.errors import GeoError
from geo.zones import Corridor, Stretch, build_strips, chainage_of, cut

Km = Callable[..., Any]
WEST, EAST = box(-10, -10, 0, 10), box(0, -10, 10, 10)


def _code(call: Callable[[], Any]) -> str:
    with pytest.raises(GeoError) as caught:
        call()
    return caught.value.code


def _strips(
    km: Km, line: Any, width_m: float = 1_000.0, cap: Any = "flat", **sides: Any
) -> Corridor:
    a, b = km(sides.get("a", WEST)), km(sides.get("b", EAST))
    return build_strips(km(line), a, b, width_m, cap=cap, boundary_accuracy_m=0.0)


@pytest.fixture(scope="module")
def real(amap: BoundarySet) -> dict[str, Corridor]:
    a, b = amap.by_adcode("330502"), amap.by_adcode("320509")
    line = shared_line(a, b).parts[0]
    return {
        cap: build_strips(
            line, a.polygon, b.polygon, 1_000.0, cap=cap, boundary_accuracy_m=amap.accuracy_m
        )
        for cap in ("flat", "round")
    }


# Areas that can be computed by hand


def test_a_straight_line_with_flat_caps_gives_twice_width_times_length(km: Km) -> None:
    zone = _strips(km, LineString([(0, 0), (0, 4.6)]))
    assert zone.area_a_m2 + zone.area_b_m2 == pytest.approx(9_200_000, rel=1e-5)
    assert zone.area_a_m2 == pytest.approx(zone.area_b_m2, rel=1e-6)
    assert zone.elsewhere.is_empty
    assert zone.line_length_m == pytest.approx(4_600, rel=1e-5)


def test_round_caps_add_a_whole_disc(km: Km) -> None:
    zone = _strips(km, LineString([(0, 0), (0, 4.6)]), cap="round")
    disc = math.pi * 1_000_000
    assert zone.area_a_m2 + zone.area_b_m2 == pytest.approx(9_200_000 + disc, rel=1e-4)


def test_a_right_angle_gives_the_square_the_arc_and_both_arms(km: Km) -> None:
    west = shapely.Polygon([(-9, -9), (0, -9), (0, 0), (5, 0), (5, 9), (-9, 9)])
    east = shapely.Polygon([(0, -9), (9, -9), (9, 9), (5, 9), (5, 0), (0, 0)])
    zone = _strips(km, LineString([(0, -4), (0, 0), (4, 0)]), a=west, b=east)
    outer = 8_000_000 + math.pi * 1_000_000 / 4
    assert zone.area_a_m2 == pytest.approx(outer, rel=1e-3)
    assert zone.area_b_m2 == pytest.approx(7_000_000, rel=1e-3)


def test_a_third_county_and_a_lake_take_their_part(km: Km) -> None:
    lake = box(0.2, 1, 0.7, 2)
    third = box(-10, 4, 10, 10)
    zone = _strips(
        km,
        LineString([(0, 0), (0, 4)]),
        cap="round",
        a=WEST.difference(third),
        b=EAST.difference(third).difference(lake),
    )
    half_disc = math.pi * 1_000_000 / 2
    assert zone.area_elsewhere_m2 == pytest.approx(half_disc + 500_000, rel=1e-3)


def test_a_tri_point_ends_the_strips_at_the_third_county(km: Km) -> None:
    north = shapely.Polygon([(0, 0), (-10, 10), (10, 10)])
    west = shapely.Polygon([(0, 0), (-10, 10), (-10, -10), (0, -10)])
    east = shapely.Polygon([(0, 0), (10, 10), (10, -10), (0, -10)])
    zone = _strips(km, LineString([(0, -3), (0, 0)]), cap="round", a=west, b=east)
    assert zone.area_a_m2 == pytest.approx(3e6 + math.pi * 1e6 * (1 / 4 + 1 / 8), rel=1e-3)
    assert zone.area_elsewhere_m2 == pytest.approx(math.pi * 1e6 / 4, rel=1e-3)
    assert not zone.strip_a.intersects(km(north).buffer(-1e-6))


def test_an_enclave_gives_a_ring_outside_and_all_land_inside(km: Km) -> None:
    inner = box(0, 0, 1.5, 1.5)
    zone = _strips(
        km,
        LineString(inner.exterior.coords),
        cap="round",
        a=inner,
        b=box(-9, -9, 9, 9).difference(inner),
    )
    assert zone.area_a_m2 == pytest.approx(2_250_000, rel=1e-4)
    assert zone.area_b_m2 == pytest.approx(6_000_000 + math.pi * 1_000_000, rel=1e-3)


def test_jitter_in_the_last_vertices_hardly_turns_a_flat_end(km: Km) -> None:
    straight = corridor_polygon(LineString([(0, 0), (0, 4_600)]), 1_000.0, "flat")
    bent = LineString([(0, 0), (0, 4_590), (5, 4_600)])
    moved = corridor_polygon(bent, 1_000.0, "flat").symmetric_difference(straight).area
    naive = bent.buffer(1_000.0, 64, cap_style="flat").symmetric_difference(straight).area
    assert moved < 10_000 < 300_000 < naive


def test_both_ends_of_a_bent_line_are_cut_alike() -> None:
    line = LineString([(5, -10), (0, 0), (0, 4_600), (5, 4_610)])
    there, back = (corridor_polygon(way, 1_000.0, "flat") for way in (line, line.reverse()))
    assert there.symmetric_difference(back).area < 1.0
    assert there.area == pytest.approx(2_000 * 4_620, rel=2e-3)


def test_a_hook_or_a_spiral_at_the_end_is_not_cut_through_the_line() -> None:
    turns = np.linspace(0, 8 * np.pi, 400)
    radius = 400 - turns * 14
    spiral = np.column_stack([5_000 - radius * np.sin(turns), 400 - radius * np.cos(turns)])
    turns = np.linspace(0, 57, 1_000)
    snail = np.exp(-0.1 * turns)[:, None] * np.column_stack([np.sin(turns), -np.cos(turns)])
    for line in (
        LineString([(0, 250), *(snail * 150 + [5_000, 400])]),
        LineString([(0, 0), (5_000, 0), (5_000, 60), (4_600, 60)]),
        LineString([(0, 0), *spiral]),
    ):
        for end in (line, line.reverse()):
            zone = corridor_polygon(end, 1_000.0, "flat")
            assert zone.covers(end.buffer(0.5, cap_style="flat"))


def test_a_closed_line_has_no_ends_to_cap() -> None:
    ring = box(0, 0, 3_000, 3_000).exterior
    flat, round_ = (corridor_polygon(ring, 1_000.0, cap) for cap in ("flat", "round"))
    assert flat.equals(round_)
    assert flat.area == pytest.approx(12e6 + math.pi * 1e6 + 9e6 - 1e6, rel=1e-4)


def test_corridors_agree_with_geos_on_many_shapes() -> None:
    random = np.random.default_rng(5)
    for _ in range(30):
        line = LineString(np.column_stack([np.arange(40) * 150.0, random.normal(0, 120, 40)]))
        ours, theirs = corridor_polygon(line, 1_000.0, "round"), line.buffer(1_000.0, 256)
        assert ours.is_valid
        assert ours.symmetric_difference(theirs).area / theirs.area < 1e-4


# The promise: against geodesic truth


def _sample(zone: Corridor, share: float, offset_m: float) -> tuple[float, float]:
    place = zone.line.interpolate(share, normalized=True)
    ahead = zone.line.interpolate(min(share + 1e-4, 1.0), normalized=True)
    behind = zone.line.interpolate(max(share - 1e-4, 0.0), normalized=True)
    azimuth = GEOD.inv(behind.x, behind.y, ahead.x, ahead.y)[0]
    lon, lat, _ = GEOD.fwd(place.x, place.y, azimuth + 90.0, offset_m)
    return lon, lat


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    share=st.floats(0.0, 1.0),
    offset=st.floats(-1_500, 1_500),
    cap=st.sampled_from(["flat", "round"]),
)
def test_every_place_is_on_the_right_side_of_the_outline(
    real: dict[str, Corridor],
    true_distance_m: Callable[..., float],
    share: float,
    offset: float,
    cap: str,
) -> None:
    zone = real[cap]
    lon, lat = _sample(zone, share, offset)
    distance = true_distance_m(zone.line, lon, lat)
    inside = any(
        shapely.intersects_xy(part, lon, lat)
        for part in (zone.strip_a, zone.strip_b, zone.elsewhere)
    )
    if distance > zone.width_m + zone.construction_error_m:
        assert not inside
    # A flat end is square to the last kilometre, which may turn away from the last few metres.
    ends = (0.0, zone.line_length_m)
    to_end = min(abs(chainage_of(zone.line, lon, lat) - end) for end in ends)
    beside_end = to_end < max(250.0, abs(offset))
    if distance < zone.width_m - zone.construction_error_m and not (cap == "flat" and beside_end):
        assert inside


@pytest.mark.parametrize("cap", ["flat", "round"])
def test_the_whole_outline_is_within_ten_centimetres_of_the_truth(
    real: dict[str, Corridor], true_distance_m: Callable[..., float], cap: str
) -> None:
    zone = real[cap]
    corridor = shapely.union_all([zone.strip_a, zone.strip_b, zone.elsewhere])
    places = shapely.get_coordinates(corridor.exterior)[::5]
    distances = [true_distance_m(zone.line, *place) for place in places]
    assert max(distances) < 1_000.1
    assert zone.construction_error_m < 0.1
    if cap == "round":
        assert min(distances) > 999.9


def test_strips_lie_on_their_own_side_and_add_up(
    real: dict[str, Corridor], amap: BoundarySet
) -> None:
    for zone in real.values():
        parts = [zone.strip_a, zone.strip_b, zone.elsewhere]
        for one, other in combinations(parts, 2):
            assert one.is_valid
            assert geodesic_area_m2(one.intersection(other)) < 1e-6
        beyond = zone.strip_a.difference(amap.by_adcode("330502").polygon)
        assert geodesic_area_m2(beyond) < 10.0
        total = zone.area_a_m2 + zone.area_b_m2 + zone.area_elsewhere_m2
        assert total == pytest.approx(geodesic_area_m2(shapely.union_all(parts)), rel=1e-9)
        assert zone.error_m == zone.construction_error_m + 400.0


def test_every_pair_around_huzhou_gets_two_sound_strips(amap: BoundarySet) -> None:
    built = 0
    for a, b in combinations(amap.jurisdictions, 2):
        if b not in amap.neighbours(a.adcode):
            continue
        for part in shared_line(a, b).parts:
            zone = build_strips(part, a.polygon, b.polygon, 1_000.0, boundary_accuracy_m=400.0)
            assert shapely.is_valid([zone.strip_a, zone.strip_b, zone.elsewhere]).all()
            assert geodesic_area_m2(zone.strip_a.intersection(zone.strip_b)) < 1e-6
            assert zone.construction_error_m < 0.1
            built += 1
    assert built >= 35


def test_a_zone_far_from_any_central_meridian_is_as_exact(true_distance_m: Any) -> None:
    line = LineString([(73.9, 39.5), (74.4, 39.55), (74.9, 39.5)])
    south = shapely.Polygon([*line.coords, (74.9, 39.0), (73.9, 39.0)])
    north = shapely.Polygon([*line.coords, (74.9, 40.0), (73.9, 40.0)])
    zone = build_strips(line, south, north, 1_000.0, boundary_accuracy_m=1.0)
    assert zone.construction_error_m < 0.1
    for x, y in shapely.get_coordinates(zone.strip_a)[::10]:
        assert true_distance_m(line, x, y) < 1_000.0 + zone.construction_error_m


def test_a_line_of_few_long_segments_is_as_exact(
    tianditu_path: Path, true_distance_m: Callable[..., float]
) -> None:
    generalised = read_official(tianditu_path, accuracy_m=500.0)
    a, b = generalised.by_adcode("330502"), generalised.by_adcode("320509")
    line = shared_line(a, b).parts[0]
    zone = build_strips(line, a.polygon, b.polygon, 1_000.0, boundary_accuracy_m=500.0)
    assert geodesic_area_m2(zone.strip_a.intersection(zone.strip_b)) < 1e-6
    assert zone.area_a_m2 + zone.area_b_m2 + zone.area_elsewhere_m2 == pytest.approx(
        2_000 * zone.line_length_m, rel=0.05
    )
    for place in shapely.get_coordinates(shapely.union_all([zone.strip_a, zone.strip_b])):
        assert true_distance_m(line, *place) < 1_000.0 + zone.construction_error_m


# Stretches


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(0, 7_000), st.floats(1, 7_000))
def test_a_stretch_has_the_length_asked_for(
    real: dict[str, Corridor], begin: float, size: float
) -> None:
    line = real["flat"].line
    end = min(begin + size, real["flat"].line_length_m)
    if end - begin < 1.0:
        return
    part = cut(line, Stretch(begin, end))
    assert geodesic_length_m(part) == pytest.approx(end - begin, abs=0.01)
    assert chainage_of(line, *part.coords[0]) == pytest.approx(begin, abs=0.05)
    assert chainage_of(line, *part.coords[-1]) == pytest.approx(end, abs=0.05)


def test_a_stretch_builds_its_own_zone(real: dict[str, Corridor], amap: BoundarySet) -> None:
    part = cut(real["flat"].line, Stretch(1_000, 5_600))
    sides = amap.by_adcode("330502").polygon, amap.by_adcode("320509").polygon
    zone = build_strips(part, *sides, 1_000.0, boundary_accuracy_m=400.0)
    assert zone.line_length_m == pytest.approx(4_600, abs=0.1)
    assert zone.area_a_m2 + zone.area_b_m2 == pytest.approx(9_200_000, rel=0.05)


@pytest.mark.parametrize("ends", [(-1, 5), (5, 5), (6, 5), (0, 9_999), (float("nan"), 5)])
def test_a_stretch_off_the_line_is_refused(real: dict[str, Corridor], ends: Any) -> None:
    assert _code(lambda: cut(real["flat"].line, Stretch(*ends))) == "bad_stretch"


def test_doubled_vertices_do_not_disturb_a_stretch(km: Km) -> None:
    line = km(LineString([(0, 0), (0, 1), (0, 1), (0, 2)]))
    assert geodesic_length_m(cut(line, Stretch(500, 1_500))) == pytest.approx(1_000, abs=0.1)


# Refusals


@pytest.mark.parametrize("width", [0, -1, float("nan"), float("inf"), 20_001])
def test_widths_out_of_range_are_refused(km: Km, width: float) -> None:
    assert _code(lambda: _strips(km, LineString([(0, 0), (0, 4)]), width)) == "bad_width"


def test_lines_that_cannot_carry_a_zone_are_refused(km: Km) -> None:
    assert _code(lambda: _strips(km, LineString())) == "empty"
    assert _code(lambda: _strips(km, LineString([(0, 0), (0, 0)]))) == "zero_length"
    loop = LineString([(0, 0), (0, 4), (1, 2), (-1, 2)])
    assert _code(lambda: _strips(km, loop)) == "not_simple"
    long = LineString(np.column_stack([np.zeros(5_001), np.linspace(0, 4, 5_001)]))
    assert _code(lambda: _strips(km, long)) == "line_too_long"
    assert _code(lambda: _strips(km, LineString([(1, 0), (1, 4)]))) == "line_not_shared"
    partly = LineString([(0, 8), (0, 12)])
    assert _code(lambda: _strips(km, partly)) == "line_not_shared"
    one_sided = LineString([(-10, 0), (-10, 4)])
    assert _code(lambda: _strips(km, one_sided)) == "line_not_shared"


def test_sides_that_overlap_or_are_invalid_are_refused(km: Km) -> None:
    line = LineString([(0, 0), (0, 4)])
    overlapping = shapely.MultiPolygon([EAST, box(-0.8, 1, -0.5, 2)])
    assert _code(lambda: _strips(km, line, b=overlapping)) == "sides_overlap"
    bow = shapely.Polygon([(0, 0), (0, 4), (5, 0), (5, 4)])
    assert _code(lambda: _strips(km, line, b=bow)) == "invalid"


def test_a_boundary_accuracy_must_be_a_number(km: Km) -> None:
    sides = km(WEST), km(EAST)
    line = km(LineString([(0, 0), (0, 4)]))
    call = lambda: build_strips(line, *sides, 1_000, boundary_accuracy_m=float("nan"))  # noqa: E731
    assert _code(call) == "bad_accuracy"


_TANGLE = """
import numpy as np, shapely
from geo.corridor import corridor_polygon
random = np.random.default_rng(0)
corridor_polygon(shapely.LineString(random.uniform(0, 10_000, (800, 2))), 1_000.0, "flat")
zigzag = np.column_stack([np.arange(5_000), np.arange(5_000) % 2 * 5_000])
corridor_polygon(shapely.LineString(zigzag), 1_000.0, "round")
"""


def test_the_wildest_line_stays_within_memory() -> None:
    limit = 1_500_000_000
    subprocess.run(
        [sys.executable, "-c", _TANGLE],
        check=True,
        timeout=60,
        env={"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": "."},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
