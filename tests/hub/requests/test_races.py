"""Rival acts in a request at the same moment: one outcome, and who comes second is told why.

Real parallel transactions, on SQLite (whose writers queue) and PostgreSQL alike.
"""

from __future__ import annotations

import pytest

from tests.hub.concurrency.test_races import race
from tests.hub.requests.test_escalation import LONG, late
from tests.support.cases import last_changes, new_case
from tests.support.clocks import let_pass, run_due
from tests.support.requests import (
    LIAISON,
    OFFICER,
    OFFICIAL,
    THEIR_LIAISON,
    THEIR_OFFICIAL,
    act,
    done,
    draft,
    sent,
)

ROUNDS = 3


@pytest.fixture
def people(world):
    """Everybody's token is made before the race."""
    names = (OFFICER, OFFICIAL, LIAISON, THEIR_LIAISON, THEIR_OFFICIAL)
    return {name: world.as_(name) for name in names}


def doing(people, who, request_id, name, **given):
    return lambda: act(people[who], request_id, name, **given)


def one_won(answers):
    """The answer that won and the one that lost, which says why."""
    won, lost = sorted(answers, key=lambda answer: answer.status)
    assert (won.status, lost.status) == (200, 409), [a.body for a in answers]
    assert lost.body["detail"]
    assert lost.body["state"] == won.body["state"]
    return won, lost


def test_two_people_accept_the_same_request(world, people):
    for _round in range(ROUNDS):
        row = sent(world)["id"]
        one_won(
            race(
                doing(people, THEIR_LIAISON, row, "accept"),
                doing(people, THEIR_OFFICIAL, row, "accept"),
            )
        )
        verbs = [change["verb"] for change in last_changes(world, OFFICER, row)]
        assert verbs.count("accept") == 1


def test_accepting_races_withdrawing(world, people):
    for _round in range(ROUNDS):
        row = sent(world)["id"]
        won, _lost = one_won(
            race(
                doing(people, THEIR_LIAISON, row, "accept"),
                doing(people, OFFICER, row, "withdraw", text="不需要了"),
            )
        )
        now = people[OFFICER].get(f"/requests/{row}").body["state"]
        assert now == won.body["state"]


def test_accepting_races_declining(world, people):
    for _round in range(ROUNDS):
        row = sent(world)["id"]
        one_won(
            race(
                doing(people, THEIR_LIAISON, row, "accept"),
                doing(people, THEIR_OFFICIAL, row, "decline", code="unlawful", text="不合法"),
            )
        )


def test_a_case_is_transferred_once(world, people):
    case = new_case(world).body
    body = {
        "kind": "transfer",
        "receiver_bureau_id": people[THEIR_LIAISON].bureau_id,
        "case_id": case["id"],
        "title": "移送",
    }
    first, second = sent(world, body)["id"], sent(world, body)["id"]
    answers = race(
        doing(people, THEIR_OFFICIAL, first, "accept"),
        doing(people, THEIR_OFFICIAL, second, "accept"),
    )
    assert sorted(answer.status for answer in answers) == [200, 409]
    assert world.as_("yixing-officer1").get(f"/cases/{case['id']}").body["own"] is True


def test_a_lead_becomes_one_case(world, people):
    lon, lat = 119.8, 31.34
    body = {
        "kind": "referral",
        "receiver_bureau_id": people[THEIR_LIAISON].bureau_id,
        "title": "线索",
        "lead": {"lon": lon, "lat": lat, "category": "air"},
    }
    row = sent(world, body)["id"]
    before = len(world.as_(THEIR_LIAISON).get("/cases", scope="own", limit=200).body["items"])
    one_won(race(*[doing(people, THEIR_LIAISON, row, "accept")] * 2))
    after = len(world.as_(THEIR_LIAISON).get("/cases", scope="own", limit=200).body["items"])
    assert after == before + 1


def test_sending_twice_makes_one_letter(world, people):
    row = draft(world)["id"]
    done(world, row, (OFFICIAL, "approve", {}))
    won, _lost = one_won(race(*[doing(people, LIAISON, row, "send")] * 2))
    names = [file["name"] for file in won.body["letters"]]
    assert len(names) == len(set(names)) == 2


def test_an_edit_races_sending(world, people):
    """What is sent is what the letter says."""
    for _round in range(ROUNDS):
        row = draft(world)["id"]
        version = done(world, row, (OFFICIAL, "approve", {}))["version"]
        sending, _editing = race(
            doing(people, LIAISON, row, "send"),
            lambda row=row, version=version: people[OFFICER].patch(
                f"/requests/{row}", {"body": "后来改动"}, version=version
            ),
        )
        now = people[OFFICER].get(f"/requests/{row}").body
        if sending.status == 200:
            assert now["body"] != "后来改动"
            assert now["state"] == "sent"
        else:
            assert (sending.status, now["state"]) == (409, "draft")
            assert now["letters"] == []


def test_a_delay_goes_to_the_superior_once(world, people):
    row = late(world)["id"]
    let_pass(world, "request", row, LONG)
    asking = doing(people, OFFICIAL, row, "report_superior", text="至今未复")
    won, lost = sorted(race(asking, asking), key=lambda answer: answer.status)
    assert (won.status, lost.status) == (200, 409)
    assert lost.body["rule"] == "request.reported"
    names = [file["name"] for file in won.body["letters"] if file["act"] == "report_superior"]
    assert len(names) == len(set(names)) == 2


def test_an_answer_races_the_telling_of_its_delay(world, people):
    """Whoever comes first, in the end nothing is late and no official owes anything."""
    for _round in range(ROUNDS):
        row = sent(world)["id"]
        let_pass(world, "request", row, LONG)
        accepted, _ran = race(doing(people, THEIR_LIAISON, row, "accept"), lambda: run_due(world))
        assert accepted.status == 200
        after = people[OFFICIAL].get(f"/requests/{row}").body
        assert (after["state"], after["escalated_at"]) == ("accepted", None)
        states = {clock["rule_code"]: clock["state"] for clock in after["clocks"]}
        assert states.get("H3.official_answer", "met") == "met"
