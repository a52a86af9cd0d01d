"""Positions over the socket, and a hub that is killed."""

from __future__ import annotations

import time
import uuid
from typing import Any

from tests.support.live import LiveHub
from tests.support.patrols import middle_of, started_patrol
from tests.support.sockets import SocketReader
from tests.support.world import World


def _place(world: World, patrol: dict[str, Any]) -> tuple[float, float]:
    zone = world.as_("wuxing-planner").get(f"/zones/{patrol['zone_id']}").body
    middle = middle_of(zone)
    return middle.x, middle.y


def test_a_hub_killed_after_its_answer_has_kept_the_positions(
    world: World, live_hub: LiveHub
) -> None:
    patrol = started_patrol(world)
    lon, lat = _place(world, patrol)
    live_hub.start()
    officer = world.as_("wuxing-officer1")
    reader = SocketReader(live_hub.url, {"token": officer.token}).connect()
    fixes = [
        {"t": time.time() - 5 + n, "lon": lon, "lat": lat, "accuracy_m": 5.0} for n in range(5)
    ]
    batch = {"patrol_id": patrol["id"], "key": uuid.uuid4().hex, "fixes": fixes}
    assert reader.call("position", batch) == {"ok": True}
    live_hub.kill()
    live_hub.start()
    again = SocketReader(live_hub.url, {"token": officer.token}).connect()
    assert again.call("position", batch) == {"ok": True}
    again.close()
    tracks = world.as_("wujiang-planner").get(f"/patrols/{patrol['id']}/track").body["features"]
    assert [unit["properties"]["fixes"] for unit in tracks] == [5]
