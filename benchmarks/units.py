"""Units that move at 1 Hz, watched by duty rooms: one message a tick against one for each place.

Units of two bureaus, ten in a patrol, each take a place a second and report over a socket of their
own, each place as it is taken or several together; half of the duty rooms are of either bureau.
Every answer means that the places are durable, and what was stored is counted afterwards. The
baseline is the same hub, client and load, but each latest place is emitted to all rooms as it
arrives. Clients and hub share the machine.

BENCH_UNITS (default 200), BENCH_WATCHERS (10), BENCH_SECONDS (10), BENCH_TOGETHER (places in one
report, 1).
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from sqlalchemy import Connection, NullPool, create_engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from benchmarks.frames import Frames
from benchmarks.hubs import PYTHON, ROOT, Prepared, prepared, process, scratch_database
from benchmarks.processor import database_ms, process_ms
from benchmarks.result import Result
from benchmarks.units_fill import fill
from hub.patrols.models import TrackBatch
from tests.support.raw_sockets import TEXT, RawSocket, masked
from tests.support.units import BUREAUS, Unit

UNITS = int(os.environ.get("BENCH_UNITS", "200"))
WATCHERS = int(os.environ.get("BENCH_WATCHERS", "10"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "10"))
TOGETHER = int(os.environ.get("BENCH_TOGETHER", "1"))
WARM_UP_S = 3.0 + TOGETHER
WALK_M = 1.4
# Engine.IO's ping, and the answer to event 1.
PING, ACCEPTED = b"2", b'431[{"ok":true}]'


@dataclass
class Figures:
    """What one run came to."""

    accepted_s: float
    ack_p99_ms: float
    age_p50_ms: float
    age_p95_ms: float
    hub_ms: float
    database_ms: float
    bytes_s: float
    messages_s: float
    places_s: float
    place_ms: float
    behind: float
    generator: float


class Sender:
    """One unit's socket: sends a place when it is time, unless the last one is not answered yet."""

    def __init__(self, unit: Unit, port: int) -> None:
        self.unit = unit
        self.socket = RawSocket(port).enter(unit.token, units=True)
        self.frames = Frames()
        self.waits_since: float | None = None

    def send(self, now: float) -> None:
        """Report where the unit is, and was in the seconds since the last report."""
        fixes = []
        for ago in reversed(range(TOGETHER)):
            self.unit.step(WALK_M)
            lon, lat = self.unit.lon, self.unit.lat
            fixes.append({"t": now - ago, "lon": lon, "lat": lat, "accuracy_m": 6.0})
        report = {"patrol_id": self.unit.patrol_id, "key": uuid.uuid4().hex, "fixes": fixes}
        self.waits_since = time.perf_counter()
        self.socket.send(masked(TEXT, b"421" + json.dumps(["position", report]).encode()))

    def read(self) -> float | None:
        """Take what came; milliseconds to the answer, if it was among it."""
        took = None
        for text in self.frames.of(self.socket.taken() + self.socket.sock.recv(65536)):
            if text == PING:
                self.socket.send(masked(TEXT, b"3"))
            elif text.startswith(b"43"):
                assert text == ACCEPTED, text
                assert self.waits_since is not None
                took = (time.perf_counter() - self.waits_since) * 1e3
                self.waits_since = None
        return took


class Load:
    """All units, each at its own moment."""

    def __init__(self, units: list[Unit], port: int) -> None:
        self.senders: list[Sender] = []
        self.ready = selectors.DefaultSelector()
        self.took: list[float] = []
        self.sent = self.late = 0
        for unit in units:
            one = Sender(unit, port)
            self.senders.append(one)
            self.ready.register(one.socket.sock, selectors.EVENT_READ, one)
            if len(self.senders) % 20 == 0:
                self._read(0)  # who entered first is asked whether he is still there

    def run(self, seconds: float) -> None:
        """Send for so long, then wait for the last answers."""
        began = time.perf_counter()
        sent = 0
        while (gone := time.perf_counter() - began) < seconds:
            while sent < gone * len(self.senders) / TOGETHER:
                self._send(self.senders[sent % len(self.senders)])
                sent += 1
            self._read(1 / len(self.senders))
        limit = time.perf_counter() + 30
        while any(one.waits_since for one in self.senders):
            assert time.perf_counter() < limit, "some were not answered"
            self._read(0.1)

    def _send(self, one: Sender) -> None:
        if one.waits_since is None:
            one.send(time.time())
            self.sent += 1
        else:
            self.late += 1

    def _read(self, wait_s: float) -> None:
        for key, _ in self.ready.select(wait_s):
            took = key.data.read()
            if took is not None:
                self.took.append(took)


