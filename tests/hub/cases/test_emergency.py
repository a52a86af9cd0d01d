"""Emergency access 紧急查阅: one case, some hours, all alerted, reviewed by another person."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select

from hub.access import Role
from hub.accounts.models import User
from hub.cases.models import Case
from hub.db import utc_now
from hub.emergency.models import EmergencyUse
from hub.emergency.services import LASTS, REVIEWED_WITHIN
from sharing.models import AuditEntry
from tests.support.cases import YIXING, case_body, in_zone, last_changes, new_case, share_of
from tests.support.clocks import run_due
from tests.support.field import fetch, photo
from tests.support.world import Answer, World

OWNER, USER, COLLEAGUE = "changxing-officer1", "changxing-officer2", "changxing-planner"
OFFICIAL, SECADMIN = "changxing-official", "changxing-secadmin"
PARTNER = "yixing-liaison"
REASON = "界河鱼类大量死亡，承办人失联，须立即确认排口位置"


class Entry(NamedTuple):
    """An entry of a chain, as far as tests look at it."""

    record_id: str
    actor_id: str
    detail: dict[str, Any]


def lower(world: World, username: str, clearance: int = 1) -> None:
    """Give a person a clearance; there is no door for that."""
    with world.unit_of_work() as session:
        session.scalars(select(User).where(User.username == username)).one().clearance = clearance


def closed_case(world: World) -> dict[str, Any]:
    """A case of Changxing, shared with Yixing, that one of its officers may not read."""
    case = new_case(world).body
    lower(world, USER)
    return dict(case)


def begin(world: World, case: str, who: str = USER, reason: str = REASON) -> Answer:
    """State the emergency."""
    return world.as_(who).post("/emergencies", {"case": case, "reason": reason})


def begun(world: World) -> tuple[dict[str, Any], dict[str, Any]]:
    """The case and the use."""
    case = closed_case(world)
    answer = begin(world, case["number"])
    assert answer.status == 201, answer.body
    return case, dict(answer.body)


def over(world: World, use_id: str, since: timedelta = timedelta(seconds=1)) -> None:
    """Let the time of a use be over since a while."""
    with world.unit_of_work() as session:
        row = session.get_one(EmergencyUse, use_id)
        back = row.until - utc_now() + since
        row.begun_at -= back
        row.until -= back
        row.review_due -= back
        row.remind_at -= back


def told(world: World, username: str) -> list[str]:
    """What a person's bell says of emergencies."""
    items = world.as_(username).get("/notifications", topic="emergency").body["items"]
    return [item["text"] for item in items]


def entries(world: World, bureau: str, *actions: str) -> list[Entry]:
    """The entries of a bureau's chain with these acts."""
    chain = world.bureau_id(bureau)
    with world.unit_of_work() as session:
        query = select(AuditEntry).where(AuditEntry.chain == chain, AuditEntry.action.in_(actions))
        return [
            Entry(row.record_id, row.actor_id, json.loads(row.detail))
            for row in session.scalars(query.order_by(AuditEntry.number))
        ]


def test_a_stated_emergency_opens_this_case_to_this_person_and_nothing_else(world: World):
    case = closed_case(world)
    other_id = new_other(world)
    other_number = world.as_(OWNER).get(f"/cases/{other_id}").body["number"]
    user = world.as_(USER)
    assert user.get(f"/cases/{case['id']}").status == 404
    use = begin(world, case["number"]).body
    seen = user.get(f"/cases/{case['id']}")
    assert seen.status == 200
    assert seen.body["title"] == case["title"]
    assert seen.body["emergency"] == {"id": use["id"], "until": use["until"]}
    assert seen.body.get("handler_notes") is None
    assert user.get(f"/cases/{other_id}").status == 404
    assert user.get("/cases", q=case["number"]).body["items"] == []
    assert case["id"] not in str(user.get("/search", q=case["number"]).body)
    assert other_number not in str(seen.body["links"])
    views = [one["view"] for one in last_changes(world, USER, case["id"])]
    assert views == [None] * len(views)


def new_other(world: World) -> str:
    """Another case above that person's clearance, linked with the first."""
    owner = world.as_(OWNER)
    first = owner.get("/cases").body["items"][0]
    other = owner.post("/cases", case_body(in_zone(world), title="另一件")).body
    body = {"case_id": other["id"], "kind": "related"}
    assert owner.post(f"/cases/{first['id']}/links", body).status == 201
    return str(other["id"])


def test_the_page_of_the_case_says_until_when_and_offers_nothing_to_write(world: World):
    case, use = begun(world)
    page = world.as_(USER).page(f"/cases/{case['id']}")
    assert page.status == 200
    assert case["title"] in page.body
    assert "紧急查阅中" in page.body
    assert use["until"] in page.body
    for gone in ("edit-case", "evidence.zip", f"{case['id']}/notes", "sharing-h", "link-new"):
        assert gone not in page.body, gone
    assert world.as_(OWNER).page(f"/cases/{case['id']}").body.count("紧急查阅中") == 0


