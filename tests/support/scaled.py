"""Two workers behind one port: who holds a connection, and writes through a chosen one."""

from __future__ import annotations

import http.client
import json
import subprocess
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import redis

from tests.support.live import LiveHub, free_port

ZHILI = {"lon": 120.25, "lat": 30.87}
WAIT_S = 30


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Poll until the condition holds; fails after WAIT_S seconds."""
    deadline = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < deadline, f"waited {WAIT_S} s for {what}"
        time.sleep(0.02)  # the pause between two looks


def workers(hub: LiveHub) -> list[int]:
    """Process ids of the hub's workers."""
    assert hub.process is not None
    return sorted(child.pid for child in psutil.Process(hub.process.pid).children())


def holder(hub: LiveHub, client_port: int) -> int:
    """The worker that holds the connection from this port of ours."""
    found: list[int] = []

    def look() -> bool:
        for pid in workers(hub):
            for one in psutil.Process(pid).net_connections(kind="tcp"):
                if one.raddr and one.laddr.port == hub.port and one.raddr.port == client_port:
                    found.append(pid)
        return bool(found)

    wait_until(look, "a worker to hold the connection")
    return found[0]


class Door:
    """One HTTP connection kept open, therefore one worker's."""

    def __init__(self, hub: LiveHub, token: str) -> None:
        self._hub = hub
        self._token = token
        self._connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=30)

    def worker(self) -> int:
        """The worker behind this connection."""
        self.call("GET", "/healthz")
        return holder(self._hub, int(self._connection.sock.getsockname()[1]))

    def call(
        self, method: str, path: str, body: Any = None, key: str | None = None
    ) -> tuple[int, Any]:
        """Status and body; after an error of the connection the next call opens a new one."""
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        payload = None if body is None else json.dumps(body)
        try:
            self._connection.request(method, path, payload, headers)
            answer = self._connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        except (http.client.HTTPException, OSError):
            self._connection.close()
            raise

    def add_station(self, name: str, key: str | None = None) -> int:
        """Add a station of Wuxing: a change in the feed of its bureau."""
        body = ZHILI | {"name": name}
        return self.call("POST", "/api/v1/stations", body, key or uuid.uuid4().hex)[0]

    def insist(self, name: str, key: str) -> list[int]:
        """Repeat the same request until it is done, as a careful client does; all statuses."""
        seen: list[int] = []
        deadline = time.monotonic() + WAIT_S
        while 201 not in seen:
            assert time.monotonic() < deadline, f"{name} was never taken: {seen[-5:]}"
            try:
                seen.append(self.add_station(name, key))
            except (http.client.HTTPException, OSError):
                seen.append(0)
            if seen[-1] != 201:
                time.sleep(0.05)  # a client's pause before it tries again
        return seen

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def both_doors(hub: LiveHub, token: str) -> list[Door]:
    """Two doors, one through each worker."""
    found: dict[int, Door] = {}
    for _ in range(200):
        door = Door(hub, token)
        if found.setdefault(door.worker(), door) is not door:
            door.close()
        if len(found) == 2:
            return list(found.values())
    raise AssertionError("one worker took all connections")


class RedisServer:
    """A Redis of the test's own, to be stopped and started."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        self._process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--save", "", "--dir", str(self._folder)],
            stdout=subprocess.DEVNULL,
        )
        with redis.Redis.from_url(self.url) as client:
            wait_until(lambda: _answers(client), "Redis to start")

    def kill(self) -> None:
        """Kill at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
