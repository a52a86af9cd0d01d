"""Two workers on PostgreSQL with Redis between them: one hub to those outside."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from tests.support.clocks import let_run_out, run_due
from tests.support.meetings import fixed
from tests.support.scaled import Door, holder, wait_until, workers
from tests.support.sockets import SocketReader

pytestmark = pytest.mark.scaled
POLL_S = 30.0
"""So long that whatever arrives within a test's wait of 20 s was told, not found by looking."""


def seqs(reader):
    return [change["seq"] for change in reader.changes]


def head(world):
    return int(world.as_("wuxing-liaison").get("/changes", after=0, limit=1).body["head"])


def station_names(world):
    items = world.as_("wuxing-liaison").get("/stations", limit=200, q="站").body["items"]
    return sorted(item["name"] for item in items if item["own"] and item["name"].startswith("试"))


def in_threads(*acts: Callable[[], object]) -> list[object]:
    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result() for future in [pool.submit(act) for act in acts]]


def test_a_change_through_either_worker_reaches_the_sockets_on_both(start, world, on_both, doors):
    start(POLL_S)
    readers = on_both()
    began = head(world)
    slowest = 0.0
    for number, door in enumerate(doors() * 3):
        sent = time.monotonic()
        assert door.add_station(f"试{number}站") == 201
        for reader in readers.values():
            reader.wait(lambda r, n=number: len(r.changes) > n, "the change")
        slowest = max(slowest, time.monotonic() - sent)
    assert slowest < POLL_S / 2
    for reader in readers.values():
        assert seqs(reader) == list(range(began + 1, began + 7))


def test_threads_writing_through_both_workers_leave_no_gap(start, world, on_both, doors):
    hub = start(POLL_S)
    readers = on_both()
    began = head(world)
    token = world.as_("wuxing-liaison").token

    def write(thread: int) -> list[int]:
        door = Door(hub, token)
        try:
            return [door.add_station(f"试{thread}-{n}站") for n in range(8)]
        finally:
            door.close()

    statuses = in_threads(*(lambda t=t: write(t) for t in range(6)))
    assert statuses == [[201] * 8] * 6
    for reader in readers.values():
        reader.wait(lambda r: len(r.changes) >= 48, "all changes")
        assert seqs(reader) == list(range(began + 1, began + 49))
        assert len({change["id"] for change in reader.changes}) == 48


def test_one_key_sent_through_both_workers_at_once_makes_one_station(start, world, doors):
    start(POLL_S)
    left, right = doors()
    for number in range(5):
        key, name = uuid.uuid4().hex, f"试{number}站"
        statuses = in_threads(
            lambda k=key, n=name: left.add_station(n, k),
            lambda k=key, n=name: right.add_station(n, k),
        )
        assert 201 in statuses
        assert set(statuses) <= {201, 409}
        assert (left.add_station(name, key), right.add_station(name, key)) == (201, 201)
    assert station_names(world) == [f"试{number}站" for number in range(5)]


def test_a_killed_worker_loses_nothing_and_the_other_goes_on(
    start, world, on_both, open_socket, doors
):
    hub = start(POLL_S)
    began = head(world)
    readers = on_both()
    by_worker = {door.worker(): door for door in doors()}
    (victim, lost), (survivor, kept) = readers.items()
    assert by_worker[survivor].add_station("试一站") == 201
    for reader in readers.values():
        reader.wait(lambda r: len(r.changes) == 1, "the first change")
    os.kill(victim, signal.SIGKILL)
    lost.wait_closed()
    by_worker[survivor].insist("试二站", uuid.uuid4().hex)
    wait_until(lambda: len(workers(hub)) == 2 and victim not in workers(hub), "a new worker")
    again = open_socket(after=seqs(lost)[-1])
    by_worker[survivor].insist("试三站", uuid.uuid4().hex)
    again.wait(lambda r: len(r.changes) == 2, "what was missed and what came")
    kept.wait(lambda r: len(r.changes) == 3, "all three")
    assert seqs(lost) + seqs(again) == seqs(kept) == list(range(began + 1, began + 4))
    assert not kept.closed.is_set()


def test_a_hub_killed_amid_writes_keeps_what_it_confirmed_and_doubles_nothing(
    start, world, open_socket
):
    hub = start(POLL_S)
    began = head(world)
    reader = open_socket()
    keys = {f"试{number:02}站": uuid.uuid4().hex for number in range(24)}
    token = world.as_("wuxing-liaison").token
    under_way = threading.Barrier(5)

    def write(names: list[str]) -> list[list[int]]:
        door = Door(hub, token)
        seen = [[door.add_station(names[0], keys[names[0]])]]
        under_way.wait(20)
        seen += [door.insist(name, keys[name]) for name in names[1:]]
        door.close()
        return seen

    def kill_and_start() -> None:
        under_way.wait(20)
        hub.kill()
        start(POLL_S)

    names = sorted(keys)
    in_threads(*(lambda i=i: write(names[i::4]) for i in range(4)), kill_and_start)
    reader.wait_closed()
    assert station_names(world) == names
    again = open_socket(after=seqs(reader)[-1] if reader.changes else began)
    again.wait(lambda r: len(reader.changes + r.changes) == 24, "everything once")
    assert seqs(reader) + seqs(again) == list(range(began + 1, began + 25))


