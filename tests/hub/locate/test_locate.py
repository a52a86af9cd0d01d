"""Whose side is this, may I act here? Asked through the API by hosts, guests and third parties."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from sqlalchemy import update

from geo.boundaries import load, shared_line
from geo.crs import wgs84_to_gcj02
from hub.bureaus.models import Jurisdiction
from hub.db import utc_now
from tests.conftest import BOUNDARIES
from tests.support.cases import in_zone, new_case

WUXING, WUJIANG, CHANGXING, YIXING = "330502", "320509", "330522", "320282"


@pytest.fixture(scope="module")
def outlines():
    return load(BOUNDARIES)


@pytest.fixture(scope="module")
def near_line(outlines):
    """Places 10 m and 600 m off the middle of the Changxing-Yixing line, Changxing's side first."""
    changxing, yixing = outlines.by_adcode(CHANGXING), outlines.by_adcode(YIXING)
    part = shared_line(changxing, yixing).parts[0]
    middle = part.interpolate(0.5, normalized=True)

    def off(metres, inside):
        ring = middle.buffer(metres / 100_000, quad_segs=64).exterior
        places = [shapely.Point(p) for p in ring.coords]
        places = [p for p in places if inside.polygon.covers(p)]
        best = max(places, key=lambda p: p.distance(part))
        return best.x, best.y

    return {(m, unit.adcode): off(m, unit) for m in (10, 600) for unit in (changxing, yixing)}


def _ask(caller, place, **more):
    answer = caller.get("/locate", lon=place[0], lat=place[1], **more)
    assert answer.status == 200, answer.body
    return answer.body


def _survey(world, accuracy_m=1.0):
    """As if every outline had been surveyed: what is tested then is not the demo's 400 m."""
    with world.app.app_context(), world.unit_of_work() as session:
        changes = {"accuracy_m": accuracy_m, "imported_at": utc_now()}
        session.execute(update(Jurisdiction).values(changes))


def test_the_host_leads_on_its_own_ground(world):
    answer = _ask(world.as_("wuxing-officer1"), (120.16, 30.87))
    assert (answer["may_act"], answer["side"], answer["certain"]) == ("host", "own", True)
    assert answer["jurisdiction"]["bureau"]["short_name"] == "吴兴"
    assert answer["zones"] == []
    assert "您是属地单位" in answer["reason"]


def test_outside_a_zone_a_neighbour_may_not_act(world):
    answer = _ask(world.as_("wuxing-officer1"), (120.505, 30.913))
    assert (answer["may_act"], answer["side"], answer["clause"]) == ("no", "other", None)
    assert "吴江" in answer["reason"]


def test_where_no_bureau_takes_part_nobody_may_act(world):
    answer = _ask(world.as_("wuxing-officer1"), (119.68, 30.64))
    assert answer["jurisdiction"]["name"] == "安吉县"
    assert (answer["jurisdiction"]["bureau"], answer["may_act"]) == (None, "no")


def test_in_the_zone_the_guest_assists_by_its_clause(world, near_line):
    _survey(world)
    place = near_line[600, YIXING]
    guest = _ask(world.as_("changxing-officer1"), place)
    assert (guest["certain"], guest["may_act"], guest["side"]) == (True, "assist", "partner")
    assert guest["clause"]["number"] == "第三条"
    assert "宜兴2名以上持证人员牵头" in guest["reason"]
    assert len(guest["zones"]) == 1
    host = _ask(world.as_("yixing-officer1"), place)
    assert (host["may_act"], host["clause"]["number"]) == ("host", "第三条")


def test_a_third_bureau_learns_the_jurisdiction_but_no_zone(world, near_line):
    _survey(world)
    answer = _ask(world.as_("nanxun-planner"), near_line[600, YIXING])
    assert answer["jurisdiction"]["adcode"] == YIXING
    assert (answer["zones"], answer["agreement"], answer["clause"]) == ([], None, None)
    assert answer["may_act"] == "no"
    assert "协助" not in answer["reason"]


