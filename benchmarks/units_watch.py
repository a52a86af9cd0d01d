"""Duty rooms: sockets that watch all units; says at the end what they were sent.

`python -m benchmarks.units_watch PORT UNMEASURED SECONDS TOKEN...`, one socket for each token. All
count bytes,
the first also reads what it is told.
"""

from __future__ import annotations

import json
import selectors
import sys
import time
from datetime import datetime
from typing import Any

from benchmarks.frames import Frames
from tests.support.raw_sockets import TEXT, RawSocket, masked

PING = b"\x81\x012"  # of Engine.IO, in its frame; no text holds it


class _Reader:
    """One socket that reads what it is told: the age of each place when it comes."""

    def __init__(self) -> None:
        self.ages: list[float] = []
        self.places = 0
        self.messages = 0
        self.units: set[str] = set()

    def take(self, payload: bytes) -> None:
        """One text frame."""
        if not payload.startswith(b"42["):
            return
        name, data = json.loads(payload[2:])
        now = time.time()
        if name == "units":
            self.messages += 1
            self.units |= {unit["unit_id"] for unit in data["units"]}
            late = (now - _seconds(data["at"])) * 1e3
            if not data["reset"]:
                self._aged(row[4] + late for row in data["moved"])
        elif name == "position":
            self.messages += 1
            self.units.add(data["unit_id"])
            self._aged([(now - _seconds(data["at"])) * 1e3])

    def _aged(self, ages: Any) -> None:
        before = len(self.ages)
        self.ages += ages
        self.places += len(self.ages) - before


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def watch(port: int, unmeasured: float, seconds: float, tokens: list[str]) -> dict[str, Any]:
    """Watch for so long, after a while that does not count; what was heard."""
    ready = selectors.DefaultSelector()
    reader, frames = _Reader(), Frames()
    # All enter before one watches: nobody reads yet, and who does not read is cut.
    sockets = [RawSocket(port).enter(token, units=True) for token in tokens]
    for number, one in enumerate(sockets):
        one.send(masked(TEXT, b'42["watch",{}]'))
        one.sock.setblocking(False)
        ready.register(one.sock, selectors.EVENT_READ, (number == 0, one))
    print("ready", flush=True)
    got, cut = 0, 0
    began = time.perf_counter() + unmeasured
    counts = False
    while (left := began + seconds - time.perf_counter()) > 0:
        if not counts and left <= seconds:
            counts, got = True, 0
            reader.ages, reader.messages, reader.places = [], 0, 0
        for key, _ in ready.select(min(left, 0.5)):
            reads, one = key.data
            data = one.sock.recv(1 << 20)
            if not data:
                ready.unregister(one.sock)
                cut += 1
                continue
            got += len(data)
            if reads:
                for payload in frames.of(one.taken() + data):
                    reader.take(payload)
            if PING in data:
                one.sock.send(masked(TEXT, b"3"))
    return {
        "seconds": seconds, "bytes": got, "cut": cut, "ages": reader.ages, "places": reader.places,
        "messages": reader.messages, "units": len(reader.units),
    }  # fmt: skip


if __name__ == "__main__":
    found = watch(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), sys.argv[4:])
    print(json.dumps(found), flush=True)
