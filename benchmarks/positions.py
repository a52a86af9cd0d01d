"""Places of patrols stored per second over 100 sockets, against one commit for each message.

Each answer means that its batch is durable (SQLite WAL with synchronous FULL, PostgreSQL commit).
The baseline is the same hub and the same client with one place a message and a commit for each.
The load comes from one Python process on the same machine, which takes part of its time.
"""

from __future__ import annotations

import json
import selectors
import time
import uuid
from collections.abc import Iterator
from statistics import quantiles

from sqlalchemy import select

from benchmarks.hubs import PYTHON, ROOT, Prepared, on_either, process, settings_of
from benchmarks.result import Result
from hub.app import create_app
from hub.patrols.models import TrackBatch
from tests.support.patrols import started_patrol
from tests.support.raw_sockets import TEXT, RawSocket, masked
from tests.support.world import World

BATCH = 20
SOCKETS = 100
ROUNDS = 20
SHORT_ROUNDS = 4
OFFICER = "wuxing-officer1"


def _messages(patrol_id: str, batch: int, count: int) -> list[bytes]:
    now = time.time()
    fixes = [
        {"t": now - batch + i, "lon": 120.45 + i * 1e-5, "lat": 30.87, "accuracy_m": 8.0}
        for i in range(batch)
    ]
    made = []
    for _ in range(count):
        report = {"patrol_id": patrol_id, "key": uuid.uuid4().hex, "fixes": fixes}
        made.append(masked(TEXT, b"421" + json.dumps(["position", report]).encode()))
    return made


def _drive(port: int, token: str, messages: list[bytes]) -> tuple[float, list[float]]:
    """Each socket sends its next message when it has its answer; seconds, and each answer's ms."""
    sockets = [RawSocket(port).enter(token) for _ in range(SOCKETS)]
    queue = iter(messages)
    sent: dict[RawSocket, float] = {}
    took: list[float] = []
    ready = selectors.DefaultSelector()
    began = time.perf_counter()

    def send(one: RawSocket) -> None:
        message = next(queue, None)
        if message is not None:
            sent[one] = time.perf_counter()
            one.send(message)

    for one in sockets:
        ready.register(one.sock, selectors.EVENT_READ, one)
        send(one)
    while len(took) < len(messages):
        for key, _ in ready.select(30):
            one = key.data
            name, data = one.event()
            if name == "answer":
                assert data == {"ok": True}, data
                took.append((time.perf_counter() - sent[one]) * 1e3)
                send(one)
    seconds = time.perf_counter() - began
    for one in sockets:
        one.close()
    return seconds, took


def _measure(
    hub: Prepared, world: World, patrol_id: str, way: str, batch: int, rounds: int
) -> tuple[float, float]:
    """Places a second, and the 99th percentile of the time to the answer in milliseconds."""
    command = [PYTHON, str(ROOT / "benchmarks" / "positions_hub.py"), way]
    before = _stored(world, patrol_id)
    with process(command, f"{hub.url}/readyz", hub.env):
        token = world.as_(OFFICER).token
        _drive(hub.port, token, _messages(patrol_id, batch, SOCKETS))
        seconds, took = _drive(hub.port, token, _messages(patrol_id, batch, SOCKETS * rounds))
    expected = before + batch * SOCKETS * (rounds + 1)
    assert _stored(world, patrol_id) == expected, "something acknowledged was not stored"
    return batch * SOCKETS * rounds / seconds, quantiles(took, n=100)[-1]


def _stored(world: World, patrol_id: str) -> int:
    mine = select(TrackBatch.fixes).where(TrackBatch.patrol_id == patrol_id)
    with world.app.extensions["hub.db"].read_only() as session:
        return sum(len(fixes) for fixes in session.scalars(mine))


def _compare(database: str, hub: Prepared) -> Iterator[Result]:
    world = World(create_app(settings_of(hub.folder, hub.database_url)), "", hub.folder)
    patrol_id = str(started_patrol(world)["id"])
    base, base_p99 = _measure(hub, world, patrol_id, "one", 1, SHORT_ROUNDS)
    single, single_p99 = _measure(hub, world, patrol_id, "grouped", 1, ROUNDS)
    batches, batches_p99 = _measure(hub, world, patrol_id, "grouped", BATCH, ROUNDS)
    world.app.extensions["hub.db"].dispose()
    baseline = "commit per message"
    yield Result(f"positions, one a message, {database}", single, "places/s", baseline, base)
    yield Result(f"positions, {BATCH} a message, {database}", batches, "places/s", baseline, base)
    for name, figure in (("one", single_p99), (str(BATCH), batches_p99)):
        claim = f"p99 to the answer, {name} a message, {database}"
        yield Result(claim, figure, "ms", baseline, base_p99, better="smaller")


def run() -> Iterator[Result | str]:
    """Everything acknowledged is counted in the database afterwards."""
    yield from on_either(OFFICER, "positions", _compare)