def test_near_the_line_both_answers_are_given_instead_of_a_guess(world, near_line):
    answer = _ask(world.as_("changxing-officer1"), near_line[10, CHANGXING], accuracy_m=20)
    assert answer["certain"] is False
    assert answer["uncertainty_m"] == 420.0
    assert answer["distance_to_line_m"] < 11
    acts = {a["jurisdiction"]["adcode"]: a["may_act"] for a in answer["answers"]}
    assert acts == {CHANGXING: "host", YIXING: "assist"}
    assert answer["may_act"] == "assist"
    assert "无法确定" in answer["reason"]


def test_the_phone_s_own_error_counts(world, near_line):
    _survey(world)
    caller, place = world.as_("changxing-officer1"), near_line[10, CHANGXING]
    assert _ask(caller, place, accuracy_m=5)["certain"] is True
    assert _ask(caller, place, accuracy_m=50)["certain"] is False


def test_near_the_zone_s_end_a_guest_does_not_act_on_a_guess(world, near_line):
    _survey(world)
    guest, place = world.as_("changxing-officer1"), near_line[600, YIXING]
    assert _ask(guest, place, accuracy_m=20)["zone_certain"] is True
    rough = _ask(guest, place, accuracy_m=550)
    assert (rough["zone_certain"], rough["may_act"]) == (False, "no")
    assert "是否在区域内难以判定" in rough["reason"]
    assert _ask(world.as_("nanxun-officer1"), place, accuracy_m=550)["zone_certain"] is True


def test_a_place_read_from_a_shifted_map_is_shifted_back(world):
    lon, lat = (float(axis) for axis in wgs84_to_gcj02(120.16, 30.87))
    answer = _ask(world.as_("wuxing-officer1"), (lon, lat), datum="gcj02")
    assert (answer["lon"], answer["lat"]) == pytest.approx((120.16, 30.87), abs=1e-7)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"lon": 30.87, "lat": 120.16}, "swapped"),
        ({"lon": "nan", "lat": 30.87}, "not_finite"),
        ({"lon": 1e300, "lat": 30.87}, "out_of_range"),
        ({"lon": 2.35, "lat": 48.85}, "outside_area"),
        ({"lon": 120.16, "lat": 30.87, "accuracy_m": -1}, "bad_accuracy"),
        ({"lon": 120.16, "lat": 30.87, "accuracy_m": "inf"}, "bad_accuracy"),
    ],
)
def test_what_cannot_be_a_place_is_refused_in_words(world, query, code):
    answer = world.as_("wuxing-officer1").get("/locate", **query)
    assert (answer.status, answer.body["code"]) == (422, code)
    assert answer.body["detail"]


def test_text_for_a_number_is_refused(world):
    assert world.as_("wuxing-officer1").get("/locate", lon="abc", lat=30).status == 422
    assert world.as_("wuxing-officer1").get("/locate", lat=30).status == 422


def test_administrators_and_strangers_may_not_ask(world):
    assert world.as_("wuxing-auditor").get("/locate", lon=120.16, lat=30.87).status == 403
    with world.app.test_client() as client:
        assert client.get("/api/v1/locate?lon=120.16&lat=30.87").status_code == 401


def _points(places, **properties):
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": f"p{number}",
                "geometry": {"type": "Point", "coordinates": list(place)},
                "properties": properties,
            }
            for number, place in enumerate(places)
        ],
    }


