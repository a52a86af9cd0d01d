"""The way of a case: its order, what each step needs, its clocks, and who may see it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from hub.cases.models import Case, CaseStage
from hub.cases.stages import NEXT
from hub.db import utc_now
from tests.support.cases import new_case

# Which step follows which is decided before the database is asked.
pytestmark = pytest.mark.once

OFFICER = "changxing-officer1"
WAY = ("filed", "investigating", "investigated", "review", "notified")


class Way:
    """One case of Changxing with two licensed handlers, walked by one of them."""

    def __init__(self, world, **changes):
        self.world = world
        self.officer = world.as_(OFFICER)
        handlers = [world.as_(f"changxing-officer{n}").user_id for n in (1, 2)]
        made = new_case(world, handlers=handlers, **changes)
        self.id, self.version = made.body["id"], made.version
        self.reviewer = world.as_("changxing-official").user_id
        self.chair = world.as_("changxing-planner").user_id

    def step(self, to, **more):
        """Try a step and return the answer."""
        if to == "notified":
            more = {"reviewer_id": self.reviewer} | more
        answer = self.officer.post(
            f"/cases/{self.id}/steps", {"to": to} | more, version=self.version
        )
        if answer.status == 200:
            self.version = answer.version
        return answer

    def walk(self, *stages, **more):
        """Take steps that must succeed."""
        for stage in stages:
            answer = self.step(stage, **more)
            assert answer.status == 200, (stage, answer.body)
        return self

    def steps(self):
        return self.officer.get(f"/cases/{self.id}/steps").body

    def clock(self, rule):
        return next((c for c in self.steps()["clocks"] if c["rule_code"] == rule), None)

    def patch(self, **fields):
        answer = self.officer.patch(f"/cases/{self.id}", fields, version=self.version)
        self.version = answer.version
        return answer


DECISION = {
    "outcome": "penalise",
    "document_number": "长环罚〔2026〕7号",
    "hearing_waived": True,
    "reason": "当事人书面放弃听证",
}


def refused(answer, rule):
    assert (answer.status, answer.body["rule"]) == (409, rule)


def test_the_whole_way_is_written_down(world):
    way = Way(world).walk(*WAY)
    way.walk("decided", **DECISION)
    way.walk("served", "executing", "closed", "archived")
    taken = way.steps()
    assert [step["to_stage"] for step in taken["items"]] == [
        *WAY, "decided", "served", "executing", "closed", "archived",
    ]  # fmt: skip
    decided = next(step for step in taken["items"] if step["to_stage"] == "decided")
    assert decided["document_number"] == DECISION["document_number"]
    assert decided["by_name"] == world.as_(OFFICER).get("/me").body["name"]
    assert taken["allowed"] == []
    seen = world.as_(OFFICER).get(f"/cases/{way.id}").body
    assert (seen["outcome"], seen["reviewer_id"]) == ("penalise", way.reviewer)


@pytest.mark.once
def test_no_stage_follows_but_those_in_order(world):
    """Every stage against every other: what the order does not have is refused with its rule."""
    way = Way(world)
    for current in CaseStage:
        with world.unit_of_work() as session:
            session.execute(update(Case).where(Case.id == way.id).values(stage=current.value))
        for target in set(CaseStage) - set(NEXT[current]):
            answer = way.step(target.value)
            assert answer.status == 409, (current, target)
            assert answer.body["rule"]
            assert answer.body["allowed"] == [stage.value for stage in NEXT[current]]


@pytest.mark.parametrize("who", ["liaison", "planner", "official"])
def test_only_officers_of_the_owner_take_steps(world, who):
    way = Way(world)
    path = f"/cases/{way.id}/steps"
    caller = world.as_(f"changxing-{who}")
    assert caller.post(path, {"to": "filed"}, version=way.version).status == 403
    partner = world.as_("yixing-officer1")
    assert partner.post(path, {"to": "filed"}, version=way.version).status == 404
    assert partner.get(path).status == 404
    assert world.as_("nanxun-officer1").get(path).status == 404


def test_a_step_on_an_old_version_is_refused(world):
    way = Way(world)
    way.patch(place="别处")
    answer = way.officer.post(f"/cases/{way.id}/steps", {"to": "filed"}, version=1)
    assert answer.status == 409
    assert answer.body["current_version"] == way.version


def test_who_handles_a_case_neither_reviews_it_nor_chairs_its_hearing(world):
    way = Way(world).walk(*WAY[:-1])
    refused(way.step("notified", reviewer_id=way.officer.user_id), "xcf.58.separate")
    refused(way.step("notified", reviewer_id=None), "xcf.58.separate")
    assert way.step("notified", reviewer_id=world.as_("yixing-official").user_id).status == 422
    way.walk("notified")
    refused(way.step("hearing", chair_id=way.officer.user_id), "xcf.64.chair")
    refused(way.step("hearing", chair_id=way.reviewer), "xcf.64.chair")
    assert way.step("hearing").status == 422
    # The page offers as chair only whom the rule lets chair.
    page = way.officer.page(f"/cases/{way.id}").body
    offered = page.split('id="chair_id-hearing"')[1].split("</select>")[0]
    assert way.chair in offered
    assert way.reviewer not in offered
    assert way.officer.user_id not in offered
    way.walk("hearing", chair_id=way.chair)


def test_nothing_is_decided_before_the_party_could_ask_for_a_hearing(world):
    way = Way(world).walk(*WAY)
    early = DECISION | {"hearing_waived": False}
    refused(way.step("decided", **early), "xcf.64.wait")
    refused(way.step("decided", **DECISION | {"reason": ""}), "xcf.64.wait")
    way.walk("hearing", chair_id=way.chair)
    way.walk("discussed")
    way.walk("decided", **early)


@pytest.mark.parametrize("missing", ["outcome", "document_number"])
def test_a_decision_says_what_and_under_which_number(world, missing):
    way = Way(world).walk(*WAY)
    answer = way.step("decided", **{k: v for k, v in DECISION.items() if k != missing})
    assert answer.status == 422
    assert answer.body["errors"][0]["field"] == missing


def test_a_suspected_crime_goes_to_the_police_first(world):
    way = Way(world).walk(*WAY)
    way.patch(criminal_suspected=True)
    refused(way.step("decided", **DECISION), "g310.11")
    way.walk("criminal_transferred", reason="涉嫌污染环境罪", document_number="长环移〔2026〕1号")
    way.walk("investigating", reason="公安机关不予立案", document_number="不立字1号")
    way.walk("investigated", "review", "notified")
    way.walk("decided", **DECISION)


@pytest.mark.parametrize("exit_", ["not_filed", "referred"])
def test_a_suspected_crime_is_not_dropped_either(world, exit_):
    way = Way(world)
    way.patch(criminal_suspected=True)
    refused(way.step(exit_, reason="证据不足"), "g310.11")


@pytest.mark.parametrize(
    ("way_there", "exit_"),
    [((), "not_filed"), (WAY[:1], "withdrawn"), (WAY[:2], "suspended"), ((), "referred")],
)
def test_an_exit_needs_a_reason(world, way_there, exit_):
    way = Way(world).walk(*way_there)
    answer = way.step(exit_)
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "reason")
    way.walk(exit_, reason="不属于违法行为")


def test_what_is_written_down_late_says_why(world):
    way = Way(world)
    with world.unit_of_work() as session:
        session.execute(
            update(Case).where(Case.id == way.id).values(opened_at=utc_now() - timedelta(days=9))
        )
    done = (utc_now() - timedelta(days=3)).isoformat()
    assert way.step("filed", at=done).body["errors"][0]["field"] == "reason"
    way.walk("filed", at=done, reason="出差")
    assert way.steps()["items"][0]["late_entry"] is True
    before = (utc_now() - timedelta(days=5)).isoformat()
    answer = way.step("investigating", at=before, reason="补录")
    assert answer.body["errors"][0]["field"] == "at"
    ahead = (utc_now() + timedelta(hours=1)).isoformat()
    assert way.step("investigating", at=ahead).body["errors"][0]["field"] == "at"


def test_state_secrets_are_refused_in_reasons(world):
    assert Way(world).step("not_filed", reason="机密★ 内容").status == 422


def test_the_statutory_clocks_follow_the_steps(world):
    way = Way(world)
    assert way.clock("D1.filing_review")["state"] == "running"
    assert way.clock("D2.decision") is None
    way.walk("filed")
    assert way.clock("D1.filing_review")["state"] == "met"
    assert way.clock("D2.decision")["state"] == "running"
    way.walk("investigating")
    way.walk("suspended", reason="等待监测结果")
    assert way.clock("D2.decision")["state"] == "paused"
    way.walk("investigating", "investigated", "review", "notified")
    assert way.clock("D2.decision")["state"] == "running"
    assert way.clock("D4.hearing_request")["state"] == "running"
    way.walk("hearing", chair_id=way.chair)
    assert way.clock("D4.hearing_request")["state"] == "met"
    assert way.clock("D2.decision")["state"] == "paused"
    way.walk("decided", **DECISION)
    assert way.clock("D2.decision")["state"] == "met"
    assert way.clock("D5.service")["state"] == "running"
    way.walk("served")
    assert way.clock("D5.service")["state"] == "met"
    assert way.clock("D5.payment")["state"] == "running"
    way.walk("executing", "closed")
    assert way.clock("D5.payment")["state"] == "met"


def test_a_withdrawn_case_owes_no_decision(world):
    way = Way(world).walk("filed").walk("withdrawn", reason="违法事实不成立")
    assert way.clock("D2.decision")["state"] == "cancelled"


def test_no_penalty_owes_no_payment(world):
    way = Way(world).walk(*WAY).walk("decided", **DECISION | {"outcome": "no_penalty"})
    way.walk("served", "closed")
    assert way.clock("D5.payment") is None


def test_an_ended_case_is_taken_up_again_as_a_new_one(world):
    way = Way(world)
    early = way.officer.post(f"/cases/{way.id}/reopen", {"reason": "新证据"})
    refused(early, "case.reopen_ended")
    way.walk("not_filed", reason="证据不足")
    made = way.officer.post(f"/cases/{way.id}/reopen", {"reason": "新证据"})
    assert made.status == 201
    assert (made.body["reopens_id"], made.body["stage"]) == (way.id, "lead")
    assert made.body["number"] != way.officer.get(f"/cases/{way.id}").body["number"]
    assert way.officer.get(f"/cases/{way.id}").body["stage"] == "not_filed"


def test_a_partner_sees_the_stage_but_neither_steps_nor_people(world):
    way = Way(world).walk(*WAY)
    seen = world.as_("yixing-officer1").get(f"/cases/{way.id}").body
    assert seen["stage"] == "notified"
    for name in ("reviewer_id", "chair_id", "outcome", "criminal_suspected", "reopens_id"):
        assert seen.get(name) is None
    page = world.as_("yixing-officer1").page(f"/cases/{way.id}").body
    kinds = {
        e["kind"]
        for e in world.as_("yixing-officer1").get(f"/cases/{way.id}/timeline").body["items"]
    }
    assert kinds == {"step", "share", "receipt", "deadline"}
    assert "调查终结" not in page.split("case-timeline")[1]
    assert "D2" not in page


def test_the_page_shows_steps_clocks_and_what_each_next_step_needs(world):
    way = Way(world).walk(*WAY)
    page = way.officer.page(f"/cases/{way.id}")
    assert page.status == 200
    for text in ("办理经过", "要求听证", "作出处罚决定", 'id="step-decided"', 'name="chair_id"'):
        assert text in page.body
    reader = world.as_("changxing-liaison").page(f"/cases/{way.id}").body
    assert 'id="step-decided"' not in reader
    assert "办理经过" in reader
    way.walk("decided", **DECISION).walk("served", "closed")
    assert 'id="reopen"' in way.officer.page(f"/cases/{way.id}").body


def shown_way(world, case_id, username=OFFICER):
    """What stands on the progress bar of the case's page: stage -> whether it was reached."""
    page = world.as_(username).page(f"/cases/{case_id}").body
    bar = page[page.index('<ol class="receipts">', page.index('id="stage-h"')) :]
    rungs = re.findall(
        r'<li class="receipts__step([^"]*)"[^>]*><b>([^<]*)</b>', bar.partition("</ol>")[0]
    )
    return {name: "--done" in mark for mark, name in rungs}


def test_a_case_archived_without_a_decision_never_shows_one(world):
    way = Way(world).walk("not_filed", "archived", reason="违法事实不成立")
    assert shown_way(world, way.id) == {"线索": True, "不予立案": True, "归档": True}


def test_a_case_withdrawn_while_investigated_shows_how_far_it_came(world):
    way = Way(world).walk("filed", "investigating").walk("withdrawn", reason="主体灭失")
    bar = shown_way(world, way.id)
    assert list(bar) == ["线索", "立案", "调查取证", "销案"]
    assert all(bar.values())


def test_what_lies_ahead_of_a_case_stands_on_its_bar(world):
    bar = shown_way(world, Way(world).walk("filed", "investigating").id)
    assert [name for name, done in bar.items() if done] == ["线索", "立案", "调查取证"]
    assert "结案" in bar
