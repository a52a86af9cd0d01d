"""Places, cases and shares for tests: Changxing 长兴 owns, Yixing 宜兴 is its partner.

The demo has an agreement in force and a binding zone between the two; Nanxun 南浔 is a stranger.
"""

from __future__ import annotations

from typing import Any

import shapely
from sqlalchemy import select

from hub.bureaus.models import Jurisdiction
from hub.zones.models import ZoneStrip
from tests.support.patrols import FRESH_S
from tests.support.world import Answer, World

CHANGXING, YIXING = "330522", "320282"
SECRET_WORDS = "线人在门卫室"


def in_zone(world: World, adcode: str = CHANGXING) -> tuple[float, float]:
    """A place (lon, lat) well inside one side of the demo's zone."""
    with world.app.extensions["hub.db"].read_only() as session:
        strip = session.scalars(select(ZoneStrip).where(ZoneStrip.adcode == adcode)).first()
        point = shapely.from_wkb(strip.shape).representative_point()
    return point.x, point.y


def off_zone(world: World, adcode: str = CHANGXING) -> tuple[float, float]:
    """A place (lon, lat) in the middle of a jurisdiction, far from any zone."""
    with world.app.extensions["hub.db"].read_only() as session:
        row = session.get(Jurisdiction, adcode)
        point = shapely.from_wkb(row.shape).representative_point()
    return point.x, point.y


def case_body(place: tuple[float, float], **changes: Any) -> dict[str, Any]:
    """A case with something in every field."""
    body = {
        "title": "太湖岸边偷排废水",
        "category": "water",
        "party_name": "演示印染厂",
        "party_uscc": "91330522MA2B3C4D5X",
        "pollutant": "化学需氧量",
        "description": "夜间经暗管排放",
        "place": "界河东岸",
        "lon": place[0],
        "lat": place[1],
    }
    return body | {"party_uscc": None} | changes


def new_case(world: World, place: tuple[float, float] | None = None, **changes: Any) -> Answer:
    """A case of Changxing, in the zone unless told otherwise."""
    if place is not None or changes:
        return _new_case(world, place, **changes)
    return world.reach("case in the zone", _new_case, FRESH_S)


def _new_case(world: World, place: tuple[float, float] | None = None, **changes: Any) -> Answer:
    body = case_body(place or in_zone(world), **changes)
    answer = world.as_("changxing-officer1").post("/cases", body)
    assert answer.status == 201, answer.body
    return answer


def share_of(world: World, case_id: str) -> dict[str, Any]:
    """The newest share of a case as its owner sees it."""
    items = world.as_("changxing-official").get("/shares", direction="given").body["items"]
    return next(item for item in items if item["record_id"] == case_id)


def last_changes(world: World, username: str, record_id: str) -> list[dict[str, Any]]:
    """What a person's bureau was told of one record, in order."""
    items = []
    after: int | None = 0
    while after is not None:
        page = world.as_(username).get("/changes", after=after, limit=500).body
        items += page["items"]
        after = page["next"]
    return [item for item in items if item["id"] == record_id]
