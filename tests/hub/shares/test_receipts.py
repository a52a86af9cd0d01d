"""The ladder: delivered, opened, accepted or refused, acted; recall, tombstone, purge."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from hub.agreements.models import AgreementVersion
from tests.support.acks import acknowledged
from tests.support.cases import last_changes, new_case, share_of
from tests.support.clocks import let_pass

OWNER, LIAISON = "changxing-official", "yixing-liaison"


def reached(world, case_id: str) -> list[str]:
    return [s["rung"] for s in share_of(world, case_id)["receipts"] if s["at"]]


def test_the_owner_sees_each_rung_with_who_and_when(world):
    case = new_case(world).body
    liaison = world.as_(LIAISON)
    share = share_of(world, case["id"])
    assert reached(world, case["id"]) == []
    liaison.get(f"/cases/{case['id']}")
    # What was opened had arrived, whether or not a device has said so.
    assert reached(world, case["id"]) == ["delivered", "opened"]
    accepted = liaison.post(f"/shares/{share['id']}/accept")
    assert accepted.status == 200
    assert accepted.body["answer"] == "accepted"
    liaison.post(f"/shares/{share['id']}/act", {"reason": "已派员核查下游断面"})
    assert reached(world, case["id"]) == ["delivered", "opened", "accepted", "acted"]
    step = share_of(world, case["id"])["receipts"][2]
    assert step["who"] == liaison.get("/me").body["name"]
    verbs = [c["verb"] for c in last_changes(world, OWNER, share["id"])]
    assert verbs == ["shared", "opened", "accepted", "acted"]


def test_opening_twice_is_one_receipt_and_the_owner_reading_is_none(world):
    case = new_case(world).body
    world.as_(OWNER).get(f"/cases/{case['id']}")
    assert reached(world, case["id"]) == []
    for _time in range(2):
        world.as_(LIAISON).get(f"/cases/{case['id']}")
    assert [c["verb"] for c in last_changes(world, OWNER, share_of(world, case["id"])["id"])] == [
        "shared",
        "opened",
    ]


def test_acknowledging_is_accepting(world):
    share = share_of(world, new_case(world).body["id"])
    answer = world.as_(LIAISON).post(f"/shares/{share['id']}/acknowledge")
    assert answer.body["answer"] == "accepted"


def test_a_refusal_needs_a_reason_and_cannot_turn_into_an_acceptance(world):
    share = share_of(world, new_case(world).body["id"])
    liaison = world.as_(LIAISON)
    assert liaison.post(f"/shares/{share['id']}/refuse", {"reason": "  "}).status == 422
    refused = liaison.post(f"/shares/{share['id']}/refuse", {"reason": "不属本单位职责"}).body
    step = next(s for s in refused["receipts"] if s["rung"] == "refused")
    assert (step["reason"], step["state"]) == ("不属本单位职责", "refused")
    assert liaison.post(f"/shares/{share['id']}/accept").status == 409
    assert liaison.post(f"/shares/{share['id']}/act", {}).status == 409


def test_only_the_partners_liaison_or_official_answers(world):
    share = share_of(world, new_case(world).body["id"])
    path = f"/shares/{share['id']}/accept"
    assert world.as_("yixing-officer1").post(path).status == 403
    assert world.as_("changxing-liaison").post(path).status == 404


def test_a_recall_bites_in_every_door_and_leaves_a_tombstone(world):
    case = new_case(world, title="将被收回的案件").body
    liaison, owner = world.as_(LIAISON), world.as_(OWNER)
    liaison.get(f"/cases/{case['id']}")
    share = share_of(world, case["id"])
    recall = f"/shares/{share['id']}/recall"
    assert world.as_("changxing-officer1").post(recall, {"reason": "x"}).status == 403
    assert liaison.post(recall, {"reason": "x"}).status == 403
    assert owner.post(recall, {"reason": ""}).status == 422
    assert owner.post(recall, {"reason": "误共享"}).body["state"] == "recalled"
    assert owner.post(recall, {"reason": "again"}).status == 409
    assert liaison.get(f"/cases/{case['id']}").status == 404
    tombstone = liaison.page(f"/cases/{case['id']}")
    assert tombstone.status == 404
    assert owner.get("/me").body["name"] in tombstone.body
    assert "误共享" in tombstone.body
    assert "将被收回" not in tombstone.body
    assert liaison.get("/cases", q="将被收回").body["items"] == []
    assert "将被收回" not in liaison.get("/cases.csv").body
    replay = last_changes(world, LIAISON, case["id"])
    assert [c["verb"] for c in replay] == ["tombstone"] * len(replay)
    assert all(c["view"] is None for c in replay)
    assert liaison.post(f"/shares/{share['id']}/accept").status == 409


def test_the_partner_confirms_the_purge_only_after_the_recall(world):
    case = new_case(world).body
    share = share_of(world, case["id"])
    liaison = world.as_(LIAISON)
    assert liaison.post(f"/shares/{share['id']}/purge").status == 409
    world.as_(OWNER).post(f"/shares/{share['id']}/recall", {"reason": "误共享"})
    assert liaison.post(f"/shares/{share['id']}/purge").body["purged"] is True
    assert reached(world, case["id"])[-1] == "purged"


def test_what_was_recalled_does_not_come_back_by_itself_but_by_a_person(world):
    case = new_case(world).body
    share = share_of(world, case["id"])
    owner, liaison = world.as_(OWNER), world.as_(LIAISON)
    owner.post(f"/shares/{share['id']}/recall", {"reason": "误共享"})
    world.as_("changxing-officer1").patch(f"/cases/{case['id']}", {"place": "西岸"}, version=1)
    assert liaison.get(f"/cases/{case['id']}").status == 404
    body = {"bureau_id": world.bureau_id("yixing")}
    again = owner.post(f"/cases/{case['id']}/shares", body)
    assert again.status == 201
    assert again.body["id"] != share["id"]
    assert liaison.get(f"/cases/{case['id']}").status == 200


def test_delivery_is_noted_when_the_partner_acknowledges_its_feed(world):
    case = new_case(world).body
    acknowledged(world, LIAISON)
    assert reached(world, case["id"]) == ["delivered"]


def test_sharing_twice_is_one_share(world):
    case = new_case(world).body
    body = {"bureau_id": world.bureau_id("yixing")}
    owner = world.as_(OWNER)
    first = owner.post(f"/cases/{case['id']}/shares", body).body
    second = owner.post(f"/cases/{case['id']}/shares", body).body
    assert first["id"] == second["id"] == share_of(world, case["id"])["id"]


def test_an_answer_that_is_late_turns_red_on_both_sides(world):
    case = new_case(world).body
    share = share_of(world, case["id"])
    assert share["overdue"] is False
    let_pass(world, "share", share["id"], timedelta(hours=73))
    assert share_of(world, case["id"])["overdue"] is True
    for who in (OWNER, LIAISON):
        for path in ("/", "/cases", f"/cases/{case['id']}"):
            assert "逾期未签收" in world.as_(who).page(path).body, (who, path)
    assert "逾期未签收" not in world.as_("nanxun-official").page("/").body
    world.as_(LIAISON).post(f"/shares/{share['id']}/accept")
    assert share_of(world, case["id"])["overdue"] is False
    for who in (OWNER, LIAISON):
        assert "逾期未签收" not in world.as_(who).page(f"/cases/{case['id']}").body


def test_an_agreement_may_give_another_term_of_answering_than_the_rule(world):
    def term() -> timedelta:
        share = share_of(world, new_case(world).body["id"])
        begun, due = (datetime.fromisoformat(share[key]) for key in ("created_at", "answer_due"))
        return due - begun

    assert term() == timedelta(hours=72)
    with world.app.app_context(), world.unit_of_work() as session:
        for version in session.scalars(select(AgreementVersion)):
            version.terms = version.terms | {"answer_hours": 24}
    assert term() == timedelta(hours=24)