def test_it_is_for_reading_alone(world: World):
    case, _use = begun(world)
    user = world.as_(USER)
    path = f"/cases/{case['id']}"
    assert user.patch(path, {"title": "改"}, version=case["version"]).status == 404
    assert user.post(f"{path}/notes", {"text": "记", "kind": "memo"}).status == 404
    assert user.get(f"{path}/evidence.zip").status == 404
    assert user.get(f"{path}/preview", bureau=world.bureau_id("yixing")).status in (404, 422)
    party = case["parties"][0]["id"]
    assert user.post(f"{path}/parties/{party}/reveal").status == 404


def test_every_reading_is_entered_under_the_use(world: World):
    case, use = begun(world)
    for _each in range(2):
        assert world.as_(USER).get(f"/cases/{case['id']}").status == 200
    read = entries(world, "changxing", "case.opened_in_emergency")
    assert [(row.record_id, row.detail) for row in read] == [
        (case["id"], {"emergency": use["id"]})
    ] * 2
    assert world.as_(USER).get(f"/emergencies/{use['id']}").body["readings"] == 2
    assert entries(world, "yixing", "case.opened_in_emergency") == []


def test_a_file_of_the_case_opens_and_is_entered(world: World):
    case = new_case(world).body
    owner = world.as_(OWNER)
    with world.app.test_client() as client:
        sent = client.post(
            f"/api/v1/cases/{case['id']}/files",
            data={"file": (io.BytesIO(photo()), "a.jpg")},
            content_type="multipart/form-data",
            headers={"Authorization": f"Bearer {owner.token}"},
        )
        url = sent.get_json()["url"]
    lower(world, USER)
    assert fetch(world.as_(USER), url)[0] == 404
    use = begin(world, case["number"]).body
    assert fetch(world.as_(USER), url)[0] == 200
    assert fetch(world.as_(USER), f"{url}/passport")[0] == 404
    read = entries(world, "changxing", "case.opened_in_emergency")
    assert [row.detail["emergency"] for row in read] == [use["id"]]
    assert read[0].detail["file"] in url


def test_both_bureaus_are_alerted_the_partner_of_no_more_than_the_shared_matter(world: World):
    case, use = begun(world)
    share = share_of(world, case["id"])
    for who in (OFFICIAL, SECADMIN):
        assert any(case["number"] in text for text in told(world, who)), who
    assert told(world, COLLEAGUE) == []
    assert any(case["number"] in text for text in told(world, PARTNER))
    assert told(world, "nanxun-liaison") == []
    theirs = entries(world, "yixing", "share.emergency")
    assert [row.record_id for row in theirs] == [share["id"]]
    assert [row.detail for row in theirs] == [{}]
    assert theirs[0].actor_id == "system"
    own = entries(world, "changxing", "emergency.begun")
    assert [(row.record_id, row.detail["reason"]) for row in own] == [(use["id"], REASON)]
    heard = last_changes(world, PARTNER, share["id"])
    assert heard[-1]["verb"] == "emergency"
    page = world.as_(PARTNER).get("/changes", after=0, limit=500).body["items"]
    assert REASON not in str(page)
    assert use["id"] not in str(page)


def test_the_alert_cannot_be_switched_off(world: World):
    official = world.as_(OFFICIAL)
    wish = official.get("/notifications/settings")
    body = {**wish.body, "topics": []}
    body.pop("version", None)
    assert official.put("/notifications/settings", body, version=wish.version).status in (200, 422)
    begun(world)
    assert told(world, OFFICIAL)


@pytest.mark.parametrize("way", ["time", "person", "reviewer", "raised", "role", "moved"])
def test_it_ends(world: World, way: str):
    case, use = begun(world)
    user = world.as_(USER)
    assert user.get(f"/cases/{case['id']}").status == 200
    if way == "time":
        over(world, use["id"])
    elif way == "person":
        assert user.post(f"/emergencies/{use['id']}/end").status == 200
    elif way == "reviewer":
        assert world.as_(SECADMIN).post(f"/emergencies/{use['id']}/end").status == 200
    elif way == "raised":
        with world.unit_of_work() as session:
            session.get_one(Case, case["id"]).classification += 1
    else:
        changes = {"role": {"roles": [Role.PLANNER.value]},
                   "moved": {"bureau_id": world.bureau_id("nanxun")}}[way]  # fmt: skip
        with world.unit_of_work() as session:
            for name, value in changes.items():
                setattr(session.get_one(User, user.user_id), name, value)
    assert user.get(f"/cases/{case['id']}").status == 404
    if way == "reviewer":
        assert user.post(f"/emergencies/{use['id']}/end").status == 409


def test_its_end_by_time_is_noted_once_by_the_clock(world: World):
    _case, use = begun(world)
    assert run_due(world)["emergency.end"] == 0
    assert run_due(world, LASTS + timedelta(minutes=1))["emergency.end"] == 1
    assert run_due(world, LASTS + timedelta(minutes=1))["emergency.end"] == 0
    row = world.as_(OFFICIAL).get(f"/emergencies/{use['id']}").body
    assert (row["ended_at"], row["ended_by_name"]) == (use["until"], None)


