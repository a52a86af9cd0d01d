"""Action items: laid down, reminded of, escalated, closed with evidence by the other side."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.deadlines import reminders
from tests.support.meetings import (
    GUEST,
    GUEST_OFFICER,
    GUEST_OFFICIAL,
    HOST,
    HOST_OFFICIAL,
    STRANGER,
    closed,
    countersign,
    do,
    ended,
    in_days,
    lay,
    upload,
)
from tests.support.requests import fetched


@pytest.fixture
def item(world):
    """An action item of sealed minutes, laid on an officer of Yixing."""
    row = ended(world)
    made = lay(world, row["id"], person_id=world.as_(GUEST_OFFICER).user_id)
    countersign(world, row["id"])
    return made


def test_it_waits_for_the_person_it_is_laid_on(world, item):
    assert item["title"] in world.as_(GUEST_OFFICER).page("/").body
    mine = world.as_(GUEST_OFFICER).get("/action-items", waiting="true").body["items"]
    assert item["id"] in [one["id"] for one in mine]
    assert item["id"] not in str(world.as_(HOST).get("/action-items", waiting="true").body)
    assert world.as_(STRANGER).get(f"/action-items/{item['id']}").status == 404
    assert item["id"] not in str(world.as_(STRANGER).get("/action-items").body)


def test_it_is_done_only_with_evidence_and_closed_by_the_other_side(world, item):
    officer = world.as_(GUEST_OFFICER)
    assert do(officer, item["id"], "note", text="已到现场").status == 200
    assert do(officer, item["id"], "report", text="已办结").body["rule"] == "action_item.evidence"
    file = upload(officer, f"/action-items/{item['id']}/files").body
    assert fetched(world, HOST, file["url"])[0] == 200
    assert fetched(world, STRANGER, file["url"])[0] == 404
    assert do(officer, item["id"], "report", text="已办结").body["state"] == "reported"
    assert do(world.as_(GUEST_OFFICIAL), item["id"], "confirm").status == 403
    done = do(world.as_(HOST), item["id"], "confirm").body
    assert (done["state"], done["clocks"][0]["state"]) == ("closed", "met")
    assert [one["act"] for one in done["notes"]] == [
        "created", "note", "attached", "report", "confirm",
    ]  # fmt: skip
    assert upload(officer, f"/action-items/{item['id']}/files").status == 409


def test_with_its_last_item_the_meeting_is_closed(world, item):
    closed(world, item["id"])
    row = world.as_(HOST).get(f"/meetings/{item['meeting_id']}").body
    assert row["state"] == "actions_closed"


def test_what_is_sent_back_runs_on(world, item):
    officer = world.as_(GUEST_OFFICER)
    upload(officer, f"/action-items/{item['id']}/files")
    do(officer, item["id"], "report", text="已办结")
    assert do(world.as_(HOST), item["id"], "return").status == 422
    back = do(world.as_(HOST), item["id"], "return", text="照片不清").body
    assert (back["state"], back["clocks"][0]["state"]) == ("open", "running")
    told = world.as_(GUEST_OFFICER).get("/notifications", topic="meeting").body["items"]
    assert "return" in {one["verb"] for one in told if one["record_id"] == item["id"]}


def test_another_day_keeps_the_one_first_agreed(world, item):
    later = in_days(30).date().isoformat()
    guest = world.as_(GUEST)
    assert do(guest, item["id"], "postpone", text="雨季", due_on=item["due_on"]).status == 422
    moved = do(guest, item["id"], "postpone", text="雨季", due_on=later).body
    assert (moved["due_on"], moved["first_due_on"]) == (later, item["due_on"])
    assert do(world.as_(HOST), item["id"], "postpone", text="x", due_on=later).status == 403


def test_another_person_takes_it_over(world, item):
    person = world.as_(GUEST_OFFICIAL).user_id
    moved = do(world.as_(GUEST), item["id"], "assign", person_id=person).body
    assert moved["person_id"] == person
    assert do(world.as_(GUEST_OFFICER), item["id"], "note", text="x").status == 403
    wrong = do(world.as_(GUEST), item["id"], "assign", person_id=world.as_(HOST).user_id)
    assert wrong.status == 422


def tell_overdue(world, at):
    """What the clock of the hub does at a moment."""
    with world.app.app_context(), world.unit_of_work() as session:
        for one in reminders.overdue(session, at):
            reminders.tell_overdue(session, one, at)


def deadlines(world, who):
    items = world.as_(who).get("/notifications", topic="deadline").body["items"]
    return [one["text"] for one in items if one["verb"] == "overdue"]


def test_overdue_it_reminds_the_person_and_later_the_officials_of_both_sides(world, item):
    tell_overdue(world, in_days(12))
    assert any(item["title"] in text for text in deadlines(world, GUEST_OFFICER))
    told = [text for text in deadlines(world, GUEST_OFFICIAL) if item["title"] in text]
    assert not any("督办" in text for text in told)
    tell_overdue(world, in_days(12) + timedelta(days=14))
    for who in (GUEST_OFFICIAL, HOST_OFFICIAL):
        assert any("督办" in text and item["title"] in text for text in deadlines(world, who))


def test_what_was_escalated_stands_on_the_overview_of_the_official_whose_bureau_promised_it(world):
    """The demo has an item of Yixing that is late for longer than its escalation waits."""
    seen = [
        "逾期事项的督办" in world.as_(who).page("/").body
        for who in (GUEST_OFFICIAL, GUEST_OFFICER, HOST_OFFICIAL)
    ]
    assert seen == [True, False, False]


def test_the_list_is_filtered_and_exported(world, item):
    guest = world.as_(GUEST)
    ours = guest.get("/action-items", side="ours", q="雨水口").body["items"]
    assert item["id"] in [one["id"] for one in ours]
    theirs = guest.get("/action-items", side="theirs", meeting=item["meeting_id"]).body["items"]
    assert theirs == []
    assert item["number"] in guest.get("/action-items.csv", open_only="true").body
    assert guest.page("/action-items?side=ours").status == 200
    assert guest.page(f"/action-items/{item['id']}").status == 200


def test_before_the_sealing_an_item_is_changed_or_taken_back(world):
    row = ended(world)
    one = lay(world, row["id"])
    url = f"/meetings/{row['id']}/action-items/{one['id']}"
    past = world.as_(HOST).patch(url, {"due_on": in_days(-3).date().isoformat()})
    assert past.body["errors"][0]["field"] == "due_on"
    day = in_days(20).date().isoformat()
    changed = world.as_(HOST).patch(url, {"due_on": day, "title": "排查北岸"}).body
    assert (changed["first_due_on"], changed["title"]) == (day, "排查北岸")
    assert world.as_(HOST).delete(url).body["state"] == "dropped"
    assert countersign(world, row["id"]).body["state"] == "actions_closed"


def test_commitments_count_both_sides_by_partner_and_quarter(world, item):
    closed(world, item["id"])
    ours = world.as_(HOST).get("/action-items/commitments", kind="action_item").body
    mine = world.as_(GUEST).get("/action-items/commitments", kind="action_item").body
    for host_side, guest_side in (("ours", "theirs"), ("theirs", "ours")):
        assert ours["total"][host_side] == mine["total"][guest_side]
    assert ours["total"]["theirs"]["on_time"] >= 1
    assert sum(q["theirs"]["on_time"] for q in ours["quarters"]) >= 1
    row = next(one for one in ours["items"] if one["id"] == item["id"])
    assert (row["side"], row["status"], row["partner_name"]) == ("theirs", "on_time", "宜兴")
    stranger = world.as_(STRANGER).get("/action-items/commitments").body
    assert item["id"] not in str(stranger)
    assert item["number"] in world.as_(HOST).get("/action-items/commitments.csv").body
    told = world.as_(HOST).get("/action-items/commitments.json").body["items"]
    assert item["title"] in {one["title"] for one in told}
    assert (
        "/api/v1/action-items/commitments.xlsx"
        in world.as_(HOST).page("/action-items/commitments").body
    )
    rate = ours["total"]["theirs"]["rate"]
    assert 0 < rate < 100, "the demo has promises kept in time and late"
    address = "/action-items/commitments?side=theirs&kind=action_item"
    assert f"{rate}%" in world.as_(HOST_OFFICIAL).page(address).body


def test_the_commitments_on_a_phone_are_labelled_as_their_table_is(world):
    caller = world.as_(HOST)
    headers = {"Authorization": f"Bearer {caller.token}", "Accept": "text/html"}
    with world.app.test_client() as client:
        with client.session_transaction() as session:
            session["locale"] = "en"
        page = client.get("/action-items/commitments", headers=headers).get_data(as_text=True)
    assert 'data-label="Done"' in page
    assert 'data-label="Close"' not in page
