"""A finding is followed to its end: task, photo of after, 销号, reopening."""

from __future__ import annotations

import io
import json
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from hub.patrols.models import Finding
from tests.support.cases import off_zone
from tests.support.field import OFFICER, PARTNER, STRANGERS, fetch, find, photo
from tests.support.patrols import started_patrol
from tests.support.story import WUJIANG, WUXING
from tests.support.world import Answer, Caller, World


def day(ahead: int) -> str:
    """A local day from today."""
    today = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date()
    return (today + timedelta(days=ahead)).isoformat()


def task(**changes: Any) -> dict[str, Any]:
    """The body of a task."""
    body = {"firm": "演示·吴兴某纺织厂", "task": "封堵暗管，改造雨污分流", "due_on": day(10)}
    return body | changes


def after(caller: Caller, finding_id: str, data: bytes | None = None) -> Answer:
    """Send a photo of after."""
    picture = photo(colour="navy") if data is None else data
    boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(picture), "after.jpg")})
    with caller.app.test_client() as client:
        response = client.post(
            f"/api/v1/findings/{finding_id}/after-photos",
            data=body,
            content_type=f"multipart/form-data; boundary={boundary}",
            headers={
                "Authorization": f"Bearer {caller.token}",
                "Idempotency-Key": uuid.uuid4().hex,
            },
        )
        answer = response.get_json(silent=True)
        response.close()
    return Answer(response.status_code, answer, dict(response.headers))


def make_late(world: World, finding_id: str) -> None:
    """Move the day of a task into the past (there is no door for that)."""
    with world.unit_of_work() as session:
        session.get_one(Finding, finding_id).due_on = date(2026, 1, 5)


@pytest.fixture
def found(world):
    """On Wuxing's side beyond doubt, recorded by Wuxing."""
    lon, lat = off_zone(world, WUXING)
    return find(world, started_patrol(world), lon=lon, lat=lat)


def test_a_task_is_followed_until_it_is_closed_with_a_photo(world, found):
    officer, url = world.as_(OFFICER), f"/findings/{found['id']}"
    assert found["state"] == "open"
    tasked = officer.post(f"{url}/task", task())
    assert tasked.status == 200, tasked.body
    assert (tasked.body["state"], tasked.body["due_on"]) == ("tasked", day(10))
    refused = officer.post(f"{url}/close", {"note": "已封堵"})
    assert refused.status == 422
    assert refused.body["errors"][0]["field"] == "no_photo_reason"
    sent = after(officer, found["id"])
    assert sent.status == 201, sent.body
    # As a form sends what was left empty.
    body = {"note": "已封堵，复查合格", "no_photo_reason": None}
    closed = officer.post(f"{url}/close", body).body
    assert (closed["state"], closed["overdue"]) == ("closed", False)
    assert [file["id"] for file in closed["after_files"]] == [sent.body["id"]]
    assert [step["act"] for step in closed["steps"]] == ["tasked", "closed"]
    assert fetch(officer, sent.body["url"])[0] == 200


def test_without_a_photo_a_reason_closes_and_reopened_it_needs_a_new_one(world, found):
    officer, url = world.as_(OFFICER), f"/findings/{found['id']}"
    after(officer, found["id"])
    assert officer.post(f"{url}/close", {"note": "合格"}).status == 200
    assert officer.post(f"{url}/close", {"note": "合格"}).status == 409
    again = officer.post(f"{url}/reopen", {"reason": "又在排水"})
    assert (again.status, again.body["state"], again.body["closed_at"]) == (200, "reopened", None)
    assert officer.post(f"{url}/reopen", {"reason": "再开"}).status == 409
    assert officer.post(f"{url}/close", {"note": "合格"}).status == 422
    body = {"note": "现场已恢复", "no_photo_reason": "夜间无法拍摄"}
    assert officer.post(f"{url}/close", body).body["no_photo_reason"] == "夜间无法拍摄"


def test_the_clock_of_a_task_waits_for_its_officer_and_is_met_by_closing(world, found):
    officer, url = world.as_(OFFICER), f"/findings/{found['id']}"
    officer.post(f"{url}/task", task())
    officer.post(f"{url}/task", task(due_on=day(3)))

    def clocks(state: str) -> list[dict[str, Any]]:
        rows = officer.get("/clocks", kind="finding", state=state).body["items"]
        return [row for row in rows if row["subject_id"] == found["id"]]

    (running,) = clocks("running")
    due = datetime.fromisoformat(running["due_at"]).astimezone(ZoneInfo("Asia/Shanghai"))
    assert (due.date().isoformat(), running["person_id"]) == (day(3), officer.user_id)
    officer.post(f"{url}/close", {"note": "合格", "no_photo_reason": "无"})
    assert clocks("running") == []
    assert len(clocks("met")) == 1