def test_connections_cut_by_the_database_cost_an_answer_but_double_nothing(
    start, world, on_both, doors
):
    start(1.0)
    began = head(world)
    readers = on_both()
    stop = threading.Event()
    keys = {f"试{number:02}站": uuid.uuid4().hex for number in range(30)}
    names = sorted(keys)

    taken = threading.Semaphore(0)

    def cut() -> None:
        # One cut for each write taken: cuts by the clock let nothing through on a busy machine.
        while not stop.is_set():
            if taken.acquire(timeout=0.2):
                stop.wait(random.uniform(0, 0.15))  # noqa: S311 - in the next write
                terminate_connections(world.url)

    def write(door: Door, mine: list[str]) -> list[int]:
        seen = []
        for name in mine:
            seen += door.insist(name, keys[name])
            taken.release()
        return seen

    cutter = threading.Thread(target=cut)
    cutter.start()
    try:
        statuses = in_threads(
            *(lambda d=door, i=i: write(d, names[i::2]) for i, door in enumerate(doors()))
        )
    finally:
        stop.set()
        cutter.join()
    assert {status for seen in statuses for status in seen} <= {201, 503}
    assert station_names(world) == names
    for reader in readers.values():
        if not reader.closed.is_set():
            reader.wait(lambda r: len(r.changes) >= 30, "all changes")
            assert seqs(reader) == list(range(began + 1, began + 31))
    assert head(world) == began + 30


def terminate_connections(url: str) -> None:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
    except OperationalError:
        pass  # cut by another one
    finally:
        engine.dispose()


def test_onlookers_on_different_workers_see_each_other_come_and_go(
    start, world, on_both, open_socket, live_hub
):
    start(POLL_S)
    found = world.as_("wuxing-liaison").get("/agreements").body["items"][0]["id"]
    record = {"kind": "agreement", "id": found}
    by_worker = on_both()
    official = open_socket(username="wuxing-official")
    home = holder(live_hub, official.local_port)
    liaison = next(reader for worker, reader in by_worker.items() if worker != home)
    for reader in (liaison, official):
        assert reader.call("look", record) == {"ok": True}

    def sees(name: str | None) -> Callable[[SocketReader], bool]:
        expected = [name] if name else []
        return lambda r: (
            bool(r.presences)
            and expected == [person["name"] for person in r.presences[-1]["people"]]
        )

    names = {u: world.as_(u).get("/me").body["name"] for u in ("wuxing-liaison", "wuxing-official")}
    liaison.wait(sees(names["wuxing-official"]), "the official, on the other worker")
    official.wait(sees(names["wuxing-liaison"]), "the liaison, on the other worker")
    official.call("look", None)
    liaison.wait(sees(None), "the official to be gone")


def test_two_workers_tell_the_end_of_an_agreement_once(live_hub, world):
    live_hub.start(HUB_WORKERS="2", HUB_JOBS_SECONDS="0.1", HUB_POLL_SECONDS="0.2")
    items = world.as_("changxing-official").get("/agreements").body["items"]
    agreement = next(item["id"] for item in items if item["state"] == "in_force")
    reader = SocketReader(live_hub.url, {"token": world.as_("yixing-liaison").token}).connect()
    try:
        let_run_out(world, agreement)
        reader.wait(lambda r: any(c["id"] == agreement for c in r.changes), "the end")
        wait_until(lambda: run_due(world).total() == 0, "nothing left to be done")
    finally:
        reader.close()
    told = world.as_("yixing-liaison").get("/changes", after=0, limit=500).body["items"]
    assert [c["verb"] for c in told if c["id"] == agreement][-1:] == ["expired"]
    assert sum(c["verb"] == "expired" for c in told if c["id"] == agreement) == 1


def test_the_room_of_a_meeting_is_one_across_workers(start, world, open_socket, live_hub):
    row = fixed(world)
    start(POLL_S)
    leader = open_socket(username="changxing-official")
    home = holder(live_hub, leader.local_port)
    for _ in range(40):  # the kernel chooses the worker: open sockets until one is elsewhere
        follower = open_socket(username="yixing-liaison")
        if holder(live_hub, follower.local_port) != home:
            break
    else:
        pytest.fail("no socket came to the other worker")
    room = {"id": row["id"], "screen": True, "op": "join"}
    assert leader.call("room", room) == {"ok": True}
    assert leader.call("room", {"id": row["id"], "op": "lead"}) == {"ok": True}
    view = {"center": [119.9, 31.1], "zoom": 13, "layers": ["zones"]}
    assert leader.call("room", {"id": row["id"], "op": "view", "view": view}) == {"ok": True}
    # A latecomer on the other worker asks for what it has not heard, and then hears what follows.
    assert follower.call("room", room) == {"ok": True}

    def zooms(reader: SocketReader) -> list[float]:
        return [told["view"]["zoom"] for told in reader.rooms if told.get("view")]

    follower.wait(lambda r: 13 in zooms(r), "the state")
    leader.call("room", {"id": row["id"], "op": "view", "view": view | {"zoom": 15}})
    follower.wait(lambda r: zooms(r)[-1] == 15, "the next view")
    follower.wait(
        lambda r: len([x for x in r.rooms if "people" in x][-1]["people"]) == 2, "both people"
    )
