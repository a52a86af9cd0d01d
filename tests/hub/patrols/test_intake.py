"""Group commit of positions: each report has its own answer, and all of them are durable."""

from __future__ import annotations

import json
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hub.errors import Conflict, Unavailable
from hub.together import Together
from tests.support.field import OFFICER, PARTNER, batch, fix, inside, zone_of
from tests.support.live import LiveHub
from tests.support.patrols import started_patrol
from tests.support.raw_sockets import TEXT, RawSocket, masked
from tests.support.world import Answer, World

WAIT_S = 20


def _send(world: World, who: str, patrol_id: str, body: dict[str, Any], **options: Any) -> Answer:
    return world.as_(who).post(f"/patrols/{patrol_id}/positions", body, **options)


def test_reports_that_come_together_share_a_transaction_and_one_bad_one_fails_alone(world: World):
    patrol = started_patrol(world)
    place = inside(zone_of(world, patrol), "330502")
    for who in (OFFICER, PARTNER, "nanxun-officer1"):
        world.as_(who)  # their tokens are made before anything is counted
    callers = [OFFICER, PARTNER] * 6 + ["nanxun-officer1"] * 2
    start = threading.Barrier(len(callers))

    def one(who: str) -> Answer:
        body = batch(fix(*place))
        start.wait(WAIT_S)
        return _send(world, who, patrol["id"], body)

    with world.hearing("commit") as commits, ThreadPoolExecutor(len(callers)) as pool:
        answers = list(pool.map(one, callers))
    assert [answer.status for answer in answers] == [200] * 12 + [404] * 2
    # each request may note once that its token was used; the rest of the commits are groups
    assert len(commits) < len(callers) + 3
    units = world.as_(PARTNER).get(f"/patrols/{patrol['id']}/track").body["features"]
    assert sorted(unit["properties"]["fixes"] for unit in units) == [6, 6]


def test_an_idempotency_key_gets_its_first_answer_again(world: World):
    patrol = started_patrol(world)
    body = batch(fix(*inside(zone_of(world, patrol), "330502")))
    key = uuid.uuid4().hex
    first = _send(world, OFFICER, patrol["id"], body, key=key)
    again = _send(world, OFFICER, patrol["id"], body, key=key)
    assert first.body == again.body == {"stored": True, "flagged": 0}
    assert again.headers["Idempotency-Replayed"] == "true"
    assert _send(world, OFFICER, patrol["id"], body).body["stored"] is False
    other = _send(world, OFFICER, patrol["id"], batch(fix(120.4, 30.9)), key=key)
    assert other.status == 422
    assert other.body["errors"][0]["field"] == "Idempotency-Key"


def test_a_text_that_the_database_refuses_fails_its_own_report_alone(world: World):
    patrol = started_patrol(world)
    place = inside(zone_of(world, patrol), "330502")
    world.as_(OFFICER)
    start = threading.Barrier(4)

    def one(key: str) -> Answer:
        start.wait(WAIT_S)
        return _send(
            world, OFFICER, patrol["id"], batch(fix(*place), key=key), key=uuid.uuid4().hex
        )

    keys = ["first-report", "second-report", "nul-\x00-report", "third-report"]
    with ThreadPoolExecutor(len(keys)) as pool:
        answers = dict(zip(keys, pool.map(one, keys), strict=True))
    for key in keys:
        if "\x00" not in key:
            assert answers[key].status == 200, answers[key].body
    assert answers["nul-\x00-report"].status in (200, 422)  # SQLite takes it, PostgreSQL does not


def test_more_than_may_wait_is_refused_and_nobody_is_forgotten():
    storing, go_on = threading.Event(), threading.Event()
    groups: list[list[int]] = []

    def store(items: Any) -> list[Any]:
        storing.set()
        assert go_on.wait(WAIT_S)
        groups.append(list(items))
        return [Conflict("odd") if item % 2 else item * 10 for item in items]

    together: Together[int, int] = Together(store, group=3, waiting=5)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(together, 0)
        assert storing.wait(WAIT_S)
        later = [pool.submit(together, number) for number in range(1, 6)]
        deadline = time.monotonic() + WAIT_S
        while len(together) < 5:
            assert time.monotonic() < deadline
        with pytest.raises(Unavailable):
            together(6)
        go_on.set()
        assert first.result(WAIT_S) == 0
        for number, one in enumerate(later, start=1):
            if number % 2:
                with pytest.raises(Conflict):
                    one.result(WAIT_S)
            else:
                assert one.result(WAIT_S) == number * 10
    assert [len(group) for group in groups] == [1, 3, 2]
    assert sorted(number for group in groups for number in group) == [0, 1, 2, 3, 4, 5]


def test_a_failure_of_the_whole_group_reaches_everybody():
    def store(_items: Any) -> list[Any]:
        raise OSError("the disk is gone")

    together: Together[int, int] = Together(store)
    start = threading.Barrier(4)

    def one(number: int) -> str:
        start.wait(WAIT_S)
        try:
            together(number)
        except (OSError, Unavailable) as error:
            return type(error).__name__
        return "stored"

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(one, range(4)))
    assert "stored" not in told
    assert "OSError" in told
    assert len(together) == 0


def test_a_killed_hub_has_every_report_that_it_acknowledged(world: World, live_hub: LiveHub):
    patrol = started_patrol(world)
    place = inside(zone_of(world, patrol), "330502")
    token = world.as_(OFFICER).token
    live_hub.start()
    acknowledged: set[str] = set()
    enough = threading.Event()
    lock = threading.Lock()

    def report() -> None:
        one = RawSocket(live_hub.port).enter(token)
        while True:
            key = uuid.uuid4().hex
            body = {"patrol_id": patrol["id"]} | batch(fix(*place), key=key)
            try:
                one.send(masked(TEXT, b"421" + json.dumps(["position", body]).encode()))
                while (told := one.event())[0] != "answer":
                    pass
            except (EOFError, OSError):
                one.close()
                return
            assert told[1] == {"ok": True}
            with lock:
                acknowledged.add(key)
                if len(acknowledged) > 60:
                    enough.set()

    with ThreadPoolExecutor(12) as pool:
        senders = [pool.submit(report) for _ in range(12)]
        assert enough.wait(60)
        live_hub.kill()
        for sender in senders:
            sender.result(WAIT_S)
    live_hub.start()
    known = {
        key: _send(world, OFFICER, patrol["id"], batch(fix(*place), key=key)).body["stored"]
        for key in acknowledged
    }
    assert set(known.values()) == {False}  # each is there already
