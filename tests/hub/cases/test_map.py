"""Cases on a map: one by one while there are few, counted by cells when the frame is full."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select

from hub.cases.mapping import ONE_BY_ONE
from hub.cases.models import Case
from sharing.models import Share
from tests.support.cases import in_zone, new_case, off_zone

OWNER, PARTNER = "changxing-officer1", "yixing-liaison"
FULL = ONE_BY_ONE + 20


def features(world: Any, who: str, **query: Any) -> list[dict[str, Any]]:
    answer = world.as_(who).get("/cases.geojson", **query)
    assert answer.status == 200, answer.body
    return answer.body["features"]


def cells_of(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one["properties"] for one in found if one["properties"].get("cluster")]


def counted(found: list[dict[str, Any]]) -> int:
    cells = cells_of(found)
    return len(found) - len(cells) + sum(cell["count"] for cell in cells)


@pytest.fixture
def crowded(world: Any) -> Any:
    """FULL copies each of a case in the zone and of one off it, of which basics alone are open."""
    inside = new_case(world, category="noise").body["id"]
    outside = new_case(world, off_zone(world), category="noise").body["id"]
    world.as_("changxing-official").post(
        f"/cases/{outside}/shares", {"bureau_id": world.bureau_id("yixing")}
    )
    with world.app.app_context(), world.unit_of_work() as session:
        for model, key in ((Case, Case.id), (Share, Share.record_id)):
            for place, source in enumerate((inside, outside)):
                row = dict(
                    session.execute(select(model.__table__).where(key == source)).one()._mapping
                )
                session.execute(insert(model), [_copy(row, place, n) for n in range(FULL)])
    return world


def _copy(row: dict[str, Any], place: int, number: int) -> dict[str, Any]:
    case_id = f"00000000-0000-7000-8000-{place}{number:011}"
    if "record_id" in row:
        return row | {"id": case_id.replace("-8", "-9"), "record_id": case_id}
    return row | {"id": case_id, "number": f"图{place}{number}", "lon": row["lon"] + number * 1e-6}


def test_few_cases_are_shown_one_by_one_at_every_zoom(world):
    case = new_case(world).body
    for zoom in (None, 3, 18):
        mine = next(f for f in features(world, PARTNER, zoom=zoom) if f["id"] == case["id"])
        assert mine["geometry"]["coordinates"] == [case["lon"], case["lat"]]
        assert mine["properties"]["number"] == case["number"]


def test_a_full_frame_is_counted_by_cells(crowded):
    found = features(crowded, OWNER, zoom=8, category="noise")
    assert len(found) < 20
    assert counted(found) == 2 * FULL + 2
    assert all(cell["own"] == cell["count"] for cell in cells_of(found))
    assert len(features(crowded, OWNER, category="noise")) == 2 * FULL + 2


def test_no_count_holds_a_case_whose_place_is_not_open(crowded):
    found = features(crowded, PARTNER, zoom=8, category="noise")
    assert counted(found) == FULL + 1
    assert not any(cell["own"] for cell in cells_of(found))
    listed = crowded.as_(PARTNER).get("/cases", limit=200).body["items"]
    assert any("lon" not in case for case in listed)


def test_a_frame_holds_what_lies_in_it(crowded):
    lon, lat = in_zone(crowded)
    near = f"{lon - 1e-4},{lat - 1e-4},{lon + 1.05e-5},{lat + 1e-4}"
    for who in (OWNER, PARTNER):
        found = features(crowded, who, bbox=near, zoom=18, category="noise")
        assert counted(found) == 12
    off = off_zone(crowded)
    away = f"{off[0] - 1e-2},{off[1] - 1e-2},{off[0] + 1e-2},{off[1] + 1e-2}"
    assert counted(features(crowded, OWNER, bbox=away, category="noise")) == FULL + 1
    assert features(crowded, PARTNER, bbox=away) == []
    assert crowded.as_(OWNER).get("/cases.geojson", bbox="here").status == 422


def test_words_and_narrowing_count_on_the_map_too(crowded):
    assert features(crowded, OWNER, q="%") == []
    assert features(crowded, OWNER, zoom=8, category="soil") == []
    assert counted(features(crowded, PARTNER, scope="own", zoom=8)) < FULL
