"""The case's stage follows its transfer to the police, in the transaction of the act."""

from __future__ import annotations

from tests.hub.requests.test_other_kinds import transfer
from tests.support.cases import new_case
from tests.support.requests import (
    OFFICER,
    OFFICIAL,
    THEIR_OFFICIAL,
    act,
    document,
    done,
    draft,
    handed_over,
    police,
    sent,
    upload,
)


def case_of(world, request_id):
    officer = world.as_(OFFICER)
    row = officer.get(f"/requests/{request_id}").body
    steps = officer.get(f"/cases/{row['case']['id']}/steps").body
    return officer.get(f"/cases/{row['case']['id']}").body, steps


def refused_filing(world):
    request_id = handed_over(world)
    done(world, request_id, (OFFICER, "receipt", document(world, request_id, "回执.pdf")))
    no = document(world, request_id, "不予立案.pdf") | {"text": "证据不足"}
    return request_id, done(world, request_id, (OFFICER, "not_file", no))


def test_it_moves_to_the_police_with_the_letter(world):
    request_id = handed_over(world)
    case, steps = case_of(world, request_id)
    row = world.as_(OFFICER).get(f"/requests/{request_id}").body
    assert case["stage"] == row["case"]["stage"] == "criminal_transferred"
    assert steps["items"][-1]["document_number"] == row["document_number"]
    assert "长兴县公安局" in steps["items"][-1]["reason"]


def test_the_time_at_the_police_does_not_count_towards_the_decision(world):
    case = new_case(world, handlers=[world.as_(OFFICER).user_id])
    officer = world.as_(OFFICER)
    path = f"/cases/{case.body['id']}/steps"
    assert officer.post(path, {"to": "filed"}, version=case.version).status == 200
    row = draft(
        world, police(world, case_id=case.body["id"], absent={"opinion": "无", "goods": "无"})
    )
    upload(world, OFFICER, row["id"], "report.pdf", "report")
    done(world, row["id"], (OFFICIAL, "approve", {}), (OFFICER, "send", {}))

    def decision():
        return next(
            c for c in case_of(world, row["id"])[1]["clocks"] if c["rule_code"] == "D2.decision"
        )

    assert decision()["state"] == "paused"
    done(world, row["id"], (OFFICER, "receipt", document(world, row["id"], "回执.pdf")))
    no = document(world, row["id"], "不予立案.pdf") | {"text": "证据不足"}
    done(world, row["id"], (OFFICER, "not_file", no))
    assert decision()["state"] == "running"


def test_what_the_police_do_not_file_comes_back(world):
    request_id, _row = refused_filing(world)
    case, steps = case_of(world, request_id)
    assert case["stage"] == "filed"  # It went there as a lead.
    assert "不予立案" in steps["items"][-1]["reason"]


def test_back_from_an_investigation_its_team_goes_on(world):
    both = [world.as_(f"changxing-officer{n}").user_id for n in (1, 2)]
    made = new_case(world, handlers=both)
    officer, version = world.as_(OFFICER), made.version
    for stage in ("filed", "investigating"):
        answer = officer.post(f"/cases/{made.body['id']}/steps", {"to": stage}, version=version)
        version = answer.version
    # Nobody is named any more; the team of the transfer takes it up again.
    officer.patch(f"/cases/{made.body['id']}", {"handlers": []}, version=version)
    row = draft(
        world, police(world, case_id=made.body["id"], absent={"opinion": "无", "goods": "无"})
    )
    upload(world, OFFICER, row["id"], "report.pdf", "report")
    done(world, row["id"], (OFFICIAL, "approve", {}), (OFFICER, "send", {}))
    done(world, row["id"], (OFFICER, "receipt", document(world, row["id"], "回执.pdf")))
    no = document(world, row["id"], "不予立案.pdf") | {"text": "证据不足"}
    done(world, row["id"], (OFFICER, "not_file", no))
    case, _steps = case_of(world, row["id"])
    assert case["stage"] == "investigating"
    assert set(case["handlers"]) == set(both)


def test_filed_after_a_review_it_stands_with_the_police_again(world):
    request_id, _row = refused_filing(world)
    done(world, request_id, (OFFICIAL, "ask_review", {"text": "已补充证据"}))
    done(world, request_id, (OFFICER, "overturn", document(world, request_id, "复议.pdf")))
    done(world, request_id, (OFFICER, "file", document(world, request_id, "立案.pdf")))
    assert case_of(world, request_id)[0]["stage"] == "criminal_transferred"


def test_after_a_decision_nothing_goes_to_the_police(world):
    made = new_case(world)
    officer = world.as_(OFFICER)
    answer = officer.post(
        f"/cases/{made.body['id']}/steps",
        {"to": "not_filed", "reason": "轻微"},
        version=made.version,
    )
    assert answer.status == 200
    refused = officer.post("/requests", police(world, case_id=made.body["id"]))
    assert refused.status == 409


def test_a_case_that_moved_on_meanwhile_stays_and_nothing_is_sent(world):
    row = draft(world, police(world, absent={"opinion": "无", "goods": "无"}))
    upload(world, OFFICER, row["id"], "report.pdf", "report")
    done(world, row["id"], (OFFICIAL, "approve", {}))
    officer = world.as_(OFFICER)
    case = officer.get(f"/cases/{row['case']['id']}")
    path = f"/cases/{row['case']['id']}/steps"
    officer.post(path, {"to": "referred", "reason": "移送管辖"}, version=case.version)
    refused = act(officer, row["id"], "send")
    assert (refused.status, refused.body["rule"]) == (409, "g310.3")
    after = officer.get(f"/requests/{row['id']}").body
    assert (after["state"], after["letters"]) == ("approved", [])
    assert case_of(world, row["id"])[0]["stage"] == "referred"


def test_one_case_goes_to_the_police_once_at_a_time(world):
    row = draft(world, police(world))
    again = police(world, case_id=row["case"]["id"])
    refused = world.as_(OFFICER).post("/requests", again)
    assert (refused.status, refused.body["rule"]) == (409, "request.police_once")
    assert refused.body["request_id"] == row["id"]
    done(world, row["id"], (OFFICER, "withdraw", {"text": "重拟"}))
    assert world.as_(OFFICER).post("/requests", again).status == 201


def test_a_case_at_the_police_is_not_given_to_another_bureau(world):
    row = draft(world, police(world, absent={"opinion": "无", "goods": "无"}))
    given = sent(world, transfer(world, row["case"]))
    upload(world, OFFICER, row["id"], "report.pdf", "report")
    done(world, row["id"], (OFFICIAL, "approve", {}), (OFFICER, "send", {}))
    assert act(world.as_(THEIR_OFFICIAL), given["id"], "accept").status == 409
    assert world.as_(OFFICER).post("/requests", transfer(world, row["case"])).status == 409