def test_it_is_reviewed_by_another_person_once(world: World):
    case = new_case(world).body
    lower(world, OFFICIAL)
    use = begin(world, case["number"], OFFICIAL).body
    path = f"/emergencies/{use['id']}"
    secadmin = world.as_(SECADMIN)
    yes = {"verdict": "justified", "remark": ""}
    no = {"verdict": "not_justified", "remark": ""}

    def review(who: str, body: dict[str, str]) -> Answer:
        version = world.as_(OFFICIAL).get(path).version
        return world.as_(who).post(f"{path}/review", body, version=version)

    running = review(SECADMIN, yes)
    assert (running.status, running.body["rule"]) == (409, "emergency.runs")
    over(world, use["id"])
    assert review(OFFICIAL, yes).status == 403  # nobody reviews himself
    assert review(COLLEAGUE, yes).status in (403, 404)
    assert review("yixing-official", yes).status == 404
    assert review(SECADMIN, no).body["errors"][0]["field"] == "remark"
    done = review(SECADMIN, no | {"remark": "当时承办人在场"})
    assert (done.status, done.body["verdict"]) == (200, "not_justified")
    assert review(SECADMIN, yes).body["rule"] == "emergency.reviewed"
    assert secadmin.get(path).body["remark"] == "当时承办人在场"
    entered = entries(world, "changxing", "emergency.reviewed")
    assert [row.detail["verdict"] for row in entered] == ["not_justified"]


def test_a_late_review_is_red_and_reminded_of_every_day(world: World):
    _case, use = begun(world)
    official = world.as_(OFFICIAL)
    over(world, use["id"], REVIEWED_WITHIN)
    row = official.get("/emergencies", overdue="true").body["items"]
    assert [(one["id"], one["overdue"]) for one in row] == [(use["id"], True)]
    late = official.page("/emergencies?show=overdue").body
    assert 'class="row--late"' in late
    assert "本页 1 条" in late
    assert run_due(world)["emergency.review"] == 1
    assert run_due(world)["emergency.review"] == 0
    assert run_due(world, timedelta(days=1, minutes=1))["emergency.review"] == 1
    assert any("逾期未复核" in text for text in told(world, SECADMIN))
    assert "紧急查阅待复核" in official.page("/").body


@pytest.mark.parametrize("post", ["sysadmin", "secadmin", "auditor", "liaison", "planner"])
def test_it_is_for_officers_and_officials_alone(world: World, post: str):
    case = closed_case(world)
    assert begin(world, case["number"], f"changxing-{post}").status == 403


def test_it_opens_nothing_of_another_bureau_and_says_no_more_than_absent(world: World):
    case = closed_case(world)
    theirs = world.as_("yixing-officer1").post("/cases", case_body(in_zone(world, YIXING))).body
    refused = begin(world, theirs["number"])
    absent = begin(world, "联防〔1999〕99999号")
    assert (refused.status, absent.status) == (422, 422)
    assert refused.body["errors"] == absent.body["errors"]
    lower(world, "yixing-officer1")
    assert begin(world, case["number"], "yixing-officer1").status == 422


def test_what_is_not_needed_or_says_nothing_is_refused(world: World):
    case = closed_case(world)
    cleared = begin(world, case["number"], OWNER)
    assert (cleared.status, cleared.body["rule"]) == (409, "emergency.not_needed")
    assert begin(world, case["number"], reason="急").body["errors"][0]["field"] == "reason"
    assert begin(world, case["id"]).status == 201
    again = begin(world, case["number"])
    assert (again.status, again.body["rule"]) == (409, "emergency.running")


def test_the_list_is_the_reviewers_and_each_persons_own_and_leaves_as_csv(world: World):
    case, use = begun(world)
    for who in (USER, OFFICIAL, SECADMIN):
        items = world.as_(who).get("/emergencies").body["items"]
        assert [one["id"] for one in items] == [use["id"]], who
    assert world.as_(OWNER).get("/emergencies").body["items"] == []
    assert world.as_(COLLEAGUE).get("/emergencies").status == 403
    assert world.as_("yixing-official").get("/emergencies").body["items"] == []
    assert world.as_(OWNER).get(f"/emergencies/{use['id']}").status == 404
    text = world.as_(OFFICIAL).get("/emergencies.csv").body
    assert case["number"] in text
    assert REASON in text
    assert case["title"] not in text


def test_the_refused_page_leads_to_it_whether_or_not_there_is_such_a_case(world: World):
    case = closed_case(world)
    absent = "01900000-0000-7000-8000-000000000000"
    for case_id in (case["id"], absent):
        page = world.as_(USER).page(f"/cases/{case_id}")
        assert page.status == 404
        assert f'href="/emergencies/new?case={case_id}"' in page.body
    assert "/emergencies/new" not in world.as_(COLLEAGUE).page(f"/cases/{case['id']}").body
