"""Reminders: to crew and stations at the hours each wished, once; and of unanswered plans."""

from __future__ import annotations

from datetime import timedelta

from hub.patrols.models import PatrolEvent
from tests.support.clocks import run_due
from tests.support.patrols import approve, approved_patrol, join, propose_patrol, soon
from tests.support.story import binding_zone


def bells(world, who, verb):
    items = world.as_(who).get("/notifications").body["items"]
    return [one for one in items if one["kind"] == "patrol" and one["verb"] == verb]


def test_crew_and_stations_are_reminded_once_for_each_time(world):
    approved_patrol(world, starts_at=soon(hours=10).isoformat(), ends_at=soon(hours=12).isoformat())
    for _again in range(2):
        run_due(world)
    for who in ("wuxing-officer1", "wujiang-officer1", "wujiang-liaison"):
        found = bells(world, who, "near")
        assert len(found) == 1, who
        assert "即将开始" in found[0]["text"]
    assert bells(world, "wuxing-officer3", "near") == []
    run_due(world, timedelta(hours=8, minutes=30))
    assert len(bells(world, "wuxing-officer1", "near")) == 2


def test_each_chooses_his_hours(world):
    officer = world.as_("wuxing-officer1")
    wish = officer.get("/notifications/settings").body
    assert wish["patrol_hours"] == [24, 2]
    body = {"topics": wish["topics"], "patrol_hours": []}
    assert officer.put("/notifications/settings", body, version=0).body["patrol_hours"] == []
    muted = {"topics": [], "patrol_hours": [12]}
    world.as_("wuxing-officer2").put("/notifications/settings", muted, version=0)
    assert (
        officer.put("/notifications/settings", body | {"patrol_hours": [9999]}, version=1).status
        == 422
    )
    approved_patrol(world, starts_at=soon(hours=10).isoformat(), ends_at=soon(hours=12).isoformat())
    run_due(world)
    assert bells(world, "wuxing-officer1", "near") == []
    assert bells(world, "wuxing-officer2", "near") == []
    assert bells(world, "wujiang-officer1", "near")


def test_a_plan_that_nobody_answers_is_told_of_once_per_version(world):
    patrol = join(
        world,
        propose_patrol(
            world,
            binding_zone(world),
            starts_at=soon(days=5).isoformat(),
            ends_at=soon(days=5, hours=2).isoformat(),
        ),
    )
    approve(world, "wuxing-planner", patrol)
    run_due(world)
    assert bells(world, "wuxing-planner", "unanswered") == []
    with world.app.app_context(), world.unit_of_work() as session:
        for row in session.query(PatrolEvent):
            row.at -= timedelta(hours=49)
    for _again in range(2):
        run_due(world)
    for who in ("wuxing-planner", "wujiang-planner"):
        assert len(bells(world, who, "unanswered")) == 1
