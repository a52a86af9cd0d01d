"""Steps towards a joint patrol of Wuxing and Wujiang, through the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry

from tests.support.story import binding_zone
from tests.support.world import Answer, World

# Plans say when, so a snapshot with one in it may not be old.
FRESH_S = 60.0


def soon(**ahead: float) -> datetime:
    """A moment from now, e.g. `soon(days=1)`, to the second."""
    return (datetime.now(UTC) + timedelta(**ahead)).replace(microsecond=0)


def middle_of(zone: dict[str, Any]) -> Point:
    """A place on the line, in the middle of the zone."""
    line: BaseGeometry = shape(zone["current"]["line"])
    return line.interpolate(0.5, normalized=True)


def route_across(zone: dict[str, Any]) -> dict[str, Any]:
    """A route from one side of the line to the other, well inside the zone."""
    disc = middle_of(zone).buffer(0.004)
    ends = [
        shape(strip["geometry"]).intersection(disc).representative_point().coords[0]
        for strip in zone["current"]["strips"]
    ]
    return {"type": "LineString", "coordinates": [list(place) for place in ends]}


def route_on_one_side(zone: dict[str, Any], adcode: str) -> dict[str, Any]:
    """A short route that stays in one strip."""
    strip = next(s for s in zone["current"]["strips"] if s["adcode"] == adcode)
    place = shape(strip["geometry"]).representative_point()
    return {
        "type": "LineString",
        "coordinates": [[place.x, place.y], [place.x + 0.0005, place.y + 0.0005]],
    }


def route_out_of(zone: dict[str, Any]) -> dict[str, Any]:
    """A route from the middle of the zone to 5 km beyond it."""
    start = middle_of(zone)
    places = [[start.x, start.y], [start.x, start.y + 0.05]]
    return {"type": "LineString", "coordinates": places}


def plan_of(world: World, zone: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The body of a proposal by Wuxing: tomorrow, two hours, two licensed officers of its own."""
    return {
        "title": "頔塘夜查",
        "zone_id": zone["id"],
        "starts_at": soon(days=1).isoformat(),
        "ends_at": soon(days=1, hours=2).isoformat(),
        "route": route_across(zone),
        "officers": people(world, "wuxing", "officer1", "officer2"),
        "craft": [],
        "checklist": ["排口", "船舶"],
        "note": "重点看沿河排口",
    } | changes


def people(world: World, bureau: str, *posts: str) -> list[str]:
    """Ids of demo people, e.g. `people(world, "wuxing", "officer1")`."""
    return [world.as_(f"{bureau}-{post}").user_id for post in posts]


def propose_patrol(world: World, zone: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Wuxing proposes."""
    if changes:
        return _propose(world, zone, **changes)
    step = f"patrol proposed in {zone['id']}"
    return world.reach(step, lambda world: _propose(world, zone), FRESH_S)


def _propose(world: World, zone: dict[str, Any], **changes: Any) -> dict[str, Any]:
    answer = world.as_("wuxing-planner").post("/patrols", plan_of(world, zone, **changes))
    assert answer.status == 201, answer.body
    return dict(answer.body)


def join(world: World, patrol: dict[str, Any], *posts: str) -> dict[str, Any]:
    """Wujiang assigns its own people (two officers by default)."""
    if posts:
        return _join(world, patrol, *posts)
    step = f"crew of {patrol['id']}"
    return world.reach(step, lambda world: _join(world, patrol), FRESH_S)


def _join(world: World, patrol: dict[str, Any], *posts: str) -> dict[str, Any]:
    body = {"officers": people(world, "wujiang", *(posts or ("officer1", "officer2"))), "craft": []}
    answer = world.as_("wujiang-planner").put(
        f"/patrols/{patrol['id']}/crew", body, version=patrol["version"]
    )
    assert answer.status == 200, answer.body
    return dict(answer.body)


def approve(world: World, username: str, patrol: dict[str, Any], **changes: Any) -> Answer:
    """One bureau approves what it read."""
    key = {"plan_version": patrol["plan_version"], "content_hash": patrol["content_hash"]}
    return world.as_(username).post(f"/patrols/{patrol['id']}/approve", key | changes)


def approved_patrol(world: World, **changes: Any) -> dict[str, Any]:
    """Zone binding, plan proposed, crew of both, approved by both."""
    if changes:
        return _approved(world, **changes)
    return world.reach("patrol approved", _approved, FRESH_S)


def _approved(world: World, **changes: Any) -> dict[str, Any]:
    patrol = join(world, propose_patrol(world, binding_zone(world), **changes))
    approve(world, "wuxing-planner", patrol)
    answer = approve(world, "wujiang-planner", patrol)
    assert answer.status == 200, answer.body
    return dict(answer.body)


def started_patrol(world: World) -> dict[str, Any]:
    """An approved patrol that begins now, started by a Wuxing officer."""
    return world.reach("patrol started", _started, FRESH_S)


def _started(world: World) -> dict[str, Any]:
    patrol = approved_patrol(
        world,
        starts_at=soon(minutes=1).isoformat(),
        ends_at=soon(hours=2).isoformat(),
    )
    answer = world.as_("wuxing-officer1").post(f"/patrols/{patrol['id']}/start")
    assert answer.status == 200, answer.body
    return dict(answer.body)


def guide_body(zone: dict[str, Any]) -> dict[str, Any]:
    """A guide line along the boundary, as it is brought in."""
    feature = {"type": "Feature", "properties": {}, "geometry": zone["current"]["line"]}
    collection = {"type": "FeatureCollection", "features": [feature]}
    return {"name": "頔塘", "kind": "water", "collection": collection}
