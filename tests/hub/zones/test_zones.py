"""Zones: cut from the real line, approved with two keys, refused with a reason."""

from __future__ import annotations

import pytest
from shapely.geometry import shape

from hub.zones.models import Zone
from tests.support.story import STRETCH, approve_zone, binding_zone, propose_zone, sign


def test_the_shared_line_has_its_length_and_accuracy(world):
    answer = world.as_("wuxing-planner").get("/boundary-lines", a="330502", b="320509")
    assert answer.status == 200
    assert 7_000 < answer.body["length_m"] < 7_500
    assert len(answer.body["parts"]) == 1
    assert answer.body["accuracy_m"] > 0
    assert answer.body["source"]


def test_a_district_shares_no_line_with_itself_or_a_stranger(world):
    planner = world.as_("wuxing-planner")
    assert planner.get("/boundary-lines", a="330502", b="330502").status == 422
    assert planner.get("/boundary-lines", a="330502", b="341881").status == 422
    assert planner.get("/boundary-lines", a="330502", b="999999").status == 404


def test_a_preview_has_two_strips_that_do_not_overlap(world):
    answer = world.as_("wuxing-planner").post("/zones/preview", STRETCH | {"width_m": 1000})
    assert answer.status == 200
    assert answer.body["line_length_m"] == pytest.approx(4600, abs=1)
    a, b = (shape(strip["geometry"]) for strip in answer.body["strips"])
    assert a.is_valid
    assert b.is_valid
    assert a.intersection(b).area < 1e-12
    # One kilometre on each side of 4.6 km: 9.2 km² for a straight line (2·w·L), less at bends.
    total = sum(strip["area_m2"] for strip in answer.body["strips"])
    assert 7.5e6 < total + answer.body["area_elsewhere_m2"] < 9.6e6


@pytest.mark.parametrize(
    "change",
    [
        {"width_m": 0},
        {"width_m": -1},
        {"width_m": 1e9},
        {"width_m": "NaN"},
        {"adcode_b": "999999"},
        {"adcode_b": "330502"},
        {"adcode_b": "330523"},
        {"part": 7},
        {"from_m": 5000, "to_m": 5000},
        {"from_m": 6000, "to_m": 5000},
        {"to_m": 999999},
        {"cap": "square"},
        {"surprise": 1},
    ],
)
def test_a_preview_that_cannot_be_is_refused_in_words(world, change):
    answer = world.as_("wuxing-planner").post(
        "/zones/preview", STRETCH | {"width_m": 1000} | change
    )
    assert answer.status in (404, 422), answer.body
    assert answer.body["detail"]


def test_a_zone_binds_when_both_have_approved(world):
    zone = propose_zone(world, sign(world)["id"])
    assert (zone["state"], zone["binding_version"]) == ("proposed", None)
    assert zone["current"]["declared_length_m"] == 4600
    bound = approve_zone(world, zone)
    assert (bound["state"], bound["binding_version"]) == ("binding", 1)


def test_one_party_alone_binds_nobody(world):
    zone = propose_zone(world, sign(world)["id"])
    key = {"version": 1, "content_hash": zone["current"]["content_hash"]}
    answer = world.as_("wuxing-planner").post(f"/zones/{zone['id']}/approve", key)
    assert answer.body["binding_version"] is None
    again = world.as_("wuxing-official").post(f"/zones/{zone['id']}/approve", key)
    assert again.status == 409


def test_a_new_version_needs_both_again_while_the_old_one_binds(world):
    zone = binding_zone(world)
    change = STRETCH | {"width_m": 800.0, "note": "收窄"}
    revised = world.as_("wujiang-planner").post(
        f"/zones/{zone['id']}/versions", change, version=zone["version"]
    )
    assert revised.status == 200
    assert (revised.body["current_version"], revised.body["binding_version"]) == (2, 1)
    assert not any(a["approved"] for a in revised.body["approvals"])
    old = {"version": 1, "content_hash": zone["current"]["content_hash"]}
    assert world.as_("wuxing-planner").post(f"/zones/{zone['id']}/approve", old).status == 409
    assert approve_zone(world, revised.body)["binding_version"] == 2
    versions = world.as_("wuxing-planner").get(f"/zones/{zone['id']}/versions").body["items"]
    assert [version["width_m"] for version in versions] == [1000.0, 800.0]


def test_a_width_beyond_the_text_is_refused(world):
    body = STRETCH | {"name": "过宽", "agreement_id": sign(world)["id"], "width_m": 1500.0}
    answer = world.as_("wuxing-planner").post("/zones", body)
    assert answer.status == 422
    assert answer.body["errors"][0]["field"] == "width_m"


def test_both_sides_must_be_parties(world):
    body = STRETCH | {
        "adcode_b": "330503",
        "name": "非签署方",
        "agreement_id": sign(world)["id"],
        "width_m": 500.0,
        "to_m": 3000.0,
    }
    answer = world.as_("wuxing-planner").post("/zones", body)
    assert answer.status == 422
    assert answer.body["errors"][0]["field"] == "agreement_id"


def test_an_ended_agreement_takes_no_zone(world):
    signed = sign(world)
    official = world.as_("wuxing-official")
    official.post(f"/agreements/{signed['id']}/terminate", {"reason": "终止"})
    body = STRETCH | {"name": "晚了", "agreement_id": signed["id"], "width_m": 1000.0}
    assert world.as_("wuxing-planner").post("/zones", body).status == 409


def test_only_planners_draw(world):
    body = STRETCH | {"name": "x", "agreement_id": sign(world)["id"], "width_m": 1000.0}
    assert world.as_("wuxing-officer1").post("/zones", body).status == 403


def test_a_third_bureau_sees_no_zone_by_any_door(world):
    zone = binding_zone(world)
    nanxun = world.as_("nanxun-planner")
    assert nanxun.get("/zones").body["items"] == []
    for path in (f"/zones/{zone['id']}", f"/zones/{zone['id']}/versions"):
        assert nanxun.get(path).status == 404
    assert nanxun.get(f"/zones/{zone['id']}.geojson").status == 404
    key = {"version": 1, "content_hash": zone["current"]["content_hash"]}
    assert nanxun.post(f"/zones/{zone['id']}/approve", key).status == 404
    assert nanxun.get("/changes", after=0).body["items"] == []


def test_a_zone_can_be_taken_into_a_gis(world):
    zone = binding_zone(world)
    answer = world.as_("wujiang-planner").get(f"/zones/{zone['id']}.geojson")
    assert answer.headers["Content-Type"].startswith("application/geo+json")
    assert [f["id"] for f in answer.body["features"]] == ["320509", "330502", "line"]


def test_a_withdrawn_zone_opens_no_ground_any_more(world):
    zone = binding_zone(world)
    strip = shape(zone["binding"]["strips"][0]["geometry"]).representative_point()
    place = {"lon": strip.x, "lat": strip.y}
    assert world.as_("wuxing-planner").get("/locate", **place).body["zones"]
    with world.app.app_context(), world.unit_of_work() as session:
        row = session.get(Zone, zone["id"])
        row.state, row.version = "withdrawn", row.version + 1
    assert world.as_("wuxing-planner").get("/locate", **place).body["zones"] == []
