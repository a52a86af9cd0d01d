"""The shared screen of a meeting: from the move of whoever leads to the last follower.

The baseline is a round trip of the same socket with an event that shares nothing, so the figure
says what the room adds to the wire. Both re-read who is asking.
"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from statistics import median
from typing import Any

from benchmarks.hubs import PYTHON, Prepared, prepared, process
from benchmarks.result import Result
from hub.realtime.websocket import MESSAGES_PER_S
from tests.support.sockets import SocketReader

FOLLOWERS = 20
MOVES = 60
# A socket that sends faster in the long run is ended.
PAUSE_S = 1 / MESSAGES_PER_S
VIEW: dict[str, Any] = {"center": [119.9, 31.1], "layers": ["zones", "cases"]}


def _api(hub: Prepared, method: str, path: str, body: Any = None) -> Any:
    request = urllib.request.Request(  # noqa: S310 - our own hub
        f"{hub.url}/api/v1{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {hub.tokens[0]}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own hub
        return json.load(answer)


def _meeting(hub: Prepared) -> str:
    """The demo's next meeting, its agenda fixed."""
    row = _api(hub, "GET", "/meetings?upcoming=true")["items"][0]
    _api(hub, "POST", f"/meetings/{row['id']}/acts", {"act": "fix_agenda"})
    return str(row["id"])


def _moves(readers: list[SocketReader], meeting: str) -> list[float]:
    """Milliseconds from sending each move to the last follower's hearing of it."""
    leader, *followers = readers
    times = []
    for n in range(MOVES):
        time.sleep(PAUSE_S)
        zoom = 5 + n / 10
        sent = time.perf_counter()
        view = VIEW | {"zoom": zoom}
        leader._client.emit("room", {"id": meeting, "op": "view", "view": view})
        for reader in followers:
            reader.wait(lambda r, zoom=zoom: _zoom(r) == zoom, "the move")  # type: ignore[misc]
        times.append((time.perf_counter() - sent) * 1000)
    return times


def _zoom(reader: SocketReader) -> float | None:
    told = [one["view"]["zoom"] for one in reader.rooms[-3:] if one.get("view")]
    return told[-1] if told else None


def _round_trips(reader: SocketReader) -> list[float]:
    times = []
    for _ in range(MOVES):
        time.sleep(PAUSE_S)
        sent = time.perf_counter()
        reader.call("look", None)
        times.append((time.perf_counter() - sent) * 1000)
    return times


def run() -> Iterator[Result]:
    """The time to the last follower, typical and at the slow end (95 of 100)."""
    with prepared("yixing-official", FOLLOWERS + 1) as hub:
        command = [PYTHON, "run.py"]
        with process(command, f"{hub.url}/readyz", hub.env):
            meeting = _meeting(hub)
            readers = [SocketReader(hub.url, {"token": one}).connect() for one in hub.tokens]
            for reader in readers:
                reader.call("room", {"id": meeting, "op": "join", "screen": True})
            readers[0].call("room", {"id": meeting, "op": "lead"})
            plain, moves = _round_trips(readers[0]), sorted(_moves(readers, meeting))
            for reader in readers:
                reader.close()
    for name, value in (("typical", median(moves)), ("95 of 100", moves[int(MOVES * 0.95)])):
        yield Result(
            f"shared screen, move to the last of {FOLLOWERS} followers, {name}",
            value,
            "ms",
            "round trip of one socket",
            median(plain),
            better="smaller",
        )
