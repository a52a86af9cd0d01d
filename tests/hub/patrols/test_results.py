"""What a patrol did: figures against tracks made by hand."""

from __future__ import annotations

import time
from datetime import timedelta

import gpxpy
import pytest
import shapely
from shapely.geometry import shape

from geo.crs import geodesic_distance_m
from geo.zones import Stretch, cut
from tests.support.field import OFFICER, PARTNER, batch, began_ago, find, inside, zone_of
from tests.support.patrols import started_patrol
from tests.support.story import WUJIANG, WUXING

HOUR = timedelta(hours=1)


@pytest.fixture
def patrol(world):
    patrol = started_patrol(world)
    began_ago(world, patrol["id"], HOUR)
    return patrol


def walk(places, seconds, ago_s=3000.0):
    """Fixes at places, evenly timed."""
    begin = time.time() - ago_s
    return [
        {"t": begin + n * seconds, "lon": lon, "lat": lat, "accuracy_m": 4.0}
        for n, (lon, lat) in enumerate(places)
    ]


def send(world, patrol, fixes, who=OFFICER):
    answer = world.as_(who).post(f"/patrols/{patrol['id']}/positions", batch(*fixes))
    assert answer.status == 200, answer.body


def coverage(world, patrol, who=OFFICER, **query):
    answer = world.as_(who).get(f"/patrols/{patrol['id']}/coverage", **query)
    assert answer.status == 200, answer.body
    return answer.body


def test_a_patrol_without_a_track_covered_nothing(world, patrol):
    found = coverage(world, patrol)
    assert (found["share"], found["units"], found["distance_m"]) == (0.0, 0, 0.0)
    assert found["gaps"]["type"] == "MultiPolygon"
    assert 3590 <= found["duration_s"] <= 3700


def test_way_and_time_of_a_straight_walk_are_right(world, patrol):
    x, y = inside(zone_of(world, patrol), WUXING)
    places = [(x + n * 1e-4, y) for n in range(11)]
    send(world, patrol, walk(places, 10.0))
    (feature,) = world.as_(PARTNER).get(f"/patrols/{patrol['id']}/track").body["features"]
    figures = feature["properties"]
    assert figures["distance_m"] == pytest.approx(
        geodesic_distance_m(*places[0], *places[-1]), abs=0.1
    )
    assert (figures["duration_s"], figures["unobserved_s"]) == (100, 0)
    assert figures["seconds_inside"] == {WUXING: 100, WUJIANG: 0}
    found = coverage(world, patrol, who=PARTNER)
    assert {side["adcode"]: side["seconds"] for side in found["sides"]} == {WUXING: 100, WUJIANG: 0}


def test_time_is_split_where_the_walk_crosses_the_line(world, patrol):
    zone = zone_of(world, patrol)
    line = shape(zone["current"]["line"])
    disc = line.interpolate(0.5, normalized=True).buffer(0.002)
    ends = [
        shape(s["geometry"]).intersection(disc).representative_point()
        for s in zone["current"]["strips"]
    ]
    way = shapely.geometry.LineString(ends)
    places = [way.interpolate(n / 20, normalized=True).coords[0] for n in range(21)]
    send(world, patrol, walk(places, 10.0))
    sides = {s["adcode"]: s["seconds"] for s in coverage(world, patrol)["sides"]}
    strips = {s["adcode"]: shape(s["geometry"]) for s in zone["current"]["strips"]}
    for adcode, strip in strips.items():
        expected = 200 * way.intersection(strip).length / way.length
        assert sides[adcode] == pytest.approx(expected, abs=2)
    assert sum(sides.values()) == pytest.approx(200, abs=2)


def test_a_walk_along_the_line_covers_a_band_on_both_sides(world, patrol):
    line = shape(zone_of(world, patrol)["current"]["line"])
    middle = cut(line, Stretch(1000.0, 3000.0))
    steps = [middle.interpolate(n / 200, normalized=True).coords[0] for n in range(201)]
    send(world, patrol, walk(steps, 10.0))
    found = coverage(world, patrol, reach_m=100)
    # 100 m on both sides of 2 km: 0.4 km² and the round ends, a little less at the bends.
    assert found["covered_m2"] == pytest.approx(2 * 100 * 2000 + 3.1416 * 100**2, rel=0.06)
    assert found["share"] == pytest.approx(found["covered_m2"] / found["area_m2"], abs=1e-4)
    assert shape(found["gaps"]).is_valid
    wide = coverage(world, patrol, reach_m=300)
    assert wide["share"] > found["share"]


def test_nothing_is_claimed_for_the_time_without_fixes(world, patrol):
    x, y = inside(zone_of(world, patrol), WUXING)
    first = walk([(x, y), (x + 1e-4, y)], 10.0)
    later = walk([(x + 0.01, y), (x + 0.0101, y)], 10.0, ago_s=2000.0)
    send(world, patrol, first)
    send(world, patrol, later)
    (feature,) = world.as_(OFFICER).get(f"/patrols/{patrol['id']}/track").body["features"]
    assert len(feature["geometry"]["coordinates"]) == 2
    assert feature["properties"]["unobserved_s"] == pytest.approx(990, abs=2)
    assert feature["properties"]["distance_m"] < 40


def test_batches_out_of_order_and_fixes_that_cannot_be_make_the_same_track(world, patrol):
    x, y = inside(zone_of(world, patrol), WUXING)
    fixes = walk([(x + n * 1e-4, y) for n in range(20)], 10.0)
    send(world, patrol, fixes[10:])
    send(world, patrol, fixes[:12])
    send(world, patrol, [fixes[5] | {"lon": x + 1, "t": fixes[5]["t"] + 1}])
    send(world, patrol, [fixes[5] | {"t": time.time() + 9e5}])
    (feature,) = world.as_(OFFICER).get(f"/patrols/{patrol['id']}/track").body["features"]
    expected = geodesic_distance_m(x, y, x + 19e-4, y)
    assert feature["properties"]["distance_m"] == pytest.approx(expected, abs=0.2)
    assert feature["properties"]["dropped"] == {"duplicate": 2, "jump": 1, "clock": 1}


def test_results_follow_every_new_batch(world, patrol):
    x, y = inside(zone_of(world, patrol), WUXING)
    send(world, patrol, walk([(x, y), (x + 1e-4, y)], 10.0))
    before = coverage(world, patrol)
    send(world, patrol, walk([(x, y + 1e-3), (x + 1e-4, y + 1e-3)], 10.0, 900), who=PARTNER)
    after = coverage(world, patrol)
    assert (before["units"], after["units"]) == (1, 2)
    assert after["share"] > before["share"]
    find(world, patrol)
    assert coverage(world, patrol)["findings"] == 1


def test_the_gpx_is_what_gps_programs_read(world, patrol):
    x, y = inside(zone_of(world, patrol), WUXING)
    send(world, patrol, walk([(x + n * 1e-4, y) for n in range(5)], 10.0))
    answer = world.as_(PARTNER).get(f"/patrols/{patrol['id']}/track.gpx")
    assert answer.headers["Content-Type"].startswith("application/gpx+xml")
    document = gpxpy.parse(answer.body)
    points = document.tracks[0].segments[0].points
    assert len(points) == 5
    assert (points[0].longitude, points[0].latitude) == pytest.approx((x, y))
    assert points[0].time is not None


@pytest.mark.parametrize("reach", [0, -1, 1001, "nan", "x"])
def test_a_reach_out_of_range_is_refused(world, patrol, reach):
    answer = world.as_(OFFICER).get(f"/patrols/{patrol['id']}/coverage", reach_m=reach)
    assert answer.status == 422
