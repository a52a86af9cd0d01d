"""Fixtures of the scaled lane: a hub with two workers on PostgreSQL and Redis."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import POSTGRES, missing
from tests.support.live import LiveHub
from tests.support.scaled import Door, RedisServer, both_doors, holder, workers
from tests.support.sockets import SocketReader
from tests.support.world import World

Opener = Callable[..., SocketReader]


@pytest.fixture(autouse=True)
def _postgres_lane() -> None:
    if not POSTGRES:
        pytest.skip("several workers need the PostgreSQL lane")


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A running Redis that a test may kill."""
    if shutil.which("redis-server") is None:
        missing("redis-server is not installed")
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def start(live_hub: LiveHub, own_redis: RedisServer) -> Callable[[float], LiveHub]:
    """Starts the hub with two workers and the given poll interval in seconds."""

    def start_(poll_seconds: float) -> LiveHub:
        return live_hub.start(
            HUB_WORKERS="2",
            HUB_REDIS_URL=own_redis.url,
            HUB_POLL_SECONDS=str(poll_seconds),
            HUB_JOBS_SECONDS="0",  # the demo's clocks would be told at some time of the day
        )

    return start_


@pytest.fixture
def open_socket(live_hub: LiveHub, world: World) -> Iterator[Opener]:
    """Opens sockets of Wuxing's liaison and closes them in the end."""
    opened: list[SocketReader] = []

    def open_(after: int | None = None, username: str = "wuxing-liaison") -> SocketReader:
        auth: dict[str, object] = {"token": world.as_(username).token}
        if after is not None:
            auth["after"] = after
        opened.append(SocketReader(live_hub.url, auth).connect())
        return opened[-1]

    yield open_
    for reader in opened:
        reader.close()


@pytest.fixture
def on_both(live_hub: LiveHub, open_socket: Opener) -> Callable[[], dict[int, SocketReader]]:
    """Opens sockets until each worker holds one; by worker."""

    def open_until() -> dict[int, SocketReader]:
        found: dict[int, SocketReader] = {}
        for _ in range(100):
            reader = open_socket()
            if found.setdefault(holder(live_hub, reader.local_port), reader) is not reader:
                reader.close()
            if len(found) == 2:
                return found
        raise AssertionError(f"of {workers(live_hub)} only {list(found)} took sockets")

    return open_until


@pytest.fixture
def doors(live_hub: LiveHub, world: World) -> Iterator[Callable[[], list[Door]]]:
    """Opens one HTTP connection to each worker."""
    opened: list[Door] = []

    def open_() -> list[Door]:
        opened.extend(both_doors(live_hub, world.as_("wuxing-liaison").token))
        return opened[-2:]

    yield open_
    for door in opened:
        door.close()
