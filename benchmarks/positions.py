"""Places of a patrol stored per second, in batches of 20, against bare inserts into SQLite.

Each answer means that its batch is durable. The baseline is a loop of one INSERT and COMMIT per
place with the same durability (WAL, synchronous FULL) and without checks, rights or sockets.
"""

from __future__ import annotations

import http.client
import json
import sqlite3
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import select

from benchmarks.hubs import BOUNDARIES, PYTHON, ROOT, Prepared, prepared, process
from benchmarks.result import Result
from hub.app import create_app
from hub.config import Settings
from hub.patrols.models import TrackBatch
from tests.support.patrols import started_patrol
from tests.support.raw_sockets import TEXT, RawSocket, masked
from tests.support.world import World

BATCH = 20
ROUNDS = 5
HTTP_CONNECTIONS = 16
SOCKETS = 40
OFFICER = "wuxing-officer1"


def _fixes() -> list[dict[str, float]]:
    now = time.time()
    return [
        {"t": now - BATCH + i, "lon": 120.45 + i * 1e-5, "lat": 30.87, "accuracy_m": 8.0}
        for i in range(BATCH)
    ]


def _bare_per_s() -> float:
    """Places a second, one INSERT and COMMIT each; median of five runs."""
    rates = []
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE places (t REAL, lon REAL, lat REAL, accuracy_m REAL)")
        for _ in range(5):
            rows = [tuple(fix.values()) for _ in range(50) for fix in _fixes()]
            began = time.perf_counter()
            for row in rows:
                database.execute("INSERT INTO places VALUES (?, ?, ?, ?)", row)
            rates.append(len(rows) / (time.perf_counter() - began))
        database.close()
    return median(rates)


def _http_per_s(hub: Prepared, patrol_id: str, token: str) -> float:
    """All connections send, then all are read: as many requests under way as connections."""
    connections = [
        http.client.HTTPConnection("127.0.0.1", hub.port, timeout=30)
        for _ in range(HTTP_CONNECTIONS)
    ]
    rates = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for connection in connections:
            connection.request(
                "POST",
                f"/api/v1/patrols/{patrol_id}/positions",
                json.dumps({"key": uuid.uuid4().hex, "fixes": _fixes()}),
                {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            )
        for connection in connections:
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == 200, body
        rates.append(HTTP_CONNECTIONS * BATCH / (time.perf_counter() - began))
    for connection in connections:
        connection.close()
    return median(rates)


def _socket_per_s(hub: Prepared, patrol_id: str, token: str) -> float:
    """The same over sockets."""
    sockets = [RawSocket(hub.port).enter(token) for _ in range(SOCKETS)]
    rates = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for one in sockets:
            report = {"patrol_id": patrol_id, "key": uuid.uuid4().hex, "fixes": _fixes()}
            one.send(masked(TEXT, b"421" + json.dumps(["position", report]).encode()))
        for one in sockets:
            assert _answer(one) == {"ok": True}
        rates.append(SOCKETS * BATCH / (time.perf_counter() - began))
    for one in sockets:
        one.close()
    return median(rates)


def _answer(one: RawSocket) -> Any:
    while True:
        name, data = one.event()
        if name == "answer":
            return data


def _begin(hub: Prepared) -> tuple[World, str]:
    app = create_app(
        Settings(data_dir=hub.folder, boundary_file=str(BOUNDARIES), demo=True).checked()
    )
    world = World(app, "", hub.folder)
    return world, str(started_patrol(world)["id"])


def _stored(world: World, patrol_id: str) -> int:
    mine = select(TrackBatch).where(TrackBatch.patrol_id == patrol_id)
    with world.app.extensions["hub.db"].read_only() as session:
        return sum(len(batch.fixes) for batch in session.scalars(mine))


def run() -> Iterator[Result]:
    """Places accepted and durable per second; everything sent is counted in the database."""
    bare = _bare_per_s()
    with prepared(OFFICER) as hub:
        world, patrol_id = _begin(hub)
        token = world.as_(OFFICER).token
        with process([PYTHON, str(ROOT / "run.py")], f"{hub.url}/readyz", hub.env):
            by_http = _http_per_s(hub, patrol_id, token)
            by_socket = _socket_per_s(hub, patrol_id, token)
        assert _stored(world, patrol_id) == ROUNDS * BATCH * (HTTP_CONNECTIONS + SOCKETS)
        world.app.extensions["hub.db"].dispose()
    for way, figure in (("HTTP", by_http), ("socket", by_socket)):
        claim = f"positions by {way}, batches of {BATCH}"
        yield Result(claim, figure, "places/s", "bare SQLite, one by one", bare)
