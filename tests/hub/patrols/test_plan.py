"""Plans of joint patrols: who leads where, who may see and change what."""

from __future__ import annotations

import pytest

from tests.support.patrols import (
    approve,
    join,
    people,
    plan_of,
    propose_patrol,
    route_across,
    route_on_one_side,
    soon,
)
from tests.support.story import WUXING, binding_zone


@pytest.fixture
def zone(world):
    return binding_zone(world)


def test_a_proposal_names_who_leads_where(world, zone):
    patrol = propose_patrol(world, zone)
    assert patrol["number"].startswith("联巡〔20")
    assert patrol["state"] == "proposed"
    wuxing, wujiang = world.bureau_id("wuxing"), world.bureau_id("wujiang")
    assert {leg["host_bureau_id"] for leg in patrol["legs"]} == {wuxing, wujiang}
    assert all(len(leg["assisting"]) == 1 for leg in patrol["legs"])
    assert patrol["legs"][0]["from_m"] == 0
    assert sum(leg["length_m"] for leg in patrol["legs"]) == pytest.approx(
        patrol["route_length_m"], abs=1
    )
    # The outline is good to some hundred metres, and the route stays within 400 m of the line.
    assert all(leg["uncertain_m"] > 0 and not leg["certain"] for leg in patrol["legs"])
    assert {row["bureau_id"]: row["met"] for row in patrol["requirements"]} == {
        wuxing: True,
        wujiang: False,
    }
    assert all(officer["license_no"] for officer in patrol["crew"])


def test_the_partner_is_told_and_reads_the_same(world, zone):
    partner = world.as_("wujiang-planner")
    head = partner.get("/changes", after=0).body["head"]
    patrol = propose_patrol(world, zone)
    (change,) = partner.get("/changes", after=head).body["items"]
    assert (change["kind"], change["verb"], change["id"]) == ("patrol", "created", patrol["id"])
    read = partner.get(f"/patrols/{patrol['id']}").body
    assert {key: read[key] for key in change["view"]} == change["view"]
    (item,) = partner.get("/patrols").body["items"]
    assert item == change["view"]


@pytest.mark.parametrize("who", ["nanxun-planner", "nanxun-official", "yixing-officer1"])
def test_a_third_bureau_finds_nothing(world, zone, who):
    patrol = propose_patrol(world, zone)
    third = world.as_(who)
    assert third.get("/patrols").body == {"items": [], "next": None} or all(
        item["id"] != patrol["id"] for item in third.get("/patrols").body["items"]
    )
    assert patrol["id"] not in third.get("/patrols.csv").body
    assert patrol["title"] not in third.get("/patrols.csv").body
    for path in ("", "/clashes"):
        assert third.get(f"/patrols/{patrol['id']}{path}").status == 404
    assert third.get("/patrols/options", patrol_id=patrol["id"]).status == 404
    rows = third.get("/changes", after=0).body["items"]
    assert all(row["id"] != patrol["id"] for row in rows)
    version = patrol["version"]
    writes = {
        "approve": {"plan_version": 1, "content_hash": patrol["content_hash"]},
        "propose-time": {
            "starts_at": soon(days=2).isoformat(),
            "ends_at": soon(days=2, hours=1).isoformat(),
        },
        "cancel": {"reason": "x"},
        "start": {},
        "end": {},
    }
    for name, body in writes.items():
        answer = third.post(f"/patrols/{patrol['id']}/{name}", body, version=version)
        assert answer.status == 404, name
    assert third.put(
        f"/patrols/{patrol['id']}/crew", {"officers": [], "craft": []}, version=version
    ).status == 404  # fmt: skip


def test_a_third_bureau_cannot_plan_in_the_zone(world, zone):
    answer = world.as_("nanxun-planner").post("/patrols", plan_of(world, zone, officers=[]))
    assert answer.status == 404


