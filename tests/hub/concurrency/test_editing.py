"""Rival acts on one case, one agreement, one grant: one outcome, and who comes second is told why.

Real parallel transactions, on SQLite (whose writers queue) and PostgreSQL alike.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps

import pytest

from tests.hub.concurrency.test_races import WISH, fresh, grant_body, race, told_why
from tests.support.cases import case_body, in_zone, last_changes, new_case, share_of
from tests.support.story import memorandum

OFFICER, OWNER, LIAISON = "changxing-officer1", "changxing-official", "yixing-liaison"
ROUNDS = 3


def repeated(test: Callable[..., None]) -> Callable[..., None]:
    """Run it several times in one hub: a race is not lost at the first try."""

    @wraps(test)
    def run(world, people) -> None:
        for _round in range(ROUNDS):
            test(world, people)

    return run


@pytest.fixture
def people(world):
    """Everybody's token is made before the race."""
    names = (OFFICER, "changxing-officer2", OWNER, LIAISON, "yixing-official")
    return {name: world.as_(name) for name in names}


@repeated
def test_two_people_edit_the_same_case(world, people):
    case = new_case(world)
    path, version = f"/cases/{case.body['id']}", case.version
    answers = race(
        *(
            lambda who=who, place=place: people[who].patch(path, {"place": place}, version=version)
            for who, place in ((OFFICER, "东岸"), ("changxing-officer2", "西岸"))
        )
    )
    won, lost = sorted(answers, key=lambda answer: answer.status)
    assert won.status == 200
    assert told_why(lost)
    # The one who lost is shown what is there now, and from which version he started.
    assert lost.body["current"]["place"] == won.body["place"]
    assert (lost.body["your_version"], lost.body["current_version"]) == (version, won.version)
    assert people[OWNER].get(path).body["place"] == won.body["place"]


@repeated
def test_a_step_races_an_edit(world, people):
    case = new_case(world, stage="lead")
    path, version = f"/cases/{case.body['id']}", case.version
    stepped, edited = race(
        lambda: people[OFFICER].post(f"{path}/steps", {"to": "filed"}, version=version),
        lambda: people[OFFICER].patch(path, {"place": "东岸"}, version=version),
    )
    won, lost = sorted((stepped, edited), key=lambda answer: answer.status)
    assert (won.status, lost.status) == (200, 409)
    now = people[OWNER].get(path).body
    assert now["version"] == version + 1
    assert (now["stage"] == "filed") == (stepped.status == 200)


@repeated
def test_a_step_races_a_share(world, people):
    """Neither forbids the other: both happen, and the partner ends with the case as it is."""
    case = new_case(world, stage="lead")
    path, version = f"/cases/{case.body['id']}", case.version
    first = share_of(world, case.body["id"])
    people[OWNER].post(f"/shares/{first['id']}/recall", {"reason": "重来"})
    body = {"bureau_id": people[LIAISON].bureau_id}
    stepped, shared = race(
        lambda: people[OFFICER].post(f"{path}/steps", {"to": "filed"}, version=version),
        lambda: people[OWNER].post(f"{path}/shares", body),
    )
    assert (stepped.status, shared.status) == (200, 201)
    told = last_changes(world, LIAISON, case.body["id"])
    assert told[-1]["view"]["stage"] == "filed"
    assert people[LIAISON].get(path).body["stage"] == "filed"


@repeated
def test_raising_the_classification_races_a_share(world, people):
    """Whoever comes first, a partner is never left with a case above what the terms cover."""
    case = new_case(world)
    path, version = f"/cases/{case.body['id']}", case.version
    first = share_of(world, case.body["id"])
    people[OWNER].post(f"/shares/{first['id']}/recall", {"reason": "重来"})
    raised, shared = race(
        lambda: people[OFFICER].patch(path, {"classification": 3}, version=version),
        lambda: people[OWNER].post(f"{path}/shares", {"bureau_id": people[LIAISON].bureau_id}),
    )
    assert raised.status == 200, raised.body
    assert shared.status in (201, 409)
    seen = people["yixing-official"].get(path)
    assert seen.status == 404 or seen.body["classification"] == 3


def test_the_same_case_is_sent_twice_and_opened_once(world, people):
    body = case_body(in_zone(world), title="同一次提交")
    answers = race(*[lambda: people[OFFICER].post("/cases", body, key="case-sent-twice")] * 2)
    opened = [answer for answer in answers if answer.status == 201]
    assert opened
    assert {answer.status for answer in answers} <= {201, 409, 503}
    assert len({answer.body["id"] for answer in opened}) == 1
    found = people[OFFICER].get("/cases", q="同一次提交").body["items"]
    assert len(found) == 1


@repeated
def test_a_grant_is_used_while_it_is_withdrawn(world, people):
    case, path = fresh(world)
    people[LIAISON].post(f"{path}/access-request", WISH)
    people[OWNER].post(f"{path}/access-request/grant", grant_body())
    read, taken = race(
        lambda: people[LIAISON].get(f"/cases/{case}"),
        lambda: people[OWNER].post(f"{path}/access-request/withdraw", {"reason": "误开"}),
    )
    assert (read.status, taken.status) == (200, 200)
    assert "files" not in people[LIAISON].get(f"/cases/{case}").body


def amended(agreement, days):
    """The body of another text of an agreement."""
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
    return {
    "valid_from": agreement["valid_from"], "valid_to": until.isoformat(),
    "terms": agreement["terms"], "text": agreement["text"], "note": "延长有效期",
    }  # fmt: skip


def test_signing_races_a_new_text(world):
    """Whoever signs has signed what he read: a key never turns on a text that came after."""
    first = memorandum(world)
    official, partner = world.as_("wuxing-official"), world.as_("wujiang-official")
    read = official.get(f"/agreements/{first['id']}")
    signed, revised = race(
        lambda: official.post(
            f"/agreements/{first['id']}/sign", {"content_hash": first["content_hash"]}
        ),
        lambda: partner.put(
            f"/agreements/{first['id']}", amended(read.body, 800), version=read.version
        ),
    )
    now = official.get(f"/agreements/{first['id']}").body
    keys = {party["bureau_id"] for party in now["parties"] if party["signed"]}
    if revised.status == 200:
        assert now["content_hash"] != first["content_hash"]
        assert official.bureau_id not in keys
        assert signed.status == 200 or told_why(signed)
    else:
        assert told_why(revised)
        assert signed.status == 200
        assert official.bureau_id in keys


def test_both_sign_at_once_and_it_is_in_force_once(world):
    first = memorandum(world)
    people = [world.as_("wuxing-official"), world.as_("wujiang-official")]
    answers = race(
        *(
            lambda who=who: who.post(
                f"/agreements/{first['id']}/sign", {"content_hash": first["content_hash"]}
            )
            for who in people
        )
    )
    assert [answer.status for answer in answers] == [200, 200]
    now = people[0].get(f"/agreements/{first['id']}").body
    assert now["state"] == "in_force"
    verbs = [change["verb"] for change in last_changes(world, "wuxing-official", first["id"])]
    assert verbs.count("signed") + verbs.count("begun") >= 2
    assert len([verb for verb in verbs if verb == "begun"]) <= 1
