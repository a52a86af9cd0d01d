"""What speaks against a plan is refused with its reason, also when two plan at the same moment."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from shapely.geometry import shape

from hub.agreements.models import Agreement
from hub.zones.models import Zone
from tests.support.patrols import (
    approve,
    join,
    people,
    plan_of,
    propose_patrol,
    route_out_of,
    soon,
)
from tests.support.story import binding_zone
from tests.support.world import Caller


@pytest.fixture
def zone(world):
    return binding_zone(world)


def kinds(answer):
    assert answer.status == 409, answer.body
    return [clash["kind"] for clash in answer.body["clashes"]]


def propose(world, zone, **changes):
    return world.as_("wuxing-planner").post("/patrols", plan_of(world, zone, **changes))


@pytest.mark.parametrize(
    ("starts", "ends", "kind"),
    [
        ({"hours": 5}, {"hours": 4}, "time_order"),
        ({"hours": 5}, {"hours": 5}, "time_order"),
        ({"hours": 1}, {"hours": 25, "seconds": 2}, "too_long"),
        ({"days": 4000}, {"days": 4000, "hours": 1}, "agreement_not_in_force"),
    ],
)
def test_an_impossible_time_is_refused(world, zone, starts, ends, kind):
    answer = propose(
        world, zone, starts_at=soon(**starts).isoformat(), ends_at=soon(**ends).isoformat()
    )
    assert kinds(answer) == [kind]
    assert answer.body["clashes"][0]["message"].rstrip("。") in answer.body["detail"]


@pytest.mark.parametrize(("starts", "ends"), [(-3, -1), (-1, 1)])
def test_a_time_that_has_begun_is_past(world, zone, starts, ends):
    change_agreement(world, valid_from=soon(days=-2))
    answer = propose(
        world,
        zone,
        starts_at=soon(hours=starts).isoformat(),
        ends_at=soon(hours=ends).isoformat(),
    )
    assert kinds(answer) == ["past"]


def change_agreement(world, **values):
    with world.app.app_context(), world.unit_of_work() as session:
        agreement = next(a for a in session.query(Agreement) if "吴江" in a.title)
        for name, value in values.items():
            setattr(agreement.current if name.startswith("valid_") else agreement, name, value)


def test_an_agreement_that_ends_before_the_patrol_does_is_named(world, zone):
    change_agreement(world, valid_to=soon(days=1, hours=1))
    answer = propose(world, zone)
    assert kinds(answer) == ["agreement_ends"]
    assert "到期" in answer.body["detail"]


def test_no_plan_under_a_suspended_agreement(world, zone):
    patrol = join(world, propose_patrol(world, zone))
    change_agreement(world, state="suspended")
    assert kinds(propose(world, zone, officers=[])) == ["agreement_not_in_force"]
    assert kinds(approve(world, "wuxing-planner", patrol)) == ["agreement_not_in_force"]
    # A right that ended shows the partner nothing of a plan that has not begun.
    assert world.as_("wujiang-planner").get(f"/patrols/{patrol['id']}").status == 404
    assert world.as_("wujiang-planner").get("/patrols").body["items"] == []
    assert world.as_("wuxing-planner").get(f"/patrols/{patrol['id']}").status == 200


def test_a_route_that_leaves_the_zone_is_refused_with_the_part_outside(world, zone):
    answer = propose(world, zone, route=route_out_of(zone))
    assert kinds(answer) == ["outside_zone"]
    clash = answer.body["clashes"][0]
    assert 3_000 < clash["outside_m"] < 6_000
    assert str(round(clash["outside_m"])) in clash["message"]
    outside = shape(clash["geometry"])
    for strip in zone["current"]["strips"]:
        assert shape(strip["geometry"]).intersection(outside).length < 1e-6


def test_a_zone_version_that_binds_no_more_is_refused(world, zone):
    patrol = join(world, propose_patrol(world, zone))
    with world.app.app_context(), world.unit_of_work() as session:
        session.get(Zone, zone["id"]).binding_version = None
    assert kinds(approve(world, "wuxing-planner", patrol)) == ["zone_version"]
    assert propose(world, zone, officers=[]).status == 422


def test_an_officer_cannot_be_in_two_places(world, zone):
    first = propose_patrol(world, zone)
    answer = propose(
        world,
        zone,
        starts_at=soon(days=1, hours=1).isoformat(),
        ends_at=soon(days=1, hours=3).isoformat(),
    )
    assert kinds(answer) == ["officer_busy", "officer_busy"]
    assert first["number"] in answer.body["detail"]


def test_one_after_the_other_is_no_clash(world, zone):
    first = propose_patrol(world, zone)
    assert propose(
        world, zone, starts_at=first["ends_at"], ends_at=soon(days=1, hours=4).isoformat()
    ).status == 201  # fmt: skip


def test_a_cancelled_patrol_books_nobody(world, zone):
    first = propose_patrol(world, zone)
    world.as_("wuxing-planner").post(
        f"/patrols/{first['id']}/cancel", {"reason": "改期"}, version=first["version"]
    )
    assert propose(world, zone).status == 201


def test_a_boat_is_booked_once(world, zone):
    planner = world.as_("wuxing-planner")
    boat = planner.get("/patrols/options").body["craft"][0]
    assert propose(world, zone, craft=[boat["id"]]).status == 201
    assert kinds(propose(world, zone, officers=[], craft=[boat["id"]])) == ["craft_busy"]
    window = {
        "starts_at": soon(days=1).isoformat(),
        "ends_at": soon(days=1, hours=1).isoformat(),
    }
    choice = planner.get("/patrols/options", **window).body
    busy = {row["id"]: row["busy"] for row in choice["craft"] + choice["officers"]}
    assert "联巡" in busy[boat["id"]]
    assert "联巡" in busy[people(world, "wuxing", "officer1")[0]]
    assert busy[people(world, "wuxing", "officer3")[0]] is None


def test_of_the_partners_people_no_more_is_told_than_that_they_are_not_free(world, zone):
    first = join(world, propose_patrol(world, zone))
    later = {
        "starts_at": soon(days=2).isoformat(),
        "ends_at": soon(days=2, hours=2).isoformat(),
    }
    second = join(world, propose_patrol(world, zone, **later), "officer1", "officer3")
    answer = world.as_("wuxing-planner").get(
        f"/patrols/{second['id']}/clashes", starts_at=first["starts_at"], ends_at=first["ends_at"]
    )
    clashes = answer.body["clashes"]
    theirs = people(world, "wujiang", "officer1")[0]
    told = next(clash for clash in clashes if clash["booked_id"] == theirs)
    assert told["message"].endswith("在该时段不可用。")
    assert set(told) == {"kind", "message", "booked_id", "name"}
    assert len(clashes) == 3


def test_everything_that_speaks_against_a_plan_is_told_at_once(world, zone):
    propose_patrol(world, zone)
    answer = propose(world, zone, route=route_out_of(zone), ends_at=soon(days=3).isoformat())
    assert set(kinds(answer)) == {"too_long", "outside_zone", "officer_busy"}


def test_the_form_learns_of_clashes_before_it_is_sent(world, zone):
    propose_patrol(world, zone)
    body = plan_of(world, zone)
    asked = {k: body[k] for k in ("zone_id", "starts_at", "ends_at", "route", "officers", "craft")}
    answer = world.as_("wuxing-planner").post("/patrols/preview", asked)
    assert [clash["kind"] for clash in answer.body["clashes"]] == ["officer_busy", "officer_busy"]


def test_a_plan_does_not_clash_with_itself(world, zone):
    patrol = propose_patrol(world, zone)
    planner = world.as_("wuxing-planner")
    assert planner.get(f"/patrols/{patrol['id']}/clashes").body == {"clashes": []}
    body = plan_of(world, zone)
    asked = {k: body[k] for k in ("zone_id", "starts_at", "ends_at", "officers")}
    answer = planner.post("/patrols/preview", asked | {"patrol_id": patrol["id"]})
    assert answer.body["clashes"] == []


def test_two_planners_at_the_same_moment_book_an_officer_once(world, zone):
    bodies = [
        plan_of(
            world,
            zone,
            title=f"同时{n}",
            starts_at=(soon(days=1) + timedelta(minutes=n)).isoformat(),
        )
        for n in range(6)
    ]
    planner = world.as_("wuxing-planner")
    gate = threading.Barrier(len(bodies))
    answers = []

    def act(body):
        caller = Caller(world.app, planner.username, planner.token, planner.user_id, "")
        gate.wait()
        answers.append(caller.post("/patrols", body))

    threads = [threading.Thread(target=act, args=[body]) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert len(planner.get("/patrols").body["items"]) == 1
