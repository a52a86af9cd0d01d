"""Briefing maps: for the parties alone, no foreign address, no user text in script."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.once


@pytest.fixture
def zone(world):
    return world.as_("changxing-planner").get("/zones").body["items"][0]


def test_a_party_prints_a_zone_with_its_figures(world, zone):
    page = world.as_("yixing-officer1").page(f"/zones/{zone['id']}/briefing")
    assert page.status == 200
    assert zone["name"] in page.body
    assert "km²" in page.body
    foreign = re.findall(r"""(?:src|href)=["'](?!/)([^"']+)""", page.body)
    assert foreign == []


def test_every_script_and_style_carries_the_nonce_of_the_policy(world, zone):
    page = world.as_("yixing-officer1").page(f"/zones/{zone['id']}/briefing")
    nonce = re.search(r"'nonce-([^']+)'", page.headers["Content-Security-Policy"]).group(1)
    tags = re.findall(r"<(?:script|style)\b[^>]*>", page.body)
    assert tags
    assert all(f'nonce="{nonce}"' in tag for tag in tags)


def test_a_third_bureau_gets_neither_map_nor_words(world, zone):
    stranger = world.as_("nanxun-planner")
    assert stranger.page(f"/zones/{zone['id']}/briefing").status == 404
    assert stranger.get(f"/zones/{zone['id']}/briefing").status == 404
    assert world.as_("changxing-auditor").page(f"/zones/{zone['id']}/briefing").status == 403


def test_the_words_are_described_and_the_pages_are_not(world):
    with world.app.test_client() as client:
        paths = client.get("/openapi.json").get_json()["paths"]
    assert "/api/v1/zones/{zone_id}/briefing" in paths
    assert "/api/v1/patrols/{patrol_id}/briefing" in paths
    assert "/zones/{zone_id}/briefing" not in paths


def test_words_come_as_json_by_feature_id(world, zone):
    texts = world.as_("changxing-officer1").get(f"/zones/{zone['id']}/briefing").body["texts"]
    assert {"strip-330522", "strip-320282", "line"} == set(texts)


def test_a_typed_name_stays_text(world):
    planner = world.as_("changxing-planner")
    agreement = planner.get("/agreements").body["items"][0]
    body = {
        "name": "${alert(1)}</script><script>alert(2)</script>",
        "agreement_id": agreement["id"],
        "adcode_a": "330522",
        "adcode_b": "320282",
        "from_m": 1000,
        "to_m": 3000,
        "width_m": 500,
    }
    made = planner.post("/zones", body)
    assert made.status == 201, made.body
    page = planner.page(f"/zones/{made.body['id']}/briefing").body
    assert "<script>alert" not in page
    script = page.partition("var map_briefing")[2].partition("</script>")[0]
    assert "alert" not in script


def test_a_patrol_is_printed_for_its_parties(world):
    patrols = world.as_("changxing-planner").get("/patrols").body["items"]
    if not patrols:
        pytest.skip("the demo has no patrol yet")
    path = f"/patrols/{patrols[0]['id']}/briefing"
    page = world.as_("yixing-planner").page(path)
    assert page.status == 200
    assert patrols[0]["number"] in page.body
    assert "route" in world.as_("yixing-planner").get(path).body["texts"]
    assert world.as_("nanxun-planner").page(path).status == 404
