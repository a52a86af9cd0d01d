"""A day compressed: sockets that come, hear a change and go, 100,000 times; memory and open files.

Each batch enters, is told one change, half of it leaves politely and half just ends; pages are
asked in between. Memory is judged by its slope over the second half, so that what a process keeps
ready once does not count. BENCH_CONNECTS sets how many sockets in all (10,000).
"""

from __future__ import annotations

import os
import socket
import struct
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import psutil

from benchmarks.hubs import PYTHON, ROOT, Prepared, prepared, process
from benchmarks.result import Result
from tests.support.raw_sockets import CLOSE, RawSocket, masked

CONNECTS = int(os.environ.get("BENCH_CONNECTS", "10000"))
BATCH = 100
SAMPLES = 40
PAGES = ("/healthz", "/api/v1/cases?limit=20", "/api/v1/changes?after=0&limit=50")
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: end without a word
SETTLE_S = 30.0


@dataclass(frozen=True)
class _Sample:
    """The worker after so many sockets: resident bytes, open files."""

    sockets: int
    rss: int
    files: int


def _sample(worker: psutil.Process, sockets: int) -> _Sample:
    return _Sample(sockets, worker.memory_info().rss, worker.num_fds())


def _batch(hub: Prepared, number: int) -> None:
    batch = [RawSocket(hub.port).enter(hub.tokens[0], units=True) for _ in range(BATCH)]
    _ask(hub, f"/fire?n=1&batch={number}")
    for place, one in enumerate(batch):
        name = ""
        while name != "change":
            name = one.event()[0]
        if place % 2:
            one.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        else:
            one.send(masked(CLOSE, (1000).to_bytes(2, "big")))
        one.close()
    for page in PAGES:
        _ask(hub, page)


def _ask(hub: Prepared, path: str) -> None:
    asked = urllib.request.Request(  # noqa: S310 - our own loopback address
        hub.url + path, headers={"Authorization": f"Bearer {hub.tokens[0]}"}
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
        answer.read()


def _settled(worker: psutil.Process, base: int) -> int:
    """Open files once the last sockets are forgotten, or after the time that this may take."""
    until = time.monotonic() + SETTLE_S
    while worker.num_fds() > base and time.monotonic() < until:
        time.sleep(0.2)
    files: int = worker.num_fds()
    return files


def _slope(samples: list[_Sample]) -> float:
    """Bytes a socket, by least squares."""
    mean_x = sum(one.sockets for one in samples) / len(samples)
    mean_y = sum(one.rss for one in samples) / len(samples)
    across = sum((one.sockets - mean_x) ** 2 for one in samples)
    return sum((one.sockets - mean_x) * (one.rss - mean_y) for one in samples) / across


def run() -> Iterator[Result | str]:
    """Slope of memory, open files against those at the beginning."""
    with prepared("wujiang-liaison") as hub:
        command = [PYTHON, str(ROOT / "benchmarks" / "fanout_hub.py"), hub.bureau_id]
        with process(command, f"{hub.url}/readyz", hub.env) as server:
            worker = psutil.Process(server.pid).children()[0]
            _batch(hub, 0)  # opens what is opened once
            base = _base(worker)
            batches = CONNECTS // BATCH
            samples = [_sample(worker, 0)]
            for number in range(1, batches + 1):
                _batch(hub, number)
                if number % max(1, batches // SAMPLES) == 0:
                    samples.append(_sample(worker, number * BATCH))
            files = _settled(worker, base)
    half = samples[len(samples) // 2 :]
    first, last = half[0], half[-1]
    yield Result(
        f"open files after {CONNECTS} sockets", files, "files", "before", base, better="smaller"
    )
    yield Result(
        f"memory after {CONNECTS} sockets",
        last.rss / 1e6,
        "MB",
        f"after {first.sockets}",
        first.rss / 1e6,
        better="smaller",
    )
    yield f"    {_slope(half):.0f} bytes a socket over the second half"


def _base(worker: psutil.Process) -> int:
    """Open files when nobody is connected: the fewest seen within a moment."""
    seen: list[int] = []
    for _ in range(20):
        seen.append(worker.num_fds())
        time.sleep(0.1)
    return min(seen)