def _measure(hub: Prepared, way: str, units: list[Unit], rooms: dict[str, str]) -> Figures:
    """One run of the hub as it is (`hub`) or of the baseline (`broadcast`)."""
    command = [PYTHON, str(ROOT / "benchmarks" / "units_hub.py"), way]
    before = _stored(hub)
    with ExitStack() as stack:
        server = stack.enter_context(process(command, f"{hub.url}/readyz", hub.env))
        load = Load(units, hub.port)
        load.run(WARM_UP_S)
        watchers = _watchers(hub.port, rooms)
        load.run(WARM_UP_S)  # the first telling, of everything, is not measured
        load.took, counted, load.late = [], load.sent, 0
        began, hub_began, own = time.perf_counter(), process_ms(server.pid), time.process_time()
        database_began = _database_ms(hub)
        load.run(SECONDS)
        lasted = time.perf_counter() - began
        hub_ms, database = process_ms(server.pid) - hub_began, _database_ms(hub) - database_began
        own = time.process_time() - own
        heard = json.loads(watchers.communicate(timeout=60)[0])
        for one in load.senders:
            one.socket.close()
    assert _stored(hub) - before == load.sent, "something acknowledged was not stored"
    assert heard["cut"] == 0, f"{heard['cut']} duty rooms were cut"
    assert heard["units"] == len(units), "a duty room did not hear of every unit"
    return Figures(
        accepted_s=(load.sent - counted) * TOGETHER / lasted,
        ack_p99_ms=quantiles(load.took, n=100)[-1],
        age_p50_ms=quantiles(heard["ages"], n=20)[9],
        age_p95_ms=quantiles(heard["ages"], n=20)[18],
        hub_ms=hub_ms / lasted,
        database_ms=database / lasted,
        bytes_s=heard["bytes"] / heard["seconds"] / WATCHERS,
        messages_s=heard["messages"] / heard["seconds"],
        places_s=heard["places"] / heard["seconds"],
        place_ms=hub_ms / (load.sent - counted) / TOGETHER,
        behind=load.late / (load.late + load.sent - counted),
        generator=own / lasted,
    )


def _watchers(port: int, rooms: dict[str, str]) -> subprocess.Popen[str]:
    tokens = [rooms[BUREAUS[number % len(BUREAUS)]] for number in range(WATCHERS)]
    command = [PYTHON, "-m", "benchmarks.units_watch", str(port), str(WARM_UP_S), str(SECONDS)]
    started = subprocess.Popen([*command, *tokens], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def _stored(hub: Prepared) -> int:
    with _connected(hub) as connection:
        return connection.scalar(select(func.count()).select_from(TrackBatch)) or 0


def _database_ms(hub: Prepared) -> float:
    """Processor time of the server's processes; 0 where the database is in the hub's own."""
    if not hub.database_url:
        return 0.0
    with _connected(hub) as connection:
        return database_ms(connection)


@contextmanager
def _connected(hub: Prepared) -> Iterator[Connection]:
    url = hub.database_url or f"sqlite:///{Path(hub.folder) / 'hub.db'}"
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def _results(database: str, ours: Figures, base: Figures) -> Iterator[Result | str]:
    baseline = "each place emitted as it came"
    of = f"{UNITS} units at 1 Hz, {TOGETHER} a report, {WATCHERS} duty rooms, {database}"
    rows: list[tuple[str, str, str]] = [
        ("accepted_s", "places stored", "places/s"),
        ("ack_p99_ms", "p99 to the answer", "ms"),
        ("age_p50_ms", "age of a place on the screen, p50", "ms"),
        ("age_p95_ms", "age of a place on the screen, p95", "ms"),
        ("place_ms", "processor of the hub for a place stored and told", "ms"),
        ("bytes_s", "sent to a duty room", "bytes/s"),
        ("messages_s", "messages to a duty room", "1/s"),
    ]
    yield of
    for name, claim, unit in rows:
        better = "larger" if name == "accepted_s" else "smaller"
        yield Result(claim, getattr(ours, name), unit, baseline, getattr(base, name), better=better)
    for way, one in (("ours", ours), ("baseline", base)):
        yield (
            f"{way}: hub {one.hub_ms:.0f} and database {one.database_ms:.0f} ms/s,"
            f" {one.places_s:.0f} places/s to a room,"
            f" {one.behind:.1%} of reports not sent because the last was not answered,"
            f" load generator {one.generator:.0%} of a processor"
        )


def _compare(database: str, hub: Prepared) -> Iterator[Result | str]:
    units, rooms = fill(hub, UNITS)
    base = _measure(hub, "broadcast", units, rooms)
    ours = _measure(hub, "hub", units, rooms)
    yield from _results(database, ours, base)


def run() -> Iterator[Result | str]:
    """Everything acknowledged is counted in the database afterwards."""
    with prepared("wuxing-officer1") as hub:
        yield from _compare("SQLite", hub)
    try:
        with (
            scratch_database("lianfang_bench_units") as url,
            prepared("wuxing-officer1", database_url=url) as hub,
        ):
            yield from _compare("PostgreSQL", hub)
    except SQLAlchemyError as error:
        yield f"PostgreSQL skipped: {str(error).splitlines()[0]}"
