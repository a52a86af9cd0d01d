"""协查函 from draft to closed, through the public face of both bureaus; a third sees nothing."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from hub.requests.models import Request
from tests.support.acks import acknowledged
from tests.support.cases import last_changes, new_case, off_zone
from tests.support.requests import (
    LIAISON,
    OFFICER,
    OFFICIAL,
    STRANGER,
    THEIR_LIAISON,
    THEIR_OFFICER,
    THEIR_OFFICIAL,
    act,
    assistance,
    done,
    draft,
    fetched,
    pdf,
    sent,
    upload,
)


def ids(world, who, **wanted):
    """Ids of the requests that a person is listed."""
    items = world.as_(who).get("/requests", limit=200, **wanted).body["items"]
    return [item["id"] for item in items]


def test_a_request_goes_all_the_way(world):
    row = sent(world)
    there = done(
        world, row["id"],
        (THEIR_LIAISON, "acknowledge", {}),
        (THEIR_LIAISON, "accept", {}),
        (THEIR_OFFICER, "start", {}),
        (THEIR_LIAISON, "reply", {"answers": ["未排水", "见附件"], "text": "已核实"}),
        (OFFICER, "supplement", {"text": "请补充前一日记录"}),
        (THEIR_LIAISON, "reply", {"answers": ["未排水", "前一日亦无"]}),
        (OFFICER, "confirm", {}),
        (OFFICER, "close", {}),
    )  # fmt: skip
    assert there["state"] == "closed"
    assert there["answers"] == ["未排水", "前一日亦无"]
    rungs = {rung["state"]: rung for rung in there["ladder"]}
    for state in ("sent", "delivered", "acknowledged", "accepted", "replied", "confirmed"):
        assert rungs[state]["at"], state
        assert rungs[state]["who"], state


def test_the_ladder_shows_what_lies_ahead_until_the_way_ends(world):
    row = draft(world)
    assert [r["state"] for r in row["ladder"]][:2] == ["draft", "sent"]
    sent_on = done(
        world, row["id"],
        (OFFICIAL, "approve", {}), (LIAISON, "send", {}),
        (THEIR_LIAISON, "accept", {}), (THEIR_OFFICER, "start", {}),
    )  # fmt: skip
    states = [r["state"] for r in sent_on["ladder"]]
    assert states[-4:] == ["in_progress", "replied", "confirmed", "closed"]
    other = sent(world)["id"]
    ended = done(world, other, (OFFICER, "withdraw", {"text": "不需要了"}))
    assert [r["state"] for r in ended["ladder"]][-1] == "withdrawn"


def test_nobody_else_sees_it_before_it_is_sent(world):
    row = draft(world)
    for who in (THEIR_LIAISON, THEIR_OFFICIAL, STRANGER):
        assert world.as_(who).get(f"/requests/{row['id']}").status == 404
        assert row["id"] not in ids(world, who)
        assert last_changes(world, who, row["id"]) == []


def test_a_third_bureau_sees_nothing_by_any_door(world):
    row = sent(world)
    file = upload(world, THEIR_OFFICER, row["id"]).body
    stranger = world.as_(STRANGER)
    assert stranger.get(f"/requests/{row['id']}").status == 404
    assert stranger.page(f"/requests/{row['id']}").status == 404
    assert ids(world, STRANGER) == []
    assert row["number"] not in stranger.get("/requests.csv").body
    assert row["number"] not in stranger.page("/requests").body
    assert last_changes(world, STRANGER, row["id"]) == []
    assert act(stranger, row["id"], "accept").status == 404
    letters = world.as_(LIAISON).get(f"/requests/{row['id']}").body["letters"]
    for url in (file["url"], *(letter["url"] for letter in letters)):
        assert fetched(world, STRANGER, url)[0] == 404
    assert upload(world, STRANGER, row["id"]).status == 404


def test_the_receiver_does_not_learn_what_came_before_sending(world):
    row = draft(world)
    other = world.as_(OFFICER).patch(
        f"/requests/{row['id']}", {"title": "核实来源"}, version=row["version"]
    )
    assert other.status == 200
    done(world, row["id"], (OFFICIAL, "approve", {}), (LIAISON, "send", {}))
    theirs = world.as_(THEIR_LIAISON).get(f"/requests/{row['id']}").body
    assert {step["act"] for step in theirs["steps"]} == {"send", "delivered", "opened"}
    assert theirs["created_by_name"] is None


def test_who_drafts_does_not_approve(world):
    row = draft(world, who=OFFICIAL)
    refused = act(world.as_(OFFICIAL), row["id"], "approve")
    assert refused.status == 409
    assert refused.body["rule"] == "request.two_persons"


def test_officers_neither_approve_nor_accept(world):
    row = draft(world)
    assert act(world.as_("changxing-officer2"), row["id"], "approve").status == 403
    done(world, row["id"], (OFFICIAL, "approve", {}), (LIAISON, "send", {}))
    assert act(world.as_(THEIR_OFFICER), row["id"], "accept").status == 403


def test_an_edit_withdraws_the_approval(world):
    row = draft(world)
    approved = done(world, row["id"], (OFFICIAL, "approve", {}))
    number = approved["document_number"]
    edited = world.as_(OFFICER).patch(
        f"/requests/{row['id']}", {"body": "改动"}, version=approved["version"]
    )
    assert edited.body["state"] == "draft"
    assert act(world.as_(LIAISON), row["id"], "send").status == 409
    again = done(world, row["id"], (OFFICIAL, "approve", {}))
    assert again["document_number"] == number


def test_approving_needs_the_version_that_was_read(world):
    row = draft(world)
    official = world.as_(OFFICIAL)
    path = f"/requests/{row['id']}/acts"
    assert official.post(path, {"act": "approve"}).status == 428
    assert official.post(path, {"act": "approve"}, version=row["version"] + 1).status == 409


def test_without_an_agreement_in_force_nothing_is_sent(world):
    row = draft(world, assistance(world, receiver_bureau_id=world.bureau_id("nanxun")))
    refused = act(world.as_(OFFICIAL), row["id"], "approve")
    assert refused.status == 409
    assert refused.body["reason"] == "no_agreement"
    assert "备忘录" in refused.body["detail"]


def test_a_suspended_agreement_stops_sending(world):
    row = draft(world)
    done(world, row["id"], (OFFICIAL, "approve", {}))
    official = world.as_(OFFICIAL)
    items = official.get("/agreements").body["items"]
    agreement = next(item for item in items if item["state"] == "in_force")
    stop = official.post(f"/agreements/{agreement['id']}/suspend", {"reason": "另议"})
    assert stop.status == 200, stop.body
    refused = act(world.as_(LIAISON), row["id"], "send")
    assert refused.status == 409
    assert refused.body["reason"] == "agreement_not_in_force"


@pytest.mark.parametrize("code", ["not_in_powers", "unlawful", "blocks_own_duty"])
def test_declining_names_a_ground_and_words(world, code):
    row = sent(world)
    liaison = world.as_(THEIR_LIAISON)
    assert act(liaison, row["id"], "decline", text="不归我们").status == 422
    assert act(liaison, row["id"], "decline", code=code).status == 422
    refused = act(liaison, row["id"], "decline", code=code, text="不归我们")
    assert refused.body["state"] == "declined"
    mine = world.as_(OFFICER).get(f"/requests/{row['id']}").body
    step = next(step for step in mine["steps"] if step["act"] == "decline")
    assert step["text"] == "不归我们"
    assert step["ground"]


def test_every_question_is_answered(world):
    row = sent(world)
    done(world, row["id"], (THEIR_LIAISON, "accept", {}))
    liaison = world.as_(THEIR_LIAISON)
    for answers in (None, ["只有一个"], ["一", " "]):
        assert act(liaison, row["id"], "reply", answers=answers).status == 422


def test_it_can_be_withdrawn_until_it_is_accepted(world):
    row = sent(world)
    back = act(world.as_(OFFICER), row["id"], "withdraw", text="已自行查明")
    assert back.body["state"] == "withdrawn"
    late = act(world.as_(THEIR_LIAISON), row["id"], "accept")
    assert late.status == 409
    assert late.body["state"] == "withdrawn"
    other = sent(world)
    done(world, other["id"], (THEIR_LIAISON, "accept", {}))
    assert act(world.as_(OFFICER), other["id"], "withdraw", text="不要了").status == 409


def test_only_what_the_terms_open_of_the_case_is_seen_through_it(world):
    case = new_case(world, off_zone(world)).body
    row = sent(world, assistance(world, case_id=case["id"]))
    theirs = world.as_(THEIR_LIAISON).get(f"/requests/{row['id']}").body
    assert theirs["case"]["title"] == case["title"]
    seen = world.as_(THEIR_LIAISON).get(f"/cases/{case['id']}").body
    assert "party_name" not in seen
    assert "description" not in seen
    share = next(
        item
        for item in world.as_(OFFICIAL).get("/shares", direction="given").body["items"]
        if item["record_id"] == case["id"]
    )
    world.as_(OFFICIAL).post(f"/shares/{share['id']}/recall", {"reason": "误开"})
    assert world.as_(THEIR_LIAISON).get(f"/requests/{row['id']}").body["case"] is None


def test_a_case_is_not_opened_if_the_sender_does_not_want_it(world):
    case = new_case(world, off_zone(world)).body
    row = sent(world, assistance(world, case_id=case["id"], opens_case=False))
    assert world.as_(THEIR_LIAISON).get(f"/requests/{row['id']}").body["case"] is None
    assert world.as_(THEIR_LIAISON).get(f"/cases/{case['id']}").status == 404
    # Nor does a filter tell which case it is about.
    for who, found in ((OFFICER, [row["id"]]), (THEIR_LIAISON, [])):
        items = world.as_(who).get("/requests", case=case["id"]).body["items"]
        assert [item["id"] for item in items] == found


def test_another_bureaus_case_cannot_be_asked_about(world):
    case = new_case(world).body
    body = assistance(world, receiver_bureau_id=world.bureau_id("changxing"), case_id=case["id"])
    assert world.as_(THEIR_OFFICER).post("/requests", body).status == 404


def test_files_go_with_what_is_sent_next(world):
    row = sent(world)
    file = upload(world, THEIR_OFFICER, row["id"]).body
    assert world.as_(OFFICER).get(f"/requests/{row['id']}").body["files"] == []
    assert fetched(world, OFFICER, file["url"])[0] == 404
    done(
        world, row["id"],
        (THEIR_LIAISON, "accept", {}), (THEIR_LIAISON, "reply", {"answers": ["一", "二"]}),
    )  # fmt: skip
    assert fetched(world, OFFICER, file["url"])[0] == 200
    _status, data = fetched(world, THEIR_OFFICER, file["url"] + "?copy=original")
    assert hashlib.sha256(data).hexdigest() == file["sha256"]
    assert fetched(world, OFFICER, file["url"] + "?copy=original")[0] == 404


def test_overdue_is_red_on_both_sides(world):
    row = sent(world)
    with world.unit_of_work() as session:
        session.get(Request, row["id"]).due_at = datetime.now(UTC) - timedelta(hours=1)
    for who in (OFFICER, THEIR_LIAISON):
        assert ids(world, who, overdue="true") == [row["id"]]
        assert "逾期" in world.as_(who).page("/").body
        assert "逾期" in world.as_(who).page("/requests?overdue=1").body


def test_it_waits_for_whoever_can_act(world):
    row = draft(world)

    def waiting(who):
        return row["id"] in ids(world, who, waiting="true")

    assert waiting(OFFICIAL)
    assert not waiting(OFFICER)
    done(world, row["id"], (OFFICIAL, "approve", {}), (LIAISON, "send", {}))
    assert waiting(THEIR_LIAISON)
    assert not waiting(THEIR_OFFICER)
    assert not waiting(LIAISON)
    assert row["title"] in world.as_(THEIR_LIAISON).page("/").body


def test_messages_reach_both_sides(world):
    row = sent(world)
    done(world, row["id"], (THEIR_OFFICER, "message", {"text": "请说明取样点"}))
    mine = world.as_(OFFICER).get(f"/requests/{row['id']}").body
    assert "请说明取样点" in [step["text"] for step in mine["steps"]]
    assert mine["state"] in ("sent", "delivered")


def test_a_state_secret_is_refused(world):
    answer = world.as_(OFFICER).post("/requests", assistance(world, body="机密★十年"))
    assert answer.status == 422
    assert answer.body["errors"][0]["field"] == "body"


def test_a_sensitive_request_needs_the_clearance(world):
    row = sent(world, assistance(world, classification=3))
    assert world.as_(THEIR_LIAISON).get(f"/requests/{row['id']}").status == 200
    refused = world.as_(OFFICER).post("/requests", assistance(world, classification=4))
    assert refused.status == 422


def test_administrators_see_nothing(world):
    row = sent(world)
    for who in ("changxing-sysadmin", "yixing-auditor"):
        assert world.as_(who).get(f"/requests/{row['id']}").status == 403
        assert world.as_(who).get("/requests").status == 403


def test_delivered_when_the_receivers_device_acknowledges(world):
    row = sent(world)
    acknowledged(world, THEIR_LIAISON)
    mine = world.as_(OFFICER).get(f"/requests/{row['id']}").body
    assert mine["state"] == "delivered"


def test_the_list_is_filtered_searched_and_exported(world):
    row = sent(world)
    assert row["id"] not in ids(world, OFFICER, direction="in")
    assert row["id"] not in ids(world, OFFICER, kind="transfer")
    found = ids(world, OFFICER, direction="out", q=row["number"], state="sent")
    assert found == [row["id"]]
    exported = world.as_(OFFICER).get("/requests.csv", q=row["number"]).body
    assert row["document_number"] in exported


def test_pages_of_the_list_follow_each_other(world):
    made = [sent(world)["id"] for _ in range(3)]
    officer = world.as_(OFFICER)
    first = officer.get("/requests", limit=2).body
    second = officer.get("/requests", limit=2, cursor=first["next"]).body
    seen = [item["id"] for item in first["items"] + second["items"]]
    assert seen[:3] == made[::-1]


def test_the_same_file_under_another_name_is_told_and_under_its_own_is_nothing_new(world):
    row = draft(world)
    data = pdf("监测日报")
    first = upload(world, OFFICER, row["id"], "日报.pdf", data=data)
    assert first.status == 201
    steps = len(world.as_(OFFICER).get(f"/requests/{row['id']}").body["steps"])
    other = upload(world, OFFICER, row["id"], "第二份.pdf", data=data)
    assert (other.status, other.body["file_id"]) == (409, first.body["id"])
    assert "日报.pdf" in other.body["detail"]
    again = upload(world, OFFICER, row["id"], "日报.pdf", data=data)
    assert again.body["id"] == first.body["id"]
    assert len(world.as_(OFFICER).get(f"/requests/{row['id']}").body["steps"]) == steps
