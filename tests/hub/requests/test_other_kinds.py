"""Referral, transfer, joint handling, and the way to the police."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.hub.cases.test_steps import Way
from tests.hub.requests.test_letters import text_of_word
from tests.support.cases import YIXING, in_zone, last_changes, new_case, off_zone
from tests.support.clocks import let_pass
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
    document,
    done,
    draft,
    fetched,
    handed_over,
    police,
    sent,
    upload,
)


def user_id(world, username):
    return world.as_(username).user_id


def lead(world, **changes):
    lon, lat = off_zone(world, YIXING)
    facts = {"category": "air", "description": "夜间焚烧", "place": "村口", "lon": lon, "lat": lat}
    return {
        "kind": "referral",
        "receiver_bureau_id": world.bureau_id("yixing"),
        "title": "焚烧垃圾线索",
        "lead": facts,
    } | changes


def test_an_accepted_referral_becomes_a_lead_there(world):
    row = draft(world, lead(world))
    file = upload(world, OFFICER, row["id"]).body
    done(world, row["id"], (OFFICIAL, "approve", {}), (LIAISON, "send", {}))
    taken = done(world, row["id"], (THEIR_LIAISON, "accept", {}))
    case = world.as_(THEIR_OFFICER).get(f"/cases/{taken['result_case']['id']}").body
    assert (case["stage"], case["title"]) == ("lead", "焚烧垃圾线索")
    assert case["owner_bureau_id"] == world.bureau_id("yixing")
    assert [f["sha256"] for f in case["files"]] == [file["sha256"]]
    mine = world.as_(OFFICER).get(f"/requests/{row['id']}").body
    assert mine["result_case"]["number"] == case["number"]
    done(world, row["id"], (THEIR_LIAISON, "report", {"text": "已立案"}), (OFFICER, "close", {}))
    # The way back, from the case to the request.
    page = world.as_(THEIR_OFFICER).page(f"/cases/{case['id']}").body
    assert f"/requests/{row['id']}" in page


def test_a_lead_goes_to_the_bureau_of_its_place(world):
    body = lead(world, receiver_bureau_id=world.bureau_id("nanxun"))
    answer = world.as_(OFFICER).post("/requests", body)
    assert answer.status == 422
    assert answer.body["errors"][0]["field"] == "receiver_bureau_id"


def transfer(world, case):
    return {
        "kind": "transfer",
        "receiver_bureau_id": world.bureau_id("yixing"),
        "case_id": case["id"],
        "title": "偷排废水案",
    }


def test_an_accepted_transfer_changes_the_owner_and_keeps_number_and_files(world):
    case = new_case(world).body
    row = sent(world, transfer(world, case))
    officer = world.as_(OFFICER)
    assert officer.get(f"/cases/{case['id']}").body["own"] is True
    done(world, row["id"], (THEIR_OFFICIAL, "accept", {}))
    theirs = world.as_(THEIR_OFFICER).get(f"/cases/{case['id']}").body
    assert theirs["own"] is True
    assert theirs["number"] == case["number"]
    # The giver keeps what the terms open, and writes no more.
    stub = officer.get(f"/cases/{case['id']}")
    assert stub.status == 200
    assert stub.body["own"] is False
    # It knows the case: nothing waits to be acknowledged, on its page, in its list or by a clock.
    shares = officer.get("/shares", direction="received").body["items"]
    share = next(one for one in shares if one["record_id"] == case["id"])
    assert (share["running"], share["answer_due"]) == (True, None)
    assert "accepted" not in [rung["rung"] for rung in share["receipts"]]
    page = world.as_(LIAISON).page(f"/cases/{case['id']}").body
    assert f"/shares/{share['id']}/accept" not in page
    cases = world.as_(LIAISON).page("/cases").body
    todo = cases.partition("等待签收或清除")[2].partition("</ul>")[0]
    assert case["id"] not in todo
    refused = officer.patch(f"/cases/{case['id']}", {"title": "改"}, version=stub.body["version"])
    assert refused.status == 404
    changed = world.as_(THEIR_OFFICER).patch(
        f"/cases/{case['id']}", {"pollutant": "总磷"}, version=theirs["version"]
    )
    assert changed.status == 200, changed.body
    assert world.as_(STRANGER).get(f"/cases/{case['id']}").status == 404


def test_the_deadlines_of_a_transferred_case_and_its_measures_go_along(world):
    way = Way(world).walk("filed", "investigating")
    seizure = way.officer.post(f"/cases/{way.id}/measures", {"kind": "seizure"}).body["measures"][0]
    subjects = {way.id, seizure["id"]}

    def clocks(name, state="open"):
        items = world.as_(name).get("/clocks", state=state, limit=200).body["items"]
        mine = [one for one in items if one["subject_id"] in subjects]
        return {(one["rule_code"], one["starts_at"], one["due_at"]) for one in mine}

    before = clocks(OFFICIAL)
    assert {rule for rule, _start, _due in before} == {"D2.decision", "D7.seizure"}
    row = sent(world, transfer(world, {"id": way.id}))
    done(world, row["id"], (THEIR_OFFICIAL, "accept", {}))
    assert clocks(THEIR_OFFICIAL) == before
    assert clocks(OFFICIAL) == set()
    done(world, row["id"], (THEIR_OFFICIAL, "return", {"text": "材料不符"}))
    assert clocks(OFFICIAL) == before
    assert clocks(THEIR_OFFICIAL) == set()
    # What was kept before it went stays to be read.
    assert clocks(OFFICIAL, "cancelled") >= before


def test_what_waits_for_the_givers_head_lapses_when_the_case_goes(world):
    """He may not decide about it any more, and the taker's head was never asked."""
    way = Way(world).walk("filed")
    ask = {"amount": 10, "ground": "案情复杂"}
    path = f"/cases/{way.id}/clocks/{way.clock('D2.decision')['id']}/extension"
    asked = way.officer.post(path, ask).body["items"][0]
    row = sent(world, transfer(world, {"id": way.id}))
    assert f'data-approval="{asked["id"]}"' in world.as_(OFFICIAL).page(f"/cases/{way.id}").body
    done(world, row["id"], (THEIR_OFFICIAL, "accept", {}))
    for official in (OFFICIAL, THEIR_OFFICIAL):
        late = world.as_(official).post(f"/cases/{way.id}/approvals/{asked['id']}/grant", {})
        assert late.status in (404, 409)
        assert "data-approval-refuse" not in world.as_(official).page(f"/cases/{way.id}").body
    page = world.as_(THEIR_OFFICIAL).page(f"/cases/{way.id}").body
    assert "案件已移送，由接收单位另行申请" in page
    # The clock goes on with the taker, who asks his own head.
    clocks = world.as_(THEIR_OFFICIAL).get("/clocks", limit=200).body["items"]
    mine = next(one for one in clocks if one["subject_id"] == way.id)
    again = f"/cases/{way.id}/clocks/{mine['id']}/extension"
    assert world.as_(THEIR_OFFICER).post(again, ask).status == 201


