"""Substitutions: like for like stands beside the approved plan, everything else is an edit."""

from __future__ import annotations

import re

import pytest

from tests.support.patrols import approved_patrol, people, propose_patrol, soon
from tests.support.story import binding_zone

pytestmark = pytest.mark.once
WUXING = "wuxing-planner"


def licensed(world, bureau, *posts):
    return people(world, bureau, *posts)


def swap(world, patrol, gone, comes, who=WUXING, version=None):
    body = {"out_id": gone, "in_id": comes, "reason": "临时有事"}
    now = version or world.as_(who).get(f"/patrols/{patrol['id']}").version
    return world.as_(who).post(f"/patrols/{patrol['id']}/substitute", body, version=now)


def test_like_for_like_is_recorded_and_told_and_the_approvals_stand(world):
    patrol = approved_patrol(world)
    gone, comes = licensed(world, "wuxing", "officer1", "officer3")
    answer = swap(world, patrol, gone, comes)
    assert answer.status == 200, answer.body
    now = answer.body
    assert (now["state"], now["plan_version"]) == ("approved", patrol["plan_version"])
    assert now["content_hash"] == patrol["content_hash"]
    assert all(key["approved"] for key in now["approvals"])
    one = next(row for row in now["crew"] if row["user_id"] == comes)
    assert one["stands_for"] == next(r["name"] for r in patrol["crew"] if r["user_id"] == gone)
    assert now["events"][-1]["verb"] == "substituted"
    bells = world.as_("wujiang-planner").get("/notifications").body["items"]
    assert any(row["verb"] == "substituted" for row in bells)
    mine = world.as_("wuxing-officer3").get("/notifications").body["items"]
    assert any(row["verb"] == "substituted" for row in mine)
    start = {"officer3": 409, "officer1": 403}  # too early for one, not of the crew the other
    for post, status in start.items():
        assert world.as_(f"wuxing-{post}").post(f"/patrols/{patrol['id']}/start").status == status


def test_whoever_was_approved_may_come_back_and_an_edit_settles_it(world):
    patrol = approved_patrol(world)
    first, third = licensed(world, "wuxing", "officer1", "officer3")
    swap(world, patrol, first, third)
    back = swap(world, patrol, third, first).body
    assert all(row["stands_for"] is None for row in back["crew"])
    now = swap(world, patrol, first, third)
    crew = {"officers": licensed(world, "wuxing", "officer1", "officer2"), "craft": []}
    edited = world.as_(WUXING).put(f"/patrols/{patrol['id']}/crew", crew, version=now.version).body
    assert edited["state"] == "proposed"
    assert edited["plan_version"] == patrol["plan_version"] + 1
    assert all(row["stands_for"] is None for row in edited["crew"])


@pytest.mark.parametrize(
    ("gone", "comes", "status"),
    [("officer1", "liaison", 409), ("officer1", "officer2", 422), ("officer3", "officer1", 422)],
)
def test_what_is_not_like_for_like_is_refused(world, gone, comes, status):
    patrol = approved_patrol(world)
    out_id, in_id = licensed(world, "wuxing", gone, comes)
    answer = swap(world, patrol, out_id, in_id)
    assert answer.status == status, answer.body


def test_others_people_others_patrols_and_plans_not_approved(world):
    patrol = approved_patrol(world)
    own, theirs = (
        licensed(world, "wuxing", "officer1")[0],
        licensed(world, "wujiang", "officer3")[0],
    )
    third = licensed(world, "wuxing", "officer3")[0]
    assert swap(world, patrol, own, theirs).status == 422
    assert swap(world, patrol, own, third, version=1).status == 409
    body = {"out_id": own, "in_id": third, "reason": "x"}
    url = f"/patrols/{patrol['id']}/substitute"
    assert world.as_("wuxing-officer1").post(url, body, version=patrol["version"]).status == 403
    assert world.as_("nanxun-planner").post(url, body, version=patrol["version"]).status == 404
    away = {
        "subject": "officer",
        "subject_id": third,
        "starts_at": soon(hours=20).isoformat(),
        "ends_at": soon(days=2).isoformat(),
    }
    world.as_(WUXING).post("/absences", away)
    assert swap(world, patrol, own, third).status == 409


def test_before_all_approved_the_crew_is_simply_assigned(world):
    patrol = propose_patrol(world, binding_zone(world))
    gone, comes = licensed(world, "wuxing", "officer1", "officer3")
    assert swap(world, patrol, gone, comes).status == 409


def test_the_page_offers_like_for_like_and_says_who_is_not_to_be_had(world):
    patrol = approved_patrol(world)
    own = people(world, "wuxing", "officer1", "officer2")
    third, unlicensed = people(world, "wuxing", "officer3", "liaison")
    page = f"/patrols/{patrol['id']}"
    text = world.as_(WUXING).page(page).body
    places = dict(re.findall(r'<option value="([^"]+)" data-places="([^"]+)"', text))
    assert set(places[third].split()) == set(own)
    assert unlicensed not in places
    assert f'value="{third}" data-places="{places[third]}" data-busy' not in text
    away = {
        "subject": "officer",
        "subject_id": third,
        "starts_at": soon(hours=20).isoformat(),
        "ends_at": soon(days=2).isoformat(),
    }
    world.as_(WUXING).post("/absences", away)
    busy = world.as_(WUXING).page(page).body
    assert f'value="{third}" data-places="{places[third]}" data-busy' in busy
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(set(ids)) == len(ids), "a label leads to the field of another form"
