"""Two people at once: exactly one outcome, and who comes second is told why.

Real parallel transactions, on SQLite (whose writers queue) and PostgreSQL alike.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from tests.support.cases import last_changes, new_case, share_of
from tests.support.world import Answer

OWNER, SECOND, LIAISON = "changxing-official", "yixing-official", "yixing-liaison"
ROUNDS = 3
WISH = {"purpose": "information", "reason": "需核对"}


def race(*acts: Callable[[], Answer]) -> list[Answer]:
    """Do all acts at the same moment; their answers, in order."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Answer]) -> Answer:
        start.wait(timeout=30)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, act) for act in acts]]


@pytest.fixture
def people(world):
    """Everybody's token is made before the race."""
    return {name: world.as_(name) for name in (OWNER, SECOND, LIAISON)}


def fresh(world) -> tuple[str, str]:
    """A new case and the path of its share."""
    case = new_case(world).body["id"]
    return case, f"/shares/{share_of(world, case)['id']}"


def told_why(answer: Answer) -> bool:
    return answer.status == 409 and bool(answer.body["detail"])


def grant_body() -> dict[str, object]:
    until = datetime.now(UTC) + timedelta(days=1)
    return {"field_groups": ["files"], "until": until.isoformat()}


def test_accepting_races_refusing(world, people):
    for _round in range(ROUNDS):
        _case, path = fresh(world)
        answers = race(
            lambda path=path: people[LIAISON].post(f"{path}/accept"),
            lambda path=path: people[SECOND].post(f"{path}/refuse", {"reason": "不属本单位职责"}),
        )
        won, lost = sorted(answers, key=lambda answer: answer.status)
        assert won.status == 200
        assert told_why(lost)
        assert people[OWNER].get(path).body["answer"] == won.body["answer"]


def test_the_same_answer_given_twice_is_one(world, people):
    for _round in range(ROUNDS):
        _case, path = fresh(world)
        answers = race(
            *(
                lambda who=who, path=path: people[who].post(f"{path}/accept")
                for who in (LIAISON, SECOND)
            )
        )
        assert [answer.status for answer in answers] == [200, 200]
        first, second = (
            next(s for s in answer.body["receipts"] if s["rung"] == "accepted")
            for answer in answers
        )
        assert first == second
        verbs = [c["verb"] for c in last_changes(world, OWNER, path.split("/")[2])]
        assert verbs.count("accepted") == 1


def test_accepting_races_a_recall(world, people):
    for _round in range(ROUNDS):
        _case, path = fresh(world)
        accepted, recalled = race(
            lambda path=path: people[LIAISON].post(f"{path}/accept"),
            lambda path=path: people[OWNER].post(f"{path}/recall", {"reason": "误共享"}),
        )
        assert recalled.status == 200
        now = people[OWNER].get(path).body
        assert now["state"] == "recalled"
        if now["answer"] is None:
            assert told_why(accepted)
        else:
            assert (accepted.status, now["answer"]) == (200, "accepted")


def test_a_recall_races_readers(world, people):
    for _round in range(ROUNDS):
        case, path = fresh(world)
        recalled, *read = race(
            lambda path=path: people[OWNER].post(f"{path}/recall", {"reason": "误共享"}),
            *(
                lambda who=who, case=case: people[who].get(f"/cases/{case}")
                for who in (LIAISON, SECOND)
            ),
        )
        assert recalled.status == 200
        assert {answer.status for answer in read} <= {200, 404}
        assert people[LIAISON].get(f"/cases/{case}").status == 404
        opened = next(s for s in people[OWNER].get(path).body["receipts"] if s["rung"] == "opened")
        # Whoever was shown it stands in the ladder; nobody stands there who was not.
        assert bool(opened["at"]) == any(answer.status == 200 for answer in read)


def test_recalling_twice(world, people):
    _case, path = fresh(world)
    answers = race(*[lambda: people[OWNER].post(f"{path}/recall", {"reason": "误共享"})] * 2)
    won, lost = sorted(answers, key=lambda answer: answer.status)
    assert won.status == 200
    assert told_why(lost)


def test_two_people_share_at_once(world, people):
    for _round in range(ROUNDS):
        case, path = fresh(world)
        people[OWNER].post(f"{path}/recall", {"reason": "重来"})
        body = {"bureau_id": people[LIAISON].bureau_id}
        answers = race(
            *[lambda case=case, body=body: people[OWNER].post(f"/cases/{case}/shares", body)] * 2
        )
        assert [answer.status for answer in answers] == [201, 201]
        assert answers[0].body["id"] == answers[1].body["id"]
        verbs = [c["verb"] for c in last_changes(world, LIAISON, answers[0].body["id"])]
        assert verbs == ["shared"]


@pytest.mark.parametrize("rival", ["access-request/refuse", "recall"])
def test_a_grant_races_its_opposite(world, people, rival):
    for _round in range(ROUNDS):
        case, path = fresh(world)
        assert people[LIAISON].post(f"{path}/access-request", WISH).status == 200
        granted, other = race(
            lambda path=path: people[OWNER].post(f"{path}/access-request/grant", grant_body()),
            lambda path=path: people[OWNER].post(f"{path}/{rival}", {"reason": "不宜开放"}),
        )
        seen = people[LIAISON].get(f"/cases/{case}")
        if rival == "recall":
            assert other.status == 200
            assert granted.status == 200 or told_why(granted)
            assert seen.status == 404
        else:
            assert sorted([granted.status, other.status]) == [200, 409]
            assert told_why(other if granted.status == 200 else granted)
            assert ("files" in seen.body) == (granted.status == 200)


def test_two_people_ask_at_once(world, people):
    _case, path = fresh(world)
    answers = race(
        *(
            lambda who=who: people[who].post(f"{path}/access-request", WISH)
            for who in (LIAISON, SECOND)
        )
    )
    assert [answer.status for answer in answers] == [200, 200]
    asked = {answer.body["access_request"]["asked_at"] for answer in answers}
    assert len(asked) == 1
