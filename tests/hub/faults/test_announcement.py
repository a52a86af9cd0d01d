"""Killed exactly between the commit of a change and its announcement: it is announced later."""

from __future__ import annotations

import http.client
import uuid

import pytest

from tests.support import moments
from tests.support.live import LiveHub
from tests.support.scaled import Door, both_doors, holder
from tests.support.sockets import SocketReader
from tests.support.world import World

WHO = "wuxing-liaison"


def head(world: World) -> int:
    """The newest number of its feed."""
    return int(world.as_(WHO).get("/changes", after=0, limit=1).body["head"])


def named(world: World, name: str) -> list[dict[str, object]]:
    """Stations of this name."""
    return list(world.as_(WHO).get("/stations", q=name).body["items"])


def open_reader(world: World, hub: LiveHub, after: int | None = None) -> SocketReader:
    """A socket, from a number on."""
    auth: dict[str, object] = {"token": world.as_(WHO).token}
    return SocketReader(hub.url, auth | ({} if after is None else {"after": after})).connect()


@pytest.mark.once
def test_a_hub_killed_before_it_told_of_a_change_tells_it_when_it_is_back(
    world: World, live_hub: LiveHub
):
    began = head(world)
    live_hub.start(HUB_JOBS_SECONDS="0", **{moments.KILL_AT: "announce:1"})
    reader = open_reader(world, live_hub)
    door, key = Door(live_hub, world.as_(WHO).token), uuid.uuid4().hex
    with pytest.raises((http.client.HTTPException, OSError)):
        door.add_station("未播报站", key)
    reader.wait_closed()
    # Durable, nobody was told, and whoever sent it knows of nothing.
    assert len(named(world, "未播报站")) == 1
    assert reader.changes == []
    live_hub.stop()
    live_hub.start(HUB_JOBS_SECONDS="0")
    again = open_reader(world, live_hub, after=began)
    again.wait(lambda r: len(r.changes) == 1, "the change that was never announced")
    assert again.changes[0]["seq"] == began + 1
    assert again.changes[0]["view"]["name"] == "未播报站"
    assert door.add_station("未播报站", key) == 201
    assert len(named(world, "未播报站")) == 1
    assert head(world) == began + 1
    again.close()
    door.close()


@pytest.mark.scaled
def test_a_worker_killed_before_it_told_of_a_change_is_stood_in_for_by_the_other(
    world: World, live_hub: LiveHub
):
    """The socket hangs on the other worker, whose own look at the table finds what nobody rang."""
    began = head(world)
    live_hub.start(
        HUB_WORKERS="2",
        HUB_JOBS_SECONDS="0",
        HUB_POLL_SECONDS="0.5",
        **{moments.KILL_AT: "announce:1:alone"},
    )
    token = world.as_(WHO).token
    doors = both_doors(live_hub, token)
    reader = open_reader(world, live_hub)
    held = next(door for door in doors if door.worker() != holder(live_hub, reader.local_port))
    with pytest.raises((http.client.HTTPException, OSError)):
        held.add_station("另一进程站", uuid.uuid4().hex)
    reader.wait(lambda r: len(r.changes) == 1, "the change that its own worker never announced")
    assert reader.changes[0]["seq"] == began + 1
    assert not reader.closed.is_set()
    reader.close()
    for door in doors:
        door.close()
