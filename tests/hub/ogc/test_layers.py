"""OGC API Features: the standard's answers, and nothing that another door would not show."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pyproj
import pytest
from shapely.geometry import box, shape

from tests.support.cases import in_zone, last_changes, new_case, off_zone, share_of
from tests.support.petitions import TRACES, asked, taken

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
LAYERS = {
    "jurisdictions", "zones", "boundary-lines", "stations", "patrol-tracks", "findings", "cases",
    "petitions",
}  # fmt: skip


def items(caller, layer, **query):
    answer = caller.get(f"/ogc/collections/{layer}/items", **query)
    assert answer.status == 200, answer.body
    return answer


def ids(caller, layer, **query):
    return [feature["id"] for feature in items(caller, layer, **query).body["features"]]


def everything(caller, layer, **query):
    """All ids over all pages, by the links alone."""
    found, url = [], None
    answer = items(caller, layer, **query)
    while True:
        found += [feature["id"] for feature in answer.body["features"]]
        url = next((x["href"] for x in answer.body["links"] if x["rel"] == "next"), None)
        if url is None:
            return found
        parts = urlsplit(url)
        answer = caller.get(parts.path, **dict(parse_qsl(parts.query)))


def test_the_landing_page_leads_to_every_layer(world):
    caller = world.as_("changxing-officer1")
    links = {link["rel"]: link["href"] for link in caller.get("/ogc/").body["links"]}
    assert {"self", "service-desc", "service-doc", "conformance", "data"} <= set(links)
    kept = caller.get("/ogc/conformance").body["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in kept
    listed = caller.get("/ogc/collections").body["collections"]
    assert {layer["id"] for layer in listed} == LAYERS
    for layer in listed:
        href = next(link["href"] for link in layer["links"] if link["rel"] == "items")
        answer = caller.get(href[href.index("/ogc/") :])
        assert answer.headers["Content-Type"] == "application/geo+json"
        assert answer.body["numberReturned"] == len(answer.body["features"]) > 0


def test_every_feature_is_found_again_by_its_id(world):
    caller = world.as_("changxing-officer1")
    for layer in LAYERS:
        listed = items(caller, layer).body["features"][0]
        single = caller.get(f"/ogc/collections/{layer}/items/{listed['id']}")
        assert single.status == 200
        assert single.body["geometry"] == listed["geometry"]
        assert caller.get(f"/ogc/collections/{layer}/items/none").status == 404
        assert caller.get(f"/ogc/collections/{layer}/items/none:none").status == 404


def test_pages_hold_each_feature_once(world):
    for _ in range(3):
        new_case(world)
    caller = world.as_("changxing-officer1")
    for layer in LAYERS:
        whole = ids(caller, layer, limit="1000")
        assert everything(caller, layer, limit="2") == whole
        assert len(set(whole)) == len(whole)


def test_a_partner_gets_what_the_terms_open_and_a_stranger_nothing(world):
    shared = new_case(world).body["id"]
    kept = new_case(world, off_zone(world)).body["id"]
    partner, stranger = world.as_("yixing-officer1"), world.as_("nanxun-officer1")
    seen = {f["id"]: f for f in items(partner, "cases").body["features"]}
    assert shared in seen
    assert kept not in seen
    assert seen[shared]["properties"]["own"] is False
    assert "handler_notes" not in seen[shared]["properties"]
    for layer in LAYERS - {"jurisdictions"}:
        theirs = set(ids(world.as_("changxing-officer1"), layer))
        assert not theirs & set(ids(stranger, layer))
        one = next(iter(theirs))
        assert stranger.get(f"/ogc/collections/{layer}/items/{one}").status == 404


def test_a_petition_lies_on_the_partners_map_once_it_is_asked_to_settle_it_too(world):
    alone, together = taken(world), asked(world)
    partner = world.as_("yixing-mediator")
    seen = {f["id"]: f for f in items(partner, "petitions").body["features"]}
    assert alone["id"] not in seen
    shown = seen[together["id"]]
    place = (together["lon"], together["lat"])
    assert shown["geometry"]["coordinates"] == pytest.approx(place, abs=1e-7)
    assert "channel_name" not in shown["properties"]
    own = items(world.as_("changxing-mediator"), "petitions").body
    assert alone["id"] in {feature["id"] for feature in own["features"]}
    assert not [trace for trace in TRACES if trace in str(own)]
    path = f"/ogc/collections/petitions/items/{together['id']}"
    assert partner.get(path).status == 200
    trail = world.as_("changxing-auditor").get("/audit", action="petition.read").body["items"]
    assert trail[0]["record_id"] == together["id"]


def test_opening_a_partners_case_here_is_a_receipt_too(world):
    case = new_case(world).body["id"]
    world.as_("yixing-liaison").get(f"/ogc/collections/cases/items/{case}")
    ladder = {rung["rung"]: rung["at"] for rung in share_of(world, case)["receipts"]}
    assert ladder["opened"]


def test_recall_takes_the_feature_away(world):
    case = new_case(world).body["id"]
    share = share_of(world, case)
    world.as_("changxing-official").post(f"/shares/{share['id']}/recall", {"reason": "误共享"})
    assert case not in ids(world.as_("yixing-officer1"), "cases")
    assert last_changes(world, "yixing-officer1", case)


def test_administrators_see_no_layer(world):
    admin = world.as_("changxing-sysadmin")
    assert admin.get("/ogc/collections/cases/items").status == 403
    with world.app.test_client() as client:
        assert client.get("/ogc/").status_code == 401


def test_a_box_takes_what_lies_in_it(world):
    inside, outside = in_zone(world), off_zone(world)
    near, far = (new_case(world, place).body["id"] for place in (inside, outside))
    caller = world.as_("changxing-officer1")
    lon, lat = inside
    around = ids(caller, "cases", bbox=f"{lon - 0.001},{lat - 0.001},{lon + 0.001},{lat + 0.001}")
    assert near in around
    assert far not in around
    gk = pyproj.Transformer.from_crs("OGC:CRS84", "EPSG:4549")
    north, east = gk.transform(lon, lat)
    metric = f"{north - 50},{east - 50},{north + 50},{east + 50}"
    assert near in ids(caller, "cases", **{"bbox": metric, "bbox-crs": EPSG + "4549"})
    # A box that crosses the antimeridian holds the far side of the Earth, and nothing of ours.
    assert not ids(caller, "cases", bbox="179,-80,-179,80")
    assert near in ids(caller, "cases", bbox="100,-80,-179,80")
    assert near in ids(caller, "cases", bbox=f"{lon - 1},{lat - 1},0,{lon + 1},{lat + 1},9")


def test_answers_come_in_the_asked_system_in_its_own_order_of_axes(world):
    caller = world.as_("changxing-officer1")
    plain = items(caller, "zones").body["features"][0]
    west, south, east, north = shape(plain["geometry"]).bounds
    swapped = items(caller, "zones", crs=EPSG + "4490")
    assert swapped.headers["Content-Crs"] == f"<{EPSG}4490>"
    bounds = shape(swapped.body["features"][0]["geometry"]).bounds
    assert bounds == pytest.approx((south, west, north, east), abs=1e-6)
    metric = shape(items(caller, "zones", crs=EPSG + "4549").body["features"][0]["geometry"])
    assert metric.area == pytest.approx(plain["properties"]["area_m2"], rel=1e-3)


def test_a_span_takes_what_happened_in_it(world):
    caller = world.as_("changxing-officer1")
    case = new_case(world).body
    day = case["opened_at"][:10]
    assert case["id"] in ids(caller, "cases", datetime=f"{day}T00:00:00Z/..")
    assert case["id"] not in ids(caller, "cases", datetime="../2020-01-01T00:00:00Z")
    assert case["id"] not in ids(caller, "cases", datetime="2020-01-01T00:00:00Z")
    # What has no time is in every span.
    assert ids(caller, "zones", datetime="2020-01-01T00:00:00Z")


@pytest.mark.parametrize(
    "query",
    [
        {"bbox": "1,2,3"},
        {"bbox": "a,b,c,d"},
        {"bbox": "nan,1,2,3"},
        {"bbox": "120,32,121,31"},
        {"bbox-crs": "EPSG:4326"},
        {"crs": EPSG + "27700"},
        {"datetime": "yesterday"},
        {"datetime": "../.."},
        {"datetime": "2026-02-01T00:00:00Z/2026-01-01T00:00:00Z"},
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "ten"},
        {"cursor": "x"},
        {"colour": "red"},
    ],
    ids=str,
)
def test_a_query_that_cannot_be_used_is_named(world, query):
    answer = world.as_("changxing-officer1").get("/ogc/collections/cases/items", **query)
    assert answer.status == 400
    assert answer.body["errors"][0]["field"] in query
    one = ids(world.as_("changxing-officer1"), "cases")[0]
    if "colour" in query:
        path = f"/ogc/collections/cases/items/{one}"
        assert world.as_("changxing-officer1").get(path, **query).status == 400


def test_a_case_without_an_open_place_is_in_no_box(world):
    """Gray cases reach a partner without their place: they are listed, but on no map."""
    partner = world.as_("yixing-officer1")
    listed = items(partner, "cases").body["features"]
    world_box = box(-180, -90, 180, 90)
    boxed = set(ids(partner, "cases", bbox="-180,-90,180,90"))
    for feature in listed:
        shown = feature["geometry"]
        assert (feature["id"] in boxed) == (
            shown is not None and shape(shown).intersects(world_box)
        )
