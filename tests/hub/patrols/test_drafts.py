"""Planners of both sides on one draft: merged unit by unit, refused where both changed the same."""

from __future__ import annotations

import pytest

from tests.support.field import OFFICER, STRANGERS
from tests.support.patrols import approve, join, propose_patrol, route_out_of, soon
from tests.support.story import binding_zone

OURS, THEIRS = "wuxing-planner", "wujiang-planner"


@pytest.fixture
def patrol(world):
    return propose_patrol(world, binding_zone(world))


def point(patrol, key="w1", **changes):
    lon, lat = patrol["route"]["coordinates"][0]
    return {"key": key, "name": "东桥", "lon": lon, "lat": lat} | changes


def read(world, who, patrol):
    answer = world.as_(who).get(f"/patrols/{patrol['id']}/draft")
    assert answer.status == 200, answer.body
    return answer.body


def change(world, who, patrol, version, **changes):
    units = {name.replace("__", ":"): value for name, value in changes.items()}
    return world.as_(who).patch(
        f"/patrols/{patrol['id']}/draft", {"changes": units}, version=version
    )


def publish(world, who, patrol, version, **body):
    return world.as_(who).post(f"/patrols/{patrol['id']}/draft/publish", body, version=version)


def test_two_who_changed_different_things_lose_nothing(world, patrol):
    begun = read(world, OURS, patrol)
    assert (begun["version"], begun["changed"]) == (0, [])
    head = world.as_(THEIRS).get("/changes", after=0).body["head"]
    ours = change(world, OURS, patrol, 0, waypoint__w1=point(patrol, task="sample"))
    assert ours.status == 200, ours.body
    (told,) = world.as_(THEIRS).get("/changes", after=head).body["items"]
    assert (told["kind"], told["id"]) == ("plan_draft", patrol["id"])
    assert told["view"]["units"]["waypoint:w1"]["task_name"] == "采样监测"
    # Based on what he saw before that: another thing, so both stay.
    window = {"starts_at": soon(days=2).isoformat(), "ends_at": soon(days=2, hours=3).isoformat()}
    theirs = change(world, THEIRS, patrol, 0, window=window, waypoint__w2=point(patrol, "w2"))
    assert theirs.status == 200, theirs.body
    merged = read(world, OURS, patrol)
    assert merged == read(world, OURS, patrol)
    assert merged["units"]["order"] == ["w1", "w2"]
    assert merged["changed"] == ["waypoint:w1", "waypoint:w2", "window"]
    assert merged["marks"]["window"]["side"] == "b"
    assert merged["marks"]["waypoint:w1"]["side"] == "a"
    # Nothing of it is the plan until one of them puts it on the table; either may.
    plan = world.as_(OURS).get(f"/patrols/{patrol['id']}").body
    assert (plan["plan_version"], plan["waypoints"]) == (1, [])
    stale = publish(world, THEIRS, patrol, 1)
    assert (stale.status, stale.body["current_version"]) == (409, 2)
    made = publish(world, THEIRS, patrol, 2)
    assert made.status == 200, made.body
    assert made.body["plan_version"] == 2
    assert [p["key"] for p in made.body["waypoints"]] == ["w1", "w2"]
    assert made.body["events"][-1]["bureau_name"] == "吴江"
    assert {o["bureau_name"] for o in made.body["crew"]} == {"吴兴"}
    after = read(world, OURS, patrol)
    assert (after["changed"], after["plan_version"]) == ([], 2)
    assert after["version"] > 2


def test_where_both_changed_the_same_the_second_is_asked(world, patrol):
    assert change(world, OURS, patrol, 0, waypoint__w1=point(patrol, name="西桥")).status == 200
    refused = change(
        world, THEIRS, patrol, 0, waypoint__w1=point(patrol, name="南桥"), note="带采样瓶"
    )
    assert refused.status == 409
    assert refused.body["conflicts"] == ["waypoint:w1"]
    current = refused.body["current"]
    assert current["units"]["waypoint:w1"]["name"] == "西桥"
    assert current["units"]["note"] == patrol["note"]  # all or nothing
    kept = change(
        world, THEIRS, patrol, current["version"], waypoint__w1=point(patrol, name="南桥")
    )
    assert kept.body["units"]["waypoint:w1"]["name"] == "南桥"
    # The same thing twice is nobody's conflict, nor is what was taken away by both.
    same = change(world, OURS, patrol, 1, waypoint__w1=point(patrol, name="南桥"))
    assert (same.status, same.body["version"]) == (200, kept.body["version"])
    gone = change(world, OURS, patrol, kept.body["version"], waypoint__w1=None)
    assert "waypoint:w1" not in gone.body["units"]
    late = change(world, THEIRS, patrol, kept.body["version"], waypoint__w1=point(patrol))
    assert late.status == 409
    assert change(world, THEIRS, patrol, kept.body["version"], waypoint__w1=None).status == 200


