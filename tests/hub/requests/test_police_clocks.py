"""From when the terms of a transfer to the police run (国务院令310号 articles 5 to 8)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from hub.db import utc_now
from hub.requests.models import Request, RequestStep
from tests.support.requests import (
    OFFICER,
    OFFICIAL,
    act,
    document,
    done,
    draft,
    handed_over,
    police,
)

DECISION, FORWARD = "D8.police_decision", "D8.forward"
APPROVAL, HAND_OVER = "D8.approval", "D8.handover"


def clocks(world, request_id):
    found = world.as_(OFFICER).get(f"/requests/{request_id}").body["clocks"]
    return {clock["rule_code"]: clock for clock in found}


def began(world, request_id, rule):
    return datetime.fromisoformat(clocks(world, request_id)[rule]["starts_at"])


@pytest.fixture
def at_police(world):
    """A letter that went out twenty days ago, and a function that tells moments since then."""
    request_id = handed_over(world)
    sent = utc_now().replace(microsecond=0) - timedelta(days=20)
    with world.app.app_context(), world.unit_of_work() as session:
        steps = RequestStep.request_id == request_id
        session.execute(update(RequestStep).where(steps).values(at=sent))
        session.execute(update(Request).where(Request.id == request_id).values(sent_at=sent))
    return request_id, lambda **later: sent + timedelta(**later)


def entered(world, request_id, name, at, **more):
    body = more if name in ("review", "forward") else document(world, request_id, "文书.pdf") | more
    return done(world, request_id, (OFFICER, name, body | {"at": at.isoformat()}))


def test_the_three_days_run_from_when_the_police_signed_and_not_from_when_it_was_entered(
    world, at_police
):
    request_id, moment = at_police
    row = entered(world, request_id, "receipt", moment(hours=3))
    assert began(world, request_id, DECISION) == moment(hours=3)
    step = row["steps"][-1]
    assert datetime.fromisoformat(step["happened_at"]) == moment(hours=3)
    assert step["at"] > step["happened_at"]
    assert clocks(world, request_id)[DECISION]["overdue"]
    # Decided in time, though entered late: it is not shown as late.
    entered(world, request_id, "file", moment(days=1))
    assert (clocks(world, request_id)[DECISION]["state"]) == "met"
    assert not clocks(world, request_id)[DECISION]["late"]
    assert began(world, request_id, "D8.goods") == moment(days=1)


def test_police_that_are_competent_owe_no_forwarding(world, at_police):
    request_id, moment = at_police
    entered(world, request_id, "receipt", moment(hours=3))
    assert FORWARD not in clocks(world, request_id)


def test_forwarding_is_counted_from_receipt_and_the_next_body_has_its_own_time(world, at_police):
    request_id, moment = at_police
    entered(world, request_id, "receipt", moment(hours=3))
    to = {"addressee": "湖州市公安局", "text": "重大案件"}
    row = entered(world, request_id, "forward", moment(hours=30), **to)
    assert row["receiver_name"] == "湖州市公安局"
    assert "湖州市公安局" in row["steps"][-1]["text"]
    assert began(world, request_id, FORWARD) == moment(hours=3)
    assert clocks(world, request_id)[FORWARD]["late"]  # 27 hours
    # From the forwarding until it signs itself, then from that.
    assert began(world, request_id, DECISION) == moment(hours=30)
    entered(world, request_id, "receipt", moment(hours=40))
    assert began(world, request_id, DECISION) == moment(hours=40)
    # It may not be competent either: 24 hours of its own.
    entered(world, request_id, "forward", moment(hours=50), addressee="浙江省公安厅")
    assert began(world, request_id, FORWARD) == moment(hours=40)
    assert not clocks(world, request_id)[FORWARD]["late"]
    entered(world, request_id, "not_file", moment(hours=60), text="证据不足")
    assert clocks(world, request_id)[DECISION]["state"] == "met"


def test_to_whom_it_was_forwarded_must_be_said(world, at_police):
    request_id, moment = at_police
    entered(world, request_id, "receipt", moment(hours=3))
    refused = act(world.as_(OFFICER), request_id, "forward", text="不属本机关管辖")
    assert refused.body["errors"][0]["field"] == "addressee"


@pytest.mark.parametrize("hours", [-1, 24 * 21])
def test_a_moment_ahead_or_before_the_last_step_is_refused(world, at_police, hours):
    request_id, moment = at_police
    body = document(world, request_id, "回执.pdf") | {"at": moment(hours=hours).isoformat()}
    refused = act(world.as_(OFFICER), request_id, "receipt", **body)
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "at")


def test_what_is_done_in_the_hub_has_the_hubs_time(world):
    row = draft(world, police(world))
    refused = act(world.as_(OFFICIAL), row["id"], "approve", at=utc_now().isoformat())
    assert refused.body["errors"][0]["field"] == "at"


def test_an_approval_that_falls_starts_no_24_hours_and_the_next_starts_its_own(world):
    row = draft(world, police(world))
    done(world, row["id"], (OFFICIAL, "approve", {}))
    first = began(world, row["id"], HAND_OVER)
    officer = world.as_(OFFICER)
    held = officer.get(f"/requests/{row['id']}")
    changed = officer.patch(f"/requests/{row['id']}", {"body": "补充"}, version=held.version)
    assert changed.status == 200
    states = {rule: clock["state"] for rule, clock in clocks(world, row["id"]).items()}
    assert states == {HAND_OVER: "cancelled", APPROVAL: "running"}
    done(world, row["id"], (OFFICIAL, "approve", {}))
    assert began(world, row["id"], HAND_OVER) > first