@pytest.mark.parametrize("who", ["wuxing-sysadmin", "wuxing-auditor"])
def test_administrators_see_no_patrol(world, zone, who):
    patrol = propose_patrol(world, zone)
    assert world.as_(who).get(f"/patrols/{patrol['id']}").status == 404
    assert world.as_(who).get("/patrols").status == 403


@pytest.mark.parametrize("who", ["wuxing-officer1", "wuxing-liaison", "wuxing-official"])
def test_only_planners_propose(world, zone, who):
    assert world.as_(who).post("/patrols", plan_of(world, zone)).status == 403


@pytest.mark.parametrize(
    "more",
    [
        {"state": "approved"},
        {"proposing_bureau_id": "someone"},
        {"number": "联巡〔2026〕0009号"},
        {"content_hash": "0" * 64},
        {"plan_version": 9},
        {"legs": []},
        {"parties": []},
    ],
)
def test_what_is_not_the_planners_to_set_is_refused(world, zone, more):
    answer = world.as_("wuxing-planner").post("/patrols", plan_of(world, zone, **more))
    assert answer.status == 422
    assert world.as_("wuxing-planner").get("/patrols").body["items"] == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("route", {"type": "Point", "coordinates": [120.4, 30.9]}),
        ("route", {"type": "LineString", "coordinates": [[120.4, 30.9]]}),
        ("route", {"type": "LineString", "coordinates": [[30.9, 120.4], [30.8, 120.4]]}),
        ("starts_at", "2026-12-01T09:00:00"),
        ("title", ""),
        ("officers", ["x" * 36]),
        ("craft", ["x" * 36]),
    ],
)
def test_unusable_input_is_refused_in_words(world, zone, field, value):
    answer = world.as_("wuxing-planner").post("/patrols", plan_of(world, zone, **{field: value}))
    assert answer.status == 422
    assert answer.body["detail"]


def test_nobody_assigns_the_partners_people(world, zone):
    theirs = people(world, "wujiang", "officer1")
    answer = world.as_("wuxing-planner").post("/patrols", plan_of(world, zone, officers=theirs))
    assert answer.status == 422
    assert answer.body["errors"][0]["field"] == "officers"


def test_administrators_are_not_sent_on_patrol(world, zone):
    ids = people(world, "wuxing", "sysadmin")
    answer = world.as_("wuxing-planner").post("/patrols", plan_of(world, zone, officers=ids))
    assert answer.status == 422


def test_the_partner_fills_in_its_own_crew_and_craft(world, zone):
    patrol = propose_patrol(world, zone)
    partner = world.as_("wujiang-planner")
    choice = partner.get("/patrols/options", patrol_id=patrol["id"]).body
    boat = choice["craft"][0]["id"]
    officers = [o["id"] for o in choice["officers"] if o["license_no"]][:2]
    answer = partner.put(
        f"/patrols/{patrol['id']}/crew",
        {"officers": officers, "craft": [boat]},
        version=patrol["version"],
    )
    assert answer.status == 200
    assert answer.body["plan_version"] == 2
    assert len(answer.body["crew"]) == 4
    assert [row["craft_id"] for row in answer.body["craft"]] == [boat]
    assert all(row["met"] for row in answer.body["requirements"])


def test_guests_are_recorded_as_assisting_beforehand(world, zone):
    patrol = join(world, propose_patrol(world, zone))
    hosts = {leg["number"]: leg["host_bureau_id"] for leg in patrol["legs"]}
    for officer in patrol["crew"]:
        assert all(hosts[n] == officer["bureau_id"] for n in officer["leads"])
        assert all(hosts[n] != officer["bureau_id"] for n in officer["assists"])
        assert len(officer["leads"]) + len(officer["assists"]) == len(hosts)


def edit(world, patrol, zone, who="wuxing-planner", version=None, **changes):
    body = plan_of(world, zone, **changes)
    del body["zone_id"]
    return world.as_(who).put(
        f"/patrols/{patrol['id']}/plan", body, version=version or patrol["version"]
    )


