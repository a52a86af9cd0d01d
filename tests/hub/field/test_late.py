"""What was done without a network and told later: start, end, and the log between them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hub.agreements.models import Agreement
from hub.patrols.models import Patrol
from tests.support.field import OFFICER, PARTNER, batch, began_ago, find, fix, inside, zone_of
from tests.support.patrols import approve, approved_patrol, plan_of, soon, started_patrol
from tests.support.world import Answer, World


def ago(**span: float) -> str:
    """A moment in the past."""
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def early_patrol(world: World) -> dict[str, Any]:
    """An approved patrol whose window was six hours ago to four hours ago, which may have been
    yesterday; the memorandum, of today, is made a day older."""
    patrol = approved_patrol(world)
    with world.unit_of_work() as session:
        for version in session.get_one(Agreement, patrol["agreement_id"]).versions:
            version.valid_from -= timedelta(days=1)
        row = session.get_one(Patrol, patrol["id"])
        row.starts_at = datetime.now(UTC) - timedelta(hours=6)
        row.ends_at = datetime.now(UTC) - timedelta(hours=4)
    return patrol


def start(world: World, patrol: dict[str, Any], **body: Any) -> Answer:
    """An officer's phone tells of the start."""
    return world.as_(OFFICER).post(f"/patrols/{patrol['id']}/start", body)


def entry(world: World, patrol: dict[str, Any], who: str = OFFICER, **body: Any) -> Answer:
    """A line of the log."""
    told = {"kind": "check_in", "at": ago(seconds=5)} | body
    return world.as_(who).post(f"/patrols/{patrol['id']}/log", told)


def test_a_start_without_a_network_counts_from_when_it_was_made(world: World):
    patrol = early_patrol(world)
    assert start(world, patrol).body["rule"] == "patrol.window"
    at = ago(hours=5)
    answer = start(world, patrol, at=at, clock_offset_s=-3.5, plan_version=patrol["plan_version"])
    assert answer.status == 200, answer.body
    assert datetime.fromisoformat(answer.body["started_at"]) == datetime.fromisoformat(at)
    event = next(e for e in answer.body["events"] if e["verb"] == "started")
    assert event["detail"]["clock_offset_s"] == -3.5
    assert datetime.fromisoformat(event["at"]) > datetime.now(UTC) - timedelta(minutes=1)


def test_a_whole_day_told_afterwards_is_complete_and_in_order(world: World):
    patrol = early_patrol(world)
    start(world, patrol, at=ago(hours=5))
    place = inside(zone_of(world, patrol), "330502")
    fixes = [fix(*place, ago_s=5 * 3600 - 60 * n) for n in range(30)]
    body = batch(*fixes) | {"clock_offset_s": 12.25}
    sent = world.as_(OFFICER).post(f"/patrols/{patrol['id']}/positions", body)
    assert sent.body == {"stored": True, "flagged": 0}
    found = find(world, patrol, found_at=ago(hours=4.5), clock_offset_s=12.25)
    end = world.as_(OFFICER).post(f"/patrols/{patrol['id']}/end", {"at": ago(hours=4)})
    assert end.body["state"] == "completed"
    assert end.body["ended_at"] < ago(hours=3.9)
    track = world.as_(PARTNER).get(f"/patrols/{patrol['id']}/track").body["features"]
    assert track[0]["properties"]["fixes"] == 30
    assert found["found_at"] < ago(hours=4)