def test_the_partner_sees_state_and_day_but_neither_firm_nor_order(world, found):
    url = f"/findings/{found['id']}"
    partner = world.as_(PARTNER)
    head = partner.get("/changes", after=0).body["head"]
    world.as_(OFFICER).post(f"{url}/task", task())
    seen = partner.get(url).body
    assert (seen["state"], seen["due_on"]) == ("tasked", day(10))
    assert "task_firm" not in seen
    assert "steps" not in seen
    rows = partner.get("/changes", after=head).body["items"]
    (change,) = [row for row in rows if row["kind"] == "finding"]
    assert change["verb"] == "tasked"
    assert "纺织厂" not in str(change)
    for act, body in (("task", task()), ("close", {"note": "x"}), ("reopen", {"reason": "x"})):
        assert partner.post(f"{url}/{act}", body).status == 403
    assert after(partner, found["id"]).status == 403


@pytest.mark.parametrize("who", STRANGERS)
def test_a_third_bureau_can_do_nothing_with_it(world, found, who):
    third, url = world.as_(who), f"/findings/{found['id']}"
    assert third.post(f"{url}/task", task()).status == 404
    assert third.post(f"{url}/close", {"note": "x"}).status == 404
    assert third.post(f"{url}/reopen", {"reason": "x"}).status == 404
    assert after(third, found["id"]).status == 404


def test_on_the_other_side_its_bureau_gives_the_task_and_then_follows_it_alone(world):
    lon, lat = off_zone(world, WUJIANG)
    found = find(world, started_patrol(world), lon=lon, lat=lat)
    url = f"/findings/{found['id']}"
    officer, host = world.as_(OFFICER), world.as_(PARTNER)
    assert found["state"] == "referred"
    refused = officer.post(f"{url}/task", task())
    assert (refused.status, refused.body["host_bureau_id"]) == (409, world.bureau_id("wujiang"))
    assert host.post(f"{url}/task", task()).body["task_firm"] == task()["firm"]
    assert officer.post(f"{url}/close", {"note": "x", "no_photo_reason": "x"}).status == 403
    assert officer.post(f"{url}/refer", {"note": "x"}).status == 409
    seen = officer.get(url).body
    assert (seen["state"], seen["due_on"], seen["taken_by_id"]) == (
        "tasked", day(10), world.bureau_id("wujiang"))  # fmt: skip
    assert "task_firm" not in seen


def test_a_case_is_closed_before_its_finding(world, found):
    officer, url = world.as_(OFFICER), f"/findings/{found['id']}"
    officer.post(f"{url}/task", task())
    assert officer.post(f"{url}/case").status == 201
    assert officer.get(url).body["state"] == "case"
    assert officer.post(f"{url}/task", task()).status == 409
    refused = officer.post(f"{url}/close", {"note": "x", "no_photo_reason": "x"})
    assert (refused.status, refused.body["rule"]) == (409, "finding.case_open")


@pytest.mark.parametrize(
    "wrong",
    [{"firm": ""}, {"firm": "​"}, {"task": "​"}, {"due_on": day(-1)}, {"due_on": day(400)},
     {"task": "机密★10年"}, {"due_on": "soon"}],
)  # fmt: skip
def test_a_task_that_cannot_be_is_refused(world, found, wrong):
    answer = world.as_(OFFICER).post(f"/findings/{found['id']}/task", task(**wrong))
    assert answer.status == 422, answer.body


def test_the_list_is_narrowed_by_state_and_by_what_is_overdue_in_a_zone(world, found):
    officer = world.as_(OFFICER)
    officer.post(f"/findings/{found['id']}/task", task())
    zone_id = officer.get(f"/patrols/{found['patrol_id']}").body["zone_id"]

    def ids(**query: Any) -> list[str]:
        return [item["id"] for item in officer.get("/findings", **query).body["items"]]

    assert ids(state="tasked") == [found["id"]]
    assert ids(state="closed") == ids(overdue="true") == []
    make_late(world, found["id"])
    assert ids(overdue="true", zone_id=zone_id) == [found["id"]]
    assert ids(overdue="true", zone_id="another") == []
    assert task()["firm"] in officer.get("/findings.csv", overdue="true").body
    assert found["number"] in officer.page("/findings?overdue=true").body
    plan = world.as_("wuxing-planner").page("/patrols/new").body
    (zone,) = json.loads(plan.split('id="page-data"')[1].partition(">")[2].split("<")[0])["zones"]
    assert zone["overdue"] == [f"复查逾期整改 {found['number']}"]
    assert officer.get("/findings", state="nonsense").status == 422
