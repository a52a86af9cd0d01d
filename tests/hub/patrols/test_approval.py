"""Two keys on one plan: any edit takes them back; other times are proposed and answered."""

from __future__ import annotations

import pytest

from tests.support.patrols import (
    approve,
    approved_patrol,
    join,
    people,
    plan_of,
    propose_patrol,
    soon,
    started_patrol,
)
from tests.support.story import binding_zone


@pytest.fixture
def zone(world):
    return binding_zone(world)


@pytest.fixture
def patrol(world, zone):
    return join(world, propose_patrol(world, zone))


def keys(patrol):
    return sorted(row["approved"] for row in patrol["approvals"])


def test_it_is_approved_when_both_parties_turned_their_key(world, patrol):
    first = approve(world, "wuxing-official", patrol)
    assert (first.status, first.body["state"]) == (200, "proposed")
    assert keys(first.body) == [False, True]
    second = approve(world, "wujiang-planner", patrol)
    assert (second.status, second.body["state"]) == (200, "approved")
    assert keys(second.body) == [True, True]
    verbs = [event["verb"] for event in second.body["events"]]
    assert verbs == ["proposed", "crew", "approved", "approved"]


def test_one_party_has_one_key(world, patrol):
    assert approve(world, "wuxing-planner", patrol).status == 200
    answer = approve(world, "wuxing-official", patrol)
    assert answer.status == 409
    assert world.as_("wujiang-planner").get(f"/patrols/{patrol['id']}").body["state"] == "proposed"


@pytest.mark.parametrize("who", ["wuxing-officer1", "wujiang-liaison"])
def test_not_everybody_approves(world, patrol, who):
    assert approve(world, who, patrol).status == 403


def test_only_what_was_read_is_approved(world, patrol):
    answer = approve(world, "wuxing-planner", patrol, content_hash="0" * 64)
    assert answer.status == 409
    answer = approve(world, "wuxing-planner", patrol, plan_version=1)
    assert answer.status == 409
    assert answer.body["plan_version"] == patrol["plan_version"]


def test_a_host_with_too_few_licensed_officers_is_named_with_its_legs(world, zone):
    patrol = propose_patrol(world, zone)
    answer = approve(world, "wuxing-planner", patrol)
    assert answer.status == 409
    assert answer.body["rule"] == "patrol.hosts"
    assert "吴江" in answer.body["detail"]
    assert "持证" in answer.body["detail"]
    missing = [row for row in answer.body["requirements"] if not row["met"]]
    assert [row["licensed"] for row in missing] == [0]
    assert missing[0]["legs"]


def test_people_without_a_certificate_do_not_count(world, zone):
    patrol = join(world, propose_patrol(world, zone), "officer1", "liaison")
    assert approve(world, "wuxing-planner", patrol).body["rule"] == "patrol.hosts"


def edit(world, patrol, zone, **changes):
    body = plan_of(world, zone, **changes)
    for name in ("zone_id", "officers", "craft"):
        del body[name]
    return world.as_("wuxing-planner").put(
        f"/patrols/{patrol['id']}/plan", body, version=patrol["version"]
    )


def test_any_edit_takes_the_approvals_back_and_says_so(world):
    patrol = approved_patrol(world)
    body = {
        "title": "改了名称",
        "starts_at": patrol["starts_at"],
        "ends_at": patrol["ends_at"],
        "route": patrol["route"],
        "checklist": ["排口"],
        "note": "",
    }
    answer = world.as_("wuxing-planner").put(
        f"/patrols/{patrol['id']}/plan", body, version=patrol["version"]
    )
    assert answer.body["state"] == "proposed"
    assert keys(answer.body) == [False, False]
    assert answer.body["plan_version"] == patrol["plan_version"] + 1
    assert answer.body["content_hash"] != patrol["content_hash"]
    event = answer.body["events"][-1]
    assert event["detail"]["changed"] == ["title", "checklist", "note"]
    assert sorted(event["detail"]["withdrawn_names"]) == ["吴兴", "吴江"]
    withdrawn = [row for row in answer.body["approval_history"] if row["withdrawn_at"]]
    assert len(withdrawn) == 2
    # The old hash opens nothing any more.
    assert approve(world, "wujiang-planner", patrol).status == 409