def test_answers_equal_covers_on_the_same_polygons(world, outlines):
    rng = np.random.default_rng(7)
    places = rng.uniform((118.9, 30.3), (121.2, 31.6), (1500, 2)).round(6)
    edges = shapely.get_coordinates(outlines.by_adcode(WUXING).polygon)[::40]
    places = np.vstack([places, edges])
    body = world.as_("wuxing-officer1").post("/locate", _points(places.tolist())).body
    points = shapely.points(places)
    covered = [
        sorted(u.adcode for u in outlines.jurisdictions if u.polygon.covers(point))
        for point in points
    ]
    answered = [feature["properties"]["adcode"] for feature in body["features"]]
    assert answered == [codes[0] if codes else None for codes in covered]
    for feature, codes in zip(body["features"], covered, strict=True):
        said = {answer["adcode"] for answer in feature["properties"]["answers"]}
        assert set(codes) <= said
        assert not (len(codes) > 1 and feature["properties"]["certain"])


def test_many_points_keep_their_order_and_ids_and_agree_with_one(world, near_line):
    places = [near_line[600, YIXING], (120.16, 30.87), near_line[10, CHANGXING]]
    caller = world.as_("changxing-officer1")
    many = caller.post("/locate", _points(places, accuracy_m=3)).body["features"]
    assert [feature["id"] for feature in many] == ["p0", "p1", "p2"]
    for feature, place in zip(many, places, strict=True):
        one = _ask(caller, place, accuracy_m=3)
        for name in (
            "certain",
            "zone_certain",
            "may_act",
            "zones",
            "clause",
            "uncertainty_m",
            "side",
        ):
            assert feature["properties"][name] == one[name], name


@pytest.mark.parametrize(
    "features",
    [
        [{"type": "Feature", "geometry": None, "properties": {}}],
        [{"type": "Feature", "geometry": {"type": "Point", "coordinates": [120]}}],
        [{"type": "Feature", "geometry": {"type": "Point", "coordinates": ["a", "b"]}}],
        [{"type": "Feature", "geometry": {"type": "Point", "coordinates": [30.8, 120.2]}}],
        [{"type": "Feature", "geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}}],
        [7],
    ],
)
def test_a_wrong_point_is_named_by_its_number(world, features):
    good = _points([(120.16, 30.87)])["features"]
    body = {"type": "FeatureCollection", "features": good + features}
    answer = world.as_("wuxing-officer1").post("/locate", body)
    assert answer.status == 422
    assert any("1" in error["field"] for error in answer.body["errors"])


@pytest.mark.once
def test_ten_thousand_points_are_the_most(world):
    caller = world.as_("wuxing-officer1")
    many = _points([(120.16, 30.87)] * 10_001)
    assert caller.post("/locate", many).status == 422
    many["features"].pop()
    assert len(caller.post("/locate", many).body["features"]) == 10_000


def test_a_terminated_agreement_opens_nothing_at_once(world, near_line):
    _survey(world)
    caller, place = world.as_("changxing-officer1"), near_line[600, YIXING]
    assert _ask(caller, place)["may_act"] == "assist"
    official = world.as_("changxing-official")
    agreement = official.get("/agreements").body["items"][0]
    path = f"/agreements/{agreement['id']}/terminate"
    ended = official.post(path, {"reason": "期满"}, version=agreement["version"])
    assert ended.status == 200, ended.body
    answer = _ask(caller, place)
    assert (answer["may_act"], answer["zones"]) == ("no", [])


def test_names_are_in_the_reader_s_language(world):
    caller = world.as_("wuxing-officer1")
    headers = {"Authorization": f"Bearer {caller.token}"}
    with world.app.test_client() as client:
        with client.session_transaction() as cookie:
            cookie["locale"] = "en"
        answer = client.get("/api/v1/locate?lon=120.505&lat=30.913", headers=headers)
    assert answer.json["jurisdiction"]["bureau"]["short_name"] == "Wujiang"


def test_the_index_that_one_writer_built_serves_the_next(world):
    """Written one after the other, with nobody reading between them."""
    place = in_zone(world)

    def strips_read():
        with world.hearing("before_cursor_execute") as sent:
            new_case(world, place)
        return sum("FROM zone_strip" in statement for _, _, statement, *_ in sent)

    assert strips_read() > strips_read()
