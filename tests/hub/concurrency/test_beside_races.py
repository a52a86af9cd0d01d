"""Rival acts on what stands beside a case and between bureaus: one outcome, and the loser told why.

Real parallel transactions, on SQLite (whose writers queue) and PostgreSQL alike.
"""

from __future__ import annotations

import pytest

from tests.hub.cases.test_steps import Way
from tests.hub.concurrency.test_races import race, told_why
from tests.hub.requests.test_joint import add, begun, space, task
from tests.hub.requests.test_other_kinds import transfer
from tests.hub.shares.test_onward import PASSER, THIRD, onward_rule, seen, to_third
from tests.support.cases import new_case, share_of
from tests.support.requests import THEIR_LIAISON, THEIR_OFFICER, THEIR_OFFICIAL, act, sent

OFFICER, SECOND, OWNER = "changxing-officer1", "changxing-officer2", "changxing-official"
ROUNDS = range(2)


@pytest.fixture
def people(world):
    """Everybody's token is made before the race."""
    names = (OFFICER, SECOND, OWNER, PASSER, THIRD, THEIR_OFFICER, THEIR_OFFICIAL, THEIR_LIAISON)
    return {name: world.as_(name) for name in names}


def one_won(answers, *, good=(200, 201, 204)):
    """The answer that won and the one that lost, which says why."""
    won, lost = sorted(answers, key=lambda answer: answer.status)
    assert won.status in good, won.body
    assert told_why(lost), (lost.status, lost.body)
    return won, lost


def test_a_measure_is_ended_once(world, people):
    for _round in ROUNDS:
        case = new_case(world, stage="lead")
        path = f"/cases/{case.body['id']}/measures"
        taken = people[OFFICER].post(path, {"kind": "seizure"})
        end = f"{path}/{taken.body['measures'][0]['id']}/end"
        answers = race(
            *(
                lambda who=who, body=body, end=end, v=taken.version: people[who].post(
                    end, body, version=v
                )
                for who, body in (
                    (OFFICER, {"outcome": "lifted"}),
                    (SECOND, {"outcome": "unfulfilled", "text": "当事人拒不履行"}),
                )
            )
        )
        won, _lost = one_won(answers)
        kept = people[OFFICER].get(path).body["items"][0]
        assert kept["outcome"] == ("lifted" if won is answers[0] else "unfulfilled")


def test_the_same_link_is_drawn_once(world, people):
    for _round in ROUNDS:
        case, other = new_case(world, stage="lead").body, new_case(world, stage="lead").body
        path = f"/cases/{case['id']}/links"
        won, lost = one_won(
            race(
                *(
                    lambda who=who, p=path, to=other["id"]: people[who].post(p, {"case_id": to})
                    for who in (OFFICER, SECOND)
                )
            )
        )
        assert won.status == 201
        assert lost.body["rule"] == "case.linked"
        assert len(people[OFFICER].get(path).body["items"]) == 1


def test_a_note_is_corrected_or_withdrawn(world, people):
    for _round in ROUNDS:
        case = new_case(world).body
        path = f"/cases/{case['id']}/notes"
        people[OFFICER].post(path, {"kind": "progress", "text": "已取样"})
        note = people[OFFICER].get(path).body["items"][0]
        corrected, withdrawn = race(
            lambda p=path, n=note: people[OFFICER].post(
                f"{p}/{n['id']}/correct", {"text": "已取样两瓶"}
            ),
            lambda p=path, n=note: people[OFFICER].post(
                f"{p}/{n['id']}/withdraw", {"reason": "写错案件"}
            ),
        )
        one_won([corrected, withdrawn])
        theirs = people[THEIR_OFFICER].get(f"/cases/{case['id']}").body["progress"]
        assert [one["text"] for one in theirs] == (["已取样两瓶"] if corrected.status < 300 else [])


@pytest.mark.parametrize("kind", ["extension", "classification"])
def test_an_approval_is_granted_or_refused(world, people, kind):
    way = Way(world).walk("filed")
    for number in ROUNDS:
        if kind == "extension":
            clock = way.clock("D2.decision")["id"]
            body = {"amount": 1, "ground": f"案情复杂{number}"}
            asked = way.officer.post(f"/cases/{way.id}/clocks/{clock}/extension", body)
        else:
            asked = way.officer.post(
                f"/cases/{way.id}/classification",
                {"classification": 1, "reason": "可公开"}, version=way.version,
            )  # fmt: skip
        rows = people[OWNER].get(f"/cases/{way.id}/approvals").body["items"]
        row = next(one for one in rows if one["state"] == "asked")
        path = f"/cases/{way.id}/approvals/{row['id']}"
        granted, refused = race(
            lambda path=path: people[OWNER].post(f"{path}/grant", {}),
            lambda path=path: people[OWNER].post(f"{path}/refuse", {"answer": "不宜"}),
        )
        won, lost = one_won([granted, refused])
        assert lost.body["rule"] == "approval.answered"
        rows = people[OWNER].get(f"/cases/{way.id}/approvals").body["items"]
        now = next(one for one in rows if one["id"] == row["id"])
        assert now["state"] == ("granted" if won is granted else "refused"), asked.body
        if kind == "classification" and won is granted:
            return