def test_the_second_of_two_editors_gets_both_versions(world, zone):
    patrol = propose_patrol(world, zone)
    assert edit(world, patrol, zone, title="甲").status == 200
    late = edit(world, patrol, zone, title="乙")
    assert late.status == 409
    assert (late.body["your_version"], late.body["current_version"]) == (1, 2)
    assert late.body["current"]["title"] == "甲"


def test_a_write_without_a_version_is_refused(world, zone):
    patrol = propose_patrol(world, zone)
    body = {"officers": [], "craft": []}
    answer = world.as_("wuxing-planner").put(f"/patrols/{patrol['id']}/crew", body)
    assert answer.status == 428


def test_the_plan_belongs_to_the_bureau_that_proposed_it(world, zone):
    patrol = propose_patrol(world, zone)
    answer = edit(world, patrol, zone, who="wujiang-planner", officers=None)
    assert answer.status == 403


def test_an_edit_keeps_the_crew_that_it_does_not_name(world, zone):
    patrol = join(world, propose_patrol(world, zone))
    body = plan_of(world, zone, title="改名", route=route_on_one_side(zone, WUXING))
    for name in ("zone_id", "officers", "craft"):
        del body[name]
    answer = world.as_("wuxing-planner").put(
        f"/patrols/{patrol['id']}/plan", body, version=patrol["version"]
    )
    assert answer.status == 200
    assert len(answer.body["crew"]) == 4
    assert [leg["adcode"] for leg in answer.body["legs"]] == [WUXING]


def test_the_list_is_filtered_paged_and_exported(world, zone):
    for day in (1, 3, 5):
        start, stop = soon(days=day), soon(days=day, hours=1)
        propose_patrol(
            world, zone, title=f"第{day}天", starts_at=start.isoformat(), ends_at=stop.isoformat()
        )
    planner = world.as_("wuxing-planner")
    first = planner.get("/patrols", limit=2).body
    assert [item["title"] for item in first["items"]] == ["第5天", "第3天"]
    rest = planner.get("/patrols", limit=2, cursor=first["next"]).body
    assert [item["title"] for item in rest["items"]] == ["第1天"]
    assert rest["next"] is None
    window = {"since": soon(days=2).isoformat(), "until": soon(days=4).isoformat()}
    assert [i["title"] for i in planner.get("/patrols", **window).body["items"]] == ["第3天"]
    assert planner.get("/patrols", state="approved,completed").body["items"] == []
    assert len(planner.get("/patrols", state="proposed", zone_id=zone["id"]).body["items"]) == 3
    assert len(planner.get("/patrols", q="第3").body["items"]) == 1
    assert planner.get("/patrols", q="%").body["items"] == []
    assert planner.get("/patrols", state="nonsense").status == 422
    assert planner.get("/patrols", cursor="WyJ4IiwieSJd").status == 422
    assert planner.get("/patrols.csv").body.count("联巡") == 3
    with world.hearing("before_cursor_execute") as for_one:
        planner.get("/patrols", limit=1)
    with world.hearing("before_cursor_execute") as for_all:
        planner.get("/patrols")
    assert len(for_all) == len(for_one)


def test_a_title_that_looks_like_a_formula_is_text_in_the_export(world, zone):
    propose_patrol(world, zone, title="=HYPERLINK(1)")
    assert "'=HYPERLINK(1)" in world.as_("wuxing-planner").get("/patrols.csv").body


def test_a_preview_says_what_a_plan_would_be_and_keeps_nothing(world, zone):
    planner = world.as_("wuxing-planner")
    asked = {"zone_id": zone["id"], "route": route_across(zone)}
    answer = planner.post("/patrols/preview", asked)
    assert answer.status == 200
    assert len(answer.body["legs"]) >= 2
    assert answer.body["clashes"] == []
    assert answer.body["accuracy_m"] > 0
    assert not all(row["met"] for row in answer.body["requirements"])
    assert planner.post("/patrols/preview", {"zone_id": zone["id"]}).body["legs"] == []
    assert planner.get("/patrols").body["items"] == []