def test_a_start_by_an_older_plan_is_a_conflict_until_the_officer_goes_on(world: World):
    patrol = approved_patrol(
        world, starts_at=soon(minutes=1).isoformat(), ends_at=soon(hours=2).isoformat()
    )
    zone = zone_of(world, patrol)
    plan = plan_of(world, zone, starts_at=soon(minutes=5).isoformat(), note="改走南线")
    plan["ends_at"] = soon(hours=2).isoformat()
    for name in ("zone_id", "officers", "craft"):
        plan.pop(name)
    edited = world.as_("wuxing-planner").put(
        f"/patrols/{patrol['id']}/plan", plan, version=patrol["version"]
    )
    assert edited.status == 200, edited.body
    at = ago(seconds=30)
    old = start(world, patrol, at=at, plan_version=patrol["plan_version"])
    assert (old.status, old.body["state"]) == (409, "proposed")
    for who in ("wuxing-planner", "wujiang-planner"):
        approve(world, who, edited.body)
    old = start(world, patrol, at=at, plan_version=patrol["plan_version"])
    assert (old.status, old.body["rule"]) == (409, "patrol.plan_changed")
    assert start(world, patrol, at=at, plan_version=old.body["plan_version"]).status == 200


def test_times_that_cannot_be_are_refused(world: World):
    patrol = early_patrol(world)
    future = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert start(world, patrol, at=future).status == 422
    assert start(world, patrol, at=ago(days=8)).body["rule"] == "patrol.late"
    start(world, patrol, at=ago(hours=5))
    end = world.as_(OFFICER).post(f"/patrols/{patrol['id']}/end", {"at": ago(hours=7)})
    assert end.status == 422
    assert entry(world, patrol, at=ago(hours=7)).status == 422


def test_a_check_in_ticks_its_point_and_stands_in_the_log_of_both(world: World):
    patrol = started_patrol(world)
    lon, lat = inside(zone_of(world, patrol), "330502")
    made = entry(
        world, patrol, index=1, lon=lon, lat=lat, accuracy_m=6, note="船舶已查", clock_offset_s=2
    )
    assert made.status == 201, made.body
    assert made.body["subject"] == "船舶"
    for kind in ("pause", "resume"):
        assert entry(world, patrol, kind=kind).status == 201
    partner = world.as_(PARTNER)
    log = partner.get(f"/patrols/{patrol['id']}/log").body["items"]
    assert {one["kind"] for one in log} == {"check_in", "pause", "resume"}
    ticked = partner.get(f"/patrols/{patrol['id']}").body["checklist"]
    assert [item["done"] for item in ticked] == [False, True]


def test_an_entry_sent_twice_under_one_key_is_one_line(world: World):
    patrol = started_patrol(world)
    body = {"kind": "pause", "at": ago(seconds=1)}
    url = f"/patrols/{patrol['id']}/log"
    answers = [world.as_(OFFICER).post(url, body, key="pause-once-1") for _ in range(2)]
    assert answers[0].body["id"] == answers[1].body["id"]
    assert len(world.as_(OFFICER).get(url).body["items"]) == 1


def test_the_log_takes_nothing_wrong_and_nothing_from_strangers(world: World):
    patrol = started_patrol(world)
    assert entry(world, patrol, index=7).body["errors"][0]["field"] == "index"
    assert entry(world, patrol, lon=120.4).status == 422
    assert entry(world, patrol, lon=10.0, lat=50.0).status == 422
    assert entry(world, patrol, note="涉及国家秘密：绝密").status == 422
    assert entry(world, patrol, who="wujiang-official").status == 403
    assert entry(world, patrol, who="nanxun-officer1").status == 404
    assert world.as_("nanxun-officer1").get(f"/patrols/{patrol['id']}/log").status == 404


def test_a_late_end_keeps_what_the_second_phone_still_has(world: World):
    patrol = started_patrol(world)
    began_ago(world, patrol["id"], timedelta(hours=3))
    world.as_(PARTNER).post(f"/patrols/{patrol['id']}/end", {"at": ago(hours=1)})
    again = world.as_(OFFICER).post(f"/patrols/{patrol['id']}/end", {"at": ago(hours=1)})
    assert (again.status, again.body["rule"]) == (409, "patrol.end")
    assert again.body["state"] == "completed"
    assert entry(world, patrol, at=ago(hours=2)).status == 201
