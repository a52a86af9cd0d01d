"""The schedule: whose patrols and meetings it holds, how it is narrowed, what clashes."""

from __future__ import annotations

import pytest

from hub.patrols.models import Patrol, PatrolOfficer
from hub.schedule import entries
from tests.support.field import find
from tests.support.meetings import GUEST, HOST, STRANGER, called, convened, lay
from tests.support.patrols import (
    approved_patrol,
    join,
    people,
    propose_patrol,
    soon,
    started_patrol,
)
from tests.support.story import binding_zone

pytestmark = pytest.mark.once


def between(world, who, **changes):
    query = {"from": soon(days=-1).isoformat(), "to": soon(days=40).isoformat()} | changes
    return world.as_(who).get("/schedule", **query)


def ids(answer):
    assert answer.status == 200, answer.body
    return [one["id"] for one in answer.body["items"]]


def test_the_parties_alone_find_a_patrol_on_their_schedule(world):
    patrol = propose_patrol(world, binding_zone(world))
    for who in ("wuxing-planner", "wujiang-officer1"):
        assert ids(between(world, who)) == [patrol["id"]]
    assert ids(between(world, "nanxun-planner")) == []
    assert between(world, "wuxing-sysadmin").status == 403


def test_an_entry_says_who_goes_who_agreed_and_what_one_may(world):
    patrol = join(world, propose_patrol(world, binding_zone(world)))
    own = between(world, "wuxing-planner").body["items"][0]
    other = between(world, "wujiang-planner").body["items"][0]
    assert own["may"]["edit"]
    assert not other["may"]["edit"]
    assert other["may"]["propose_time"]
    assert {one["side"] for one in own["crew"]} == {"a", "b"}
    assert own["approved_by"] == []
    assert own["version"] == patrol["version"]
    assert (own["proposing_side"], other["proposing_side"]) == ("a", "b")


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("state", "proposed", True),
        ("state", "approved,completed", False),
        ("zone_id", "zone", True),
        ("zone_id", "other", False),
        ("partner", "wujiang", True),
        ("partner", "nanxun", False),
        ("officer", "officer1", True),
        ("officer", "officer3", False),
        ("craft", "none", False),
        ("to", "today", False),
    ],
)
def test_it_is_narrowed(world, name, value, found):
    zone = binding_zone(world)
    patrol = propose_patrol(world, zone)
    values = {
        "zone": zone["id"],
        "today": soon(hours=1).isoformat(),
        "officer1": world.as_("wuxing-officer1").user_id,
        "officer3": world.as_("wuxing-officer3").user_id,
    }
    if name == "partner":
        values[value] = world.bureau_id(value)
    answer = between(world, "wuxing-planner", **{name: values.get(value, value)})
    assert ids(answer) == ([patrol["id"]] if found else [])


def test_meetings_stand_on_it_unless_it_is_narrowed_to_patrols(world):
    meeting = called(world)
    assert meeting["id"] in ids(between(world, HOST))
    assert meeting["id"] in ids(between(world, GUEST, partner=world.bureau_id("changxing")))
    assert meeting["id"] not in ids(between(world, STRANGER))
    assert meeting["id"] not in ids(between(world, HOST, state="proposed"))
    assert meeting["id"] not in ids(between(world, HOST, meetings="false"))


@pytest.mark.parametrize("days", [-2, 500])
def test_a_stretch_that_cannot_be_is_refused(world, days):
    answer = between(world, "wuxing-planner", to=soon(days=days).isoformat())
    assert answer.status == 422
    assert answer.body["errors"][0]["field"] == "to"


def test_too_many_entries_are_refused_with_the_limit(world, monkeypatch):
    propose_patrol(world, binding_zone(world))
    monkeypatch.setattr(entries, "MOST", 0)
    assert between(world, "wuxing-planner").status == 422


