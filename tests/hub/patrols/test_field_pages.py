"""The way into the field app and the pages of findings, by who opens them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.patrols import middle_of, started_patrol
from tests.support.world import World

pytestmark = pytest.mark.once


def finding_at(world: World, patrol: dict[str, Any], lon: float, lat: float) -> dict[str, Any]:
    """What a Wuxing officer records there."""
    body = {"category": "outfall", "text": "排口出水发黑", "lon": lon, "lat": lat}
    answer = world.as_("wuxing-officer1").post(f"/patrols/{patrol['id']}/findings", body)
    assert answer.status == 201, answer.body
    return dict(answer.body)


def zone_of(world: World, patrol: dict[str, Any]) -> dict[str, Any]:
    """The zone of a patrol."""
    return dict(world.as_("wuxing-planner").get(f"/zones/{patrol['zone_id']}").body)


def test_a_third_bureau_gets_no_page_of_the_field(world: World) -> None:
    patrol = started_patrol(world)
    place = middle_of(zone_of(world, patrol))
    finding = finding_at(world, patrol, place.x, place.y)
    outsider = world.as_("nanxun-officer1")
    assert outsider.page(f"/patrols/{patrol['id']}/field").status == 404
    assert outsider.page(f"/findings/{finding['id']}").status == 404
    assert finding["number"] not in outsider.page("/findings").body


def test_both_parties_read_a_finding_and_text_of_users_stays_text(world: World) -> None:
    patrol = started_patrol(world)
    place = middle_of(zone_of(world, patrol))
    body = {"category": "air", "text": "<script>alert(1)</script>", "lon": place.x, "lat": place.y}
    made = world.as_("wuxing-officer1").post(f"/patrols/{patrol['id']}/findings", body).body
    for username in ("wuxing-officer2", "wujiang-official"):
        page = world.as_(username).page(f"/findings/{made['id']}")
        assert page.status == 200
        assert made["number"] in page.body
        assert "<script>alert" not in page.body
    assert made["number"] in world.as_("wujiang-officer1").page("/findings?category=air").body
    assert made["number"] not in world.as_("wujiang-officer1").page("/findings?category=noise").body