def test_where_the_terms_open_nothing_the_giver_sees_no_more_than_they_say(world):
    case = new_case(world, off_zone(world), classification=3).body
    row = sent(world, transfer(world, case) | {"opens_case": False})
    done(world, row["id"], (THEIR_OFFICIAL, "accept", {}))
    stub = world.as_(OFFICER).get(f"/cases/{case['id']}").body
    assert "party_name" not in stub


def test_a_case_that_has_ended_is_not_given_away(world):
    way = Way(world)
    row = draft(world, transfer(world, {"id": way.id}))
    assert "kind=transfer" in way.officer.page(f"/cases/{way.id}").body
    way.walk("not_filed", reason="不属实")
    assert act(world.as_(OFFICIAL), row["id"], "approve").status == 409
    way.walk("archived")
    assert way.officer.post("/requests", transfer(world, {"id": way.id})).status == 409
    assert "kind=transfer" not in way.officer.page(f"/cases/{way.id}").body


def test_a_transfer_can_be_returned(world):
    held = {"handlers": [user_id(world, OFFICER)], "own_number": "长环立9号"}
    case = new_case(world, **held).body
    row = sent(world, transfer(world, case))
    taken = done(world, row["id"], (THEIR_OFFICIAL, "accept", {}))
    assert "长环立9号" not in str(taken)
    theirs = world.as_(THEIR_OFFICER).get(f"/cases/{case['id']}").body
    assert (theirs["handlers"], theirs["own_number"] or None) == ([], None)
    done(world, row["id"], (THEIR_OFFICIAL, "return", {"text": "材料不符"}))
    mine = world.as_(OFFICER).get(f"/cases/{case['id']}").body
    assert mine["own"] is True
    assert {name: mine[name] for name in held} == held
    page = world.as_(OFFICER).page(f"/cases/{case['id']}").body
    assert f'data-partner="{world.bureau_id("changxing")}"' not in page
    back = world.as_(OFFICER).get(f"/requests/{row['id']}").body
    assert back["state"] == "returned"


