"""Waypoints come in from the files in which they go out, and from those of receivers."""

from __future__ import annotations

import json

import pytest

from tests.hub.cases.test_import import as_xlsx
from tests.hub.patrols.test_waypoints import change, ends_of, point
from tests.support.exchange import send_file
from tests.support.field import fetch, find, zone_of
from tests.support.patrols import plan_of, propose_patrol, soon, started_patrol
from tests.support.story import binding_zone

PLANNER, PARTNER = "wuxing-planner", "wujiang-planner"
GPX = """<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="{lat}" lon="{lon}"><name>Spot 7</name><desc>See the outlet</desc></wpt>
{more}
</gpx>"""


def bring(world, patrol, data, who=PLANNER, *, dry=False, name="w.csv", **more):
    path = f"/patrols/{patrol['id']}/waypoints/import?dry_run={str(dry).lower()}"
    return send_file(world.as_(who), path, data, name, more=more)


def read(world, data, who=PLANNER, standing=(), name="w.csv", **more):
    more = {"standing": json.dumps(list(standing))} | more
    return send_file(world.as_(who), "/waypoints/read", data, name, more=more)


def got(world, path):
    return fetch(world.as_(PLANNER), f"/api/v1{path}")[1]


def states(answer):
    return [row["state"] for row in answer.body["rows"]]


def draft_points(world, patrol, who=PLANNER):
    units = world.as_(who).get(f"/patrols/{patrol['id']}/draft").body["units"]
    return [units[f"waypoint:{key}"] for key in units["order"]]


@pytest.fixture
def planned(world):
    """A plan with two waypoints of which everything is said."""
    patrol = propose_patrol(world, binding_zone(world))
    start, end = ends_of(patrol)
    firm = {"kind": "free", "name": '渡口<&"甲">'}
    points = [
        point(start, at_min=20, stay_min=15, radius_m=80, mode="boat"),
        point(end, key="w2", name="12 号桥", target=firm, task=None, task_text=""),
    ]
    return change(world, patrol, waypoints=points).body


def test_each_file_of_a_plan_comes_in_again_unchanged(world, planned):
    for kind in ("waypoints.csv", "waypoints.xlsx", "plan.gpx"):
        data = got(world, f"/patrols/{planned['id']}/{kind}")
        again = bring(world, planned, data, name=kind)
        assert again.status == 200, again.body
        assert states(again) == ["same", "same"], kind
        # A plan that has none yet gets them whole.
        fresh = read(world, data, name=kind)
        assert states(fresh) == ["new", "new"], fresh.body
        for made, meant in zip(fresh.body["waypoints"], planned["waypoints"], strict=True):
            assert made | {"key": meant["key"]} == meant
    assert fresh.body["route"] == planned["route"]


def test_rows_change_add_and_are_tried_first(world, planned):
    start, end = ends_of(planned)
    data = (
        "名称,经度,纬度,任务,停留（分钟）,备用\n"
        f"东桥排口,{start[0]},{start[1]},现场检查,30,\n"
        f"西桥,{end[0]},{end[1]},,,\n"
        f"西桥,{end[0]},{end[1]},,,\n"
    ).encode()
    tried = bring(world, planned, data, dry=True)
    assert states(tried) == ["changed", "new", "skipped"]
    assert tried.body["ignored"] == ["备用"]
    assert {one["field"] for one in tried.body["rows"][0]["changes"]} == {"task_name", "stay_min"}
    assert len(draft_points(world, planned)) == 2
    done = bring(world, planned, data)
    assert done.status == 200, done.body
    # The other planner has it in the same draft; what the file did not say has stayed.
    first, second, third = draft_points(world, planned, PARTNER)
    assert (first["key"], first["task"], first["stay_min"]) == ("w1", "inspect", 30)
    assert (first["task_text"], first["target"]["code"]) == ("上下游各一个样", "WX-017")
    assert (second["name"], third["name"]) == ("12 号桥", "西桥")