def test_a_change_of_crew_takes_the_approvals_back_too(world):
    patrol = approved_patrol(world)
    answer = join(world, patrol, "officer1", "officer3")
    assert answer["state"] == "proposed"
    assert keys(answer) == [False, False]


def test_writing_the_same_again_takes_nothing_back(world):
    patrol = approved_patrol(world)
    again = join(world, patrol)
    assert again["state"] == "approved"
    assert again["version"] == patrol["version"]


def propose_time(world, patrol, who="wujiang-planner", **ahead):
    starts, ends = ahead or {"days": 3}, {"hours": 2}
    body = {
        "starts_at": soon(**starts).isoformat(),
        "ends_at": soon(**{**starts, "hours": starts.get("hours", 0) + ends["hours"]}).isoformat(),
        "message": "当天有会",
    }
    return world.as_(who).post(f"/patrols/{patrol['id']}/propose-time", body)


def answer_time(world, who, patrol, answer):
    body = {"proposal_id": patrol["open_proposals"][0]["id"], "answer": answer}
    return world.as_(who).post(
        f"/patrols/{patrol['id']}/answer-time", body, version=patrol["version"]
    )


def test_an_accepted_time_is_a_new_plan_that_both_approve(world, patrol):
    approve(world, "wuxing-planner", patrol)
    asked = propose_time(world, patrol)
    assert asked.status == 200
    assert keys(asked.body) == [False, True], "asking changes nothing yet"
    waits = approve(world, "wujiang-planner", patrol)
    assert waits.body["rule"] == "patrol.open_proposal"
    answer = answer_time(world, "wuxing-planner", asked.body, "accept")
    assert answer.status == 200
    assert answer.body["starts_at"] == asked.body["open_proposals"][0]["starts_at"]
    assert answer.body["plan_version"] == patrol["plan_version"] + 1
    assert keys(answer.body) == [False, False]
    assert answer.body["open_proposals"] == []
    assert [row["state"] for row in answer.body["time_proposals"]] == ["accepted"]
    for who in ("wuxing-planner", "wujiang-planner"):
        done = approve(world, who, answer.body)
    assert done.body["state"] == "approved"


def test_a_refused_time_leaves_the_plan(world, patrol):
    asked = propose_time(world, patrol).body
    answer = answer_time(world, "wuxing-planner", asked, "refuse")
    assert answer.body["starts_at"] == patrol["starts_at"]
    assert answer.body["plan_version"] == patrol["plan_version"]
    assert [row["state"] for row in answer.body["time_proposals"]] == ["refused"]
    assert answer_time(world, "wuxing-planner", asked, "accept").status == 409
    asked["version"] = answer.version
    assert answer_time(world, "wuxing-planner", asked, "accept").status == 404


def test_nobody_answers_his_own_proposal(world, patrol):
    asked = propose_time(world, patrol).body
    assert answer_time(world, "wujiang-planner", asked, "accept").status == 403
    assert answer_time(world, "wuxing-planner", asked, "withdraw").status == 403
    answer = answer_time(world, "wujiang-planner", asked, "withdraw")
    assert [row["state"] for row in answer.body["time_proposals"]] == ["withdrawn"]


def test_one_proposal_waits_at_a_time(world, patrol):
    propose_time(world, patrol)
    again = propose_time(world, patrol, who="wuxing-planner", days=5)
    assert again.body["rule"] == "patrol.one_proposal"


def test_a_time_at_which_somebody_is_busy_is_refused(world, zone, patrol):
    propose_patrol(
        world,
        zone,
        starts_at=soon(days=3).isoformat(),
        ends_at=soon(days=3, hours=3).isoformat(),
    )
    answer = propose_time(world, patrol)
    assert answer.status == 409
    assert {clash["kind"] for clash in answer.body["clashes"]} == {"officer_busy"}
    assert all("联巡" not in clash["message"] for clash in answer.body["clashes"])


def test_an_edited_time_closes_the_proposal(world, zone, patrol):
    asked = propose_time(world, patrol).body
    answer = edit(
        world,
        asked,
        zone,
        starts_at=soon(days=4).isoformat(),
        ends_at=soon(days=4, hours=1).isoformat(),
    )
    assert [row["state"] for row in answer.body["time_proposals"]] == ["lapsed"]


