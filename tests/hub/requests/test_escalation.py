"""What is late: the receiver is reminded, then the officials, then the superior of both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.hub.requests.test_other_kinds import joint, lead, transfer
from tests.hub.requests.test_replies import ANSWERS, letters_of, said
from tests.support.cases import in_zone, new_case, off_zone
from tests.support.clocks import let_pass, run_due
from tests.support.requests import (
    LIAISON,
    OFFICER,
    OFFICIAL,
    STRANGER,
    THEIR_LIAISON,
    THEIR_OFFICIAL,
    act,
    assistance,
    done,
    draft,
    sent,
)

LONG = timedelta(days=20)


def told(world, who, request_id):
    found = world.as_(who).get("/notifications").body["items"]
    return [one["verb"] for one in found if one["url"] == f"/requests/{request_id}"]


def verbs_of(world, row, who=LIAISON):
    return [step["act"] for step in world.as_(who).get(f"/requests/{row['id']}").body["steps"]]


def clock_of(world, row, rule):
    clocks = world.as_(LIAISON).get(f"/requests/{row['id']}").body["clocks"]
    return next((one for one in clocks if one["rule_code"] == rule), None)


def late(world, body=None):
    """A request that nobody took up in time, and whose officials were told."""
    row = sent(world, body)
    let_pass(world, "request", row["id"], LONG)
    run_due(world)
    return row


def test_the_receiver_is_reminded_on_the_last_day_once(world):
    soon = datetime.now(UTC) + timedelta(days=9)
    row = sent(world, assistance(world, due_at=soon.isoformat()))
    run_due(world)
    assert "due_near" not in told(world, THEIR_LIAISON, row["id"])
    for _twice in range(2):
        run_due(world, after=timedelta(days=8, hours=1))
    assert told(world, THEIR_LIAISON, row["id"]).count("due_near") == 1
    assert "due_near" not in told(world, LIAISON, row["id"])


def test_what_is_answered_needs_no_reminder(world):
    soon = datetime.now(UTC) + timedelta(days=9)
    row = sent(world, assistance(world, due_at=soon.isoformat()))
    done(
        world,
        row["id"],
        (THEIR_LIAISON, "accept", {}),
        (THEIR_LIAISON, "reply", {"answers": ANSWERS}),
    )
    run_due(world, after=timedelta(days=8, hours=1))
    assert "due_near" not in told(world, THEIR_LIAISON, row["id"])


def test_the_officials_of_both_sides_are_told_once_that_it_is_late(world):
    row = late(world)
    run_due(world)
    assert verbs_of(world, row).count("escalated") == 1
    assert clock_of(world, row, "H3.official_answer")["bureau_id"] == world.bureau_id("yixing")
    for who in (OFFICIAL, THEIR_OFFICIAL):
        assert told(world, who, row["id"]).count("escalated") == 1
    assert "escalated" not in told(world, THEIR_LIAISON, row["id"])
    assert told(world, STRANGER, row["id"]) == []


def test_a_date_that_passes_is_late_though_it_was_accepted(world):
    row = sent(world)
    done(world, row["id"], (THEIR_LIAISON, "accept", {}))
    run_due(world, after=timedelta(days=9))
    assert "escalated" not in verbs_of(world, row)
    run_due(world, after=timedelta(days=11))
    assert "escalated" in verbs_of(world, row)
    done(world, row["id"], (THEIR_LIAISON, "reply", {"answers": ANSWERS}))
    assert clock_of(world, row, "H3.official_answer")["state"] == "met"


def offered(person, row):
    return [one["act"] for one in person.get(f"/requests/{row['id']}").body["acts"]]


def test_the_superior_comes_after_the_officials(world):
    row = sent(world)
    official = world.as_(OFFICIAL)
    assert "report_superior" not in [a["act"] for a in row["acts"]]
    let_pass(world, "request", row["id"], LONG)
    run_due(world)
    assert "report_superior" not in offered(official, row)
    early = act(official, row["id"], "report_superior", text="至今未复")
    assert (early.status, early.body["rule"]) == (409, "request.officials_first")
    let_pass(world, "request", row["id"], LONG)
    assert "report_superior" in offered(official, row)
    assert act(world.as_(LIAISON), row["id"], "report_superior", text="未复").status == 403
    after = done(world, row["id"], (OFFICIAL, "report_superior", {"text": "至今未复"}))
    text = said(world, THEIR_OFFICIAL, letters_of(after, "report_superior")[0])
    assert "生态环境部：" in text
    assert "报请督办" in text
    assert "report_superior" in told(world, THEIR_OFFICIAL, row["id"])
    # It is said once for each time that the officials let pass.
    assert "report_superior" not in offered(official, row)
    again = act(official, row["id"], "report_superior", text="至今未复")
    assert (again.status, again.body["rule"]) == (409, "request.reported")


@pytest.mark.parametrize(
    ("kind", "term"),
    [("referral", "H6.referral"), ("transfer", "D12.handover"), ("joint_handling", "H6.joint")],
)
def test_every_kind_between_bureaus_is_escalated(world, kind, term):
    case = {} if kind == "referral" else new_case(world).body
    body = {"referral": lead, "transfer": transfer, "joint_handling": joint}[kind](
        *([world] if kind == "referral" else [world, case])
    )
    row = late(world, body)
    assert "escalated" in verbs_of(world, row)
    done(world, row["id"], (THEIR_OFFICIAL, "decline", {"code": "unlawful", "text": "不宜"}))
    assert clock_of(world, row, "H3.official_answer")["state"] == "met"
    assert clock_of(world, row, term)["state"] == "met"


def test_a_grave_matter_is_taken_up_within_a_day(world):
    row = sent(world, lead(world, major=True))
    assert row["major"] is True
    assert clock_of(world, row, "H6.referral") is None
    assert clock_of(world, row, "D12.handover_major")["state"] == "running"
    let_pass(world, "request", row["id"], timedelta(hours=25))
    run_due(world)
    assert "escalated" in verbs_of(world, row)
    done(world, row["id"], (THEIR_LIAISON, "accept", {}))
    assert clock_of(world, row, "D12.handover_major")["state"] == "met"


def test_a_dispute_has_its_clocks(world):
    row = sent(world, transfer(world, new_case(world).body))
    done(world, row["id"], (THEIR_OFFICIAL, "dispute", {"text": "先立案者管辖"}))
    assert clock_of(world, row, "D12.handover")["state"] == "met"
    assert clock_of(world, row, "D12.dispute")["state"] == "running"
    done(world, row["id"], (OFFICER, "superior_asks", {"text": "请补充现场图"}))
    assert clock_of(world, row, "D12.dispute")["state"] == "met"
    assert clock_of(world, row, "D12.dispute_supplement")["state"] == "running"
    done(world, row["id"], (OFFICER, "supplied", {}))
    assert clock_of(world, row, "D12.dispute_supplement")["state"] == "met"


def test_a_withdrawn_request_owes_nothing(world):
    row = late(world)
    done(world, row["id"], (OFFICER, "withdraw", {"text": "已自行查明"}))
    assert clock_of(world, row, "H3.official_answer")["state"] == "cancelled"
    assert run_due(world)["request.late"] == 0


def test_the_case_of_a_late_request_is_red_for_whoever_sees_it(world):
    case = new_case(world, in_zone(world)).body
    row = late(world, assistance(world, case_id=case["id"]))
    for who in (OFFICER, THEIR_LIAISON):
        found = world.as_(who).get("/overdue").body["items"]
        assert {"kind": "request", "id": row["id"]} in found
        assert {"kind": "case", "id": case["id"]} in found
    assert world.as_(STRANGER).get("/overdue").body["items"] == []


def test_the_case_stays_unknown_where_it_was_not_opened(world):
    case = new_case(world, off_zone(world)).body
    row = late(world, assistance(world, case_id=case["id"], opens_case=False))
    found = world.as_(THEIR_LIAISON).get("/overdue").body["items"]
    assert {"kind": "request", "id": row["id"]} in found
    assert {"kind": "case", "id": case["id"]} not in found


def test_a_draft_is_never_late(world):
    row = draft(world)
    run_due(world, after=LONG)
    assert world.as_(OFFICER).get(f"/requests/{row['id']}").body["escalated_at"] is None
