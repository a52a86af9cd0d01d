"""Findings: logged in the field, read by the parties, filed by whose ground it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.cases import off_zone
from tests.support.field import (
    OFFICER,
    PARTNER,
    STRANGERS,
    began_ago,
    fetch,
    find,
    inside,
    photo,
    seen,
    upload,
    zone_of,
)
from tests.support.patrols import approved_patrol, started_patrol
from tests.support.story import WUJIANG, WUXING


@pytest.fixture
def patrol(world):
    return started_patrol(world)


def test_a_finding_has_a_number_and_knows_whose_ground_it_is(world, patrol):
    found = find(world, patrol)
    assert found["number"].startswith("联查〔20")
    assert (found["adcode"], found["category_name"]) == (WUXING, "入河排口")
    assert found["side_bureau_id"] == world.bureau_id("wuxing")
    assert found["found_at"]


def test_the_same_key_makes_one_finding(world, patrol):
    place = inside(zone_of(world, patrol), WUXING)
    url = f"/patrols/{patrol['id']}/findings"
    first = world.as_(OFFICER).post(url, seen(place), key="field-key-0001")
    again = world.as_(OFFICER).post(url, seen(place), key="field-key-0001")
    assert first.body == again.body
    assert len(world.as_(OFFICER).get("/findings", patrol_id=patrol["id"]).body["items"]) == 1


def test_both_parties_read_it_in_list_detail_and_feed(world, patrol):
    partner = world.as_(PARTNER)
    head = partner.get("/changes", after=0).body["head"]
    found = find(world, patrol)
    (change,) = partner.get("/changes", after=head).body["items"]
    assert (change["kind"], change["verb"]) == ("finding", "created")
    assert change["view"]["text"] == found["text"]
    assert partner.get(f"/findings/{found['id']}").body["lon"] == found["lon"]
    assert partner.get("/findings", patrol_id=patrol["id"]).body["items"] == [change["view"]]


@pytest.mark.parametrize("who", STRANGERS)
def test_a_third_bureau_finds_nothing(world, patrol, who):
    third = world.as_(who)
    found = find(world, patrol)
    assert third.get(f"/findings/{found['id']}").status == 404
    assert found["id"] not in str(third.get("/findings").body)
    assert third.get("/findings", patrol_id=patrol["id"]).body["items"] == []
    assert found["number"] not in third.get("/findings.csv").body
    assert third.post(f"/findings/{found['id']}/refer", {"note": ""}).status == 404
    assert third.post(f"/findings/{found['id']}/case").status == 404
    assert upload(third, found["id"], photo()).status == 404
    rows = third.get("/changes", after=0).body["items"]
    assert all(row["id"] != found["id"] for row in rows)


@pytest.mark.parametrize(
    "wrong",
    [
        {"category": "unicorn"},
        {"text": ""},
        {"text": "​"},
        {"lon": 200},
        {"lat": 0.0, "lon": 0.0},
        {"text": "机密★10年"},
        {"number": "x"},
        {"placed_by": "guess"},
        {"found_at": (datetime.now(UTC) - timedelta(days=3)).isoformat()},
        {"found_at": (datetime.now(UTC) + timedelta(days=3)).isoformat()},
    ],
)
def test_a_finding_that_cannot_be_is_refused(world, patrol, wrong):
    place = inside(zone_of(world, patrol), WUXING)
    answer = world.as_(OFFICER).post(f"/patrols/{patrol['id']}/findings", seen(place, **wrong))
    assert answer.status == 422, answer.body


def test_only_the_crew_of_a_patrol_under_way_logs(world):
    patrol = approved_patrol(world)
    place = inside(zone_of(world, patrol), WUXING)
    url = f"/patrols/{patrol['id']}/findings"
    assert world.as_(OFFICER).post(url, seen(place)).status == 409
    assert world.as_("wuxing-planner").post(url, seen(place)).status == 403


def test_what_a_phone_kept_is_logged_after_the_end_with_its_own_time(world, patrol):
    began_ago(world, patrol["id"], timedelta(minutes=30))
    world.as_(OFFICER).post(f"/patrols/{patrol['id']}/end")
    at = datetime.now(UTC) - timedelta(minutes=10)
    found = find(world, patrol, found_at=at.isoformat())
    assert abs(datetime.fromisoformat(found["found_at"]) - at) < timedelta(seconds=1)


def test_a_finding_on_the_other_side_is_referred_and_filed_there(world, patrol):
    place = off_zone(world, WUJIANG)
    found = find(world, patrol, lon=place[0], lat=place[1])
    wujiang = world.bureau_id("wujiang")
    assert (found["certain"], found["referred_to_id"]) == (True, wujiang)
    refused = world.as_(OFFICER).post(f"/findings/{found['id']}/case")
    assert refused.status == 409
    assert refused.body["host_bureau_id"] == wujiang
    noted = world.as_(OFFICER).post(f"/findings/{found['id']}/refer", {"note": "请尽快核查"})
    assert noted.body["referral_note"] == "请尽快核查"
    made = world.as_(PARTNER).post(f"/findings/{found['id']}/case")
    assert made.status == 201, made.body
    case = world.as_(PARTNER).get(f"/cases/{made.body['case_id']}").body
    assert case["owner_bureau_id"] == wujiang
    assert world.as_(OFFICER).get(f"/findings/{found['id']}").body["has_case"] is True


def test_a_finding_becomes_one_case(world, patrol):
    found = find(world, patrol)
    url = f"/findings/{found['id']}/case"
    assert world.as_("wuxing-planner").post(url).status == 403
    assert world.as_(OFFICER).post(url).status == 201
    assert world.as_(OFFICER).post(url).status == 409


def test_a_finding_on_the_own_side_is_not_referred(world, patrol):
    place = off_zone(world, WUXING)
    found = find(world, patrol, lon=place[0], lat=place[1])
    assert found["referred_to_id"] is None
    assert world.as_(OFFICER).post(f"/findings/{found['id']}/refer", {}).status == 409


def test_the_list_is_filtered_and_paged(world, patrol):
    for category in ("water", "water", "noise"):
        find(world, patrol, category=category, text=f"情况 {category}")
    officer = world.as_(OFFICER)
    pid = patrol["id"]
    assert len(officer.get("/findings", patrol_id=pid, category="water").body["items"]) == 2
    assert len(officer.get("/findings", patrol_id=pid, q="noise").body["items"]) == 1
    assert officer.get("/findings", patrol_id=pid, q="%").body["items"] == []
    first = officer.get("/findings", patrol_id=pid, limit=2).body
    rest = officer.get("/findings", patrol_id=pid, limit=2, cursor=first["next"]).body
    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]


@pytest.mark.parametrize("who", [OFFICER, "wujiang-liaison"])
@pytest.mark.parametrize("door", ["/findings", "/changes"])
def test_more_findings_ask_the_database_no_more(world, patrol, who, door):
    reader = world.as_(who)

    def asked() -> int:
        reader.get(door, limit=100)
        with world.hearing("before_cursor_execute") as sent:
            reader.get(door, limit=100)
        return len(sent)

    find(world, patrol)
    few = asked()
    for _ in range(3):
        find(world, patrol)
    assert asked() == few


def test_the_export_is_no_formula(world, patrol):
    find(world, patrol, text="=HYPERLINK(1)")
    text = world.as_(PARTNER).get("/findings.csv").body
    assert "'=HYPERLINK(1)" in text


def test_the_checklist_is_ticked_by_the_crew_and_withdraws_no_approval(world, patrol):
    url = f"/patrols/{patrol['id']}/checklist"
    answer = world.as_(OFFICER).post(url, {"index": 1, "done": True})
    assert [item["done"] for item in answer.body["checklist"]] == [False, True]
    assert world.as_(OFFICER).post(url, {"index": 2, "done": True}).status == 422
    assert world.as_("wuxing-planner").post(url, {"index": 0, "done": True}).status == 403
    assert world.as_("nanxun-officer1").post(url, {"index": 0, "done": True}).status == 404
    read = world.as_(PARTNER).get(f"/patrols/{patrol['id']}").body
    assert read["content_hash"] == patrol["content_hash"]
    assert read["checklist"][1]["done"] is True


def test_the_photos_of_a_finding_go_into_the_case_it_becomes(world, patrol):
    found = find(world, patrol)
    sent = upload(world.as_(OFFICER), found["id"], photo()).body
    case_id = world.as_(OFFICER).post(f"/findings/{found['id']}/case").body["case_id"]
    late = upload(world.as_(OFFICER), found["id"], photo(colour="navy"), "late.jpg").body
    files = world.as_(OFFICER).get(f"/cases/{case_id}").body["files"]
    assert [f["sha256"] for f in files] == [sent["sha256"], late["sha256"]]
    assert all(f["carried"] for f in files)
    assert (files[0]["at"], files[0]["uploaded_by_name"]) == (sent["at"], sent["uploaded_by_name"])
    url = files[0]["original_url"]
    assert fetch(world.as_(OFFICER), url)[1] == fetch(world.as_(OFFICER), sent["original_url"])[1]
    trail = world.as_("wuxing-auditor").get("/audit", record=case_id, action="file.carried").body
    assert {e["detail"]["sha256"] for e in trail["items"]} == {sent["sha256"], late["sha256"]}
    assert "随巡查发现移入" in world.as_(OFFICER).page(f"/cases/{case_id}").body


def test_the_original_of_a_guests_photo_stays_in_the_guests_custody(world, patrol):
    place = off_zone(world, WUJIANG)
    found = find(world, patrol, lon=place[0], lat=place[1])
    sent = upload(world.as_(OFFICER), found["id"], photo()).body
    case_id = world.as_(PARTNER).post(f"/findings/{found['id']}/case").body["case_id"]
    (file,) = world.as_(PARTNER).get(f"/cases/{case_id}").body["files"]
    assert file["sha256"] == sent["sha256"]
    assert "original_url" not in file
    assert fetch(world.as_(PARTNER), file["url"])[0] == 200
    assert fetch(world.as_(PARTNER), file["url"] + "?copy=original")[0] == 404
    upload(world.as_(OFFICER), found["id"], photo(colour="navy"), "late.jpg")
    assert len(world.as_(PARTNER).get(f"/cases/{case_id}").body["files"]) == 1