def test_an_officer_of_the_crew_starts_and_ends_it(world):
    patrol = started_patrol(world)
    assert patrol["state"] == "in_progress"
    assert patrol["started_at"]
    url = f"/patrols/{patrol['id']}"
    for name, body in (("cancel", {"reason": "x"}), ("start", {})):
        caller = world.as_("wuxing-planner" if name == "cancel" else "wuxing-officer1")
        answer = caller.post(f"{url}/{name}", body, version=patrol["version"])
        assert answer.status == 409
        assert answer.body["rule"] == f"patrol.{name}"
    assert world.as_("wujiang-officer3").post(f"{url}/end").status == 403
    done = world.as_("wujiang-officer1").post(f"{url}/end")
    assert (done.status, done.body["state"]) == (200, "completed")
    assert world.as_("wujiang-officer1").post(f"{url}/end").status == 409


def test_a_patrol_that_is_not_approved_does_not_start(world, patrol):
    answer = world.as_("wuxing-officer1").post(f"/patrols/{patrol['id']}/start")
    assert answer.status == 409
    assert answer.body["rule"] == "patrol.start"


def test_nobody_starts_a_day_early(world):
    patrol = approved_patrol(world)
    answer = world.as_("wuxing-officer1").post(f"/patrols/{patrol['id']}/start")
    assert answer.status == 409
    assert answer.body["rule"] == "patrol.window"


@pytest.mark.parametrize("who", ["wuxing-officer3", "wuxing-planner"])
def test_only_the_crew_starts(world, who):
    patrol = approved_patrol(
        world, starts_at=soon(minutes=5).isoformat(), ends_at=soon(hours=1).isoformat()
    )
    assert world.as_(who).post(f"/patrols/{patrol['id']}/start").status == 403


ACTS = {
    "plan": ("PUT", "wuxing-planner"),
    "crew": ("PUT", "wuxing-planner"),
    "approve": ("POST", "wuxing-planner"),
    "propose-time": ("POST", "wuxing-planner"),
    "start": ("POST", "wuxing-officer1"),
    "cancel": ("POST", "wuxing-planner"),
}


@pytest.mark.parametrize("act", sorted(ACTS))
def test_what_is_over_stays_as_it_was(world, act):
    started = started_patrol(world)
    url = f"/patrols/{started['id']}"
    done = world.as_("wuxing-officer1").post(f"{url}/end").body
    bodies = {
        "plan": {k: done[k] for k in ("title", "starts_at", "ends_at", "route", "note")},
        "crew": {"officers": people(world, "wuxing", "officer1"), "craft": []},
        "approve": {"plan_version": done["plan_version"], "content_hash": done["content_hash"]},
        "propose-time": {
            "starts_at": soon(days=2).isoformat(),
            "ends_at": soon(days=2, hours=1).isoformat(),
        },
        "start": {},
        "cancel": {"reason": "x"},
    }
    method, who = ACTS[act]
    answer = world.as_(who).call(method, f"{url}/{act}", bodies[act], version=done["version"])
    assert answer.status == 409
    assert answer.body["state"] == "completed"
    after = world.as_(who).get(url).body
    assert (after["version"], after["content_hash"]) == (done["version"], done["content_hash"])


@pytest.mark.parametrize(
    "lapsed", [{"license_no": None}, {"license_no": "330502001", "license_until": "2020-01-01"}]
)
def test_a_patrol_does_not_start_with_a_certificate_that_lapsed_since(world, lapsed):
    patrol = approved_patrol(
        world, starts_at=soon(minutes=5).isoformat(), ends_at=soon(hours=1).isoformat()
    )
    officer = next(o for o in patrol["crew"] if o["bureau_id"] == world.bureau_id("wujiang"))
    url = f"/people/{officer['user_id']}/license"
    assert world.as_("wujiang-sysadmin").put(url, lapsed).status == 200
    refused = world.as_("wuxing-officer1").post(f"/patrols/{patrol['id']}/start")
    assert (refused.status, refused.body["rule"]) == (409, "patrol.licenses")
    assert refused.body["people"] == [officer["name"]]
    assert officer["name"] in refused.body["detail"]
    renewed = {"license_no": officer["license_no"], "license_until": "2040-01-01"}
    assert world.as_("wujiang-sysadmin").put(url, renewed).status == 200
    assert world.as_("wuxing-officer1").post(f"/patrols/{patrol['id']}/start").status == 200
