"""Steps of the first joint operation, through the API, for tests that begin later in the story."""

from __future__ import annotations

from typing import Any

from tests.support.world import World

WUXING, WUJIANG = "330502", "320509"
STRETCH = {"adcode_a": WUXING, "adcode_b": WUJIANG, "part": 0, "from_m": 1000.0, "to_m": 5600.0}


def memorandum(world: World) -> dict[str, Any]:
    """The Wuxing–Wujiang memorandum as Wuxing sees it."""
    items = world.as_("wuxing-official").get("/agreements").body["items"]
    return next(item for item in items if "吴江" in item["title"])


def sign(world: World) -> dict[str, Any]:
    """Both officials sign; effective from today, it is then in force."""
    return world.reach("memorandum in force", _sign)


def _sign(world: World) -> dict[str, Any]:
    found = memorandum(world)
    for username in ("wujiang-official", "wuxing-official"):
        answer = world.as_(username).post(
            f"/agreements/{found['id']}/sign", {"content_hash": found["content_hash"]}
        )
        assert answer.status == 200, answer.body
    return answer.body


def propose_zone(world: World, agreement_id: str, **changes: Any) -> dict[str, Any]:
    """A Wuxing planner marks 4.6 km and proposes one kilometre on each side."""
    body = STRETCH | {"name": "吴兴—吴江区域", "agreement_id": agreement_id, "width_m": 1000.0}
    answer = world.as_("wuxing-planner").post("/zones", body | changes)
    assert answer.status == 201, answer.body
    return answer.body


def approve_zone(world: World, zone: dict[str, Any]) -> dict[str, Any]:
    """Both planners approve the version on the table."""
    key = {"version": zone["current_version"], "content_hash": zone["current"]["content_hash"]}
    for username in ("wuxing-planner", "wujiang-planner"):
        answer = world.as_(username).post(f"/zones/{zone['id']}/approve", key)
        assert answer.status == 200, answer.body
    return answer.body


def binding_zone(world: World) -> dict[str, Any]:
    """Memorandum in force, zone binding."""
    return world.reach("zone binding", _binding_zone)


def _binding_zone(world: World) -> dict[str, Any]:
    return approve_zone(world, propose_zone(world, sign(world)["id"]))
