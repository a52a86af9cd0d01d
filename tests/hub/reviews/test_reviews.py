"""Reviews of a patrol: blind until both are given, or until the days are over."""

from __future__ import annotations

from datetime import timedelta

from hub.patrols.models import Patrol
from tests.support.cases import last_changes
from tests.support.meetings import act, in_days, room_points
from tests.support.patrols import started_patrol
from tests.support.world import Answer, World

OURS, THEIRS = "wuxing-officer1", "wujiang-officer1"
MARKS = {"preparation": 4, "cooperation": 5, "communications": 3, "results": 4, "safety": 5}


def ended(world: World) -> str:
    patrol = started_patrol(world)
    assert world.as_(OURS).post(f"/patrols/{patrol['id']}/end").status == 200
    return str(patrol["id"])


def give(world: World, who: str, patrol_id: str, version: int = 0, **changes: object) -> Answer:
    body = {"ratings": MARKS, "went_well": "集合准时", "next_step": "统一对讲频道"} | changes
    return world.as_(who).put(f"/patrols/{patrol_id}/review", body, version=version)


def read(world: World, who: str, patrol_id: str) -> dict[str, object]:
    return dict(world.as_(who).get(f"/patrols/{patrol_id}/reviews").body)


def test_each_side_reads_the_others_once_both_have_given_theirs(world):
    patrol = ended(world)
    first = give(world, OURS, patrol)
    assert first.status == 200, first.body
    assert [one["mean"] for one in first.body["items"]] == [4.2]
    before = read(world, THEIRS, patrol)
    assert (before["items"], before["open"]) == ([], False)
    assert {one["bureau_name"]: one["given"] for one in before["parties"]} == {
        "吴江": False, "吴兴": True,
    }  # fmt: skip
    review = first.body["items"][0]["id"]
    assert last_changes(world, THEIRS, review) == []
    # Until it is read it can be changed, on the version that was read.
    assert give(world, OURS, patrol, version=0).status == 409
    assert give(world, OURS, patrol, version=1, to_improve="通信不畅").status == 200
    second = give(world, THEIRS, patrol, went_well="分工清楚")
    assert len(second.body["items"]) == 2
    assert read(world, OURS, patrol)["open"] is True
    assert last_changes(world, THEIRS, review)[-1]["view"]["to_improve"] == "通信不畅"
    late = give(world, OURS, patrol, version=2)
    assert (late.status, late.body["rule"]) == (409, "review.open")


def test_a_side_that_never_writes_keeps_nothing_closed(world):
    patrol = ended(world)
    give(world, OURS, patrol)
    with world.unit_of_work() as session:
        session.get_one(Patrol, patrol).ended_at -= timedelta(days=14, seconds=1)
    assert len(read(world, THEIRS, patrol)["items"]) == 1
    assert give(world, OURS, patrol, version=1).status == 409
    assert give(world, THEIRS, patrol).status == 200
    assert len(read(world, OURS, patrol)["items"]) == 2


def test_who_writes_what_and_when(world):
    patrol = started_patrol(world)["id"]
    early = give(world, OURS, patrol)
    assert (early.status, early.body["rule"]) == (409, "review.ended")
    world.as_(OURS).post(f"/patrols/{patrol}/end")
    assert give(world, "wuxing-officer3", patrol).status == 403
    assert give(world, "nanxun-officer1", patrol).status == 404
    assert world.as_("nanxun-planner").get(f"/patrols/{patrol}/reviews").status == 404
    wrong = give(world, OURS, patrol, ratings=MARKS | {"safety": 6, "results": 0})
    assert {one["field"] for one in wrong.body["errors"]} == {"ratings.safety", "ratings.results"}
    assert give(world, "wuxing-planner", patrol).status == 200
    page = world.as_("wuxing-planner").page(f"/patrols/{patrol}").body
    assert "patrol-reviews" in page
    assert "统一对讲频道" in page
    assert "统一对讲频道" not in world.as_("wujiang-planner").page(f"/patrols/{patrol}").body


def test_a_next_step_goes_on_the_agenda_of_the_next_meeting_with_links_both_ways(world):
    patrol = ended(world)
    give(world, OURS, patrol)
    planner = world.as_("wuxing-planner")
    agreement = planner.get(f"/patrols/{patrol}").body["agreement_id"]
    body = {
        "agreement_id": agreement,
        "title": "第一次联席会议",
        "starts_at": in_days(20).isoformat(),
        "ends_at": in_days(20.1).isoformat(),
        "place": "织里",
    }
    meeting = planner.post("/meetings", body)
    assert meeting.status == 201, meeting.body
    url = f"/meetings/{meeting.body['id']}"
    # Blind until both have written: the other side is not proposed what it cannot read.
    proposed = world.as_("wujiang-planner").get(f"{url}/proposals").body["items"]
    assert [one for one in proposed if one["code"] == "review_step"] == []
    give(world, THEIRS, patrol, next_step="")
    page = planner.page(f"/patrols/{patrol}").body
    assert "列入下次联席会议议程" in page
    (step,) = (
        one for one in world.as_("wujiang-planner").get(f"{url}/proposals").body["items"]
        if one["code"] == "review_step"
    )  # fmt: skip
    assert step["url"] == f"/patrols/{patrol}#reviews-h"
    assert "统一对讲频道" in step["title"]
    source = {name: step[name] for name in ("code", "kind", "id")}
    added = planner.post(f"{url}/agenda", {"source": source})
    assert added.status == 201, added.body
    assert "统一对讲频道" in added.body["agenda"][0]["title"]
    for who in ("wuxing-planner", "wujiang-planner"):
        shown = world.as_(who).page(f"/patrols/{patrol}").body
        assert "已列入议程" in shown
        assert url in shown
        assert f"/patrols/{patrol}#reviews-h" in world.as_(who).page(url).body
    assert act(planner, meeting.body["id"], "fix_agenda").status == 200
    for who in ("wuxing-planner", "wujiang-planner"):
        (point,) = room_points(world.as_(who), meeting.body["id"])
        assert (point["kind"], point["id"]) == ("patrol", patrol)
    found = planner.get("/reports/patrols").body["reviews"]
    assert (found["count"], found["next_steps"], found["on_agenda"]) == (2, 1, 1)
    assert found["scales"][0] == {"code": "preparation", "name": "准备", "own": 4, "partner": 4}