def test_a_clash_is_shown_to_both_but_only_its_own_bureau_reads_why(world):
    zone = binding_zone(world)
    first = join(world, propose_patrol(world, zone))
    late = {"starts_at": soon(days=2).isoformat(), "ends_at": soon(days=2, hours=2).isoformat()}
    second = propose_patrol(world, zone, officers=people(world, "wuxing", "officer3"), **late)
    with world.app.app_context(), world.unit_of_work() as session:
        # What could not be made through a door: two bookings at once, as after a restored backup.
        row = session.get(Patrol, second["id"])
        row.starts_at, row.ends_at = (
            session.get(Patrol, first["id"]).starts_at,
            session.get(Patrol, first["id"]).ends_at,
        )
        booked = session.query(PatrolOfficer).filter_by(patrol_id=first["id"]).all()
        mine = next(one for one in booked if one.bureau_id == world.bureau_id("wuxing"))
        session.add(
            PatrolOfficer(
                patrol_id=second["id"],
                user_id=mine.user_id,
                bureau_id=mine.bureau_id,
                name=mine.name,
            )
        )
    own = {one["id"]: one for one in between(world, "wuxing-planner").body["items"]}
    other = {one["id"]: one for one in between(world, "wujiang-planner").body["items"]}
    assert first["number"] in own[second["id"]]["clashes"][0]
    assert "不可用" in other[second["id"]]["clashes"][0]
    assert first["number"] not in str(other[second["id"]]["clashes"])


def test_the_sheet_holds_what_the_schedule_holds(world):
    patrol = approved_patrol(world)
    query = {"from": soon(days=-1).isoformat(), "to": soon(days=9).isoformat()}
    sheet = world.as_("wujiang-planner").get("/schedule.csv", **query).body
    assert patrol["number"] in sheet
    assert "已确认" in sheet


def test_the_page_offers_the_filters_and_opens_a_plan_at_the_time_pointed_at(world):
    zone = binding_zone(world)
    planner = world.as_("wuxing-planner")
    page = planner.page("/schedule").body
    assert zone["name"] in page
    assert "吴江" in page
    assert "/patrols/new" not in world.as_("wuxing-officer1").page("/schedule").body
    form = planner.page("/patrols/new?starts=2031-05-06T14:00&ends=2031-05-06T16:30").body
    assert "2031-05-06T14:00" in form
    assert "2031-05-06T16:30" in form
    assert planner.page("/patrols/new?starts=x&ends=y").status == 200


def due_of(answer):
    assert answer.status == 200, answer.body
    return [one for one in answer.body["items"] if one["kind"] == "due"]


def test_what_is_due_stands_on_the_calendars_of_those_who_see_it(world):
    """A finding to be put right, an action item; not the escalation of the same day beside it."""
    patrol = started_patrol(world)
    finding = find(world, patrol)
    task = {"firm": "演示印染厂", "task": "封堵雨水口", "due_on": str(soon(days=5).date())}
    given = world.as_("wuxing-officer1").post(f"/findings/{finding['id']}/task", task)
    assert given.status == 200, given.body
    (due,) = due_of(between(world, "wuxing-planner"))
    assert (due["of"], due["url"], due["side"]) == ("finding", f"/findings/{finding['id']}", "a")
    assert due["starts_at"] >= soon(days=4).isoformat()
    officer = people(world, "wuxing", "officer1")[0]
    assert due_of(between(world, "wuxing-planner", officer=officer)) == [due]
    assert due_of(between(world, "wuxing-planner", officer="other")) == []
    assert due_of(between(world, "wuxing-planner", dues="false")) == []
    assert due_of(between(world, "wuxing-planner", to=str(soon(days=2).date()))) == []
    assert due_of(between(world, STRANGER)) == []
    assert finding["number"] in world.as_("wuxing-planner").page(
        f"/api/v1/schedule.csv?from={soon(days=-1).date()}&to={soon(days=40).date()}"
    ).body  # fmt: skip
    item = lay(world, convened(world)["id"])
    urls = [one["url"] for one in due_of(between(world, HOST))]
    assert urls.count(f"/action-items/{item['id']}") == 1