@pytest.mark.parametrize("chosen", ["yixing", "changxing"])
def test_a_dispute_goes_to_the_superior_of_both(world, chosen):
    case = new_case(world).body
    row = sent(world, transfer(world, case))
    disputed = done(world, row["id"], (THEIR_OFFICIAL, "dispute", {"text": "先立案者管辖"}))
    assert disputed["dispute"]["superior"] == "生态环境部"
    assert disputed["dispute"]["reason"] == "先立案者管辖"
    assert act(world.as_(THEIR_OFFICIAL), row["id"], "designate").status == 404
    given = {"bureau_id": world.bureau_id(chosen), "document_number": "环督〔2026〕7号"}
    after = done(world, row["id"], (OFFICIAL, "designate", given))
    # Nobody of the receiver signed for it, and who entered the decision did not take it on.
    rungs = [(rung["state"], rung["who"]) for rung in after["ladder"]]
    assert "acknowledged" not in [state for state, _who in rungs]
    assert rungs[-1] == (after["state"], "指定管辖")
    assert after["state"] == ("accepted" if chosen == "yixing" else "kept")
    owner = world.as_(THEIR_OFFICER if chosen == "yixing" else OFFICER)
    assert owner.get(f"/cases/{case['id']}").body["own"] is True
    if chosen == "yixing":
        # What the superior decided binds: it is not given back.
        head = world.as_(THEIR_OFFICIAL)
        assert "return" not in [
            one["act"] for one in head.get(f"/requests/{row['id']}").body["acts"]
        ]
        refused = act(head, row["id"], "return", text="不服")
        assert (refused.status, refused.body["rule"]) == (409, "request.designated")


def test_a_third_bureaus_case_cannot_be_given(world):
    case = new_case(world).body
    body = transfer(world, case) | {"receiver_bureau_id": world.bureau_id("changxing")}
    assert world.as_(THEIR_OFFICER).post("/requests", body).status == 404


def joint(world, case, team=(OFFICER,)):
    return {
        "kind": "joint_handling",
        "receiver_bureau_id": world.bureau_id("yixing"),
        "case_id": case["id"],
        "title": "联合查办偷排",
        "team": [user_id(world, name) for name in team],
    }


def begun(world):
    row = sent(world, joint(world, new_case(world).body))
    them = [user_id(world, THEIR_OFFICER)]
    return done(world, row["id"], (THEIR_LIAISON, "accept", {"handlers": them}))


def test_a_transfer_to_the_police_needs_two_licensed_officers(world):
    row = draft(world, police(world, team=[user_id(world, OFFICER)]))
    refused = act(world.as_(OFFICIAL), row["id"], "approve")
    assert (refused.status, refused.body["rule"]) == (409, "g310.5")


def test_it_is_not_sent_while_documents_are_missing(world):
    row = draft(world, police(world))
    done(world, row["id"], (OFFICIAL, "approve", {}))
    refused = act(world.as_(OFFICER), row["id"], "send")
    assert refused.status == 409
    assert refused.body["missing"] == ["report", "goods", "opinion"]
    for item in ("report", "goods", "opinion"):
        upload(world, OFFICER, row["id"], f"{item}.pdf", item)
    assert act(world.as_(OFFICER), row["id"], "send").status == 200


