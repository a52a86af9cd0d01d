"""Waypoints of a plan: part of what is approved, seen by its parties, visited in the field."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from stdnum.cn import uscc

from hub.access import ReaderClass, Right
from hub.patrols.models import Patrol
from hub.patrols.waypoint_views import waypoint_views
from tests.support.field import OFFICER, PARTNER, STRANGERS, batch, find, zone_of
from tests.support.patrols import (
    approve,
    approved_patrol,
    join,
    plan_of,
    propose_patrol,
    soon,
    started_patrol,
)
from tests.support.story import binding_zone

CODE = "91330500MA2B3C4D5T"


def point(place, **changes):
    """A waypoint at a place."""
    return {
        "key": "w1",
        "name": "东桥排口",
        "lon": place[0],
        "lat": place[1],
        "task": "sample",
        "task_text": "上下游各一个样",
        "target": {"kind": "outfall", "name": "东桥雨水口", "code": "WX-017"},
    } | changes


def edit_of(patrol, **changes):
    """The body that writes a plan as it is, but for the changes."""
    return {
        "title": patrol["title"],
        "starts_at": patrol["starts_at"],
        "ends_at": patrol["ends_at"],
        "route": patrol["route"],
        "checklist": [item["text"] for item in patrol["checklist"]],
        "note": patrol["note"],
    } | changes


def ends_of(patrol):
    """Both ends of its route."""
    return patrol["route"]["coordinates"][0], patrol["route"]["coordinates"][-1]


def change(world, patrol, who="wuxing-planner", **changes):
    return world.as_(who).put(
        f"/patrols/{patrol['id']}/plan", edit_of(patrol, **changes), version=patrol["version"]
    )


@pytest.fixture
def valid_code():
    code = CODE[:17] + uscc.calc_check_digit(CODE[:17])
    assert uscc.is_valid(code)
    return code


def test_a_waypoint_is_part_of_what_both_approve(world, valid_code):
    patrol = approved_patrol(world)
    start, end = ends_of(patrol)
    aim = {"kind": "party", "name": "兴达印染", "code": valid_code}
    firm = point(end, key="w2", name="兴达印染", target=aim)
    answer = change(world, patrol, waypoints=[point(start, at_min=20, stay_min=15), firm])
    assert answer.status == 200, answer.body
    edited = answer.body
    assert edited["state"] == "proposed"
    assert not any(key["approved"] for key in edited["approvals"])
    assert edited["content_hash"] != patrol["content_hash"]
    assert edited["events"][-1]["detail"]["changed"] == ["waypoints"]
    assert [p["number"] for p in edited["waypoints"]] == [1, 2]
    first, second = edited["waypoints"]
    assert (first["task_name"], first["target"]["code"]) == ("采样监测", "WX-017")
    assert second["target"] == {
        "kind": "party", "kind_name": "企业", "name": "兴达印染", "code": valid_code,
        "finding": None,
    }  # fmt: skip
    # The partner reads the same, and an edit that says nothing of waypoints leaves them.
    read = world.as_("wujiang-planner").get(f"/patrols/{patrol['id']}").body
    assert read["waypoints"] == edited["waypoints"]
    same = change(world, edited)
    assert same.body["plan_version"] == edited["plan_version"]
    # The order is part of it too; and any of it withdraws what was approved since.
    assert approve(world, "wuxing-planner", edited).status == 200
    now = world.as_("wuxing-planner").get(f"/patrols/{patrol['id']}").body
    turned = change(world, now, waypoints=[firm, point(start, at_min=20, stay_min=15)]).body
    assert [p["key"] for p in turned["waypoints"]] == ["w2", "w1"]
    assert turned["plan_version"] == edited["plan_version"] + 1
    gone = change(world, turned, waypoints=[]).body
    assert gone["waypoints"] == []


def test_what_cannot_be_a_waypoint_is_refused_by_field(world, valid_code):
    patrol = propose_patrol(world, binding_zone(world))
    start, _end = ends_of(patrol)
    bad_firm = {"kind": "party", "name": "甲", "code": CODE[:16] + "00"}
    no_finding = {"kind": "finding", "finding_id": patrol["id"]}
    wrong = {
        "waypoints.0.target.code": point(start, target=bad_firm),
        "waypoints.0.target.name": point(start, target={"kind": "free"}),
        "waypoints.0.name": point(start, name="  "),
        "waypoints.0.task_text": point(start, task_text="机密"),
        "waypoints.0.target.finding_id": point(start, target=no_finding),
        "waypoints.0.task": point(start, task="dance"),
        "waypoints.0.radius_m": point(start, radius_m=5),
    }  # fmt: skip
    for field, waypoint in wrong.items():
        answer = change(world, patrol, waypoints=[waypoint])
        assert answer.status == 422, (field, answer.body)
        assert [error["field"] for error in answer.body["errors"]] == [field]
    twice = change(world, patrol, waypoints=[point(start), point(start)])
    assert twice.body["errors"][0]["field"] == "waypoints.1.key"
    outside = change(world, patrol, waypoints=[point((start[0], start[1] + 0.2))])
    assert outside.status == 409
    assert outside.body["clashes"][0]["kind"] == "waypoint_outside"
    assert "1 东桥排口" in outside.body["clashes"][0]["message"]
    many = change(world, patrol, waypoints=[point(start, key=f"w{n}") for n in range(61)])
    assert many.status == 422


def test_of_a_past_finding_each_reader_is_told_what_is_his(world):
    earlier = started_patrol(world)
    finding = find(world, earlier)
    patrol = world.as_("wuxing-planner").post(
        "/patrols",
        plan_of(
            world,
            zone_of(world, earlier),
            starts_at=soon(days=3).isoformat(),
            ends_at=soon(days=3, hours=2).isoformat(),
            waypoints=[
                point(
                    (finding["lon"], finding["lat"]),
                    task="recheck",
                    target={"kind": "finding", "finding_id": finding["id"]},
                )
            ],
        ),
    ).body  # fmt: skip
    (target,) = [p["target"] for p in patrol["waypoints"]]
    assert (target["name"], target["finding"]["text"]) == (finding["number"], finding["text"])
    partner = world.as_("wujiang-planner")
    shown = partner.get(f"/findings/{finding['id']}")
    (seen,) = [p["target"] for p in partner.get(f"/patrols/{patrol['id']}").body["waypoints"]]
    assert shown.status == 200
    assert seen["finding"]["text"] == shown.body["text"]
    # Who is not shown the finding is told that it is one, and no more.
    with world.unit_of_work() as session:
        row = session.get_one(Patrol, patrol["id"])
        stranger = ReaderClass(world.bureau_id("nanxun"), frozenset(Right), 3)
        (told,) = waypoint_views(session, row, stranger)
    assert told["target"] == {
        "kind": "finding", "kind_name": "过往发现", "name": "", "code": None, "finding": None,
    }  # fmt: skip
    # The partner may not aim at what is not his to see; what stands there he may leave.
    place = (finding["lon"], finding["lat"])
    unknown = point(place, key="new", target={"kind": "finding"})
    wrong = change(world, patrol, waypoints=[unknown])
    assert wrong.body["errors"][0]["field"] == "waypoints.0.target.finding_id"
    kept = change(world, patrol, waypoints=[point(place, target={"kind": "finding"})])
    assert kept.body["waypoints"][0]["target"]["finding"]["id"] == finding["id"]


def walked(world, patrol, place, who=OFFICER):
    """Report two fixes at a place."""
    now = time.time()
    fixes = [
        {"t": now - ago, "lon": place[0] + shift, "lat": place[1], "accuracy_m": 5.0}
        for ago, shift in ((20, -0.0003), (0, 0.0003))
    ]
    answer = world.as_(who).post(f"/patrols/{patrol['id']}/positions", batch(*fixes))
    assert answer.status == 200, answer.body


def test_the_phone_carries_the_waypoints_and_the_patrol_tells_which_were_visited(world):
    zone = binding_zone(world)
    plan = plan_of(world, zone)
    start, end = plan["route"]["coordinates"]
    middle = [(a + b) / 2 for a, b in zip(start, end, strict=True)]
    patrol = join(
        world,
        propose_patrol(
            world,
            zone,
            starts_at=soon(minutes=1).isoformat(),
            ends_at=soon(hours=2).isoformat(),
            waypoints=[point(start), point(middle, key="w2"), point(end, key="w3")],
        ),
    )  # fmt: skip
    for who in ("wuxing-planner", "wujiang-planner"):
        assert approve(world, who, patrol).status == 200
    officer = world.as_(OFFICER)
    assert officer.post(f"/patrols/{patrol['id']}/start").status == 200
    log = f"/patrols/{patrol['id']}/log"
    at = datetime.now(UTC).isoformat()
    wrong = officer.post(log, {"kind": "check_in", "at": at, "waypoint": "w9"})
    assert wrong.body["errors"][0]["field"] == "waypoint"
    paused = officer.post(log, {"kind": "pause", "at": at, "waypoint": "w1"})
    assert paused.body["errors"][0]["field"] == "waypoint"
    nothing = officer.post(log, {"kind": "task", "at": at})
    assert nothing.body["errors"][0]["field"] == "waypoint"
    done = officer.post(log, {"kind": "check_in", "at": at, "waypoint": "w1"})
    assert done.body["subject"] == "1 东桥排口"
    assert officer.post(log, {"kind": "task", "at": at, "waypoint": "w1"}).status == 201
    walked(world, patrol, middle)

    kit = world.as_(PARTNER).get(f"/patrols/{patrol['id']}/field-kit").body
    flags = [(p["key"], p["visited"], p["done"]) for p in kit["patrol"]["waypoints"]]
    assert flags == [("w1", True, True), ("w2", False, False), ("w3", False, False)]
    assert kit["patrol"]["waypoints"][0]["task_text"] == "上下游各一个样"

    found = world.as_("wujiang-planner").get(f"/patrols/{patrol['id']}/waypoints").body
    assert found["visited"] == 2
    first, second, third = found["items"]
    assert (first["how"], first["task_done"]) == ("check_in", True)
    assert first["task_done_by"] == done.body["unit_name"]
    assert (second["how"], second["task_done"]) == ("track", False)
    assert second["nearest_m"] < 50
    assert (third["visited"], third["how"]) == (False, None)
    assert third["nearest_m"] > 50
    csv = world.as_(OFFICER).get(f"/patrols/{patrol['id']}/waypoints.csv").body
    assert "东桥排口" in csv
    assert "WX-017" in csv
    gpx = world.as_(OFFICER).get(f"/patrols/{patrol['id']}/plan.gpx").body
    assert "1 东桥排口" in str(gpx)
    officer.post(f"/patrols/{patrol['id']}/end")
    told = officer.get(f"/patrols/{patrol['id']}/report.json").body["content"]["waypoints"]
    assert [one["how"] for one in told] == ["check_in", "track", None]
    assert told[0]["unit_name"] == done.body["unit_name"]
    for who in STRANGERS:
        for name in ("waypoints", "waypoints.csv", "plan.gpx"):
            assert world.as_(who).get(f"/patrols/{patrol['id']}/{name}").status == 404
