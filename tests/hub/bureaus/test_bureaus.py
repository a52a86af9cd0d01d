"""Bureaus, jurisdictions and the basemap, as every signed-in person reads them."""

from __future__ import annotations

import gzip
import json

import numpy as np
import shapely
from shapely.geometry import shape


def _areas(body):
    return [f for f in body["features"] if f["properties"]["kind"] == "jurisdiction"]


def test_every_bureau_is_listed_with_its_jurisdiction(world):
    items = world.as_("nanxun-officer1").get("/bureaus").body["items"]
    assert {"wuxing": "330502", "wujiang": "320509"}.items() <= {
        item["code"]: item["adcode"] for item in items
    }.items()


def test_one_bureau_by_id_and_nothing_for_an_unknown_one(world):
    caller = world.as_("wuxing-planner")
    assert caller.get(f"/bureaus/{caller.bureau_id}").body["short_name"] == "吴兴"
    assert caller.get("/bureaus/nobody").status == 404


def test_jurisdictions_say_their_source_accuracy_and_bureau(world):
    items = world.as_("wuxing-planner").get("/jurisdictions").body["items"]
    wuxing = next(item for item in items if item["adcode"] == "330502")
    deqing = next(item for item in items if item["adcode"] == "330521")
    assert wuxing["bureau"]["short_name"] == "吴兴"
    assert wuxing["accuracy_m"] == 400.0
    assert deqing["bureau"] is None


def test_strangers_get_no_basemap(world):
    with world.app.test_client() as client:
        assert client.get("/api/v1/basemap").status_code == 401


def test_the_basemap_is_one_coverage_and_lines_lie_on_its_edges(world):
    body = world.as_("wuxing-planner").get("/basemap").body
    areas = _areas(body)
    polygons = np.array([shape(f["geometry"]) for f in areas], dtype=object)
    assert shapely.is_valid(polygons).all()
    assert shapely.coverage_is_valid(polygons)
    assert body["attribution"]
    line = next(f for f in body["features"] if f["id"] == "320509-330502")
    own = {f["properties"]["adcode"]: shape(f["geometry"]) for f in areas}
    for adcode in ("320509", "330502"):
        assert shapely.covers(own[adcode].boundary, shape(line["geometry"]))
    assert line["properties"]["interprovincial"] is True


def test_the_basemap_is_sent_once_and_then_only_confirmed(world):
    caller = world.as_("wuxing-planner")
    first = caller.get("/basemap")
    again = caller.call("GET", "/basemap", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status, again.status) == (200, 304)
    assert again.body == ""


def test_the_basemap_travels_compressed(world):
    caller = world.as_("wuxing-planner")
    headers = {"Authorization": f"Bearer {caller.token}", "Accept-Encoding": "gzip"}
    with world.app.test_client() as client:
        answer = client.get("/api/v1/basemap", headers=headers)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) < 150_000
    assert json.loads(gzip.decompress(answer.data))["type"] == "FeatureCollection"