def test_the_police_way_with_its_clocks(world):
    request_id = handed_over(world)
    officer = world.as_(OFFICER)

    def clocks():
        found = officer.get(f"/requests/{request_id}").body["clocks"]
        return {clock["rule_code"]: clock["state"] for clock in found}

    assert clocks()["D8.approval"] == "met"
    assert clocks()["D8.handover"] == "met"
    done(world, request_id, (OFFICER, "receipt", document(world, request_id, "回执.pdf")))
    assert clocks()["D8.police_decision"] == "running"
    no = document(world, request_id, "不予立案.pdf") | {"text": "证据不足"}
    done(world, request_id, (OFFICER, "not_file", no))
    assert clocks()["D8.review_request"] == "running"
    done(world, request_id, (OFFICIAL, "ask_review", {"text": "已补充证据"}))
    assert clocks()["D8.review_answer"] == "running"
    uphold = document(world, request_id, "复议.pdf") | {"text": "维持"}
    done(world, request_id, (OFFICER, "uphold", uphold))
    assert clocks()["D8.supervision_request"] == "running"
    asked = done(world, request_id, (OFFICIAL, "ask_supervision", {"text": "建议监督"}))
    (letter,) = [one for one in asked["letters"] if one["act"] == "ask_supervision"
                 and one["name"].endswith(".docx")]  # fmt: skip
    _status, data = fetched(world, OFFICIAL, letter["url"])
    assert "长兴县人民检察院：" in text_of_word(data)
    done(world, request_id, (OFFICER, "file", document(world, request_id, "立案.pdf")))
    assert clocks()["D8.goods"] == "running"
    done(world, request_id, (OFFICER, "hand_goods", {}))
    assert clocks()["D8.goods"] == "met"
    result = document(world, request_id, "判决.pdf") | {"text": "判处有期徒刑"}
    after = done(world, request_id, (OFFICER, "note_result", result))
    assert after["state"] == "result_notified"


def test_results_need_a_number_and_the_document(world):
    request_id = handed_over(world)
    officer = world.as_(OFFICER)
    assert act(officer, request_id, "receipt").status == 422
    wrong = {"document_number": "1号", "file_id": "0" * 36}
    assert act(officer, request_id, "receipt", **wrong).status == 422


def test_a_late_approval_is_overdue(world):
    row = draft(world, police(world))
    let_pass(world, "request", row["id"], timedelta(days=20))
    items = world.as_(OFFICIAL).get("/requests", overdue="true").body["items"]
    assert row["id"] in [item["id"] for item in items]


def test_no_other_bureau_hears_of_a_transfer_to_the_police(world):
    request_id = handed_over(world)
    for who in (THEIR_OFFICIAL, STRANGER):
        assert world.as_(who).get(f"/requests/{request_id}").status == 404
        assert last_changes(world, who, request_id) == []


def test_the_receiver_has_three_working_days(world):
    row = sent(world, assistance(world))
    theirs = world.as_(THEIR_LIAISON).get(f"/requests/{row['id']}").body
    clock = next(one for one in theirs["clocks"] if one["rule_code"] == "H6.assistance")
    assert clock["rule_name"] == "协查请求的受理"
    assert clock["bureau_id"] == world.bureau_id("yixing")
    let_pass(world, "request", row["id"], timedelta(days=20))
    for who in (OFFICER, THEIR_LIAISON):
        assert world.as_(who).get(f"/requests/{row['id']}").body["overdue"]
    done(world, row["id"], (THEIR_LIAISON, "accept", {}))
    assert not world.as_(OFFICER).get(f"/requests/{row['id']}").body["overdue"]


def test_a_finding_on_their_side_becomes_their_case(world):
    place = in_zone(world, YIXING)
    body = lead(world)
    body["lead"] |= {"lon": place[0], "lat": place[1]}
    row = sent(world, body)
    taken = done(world, row["id"], (THEIR_OFFICIAL, "accept", {}))
    assert taken["result_case"]["own"] is True
