"""More time and a lower classification: who asks, who answers, and what happens at which moment."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from hub.accounts.models import User
from tests.hub.cases.test_measures import clocks, newest, take
from tests.hub.cases.test_steps import Way, refused

HEAD = "changxing-official"


def ask(way, clock, amount, ground="案情复杂"):
    path = f"/cases/{way.id}/clocks/{clock['id']}/extension"
    return way.officer.post(path, {"amount": amount, "ground": ground})


def answer(way, approval, verb="grant", who=HEAD, **body):
    path = f"/cases/{way.id}/approvals/{approval['id']}/{verb}"
    return way.world.as_(who).post(path, body)


def due(way):
    return way.clock("D2.decision")["due_at"]


def test_an_extension_waits_for_an_official_who_did_not_ask(world):
    way = Way(world).walk("filed")
    before = due(way)
    asked = ask(way, way.clock("D2.decision"), 30).body["items"][0]
    assert (asked["state"], asked["collective"], due(way)) == ("asked", False, before)
    assert answer(way, asked, who="changxing-officer2").status == 403
    assert answer(way, asked, who="yixing-official").status == 404
    granted = answer(way, asked)
    assert granted.body["items"][0]["state"] == "granted"
    assert due(way) > before
    refused(answer(way, asked), "approval.answered")


def test_beyond_thirty_days_the_minutes_of_a_collective_discussion_are_needed(world):
    way = Way(world).walk("filed")
    answer(way, ask(way, way.clock("D2.decision"), 30).body["items"][0])
    more = ask(way, way.clock("D2.decision"), 20).body["items"][0]
    assert more["collective"] is True
    missing = answer(way, more)
    assert (missing.status, missing.body["errors"][0]["field"]) == (422, "minutes_number")
    before = due(way)
    assert answer(way, more, minutes_number="集讨〔2026〕4号").status == 200
    assert due(way) > before
    assert ask(way, way.clock("D2.decision"), 11).body["errors"][0]["field"] == "amount"


def test_a_seizure_is_extended_once_by_thirty_days(world):
    way = Way(world).walk("filed", "investigating")
    clock = clocks(newest(take(way, "seizure")))["D7.seizure"]
    assert ask(way, clock, 31).status == 422
    answer(way, ask(way, clock, 30).body["items"][0])
    after = clocks(newest(way.officer.get(f"/cases/{way.id}")))["D7.seizure"]
    assert after["extended"]
    assert after["due_at"] > clock["due_at"]
    timed = way.officer.get(f"/cases/{way.id}/timeline", kind="deadline").body["items"]
    assert any("案情复杂" in event["text"] for event in timed)


def test_only_one_question_of_a_kind_waits_and_a_refusal_says_why(world):
    way = Way(world).walk("filed")
    asked = ask(way, way.clock("D2.decision"), 10).body["items"][0]
    refused(ask(way, way.clock("D2.decision"), 10), "approval.asked")
    assert answer(way, asked, "refuse").status == 422
    assert answer(way, asked, "refuse", answer="不符合条件").body["items"][0]["state"] == "refused"
    again = ask(way, way.clock("D2.decision"), 10).body["items"][0]
    back = answer(way, again, "withdraw", who=way.officer.username)
    assert back.body["items"][0]["state"] == "withdrawn"


def test_a_clock_of_another_case_is_not_found(world):
    way, other = Way(world).walk("filed"), Way(world).walk("filed")
    assert ask(way, other.clock("D2.decision"), 10).status == 404


def classify(way, level, **more):
    body = {"classification": level, "reason": "涉及商业秘密"} | more
    found = way.officer.post(f"/cases/{way.id}/classification", body, version=way.version)
    way.version = found.version if found.status == 200 else way.version
    return found


def test_raising_the_classification_bites_at_once(world):
    way = Way(world)
    assert classify(way, 4).body["errors"][0]["field"] == "classification"
    with world.unit_of_work() as session:
        session.execute(update(User).where(User.id == way.officer.user_id).values(clearance=4))
    assert world.as_("yixing-officer1").get(f"/cases/{way.id}").status == 200
    assert classify(way, 4).body["classification"] == 4
    given = way.officer.get("/shares", direction="given").body["items"]
    assert [s["running"] for s in given if s["record_id"] == way.id] == [False]
    assert world.as_("yixing-officer1").get(f"/cases/{way.id}").status == 404


def test_lowering_the_classification_waits_for_an_official(world):
    way = Way(world, classification=2)
    assert classify(way, 1).body["classification"] == 2
    asked = way.officer.get(f"/cases/{way.id}/approvals").body["items"][0]
    assert (asked["kind"], asked["state"]) == ("declassify", "asked")
    refused(way.officer.patch(f"/cases/{way.id}", {"classification": 1}, version=way.version),
            "case.lower_needs_approval")  # fmt: skip
    answer(way, asked)
    assert way.officer.get(f"/cases/{way.id}").body["classification"] == 1


@pytest.mark.parametrize("who", ["yixing-official", "nanxun-official"])
def test_nobody_else_learns_of_a_question(world, who):
    way = Way(world).walk("filed")
    ask(way, way.clock("D2.decision"), 10)
    assert world.as_(who).get(f"/cases/{way.id}/approvals").status == 404
    assert "案情复杂" not in world.as_(who).page(f"/cases/{way.id}").body


def test_the_official_finds_the_question_on_the_page_and_in_the_inbox(world):
    way = Way(world).walk("filed")
    ask(way, way.clock("D2.decision"), 10)
    page = world.as_(HEAD).page(f"/cases/{way.id}").body
    assert "案情复杂" in page
    assert "/grant" in page
    assert "/grant" not in way.officer.page(f"/cases/{way.id}").body
    assert "延长10日" in world.as_(HEAD).page("/").body