def test_what_cannot_come_in_is_told_by_row_and_column(world, planned):
    data = (
        "name,lon,lat,radius_m,task_name,target_kind,target_name,target_code\n"
        "甲,十,30.9,,,,,\n"
        ",120.4,30.9,,,,,\n"
        "乙,30.9,120.4,,,,,\n"
        "丙,120.4,30.9,5,,,,\n"
        "丁,120.4,30.9,,跳舞,,,\n"
        "戊,120.4,30.9,,,party,某厂,123\n"
        "己,120.4,30.9,,,finding,没有〔2026〕1号,\n"
        "机密,120.4,30.9,,,,,\n"
        "庚,120.4,30.9,50,,,,\n"
    ).encode()
    answer = bring(world, planned, data)
    assert answer.status == 422
    rows = answer.body["report"]["rows"]
    found = [[error["field"] for error in row["errors"]] for row in rows]
    assert found == [
        ["lon"], ["name"], ["lat"], ["radius_m"], ["task_name"], ["target_code"], ["target_name"],
        ["name"], [],
    ]  # fmt: skip
    assert [row["line"] for row in rows] == list(range(2, 11))
    assert len(draft_points(world, planned)) == 2
    headless = bring(world, planned, "任务\n采样监测\n".encode())
    assert headless.body["errors"][0]["field"] == "file"
    many = "name,lon,lat\n" + "".join(f"点{n},120.4,30.9\n" for n in range(60))
    full = bring(world, planned, many.encode(), dry=True)
    assert states(full).count("refused") == 2


def test_a_receivers_gpx_and_a_broken_one(world, planned):
    start, _end = ends_of(planned)
    data = GPX.format(lon=start[0], lat=start[1], more="").encode()
    answer = read(world, data, standing=[], name="a.gpx")
    (made,) = answer.body["waypoints"]
    assert (made["name"], made["task_text"]) == ("Spot 7", "See the outlet")
    assert answer.body["route"] is None
    assert answer.body["rows"][0]["line"] == 2
    # A phone's map program writes GCJ-02, some hundred metres away.
    (shifted,) = read(world, data, name="a.gpx", gcj02="true").body["waypoints"]
    assert 0.001 < abs(shifted["lon"] - made["lon"]) < 0.02
    bad = '<rte><rtept lat="x" lon="1"/></rte>'
    broken = read(world, GPX.format(lon=1, lat=1, more=bad).encode(), name="a.gpx")
    assert broken.status == 422
    assert "3" in broken.body["errors"][0]["message"]
    place = GPX.format(lon="120.x", lat=30.9, more="").encode()
    assert [e["field"] for e in read(world, place).body["rows"][0]["errors"]] == ["lon"]
    entity = b'<!DOCTYPE gpx [<!ENTITY a "b">]><gpx>&a;</gpx>'
    assert read(world, entity).status == 422
    assert read(world, b"<gpx></gpx>").status == 422
    assert read(world, data, standing=[{"key": 1}]).body["errors"][0]["field"] == "standing"


def test_a_finding_comes_in_by_its_number_for_those_who_see_it(world):
    earlier = started_patrol(world)
    finding = find(world, earlier)
    aim = {"kind": "finding", "finding_id": finding["id"]}
    window = {
        "starts_at": soon(days=3).isoformat(),
        "ends_at": soon(days=3, hours=2).isoformat(),
        "waypoints": [point((finding["lon"], finding["lat"]), task="recheck", target=aim)],
    }
    plan = plan_of(world, zone_of(world, earlier), **window)
    patrol = world.as_(PLANNER).post("/patrols", plan).body
    data = got(world, f"/patrols/{patrol['id']}/waypoints.xlsx")
    (made,) = read(world, data).body["waypoints"]
    assert made["target"]["finding"]["id"] == finding["id"]
    assert states(bring(world, patrol, data)) == ["same"]
    # Without its number: it stays where it stands, elsewhere the waypoint comes without it.
    head = ["名称", "经度", "纬度", "对象类别", "对象"]
    blank = as_xlsx([["东桥排口", finding["lon"], finding["lat"], "过往发现", ""]], head)
    assert states(bring(world, patrol, blank)) == ["same"]
    assert read(world, blank).body["waypoints"][0]["target"] is None


def test_only_planners_of_the_parties_bring_waypoints_in(world, planned):
    data = got(world, f"/patrols/{planned['id']}/waypoints.csv")
    assert bring(world, planned, data, "wuxing-officer1").status == 403
    assert read(world, data, "wuxing-officer1").status == 403
    template = "/api/v1/waypoints/template.xlsx"
    assert fetch(world.as_("wuxing-officer1"), template)[0] == 403
    assert fetch(world.as_(PLANNER), template)[0] == 200
    assert bring(world, planned, data, "nanxun-planner").status == 404
