"""GDAL, as QGIS uses it, opens the layers of a running hub."""

from __future__ import annotations

import pytest
from pyogrio import list_layers, read_dataframe, set_gdal_config_options

from tests.support.cases import new_case, off_zone

pytestmark = pytest.mark.once


@pytest.fixture
def source(world, live_hub):
    """The hub's address for GDAL, signed in as an officer of Changxing."""
    live_hub.start()
    token = world.as_("changxing-officer1").token
    set_gdal_config_options({"GDAL_HTTP_AUTH": "BEARER", "GDAL_HTTP_BEARER": token})
    yield f"OAPIF:{live_hub.url}/ogc/"
    set_gdal_config_options({"GDAL_HTTP_AUTH": None, "GDAL_HTTP_BEARER": None})


def test_gdal_reads_what_the_reader_may_see(world, source):
    place = off_zone(world)
    case = new_case(world, place).body
    assert {name for name, _kind in list_layers(source)} >= {"zones", "cases", "patrol-tracks"}
    zones = read_dataframe(source, layer="zones")
    assert zones.crs.name == "WGS 84 (CRS84)"
    west, south, east, north = zones.total_bounds
    assert (118 < west < east < 122, 30 < south < north < 32) == (True, True)
    cases = read_dataframe(source, layer="cases")
    found = cases[cases["number"] == case["number"]].iloc[0]
    assert (found.geometry.x, found.geometry.y) == pytest.approx(place, abs=1e-6)
    assert found["title"] == case["title"]


def test_gdal_follows_the_pages_and_asks_for_boxes(world, source):
    lon, lat = off_zone(world)
    made = {new_case(world, (lon, lat)).body["number"] for _ in range(3)}
    paged = read_dataframe(source, layer="cases", PAGE_SIZE=2)
    assert made <= set(paged["number"])
    near = read_dataframe(
        source, layer="cases", bbox=(lon - 1e-4, lat - 1e-4, lon + 1e-4, lat + 1e-4)
    )
    assert made <= set(near["number"]) < set(paged["number"])
