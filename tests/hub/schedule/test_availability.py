"""Absences: who enters them, what the other side learns of them, and when all are free."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.hub.cases.test_import import as_xlsx, states
from tests.support.exchange import send_file
from tests.support.field import fetch
from tests.support.patrols import join, people, plan_of, propose_patrol, soon
from tests.support.story import binding_zone

SHANGHAI = ZoneInfo("Asia/Shanghai")


def absence(world, bureau="wuxing", post="officer1", **changes):
    return {
        "subject": "officer",
        "subject_id": people(world, bureau, post)[0],
        "starts_at": soon(hours=23).isoformat(),
        "ends_at": soon(days=1, hours=1).isoformat(),
        "reason": "sick",
        "note": "发热",
    } | changes


def enter(world, who="wuxing-planner", **changes):
    return world.as_(who).post("/absences", absence(world, **changes))


def listed(world, who):
    stretch = {"from": soon(days=-1).isoformat(), "to": soon(days=9).isoformat()}
    return world.as_(who).get("/absences", **stretch)


def test_who_is_away_cannot_be_planned_and_only_his_bureau_reads_since_when(world):
    zone = binding_zone(world)
    assert enter(world).status == 201
    own = world.as_("wuxing-planner").post("/patrols", plan_of(world, zone))
    assert own.status == 409
    assert "已登记不可用" in own.body["clashes"][0]["message"]


def test_the_partner_reads_not_available_once_whatever_the_reasons(world):
    patrol = join(world, propose_patrol(world, binding_zone(world)))
    first = enter(world, "wujiang-planner", bureau="wujiang")
    second = enter(world, "wujiang-planner", bureau="wujiang", reason="leave")
    assert patrol["number"] in first.body["clashes"][0]["message"]
    assert second.status == 201
    theirs = world.as_("wuxing-planner").get(f"/patrols/{patrol['id']}/clashes").body["clashes"]
    assert [one["kind"] for one in theirs] == ["officer_busy"]
    assert theirs[0].keys() == {"kind", "message", "booked_id", "name"}
    assert "不可用" in theirs[0]["message"]
    for secret in ("sick", "发热", "病假", "休假"):
        assert secret not in str(theirs)
    entry = (
        world.as_("wuxing-planner")
        .get("/schedule", **{"from": soon(days=-1).isoformat(), "to": soon(days=9).isoformat()})
        .body["items"][0]
    )
    assert len(entry["clashes"]) == 1
    changes = world.as_("wuxing-planner").get("/changes", after=0).body["items"]
    assert "absence" not in {one["kind"] for one in changes}
    assert changes[-1]["kind"] == "patrol"


def test_reasons_are_for_planners_and_the_person(world):
    enter(world)
    assert listed(world, "wuxing-planner").body["items"][0]["reason"] == "sick"
    assert listed(world, "wuxing-officer1").body["items"][0]["note"] == "发热"
    colleague = listed(world, "wuxing-officer2").body["items"][0]
    assert (colleague["reason"], colleague["note"]) == (None, "")
    assert listed(world, "wujiang-planner").body["items"] == []
    sheet = world.as_("wuxing-planner").get(
        "/absences.csv", **{"from": "2020-01-01", "to": "2099-01-01"}
    )
    assert "病假" in sheet.body


def bring(world, data, who="wuxing-planner", dry=False):
    path = f"/absences/import?dry_run={str(dry).lower()}"
    return send_file(world.as_(who), path, data, "s.xlsx")


def test_the_sheet_of_absences_comes_in_again_and_enters_nothing_twice(world):
    patrol = join(world, propose_patrol(world, binding_zone(world)))
    enter(world, post="officer3")
    stretch = {"from": "2020-01-01", "to": "2099-01-01"}
    names = {one["user_id"]: one["name"] for one in patrol["crew"]}
    booked = names[people(world, "wuxing", "officer1")[0]]
    heads = ("人员或船车", "开始（北京时间）", "结束（北京时间）", "原因", "说明")
    day = datetime.fromisoformat(patrol["starts_at"]).astimezone(SHANGHAI).date()
    rows = [(booked, f"{day} 00:00", f"{day + timedelta(days=1)} 00:00", "培训", "")]
    tried = bring(world, as_xlsx([*rows, ("无此人", *rows[0][1:])], heads), dry=True).body
    assert states(tried) == ["new", "refused"]
    assert patrol["number"] in tried["rows"][0]["detail"]
    assert bring(world, as_xlsx(rows, heads), who="wujiang-planner").status == 422
    assert states(bring(world, as_xlsx(rows, heads)).body) == ["new"]
    for ending in ("xlsx", "csv"):
        url = f"/api/v1/absences.{ending}?from=2020-01-01&to=2099-01-01"
        _status, sheet, _headers = fetch(world.as_("wuxing-planner"), url)
        assert states(bring(world, sheet).body) == ["same", "same"]
    whole = world.as_("wuxing-planner").get("/absences.json", **stretch).body["items"]
    assert {one["reason_name"] for one in whole} == {"病假", "培训"}
    page = world.as_("wuxing-officer1").page("/schedule/absences/import")
    assert page.status == 200


def test_everybody_enters_his_own_and_planners_those_of_their_bureau(world):
    assert enter(world, "wuxing-officer1").status == 201
    assert enter(world, "wuxing-officer2").status == 403
    assert enter(world, "wujiang-planner").status == 422
    craft = {"subject": "craft", "subject_id": "0" * 36}
    assert enter(world, "wuxing-liaison", **craft).status == 422
    assert enter(world, "wuxing-officer1", **craft).status == 403
    assert enter(world, ends_at=soon(days=500).isoformat()).status == 422
    assert enter(world, ends_at=soon(hours=1).isoformat()).status == 422


def test_what_is_taken_back_counts_no_more(world):
    zone = binding_zone(world)
    made = enter(world).body
    url = f"/absences/{made['id']}"
    assert world.as_("wujiang-planner").delete(url).status == 404
    assert world.as_("wuxing-officer2").delete(url).status == 403
    assert world.as_("wuxing-planner").delete(url).status == 200
    assert world.as_("wuxing-planner").delete(url).status == 409
    assert propose_patrol(world, zone)["state"] == "proposed"


def day(count, hour):
    """A local hour, so many days ahead."""
    at = datetime.now(SHANGHAI) + timedelta(days=count)
    return at.replace(hour=hour, minute=0, second=0, microsecond=0)


def free(world, who="wuxing-planner", **query):
    asked = {"since": day(2, 0).isoformat(), "days": 1, "minutes": 120} | query
    return world.as_(who).get("/free-times", **asked)


def test_the_gaps_are_found_between_what_keeps_anybody(world):
    zone = binding_zone(world)
    propose_patrol(world, zone, starts_at=day(2, 10).isoformat(), ends_at=day(2, 12).isoformat())
    enter(world, post="officer2", starts_at=day(2, 12).isoformat(), ends_at=day(2, 15).isoformat())
    officers = ",".join(people(world, "wuxing", "officer1", "officer2"))
    found = free(world, officers=officers).body["items"]
    hours = [
        [datetime.fromisoformat(one[end]).astimezone(SHANGHAI).hour for end in one] for one in found
    ]
    assert hours == [[8, 10], [15, 18]]
    assert free(world, officers=officers, minutes=200).body["items"] == []
    assert free(world).body["items"] == []
    assert free(world, officers=people(world, "wujiang", "officer1")[0]).status == 422


def test_a_patrols_own_booking_is_no_hindrance_and_its_partners_are_asked_too(world):
    patrol = join(
        world,
        propose_patrol(
            world,
            binding_zone(world),
            starts_at=day(2, 10).isoformat(),
            ends_at=day(2, 12).isoformat(),
        ),
    )
    whole = free(world, patrol_id=patrol["id"]).body["items"]
    assert len(whole) == 1
    enter(
        world,
        "wujiang-planner",
        bureau="wujiang",
        starts_at=day(2, 0).isoformat(),
        ends_at=day(3, 0).isoformat(),
    )
    assert free(world, patrol_id=patrol["id"]).body["items"] == []
    assert free(world, "nanxun-planner", patrol_id=patrol["id"]).status == 404


@pytest.mark.parametrize(("start", "days"), [("2026-10-01", 7), ("2026-10-03", 2)])
def test_only_working_days_when_asked(world, start, days):
    officer = people(world, "wuxing", "officer1")[0]
    query = {"since": f"{start}T00:00:00+08:00", "days": days, "officers": officer}
    assert free(world, **query, workdays="true").body["items"] == []
    assert len(free(world, **query).body["items"]) == days
