"""Lines to draw routes along: who is given which, the stretch between two places, guide lines."""

from __future__ import annotations

import pytest
from shapely.geometry import shape

from tests.support.field import OFFICER, batch, fix, zone_of
from tests.support.patrols import guide_body, started_patrol
from tests.support.story import binding_zone

PLANNERS = ("wuxing-planner", "wujiang-planner")


def kinds(world, who, zone_id):
    answer = world.as_(who).get(f"/zones/{zone_id}/snap-lines")
    assert answer.status == 200, answer.body
    return [feature["properties"]["kind"] for feature in answer.body["features"]]


def test_the_boundary_the_edge_and_tracks_that_are_open_to_the_reader(world):
    patrol = started_patrol(world)
    zone = zone_of(world, patrol)
    lon, lat = patrol["route"]["coordinates"][0]
    fixes = [fix(lon + n * 1e-4, lat, ago_s=30 - n * 10) for n in range(3)]
    sent = world.as_(OFFICER).post(f"/patrols/{patrol['id']}/positions", batch(*fixes))
    assert sent.status == 200
    for who in PLANNERS:
        assert kinds(world, who, zone["id"]) == ["boundary", "edge", "track"]
    for who in ("nanxun-planner", "yixing-planner"):
        assert world.as_(who).get(f"/zones/{zone['id']}/snap-lines").status == 404
    officer = world.as_(OFFICER).get(f"/zones/{zone['id']}/snap-lines")
    assert officer.status == 403


def test_a_stretch_follows_the_line_in_the_direction_asked_for(world):
    zone = binding_zone(world)
    line = shape(zone["current"]["line"])
    begin, end = (line.interpolate(share, normalized=True) for share in (0.6, 0.3))
    body = {
        "line": "boundary",
        "begin": {"lon": begin.x, "lat": begin.y},
        "end": {"lon": end.x, "lat": end.y},
    }
    planner = world.as_("wuxing-planner")
    path = f"/zones/{zone['id']}/stretch"
    answer = planner.post(path, body)
    assert answer.status == 200, answer.body
    found = shape(answer.body["geometry"])
    assert found.coords[0] == pytest.approx((begin.x, begin.y), abs=1e-6)
    assert found.coords[-1] == pytest.approx((end.x, end.y), abs=1e-6)
    assert found.hausdorff_distance(line) > 0
    assert (
        max(line.distance(shape({"type": "Point", "coordinates": c})) for c in found.coords) < 1e-9
    )
    whole = zone["current"]["line_length_m"]
    assert answer.body["length_m"] == pytest.approx(0.3 * whole, rel=0.1)
    assert planner.post(path, body | {"line": "edge:99"}).status == 404
    same = planner.post(path, body | {"end": body["begin"]})
    assert same.status == 422
    assert world.as_("nanxun-planner").post(path, body).status == 404


def test_guide_lines_are_a_bureaus_own(world):
    zone = binding_zone(world)
    planner, partner = (world.as_(who) for who in PLANNERS)
    made = planner.post("/guide-lines", guide_body(zone))
    assert made.status == 201, made.body
    assert (made.body["kind_name"], made.body["line_count"]) == ("河道水系", 1)
    assert made.body["length_m"] == pytest.approx(zone["current"]["line_length_m"], rel=0.01)
    assert kinds(world, "wuxing-planner", zone["id"]) == ["boundary", "edge", "guide"]
    assert kinds(world, "wujiang-planner", zone["id"]) == ["boundary", "edge"]
    assert partner.get("/guide-lines").body["items"] == []
    path = f"/guide-lines/{made.body['id']}"
    assert partner.delete(path, version=1).status == 404
    assert planner.delete(path, version=7).status == 409
    assert world.as_(OFFICER).delete(path, version=1).status == 403
    gone = planner.delete(path, version=1)
    assert (gone.status, gone.body["items"]) == (200, [])
    assert kinds(world, "wuxing-planner", zone["id"]) == ["boundary", "edge"]
    changes = planner.get("/changes", after=0).body["items"]
    told = [row for row in changes if row["kind"] == "guide_layer"]
    assert [row["verb"] for row in told] == ["tombstone", "tombstone"]  # nothing is left to show
    assert all(
        row["kind"] != "guide_layer" for row in partner.get("/changes", after=0).body["items"]
    )


def test_what_are_no_guide_lines_is_refused_by_feature(world):
    zone = binding_zone(world)
    planner = world.as_("wuxing-planner")
    body = guide_body(zone)
    square = [[[120.5, 30.9], [120.51, 30.9], [120.51, 30.91], [120.5, 30.9]]]
    area = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Polygon", "coordinates": square},
    }
    good = body["collection"]["features"][0]
    lake = planner.post(
        "/guide-lines", body | {"collection": {"type": "FeatureCollection", "features": [area]}}
    )
    assert lake.body["line_count"] == 1
    point = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Point", "coordinates": [120.5, 30.9]},
    }
    wrong = [
        {"type": "Feature"},
        {"type": "FeatureCollection", "features": []},
        {"type": "FeatureCollection", "features": [good, point]},
    ]
    for collection in wrong:
        answer = planner.post("/guide-lines", body | {"collection": collection})
        assert answer.status == 422
        assert answer.body["errors"][0]["field"] == "collection"
    assert "第2个要素" in answer.body["errors"][0]["message"]
    assert planner.post("/guide-lines", body | {"name": " \u200b "}).status == 422
    assert world.as_("wuxing-officer1").post("/guide-lines", body).status == 403