def test_an_extension_races_the_transfer_of_its_case(world, people):
    way = Way(world).walk("filed")
    before = way.clock("D2.decision")
    path = f"/cases/{way.id}/clocks/{before['id']}/extension"
    row = way.officer.post(path, {"amount": 5, "ground": "案情复杂"}).body["items"][0]
    letter = sent(world, transfer(world, {"id": way.id}))
    granted, taken = race(
        lambda: people[OWNER].post(f"/cases/{way.id}/approvals/{row['id']}/grant", {}),
        lambda: act(people[THEIR_OFFICIAL], letter["id"], "accept"),
    )
    assert taken.status == 200, taken.body
    assert granted.status in (200, 404, 409)
    clocks = people[THEIR_OFFICIAL].get("/clocks", limit=200).body["items"]
    (kept,) = [one for one in clocks if one["subject_id"] == way.id]
    assert (kept["due_at"] > before["due_at"]) == (granted.status == 200)
    asked = people[THEIR_OFFICIAL].get(f"/cases/{way.id}/approvals").body["items"]
    states = {one["id"]: one["state"] for one in asked}
    assert states[row["id"]] == ("granted" if granted.status == 200 else "lapsed")


def test_a_task_is_done_or_taken_back(world, people):
    row = begun(world)
    for _round in ROUNDS:
        item = task(world, row, OFFICER, THEIR_OFFICER).body["items"][-1]
        path = f"/requests/{row['id']}/workspace/items/{item['id']}"
        done, withdrawn = race(
            lambda path=path: people[THEIR_OFFICER].post(f"{path}/done", {"text": "已采样"}),
            lambda path=path: people[OFFICER].post(f"{path}/withdraw"),
        )
        assert withdrawn.status == 200, withdrawn.body
        assert done.status == 200 or told_why(done)
        now = next(i for i in space(world, row).body["items"] if i["id"] == item["id"])
        assert bool(now["done_at"]) == (done.status == 200)


def test_a_note_in_the_workspace_races_its_closing(world, people):
    row = begun(world)
    added, closed = race(
        lambda: add(world, row, THEIR_OFFICER, "最后一次采样"),
        lambda: act(people[OWNER], row["id"], "end", text="办结"),
    )
    assert closed.status == 200, closed.body
    assert added.status in (200, 201) or told_why(added)
    texts = [item["text"] for item in space(world, row).body["items"]]
    assert ("最后一次采样" in texts) == (added.status in (200, 201))


@pytest.mark.parametrize("rival", ["refuse", "recall"])
def test_consent_to_pass_on_races_its_opposite(world, people, rival):
    onward_rule(world, {"rule": "consent"})
    for _round in ROUNDS:
        case = new_case(world, stage="lead").body
        share = share_of(world, case["id"])
        wish = to_third(world, share).body["onward"][0]
        path = f"/shares/{share['id']}"
        other = f"{path}/onward/{wish['id']}/refuse" if rival == "refuse" else f"{path}/recall"
        consented, opposite = race(
            lambda p=path, w=wish: people[OWNER].post(f"{p}/onward/{w['id']}/consent", {}),
            lambda other=other: people[OWNER].post(other, {"reason": "不宜转交"}),
        )
        reads = seen(world, case).status
        if rival == "refuse":
            one_won([consented, opposite])
            assert reads == (200 if consented.status == 200 else 404)
        else:
            # However it went, after a recall nobody reads it on.
            assert opposite.status == 200
            assert consented.status == 200 or told_why(consented)
            assert reads == 404


def test_two_ask_to_pass_on_at_once(world, people):
    onward_rule(world, {"rule": "consent"})
    case = new_case(world).body
    share = share_of(world, case["id"])
    answers = race(*[lambda: to_third(world, share)] * 2)
    assert [answer.status for answer in answers] == [200, 200]
    assert len(people[PASSER].get(f"/shares/{share['id']}").body["onward"]) == 1
