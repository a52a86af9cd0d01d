"""Passing on: the terms, the owner's consent, and the recall that reaches the third bureau."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hub.agreements.models import Agreement
from tests.support.cases import last_changes, new_case, share_of
from tests.support.clocks import let_pass

OWNER, PASSER, LIAISON = "changxing-official", "yixing-official", "yixing-liaison"
THIRD = "nanxun-liaison"


def onward_rule(world, rule):
    with world.app.app_context(), world.unit_of_work() as session:
        row = session.scalars(
            select(Agreement).where(Agreement.title_en.startswith("Changxing"))
        ).one()
        terms = json.loads(json.dumps(row.current.terms))
        for one in terms["rules"]:
            one["onward"] = rule
        row.current.terms = terms


def received(world, rule="consent", **more):
    """A case that Yixing received under terms with a rule of passing on."""
    onward_rule(world, {"rule": rule} | more)
    case = new_case(world).body
    return case, share_of(world, case["id"])


def to_third(world, share, who=PASSER, reason="下游也受影响"):
    body = {"bureau_id": world.bureau_id("nanxun"), "reason": reason}
    return world.as_(who).post(f"/shares/{share['id']}/onward", body)


def answer(world, share, wish, name, who=OWNER, **body):
    return world.as_(who).post(f"/shares/{share['id']}/onward/{wish['id']}/{name}", body)


def passed(world, rule="consent"):
    case, share = received(world, rule)
    asked = to_third(world, share)
    assert asked.status == 200, asked.body
    if rule == "consent":
        done = answer(world, share, asked.body["onward"][0], "consent")
        assert done.status == 200, done.body
    return case, share


def seen(world, case, who=THIRD):
    return world.as_(who).get(f"/cases/{case['id']}")


def test_nothing_goes_on_before_the_owner_consents(world):
    case, share = received(world)
    asked = to_third(world, share).body
    assert [(w["state"], w["open_now"]) for w in asked["onward"]] == [("open", False)]
    assert seen(world, case).status == 404
    assert "转交" in world.as_(OWNER).page("/").body
    wish = asked["onward"][0]
    assert answer(world, share, wish, "consent", who=PASSER).status == 404
    assert answer(world, share, wish, "consent", who="changxing-officer1").status == 403
    assert answer(world, share, wish, "consent").status == 200
    assert seen(world, case).status == 200
    assert answer(world, share, wish, "consent").status == 409


def test_the_third_sees_at_most_what_the_partner_sees(world):
    case, _share = passed(world)
    theirs, thirds = seen(world, case, LIAISON).body, seen(world, case).body
    shared = {name for name in thirds if name in theirs}
    assert set(thirds) <= set(theirs)
    for name in shared - {"access", "zone"}:
        assert thirds[name] == theirs[name], name
    # It stands in every list, search and export of the third as well.
    third = world.as_(THIRD)
    for door in (
        third.get("/cases"),
        third.get("/cases.csv"),
        third.get("/search", q=case["title"]),
    ):
        assert case["number"] in str(door.body)
    assert "暂不可见" not in world.as_(OWNER).page(f"/cases/{case['id']}").body
    assert "已转交" in world.as_(PASSER).page(f"/cases/{case['id']}").body
    assert "由" in third.page(f"/cases/{case['id']}").body


def test_the_preview_is_what_the_third_gets(world):
    case, share = received(world)
    for who in (PASSER, OWNER):
        told = (
            world.as_(who)
            .get(f"/shares/{share['id']}/onward/preview", bureau=world.bureau_id("nanxun"))
            .body
        )
        assert (told["allowed"], told["needs_consent"], told["shared"]) == (True, True, False)
        # By name who will read it, and the clause behind each field.
        assert any("联络员" in role for one in told["people"] for role in one["roles"])
        clauses = {one["field"]: one["clause"] for one in told["fields"]}
        assert clauses["title"]
        assert clauses["handlers"] is None
    asked = to_third(world, share).body
    answer(world, share, asked["onward"][0], "consent")
    drop = ("access", "version")
    now = {k: v for k, v in seen(world, case).body.items() if k not in drop}
    assert {k: v for k, v in told["view"].items() if k not in drop} == now
    assert world.as_(THIRD).get(
        f"/shares/{share['id']}/onward/preview", bureau=world.bureau_id("nanxun")
    ).status == 404  # fmt: skip


@pytest.mark.parametrize("which", ["source", "passed"])
def test_the_owners_recall_of_either_ends_it_at_once(world, which):
    case, share = passed(world)
    child = world.as_(THIRD).get("/shares", direction="received").body["items"][0]
    assert child["passed_on_by"]
    ended = share if which == "source" else child
    recalled = world.as_(OWNER).post(f"/shares/{ended['id']}/recall", {"reason": "误共享"})
    assert recalled.status == 200, recalled.body
    assert seen(world, case).status == 404
    assert case["number"] not in str(world.as_(THIRD).get("/cases").body)
    assert last_changes(world, THIRD, case["id"])[-1]["view"] is None
    assert seen(world, case, LIAISON).status == (404 if which == "source" else 200)
    assert world.as_(THIRD).post(f"/shares/{child['id']}/purge", {}).status == 200


def test_a_suspended_agreement_closes_it_for_the_third_too(world):
    case, _share = passed(world)
    official = world.as_(OWNER)
    items = official.get("/agreements").body["items"]
    agreement = next(a for a in items if a["state"] == "in_force")
    official.post(f"/agreements/{agreement['id']}/suspend", {"reason": "另议"})
    assert seen(world, case).status == 404


def test_narrower_terms_close_it_without_anybodys_act(world):
    case, _share = passed(world)
    onward_rule(world, {"rule": "never"})
    assert seen(world, case).status == 404
    assert seen(world, case, LIAISON).status == 200


def test_where_the_terms_ask_for_no_consent_it_goes_at_once(world):
    case, share = passed(world, "anyone")
    assert seen(world, case).status == 200
    assert world.as_(OWNER).get(f"/shares/{share['id']}").body["onward"][0]["state"] == "free"


def test_named_bureaus_alone_where_the_terms_name_them(world):
    _case, share = received(world, "parties", bureaus=[world.bureau_id("nanxun")])
    assert to_third(world, share).status == 200
    body = {"bureau_id": world.bureau_id("wuxing"), "reason": "同流域"}
    refused = world.as_(PASSER).post(f"/shares/{share['id']}/onward", body)
    assert (refused.status, refused.body["reason"]) == (409, "onward_not_named")


def test_where_the_terms_forbid_it_nobody_is_asked(world):
    _case, share = received(world, "never")
    refused = to_third(world, share)
    assert (refused.status, refused.body["reason"]) == (409, "onward_never")


def test_a_refusal_says_why_and_may_be_asked_again(world):
    case, share = received(world)
    wish = to_third(world, share).body["onward"][0]
    assert answer(world, share, wish, "refuse", reason="案情敏感").status == 200
    page = world.as_(PASSER).page(f"/cases/{case['id']}").body
    assert "案情敏感" in page
    assert seen(world, case).status == 404
    again = to_third(world, share).body["onward"]
    assert [w["state"] for w in again] == ["refused", "open"]


def test_asking_twice_is_one_wish_and_only_officials_ask(world):
    _case, share = received(world)
    assert to_third(world, share, who=LIAISON).status == 403
    to_third(world, share)
    assert len(to_third(world, share).body["onward"]) == 1
    for wrong in ("changxing", "yixing"):
        body = {"bureau_id": world.bureau_id(wrong), "reason": "x"}
        assert world.as_(PASSER).post(f"/shares/{share['id']}/onward", body).status == 422


def test_consent_can_have_an_end(world):
    case, share = received(world)
    wish = to_third(world, share).body["onward"][0]
    past = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    assert answer(world, share, wish, "consent", until=past).status == 422
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert answer(world, share, wish, "consent", until=soon).status == 200
    assert seen(world, case).body["access"]["until"]


def test_a_late_answer_is_red_on_both_sides(world):
    case, share = received(world)
    wish = to_third(world, share).body["onward"][0]
    let_pass(world, "onward_request", wish["id"], timedelta(days=4))
    for who in (OWNER, PASSER):
        found = world.as_(who).get("/overdue").body["items"]
        assert {"kind": "case", "id": case["id"]} in found
        assert {"kind": "onward_request", "id": wish["id"]} in found


def test_of_a_share_that_has_ended_nothing_waits_any_more(world):
    case, share = received(world)
    wish = to_third(world, share).body["onward"][0]
    let_pass(world, "onward_request", wish["id"], timedelta(days=4))
    recalled = world.as_(OWNER).post(f"/shares/{share['id']}/recall", {"reason": "误共享"})
    assert [one["state"] for one in recalled.body["onward"]] == ["lapsed"]
    for who in (OWNER, PASSER):
        late = world.as_(who).get("/overdue").body["items"]
        assert not {"onward_request", "case"} & {item["kind"] for item in late}
    assert answer(world, share, wish, "consent").status == 409
    assert seen(world, case).status == 404