def test_a_time_agreed_meanwhile_counts_as_a_change(world, patrol):
    times = {"starts_at": soon(days=3).isoformat(), "ends_at": soon(days=3, hours=1).isoformat()}
    wish = world.as_(THEIRS).post(f"/patrols/{patrol['id']}/propose-time", times).body
    (proposal,) = wish["open_proposals"]
    answer = {"proposal_id": proposal["id"], "answer": "accept"}
    accepted = world.as_(OURS).post(
        f"/patrols/{patrol['id']}/answer-time", answer, version=wish["version"]
    )
    assert accepted.status == 200, accepted.body
    window = {"starts_at": soon(days=2).isoformat(), "ends_at": soon(days=2, hours=3).isoformat()}
    late = change(world, THEIRS, patrol, 0, window=window)
    assert late.body["conflicts"] == ["window"]
    assert change(world, THEIRS, patrol, 0, title="改名").status == 200


def test_what_a_unit_cannot_have_is_refused_by_name(world, patrol):
    wrong = {
        "title": {"title": "长" * 201},
        "note": {"note": "绝密"},
        "checklist": {"checklist": "排口"},
        "window.starts_at": {"window": {"starts_at": "soon"}},
        "pace.mode": {"pace": {"mode": "balloon"}},
        "waypoint:w1.key": {"waypoint__w1": point(patrol, "w2")},
        "waypoint:w1.lon": {"waypoint__w1": point(patrol, lon=999)},
        "waypoint:w1.target.code": {
            "waypoint__w1": point(patrol, target={"kind": "party", "name": "甲", "code": "1"})
        },
        "order": {"order": "w1"},
        "colour": {"colour": "red"},
    }
    for field, units in wrong.items():
        answer = change(world, OURS, patrol, 0, **units)
        assert answer.status == 422, (field, answer.body)
        assert answer.body["errors"][0]["field"] == field
    assert change(world, OURS, patrol, 0, route={"type": "Point"}).status == 422
    assert change(world, OURS, patrol, 7, title="新").status == 422
    # A draft may be unfinished; the plan on the table may not.
    half = change(world, OURS, patrol, 0, title="", route=None, pace={"mode": "foot"})
    assert half.status == 200, half.body
    refused = publish(world, OURS, patrol, half.body["version"])
    assert refused.body["errors"][0]["field"] == "title"
    outside = route_out_of(binding_zone_of(world, patrol))
    filled = change(world, OURS, patrol, half.body["version"], title="夜查", route=outside)
    clash = publish(world, OURS, patrol, filled.body["version"])
    assert clash.body["clashes"][0]["kind"] == "outside_zone"


def binding_zone_of(world, patrol):
    return world.as_(OURS).get(f"/zones/{patrol['zone_id']}").body


def test_the_draft_is_the_planners_of_the_parties(world, patrol):
    path = f"/patrols/{patrol['id']}/draft"
    for who in (*STRANGERS, "nanxun-planner"):
        assert world.as_(who).get(path).status == 404
        assert change(world, who, patrol, 0, title="x").status == 404
        assert publish(world, who, patrol, 0).status == 404
    assert world.as_(OFFICER).get(path).status == 403
    assert change(world, OFFICER, patrol, 0, title="x").status == 403
    page = f"/patrols/{patrol['id']}/plan"
    assert world.as_(THEIRS).page(page).status == 200
    # Once all have approved, the partner proposes and does not write.
    joined = join(world, patrol)
    for who in (OURS, THEIRS):
        assert approve(world, who, joined).status == 200
    assert world.as_(THEIRS).get(path).status == 403
    assert world.as_(THEIRS).page(page).status == 403
    again = change(world, OURS, joined, read(world, OURS, joined)["version"], title="改期后的夜查")
    assert again.status == 200
    made = publish(world, OURS, joined, again.body["version"])
    assert not any(key["approved"] for key in made.body["approvals"])
