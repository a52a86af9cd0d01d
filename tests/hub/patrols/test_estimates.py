"""How long a plan takes: by mode, per stretch and host, and what does not fit."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from shapely.geometry import LineString

from geo.crs import GEOD
from hub.patrols.estimates import Course, estimate
from hub.patrols.pace import Pace
from hub.patrols.waypoints import WaypointDraft
from tests.support.patrols import plan_of
from tests.support.story import binding_zone

START = (120.43, 30.87)


def east(metres, north=0.0):
    lon, lat, _back = GEOD.fwd(*START, 90, metres)
    lon, lat, _back = GEOD.fwd(lon, lat, 0, north)
    return lon, lat


def stop(key, place, **changes):
    return WaypointDraft(key, key, *place, **changes)


LEGS = [{"from_m": 0.0, "to_m": 3000.0}, {"from_m": 3000.0, "to_m": 6000.0}]
COURSE = Course(LineString([east(0), east(6000)]), 6000.0, LEGS)


def test_time_is_length_by_speed_and_the_minutes_at_each_waypoint():
    found = estimate(
        COURSE,
        [stop("a", east(2000), stay_min=10, mode="foot"), stop("b", east(4000), mode="car")],
        Pace("boat", {"car": 60.0}),
    )
    # 2 km at 12 km/h, 2 km at 4 km/h, 2 km at 60 km/h.
    assert [part["mode"] for part in found["stretches"]] == ["boat", "foot", "car"]
    assert [part["seconds"] for part in found["stretches"]] == pytest.approx(
        [600, 1800, 120], abs=3
    )
    assert found["stay_s"] == 600
    assert found["total_s"] == pytest.approx(600 + 600 + 1800 + 120, abs=5)
    assert [one["at_s"] for one in found["arrivals"]] == pytest.approx([600, 3000], abs=4)
    # Half of the walk is on either host's leg; the stay is on the first.
    assert found["leg_seconds"] == pytest.approx([600 + 600 + 900, 900 + 120], abs=5)
    assert sum(found["leg_seconds"]) == pytest.approx(found["total_s"], abs=2)
    assert found["modes"]["foot"]["length_m"] == pytest.approx(2000, abs=1)
    assert found["warnings"] == []


def test_who_is_early_waits_and_who_is_late_is_told():
    early = estimate(COURSE, [stop("a", east(2000), at_min=30)], Pace("boat"))
    assert early["wait_s"] == pytest.approx(1200, abs=3)
    assert early["total_s"] == pytest.approx(1800 + 1200, abs=5)
    late = estimate(COURSE, [stop("a", east(2000), at_min=5)], Pace("boat"))
    (warning,) = late["warnings"]
    assert (warning["kind"], warning["waypoint"]) == ("late", "a")
    assert late["arrivals"][0]["late_s"] == pytest.approx(300, abs=3)


def test_a_place_off_the_route_costs_the_way_there_and_back():
    found = estimate(COURSE, [stop("a", east(2000, 600))], Pace("boat"))
    (warning,) = found["warnings"]
    assert warning["kind"] == "far"
    assert found["detour_m"] == pytest.approx(1200, abs=2)
    assert found["length_m"] == pytest.approx(7200, abs=2)
    assert found["travel_s"] == pytest.approx(7200 / (12 / 3.6), abs=3)
    near = estimate(COURSE, [stop("a", east(2000, 40))], Pace("boat"))
    assert near["detour_m"] == 0


def test_each_place_alone_says_where_along_it_would_be():
    found = estimate(COURSE, [stop("b", east(4000)), stop("a", east(1000))], Pace())
    order = sorted(found["nearest"], key=lambda one: one["along_m"])
    assert [one["key"] for one in order] == ["a", "b"]


def test_the_preview_warns_when_it_does_not_fit_the_window(world):
    zone = binding_zone(world)
    plan = plan_of(world, zone)
    place = plan["route"]["coordinates"][0]
    body = {
        "zone_id": zone["id"],
        "route": plan["route"],
        "starts_at": plan["starts_at"],
        "ends_at": (datetime.fromisoformat(plan["starts_at"]) + timedelta(minutes=40)).isoformat(),
        "pace": {"mode": "foot", "speeds_kmh": {"foot": 5}},
        "waypoints": [
            {"key": "a", "name": "桥头", "lon": place[0], "lat": place[1], "stay_min": 60}
        ],
    }
    planner = world.as_("wuxing-planner")
    found = planner.post("/patrols/preview", body).body["estimate"]
    assert found["warnings"][0]["kind"] == "over_window"
    assert "时段只有40分钟" in found["warnings"][0]["message"]
    assert "1小时" in found["warnings"][0]["message"]
    assert found["window_s"] == pytest.approx(2400, abs=2)
    assert found["travel_s"] == pytest.approx(found["length_m"] / (5 / 3.6), abs=2)
    none = planner.post("/patrols/preview", {"zone_id": zone["id"]}).body
    assert none["estimate"] is None
    fast = planner.post(
        "/patrols/preview", body | {"pace": {"mode": "foot", "speeds_kmh": {"foot": 500}}}
    )
    assert fast.body["errors"][0]["field"] == "pace.speeds_kmh.foot"
    # It warns; it does not refuse: who plans knows better.
    made = planner.post("/patrols", plan | {"pace": body["pace"], "waypoints": body["waypoints"]})
    assert made.status == 201
    assert made.body["pace"]["speeds_kmh"] == {"foot": 5}
    assert made.body["estimate"]["stretches"][0]["mode"] == "foot"