def test_a_patrol_is_cancelled_with_a_reason_by_either_party(world, zone):
    patrol = propose_patrol(world, zone)
    partner = world.as_("wujiang-planner")
    url = f"/patrols/{patrol['id']}/cancel"
    assert partner.post(url, {"reason": ""}, version=1).status == 422
    answer = partner.post(url, {"reason": "台风"}, version=1)
    assert answer.status == 200
    assert (answer.body["state"], answer.body["cancel_reason"]) == ("cancelled", "台风")
    again = partner.post(url, {"reason": "台风"}, version=answer.version)
    assert again.status == 409
    assert again.body["rule"] == "patrol.cancel"
    assert approve(world, "wuxing-planner", answer.body).status == 409


def test_a_repeated_proposal_makes_one_patrol(world, zone):
    planner, body = world.as_("wuxing-planner"), plan_of(world, zone)
    one = planner.post("/patrols", body, key="the-same-operation")
    two = planner.post("/patrols", body, key="the-same-operation")
    assert one.body["id"] == two.body["id"]
    assert len(planner.get("/patrols").body["items"]) == 1


@pytest.mark.parametrize("path", ["", "/plan"])
def test_the_pages_of_a_patrol_open_for_those_who_may(world, zone, path):
    patrol = propose_patrol(world, zone, title="<b>夜查</b>")
    page = world.as_("wuxing-planner").page(f"/patrols/{patrol['id']}{path}")
    assert page.status == 200
    assert "&lt;b&gt;夜查" in page.body
    assert "<b>夜查" not in page.body
    third = world.as_("nanxun-planner").page(f"/patrols/{patrol['id']}{path}")
    assert third.status == 404
    assert "夜查" not in third.body


def test_the_partner_reads_the_page_and_works_on_the_draft(world, zone):
    patrol = propose_patrol(world, zone)
    partner = world.as_("wujiang-planner")
    page = partner.page(f"/patrols/{patrol['id']}").body
    assert "own-crew" in page
    assert "propose-time" in page
    assert "draft/publish" in partner.page(f"/patrols/{patrol['id']}/plan").body
    officer = world.as_("wujiang-officer1").page(f"/patrols/{patrol['id']}").body
    assert "own-crew" not in officer
    assert 'data-api="POST' not in officer


def test_the_list_page_groups_by_day_and_filters(world, zone):
    patrol = propose_patrol(world, zone)
    planner = world.as_("wuxing-planner")
    assert patrol["number"] in planner.page("/patrols").body
    assert patrol["number"] not in planner.page("/patrols?state=completed").body
    assert patrol["number"] not in planner.page("/patrols?from=2020-01-01&to=2020-01-02").body
    assert patrol["number"] in planner.page("/patrols?from=nonsense").body
    assert patrol["number"] not in world.as_("nanxun-planner").page("/patrols").body


def test_the_form_offers_zones_that_bind_to_planners(world, zone):
    assert zone["id"] in world.as_("wujiang-planner").page("/patrols/new").body
    third = world.as_("nanxun-planner").page("/patrols/new")
    assert third.status == 200
    assert zone["id"] not in third.body
    assert world.as_("wuxing-officer1").page("/patrols/new").status == 403


def test_each_party_sees_itself_as_side_a(world, zone):
    patrol = propose_patrol(world, zone)
    wuxing, wujiang = world.bureau_id("wuxing"), world.bureau_id("wujiang")
    for who, own, other in (("wuxing", wuxing, wujiang), ("wujiang", wujiang, wuxing)):
        seen = world.as_(f"{who}-planner").get(f"/patrols/{patrol['id']}").body
        assert {p["bureau_id"]: p["side"] for p in seen["parties"]} == {own: "a", other: "b"}
        assert {leg["host_bureau_id"]: leg["side"] for leg in seen["legs"]} == {
            own: "a",
            other: "b",
        }
