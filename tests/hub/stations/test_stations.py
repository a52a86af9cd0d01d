"""Stations: the owner keeps them, partners under an agreement see them, nobody else does."""

from __future__ import annotations

ZHILI = {"name": "新站", "lon": 120.25, "lat": 30.87, "duty": "白天", "phone": "0572-1"}


def _names(caller, **query):
    return {item["name"] for item in caller.get("/stations", **query).body["items"]}


def _add(world, **changes):
    return world.as_("wuxing-liaison").post("/stations", ZHILI | changes)


def test_a_liaison_adds_a_station_and_the_bureau_reads_it(world):
    made = _add(world)
    assert made.status == 201
    seen = world.as_("wuxing-officer1").get(f"/stations/{made.body['id']}")
    assert seen.body["own"] is True
    assert seen.body["name_en"] == "新站"
    assert seen.version == 1


def test_an_officer_may_read_but_not_add(world):
    assert world.as_("wuxing-officer1").post("/stations", ZHILI).status == 403


def test_a_station_lies_in_its_own_jurisdiction(world):
    answer = _add(world, lon=120.505, lat=30.913)  # Zhenze is Wujiang's
    assert answer.status == 422
    assert {error["field"] for error in answer.body["errors"]} == {"lon", "lat"}


def test_swapped_coordinates_are_named(world):
    answer = _add(world, lon=30.87, lat=120.25)
    assert (answer.status, answer.body["code"]) == (422, "swapped")


def test_a_partner_sees_stations_only_while_an_agreement_is_in_force(world):
    partner, stranger = world.as_("yixing-officer1"), world.as_("wujiang-officer1")
    station = next(
        item
        for item in world.as_("changxing-officer1").get("/stations").body["items"]
        if item["own"]
    )
    assert station["name"] in _names(partner)
    assert partner.get(f"/stations/{station['id']}").body["own"] is False
    for other in (stranger, world.as_("nanxun-planner")):
        assert station["name"] not in _names(other)
        assert other.get(f"/stations/{station['id']}").status == 404


def test_a_third_bureau_is_told_nothing_of_a_new_station(world):
    before = len(world.as_("nanxun-planner").get("/changes", after=0).body["items"])
    _add(world)
    after = world.as_("nanxun-planner").get("/changes", after=0).body["items"]
    assert len(after) == before
    own = world.as_("wuxing-planner").get("/changes", after=0).body["items"]
    assert (own[-1]["kind"], own[-1]["view"]["name"]) == ("station", "新站")


def test_a_partner_may_read_but_not_change(world):
    partner = world.as_("yixing-liaison")
    station = next(i for i in partner.get("/stations").body["items"] if not i["own"])
    body = ZHILI | {"name": "改名"}
    assert partner.put(f"/stations/{station['id']}", body, version=1).status == 404


def test_a_stale_change_is_refused_with_both_versions(world):
    station = _add(world).body
    liaison = world.as_("wuxing-liaison")
    path = f"/stations/{station['id']}"
    assert liaison.put(path, ZHILI | {"duty": "夜间"}, version=1).version == 2
    stale = liaison.put(path, ZHILI, version=1)
    assert stale.status == 409
    assert stale.body["current"]["duty"] == "夜间"
    assert liaison.put(path, ZHILI).status == 428


def test_craft_is_added_and_taken_out_of_service(world):
    liaison = world.as_("changxing-liaison")
    station = next(i for i in liaison.get("/stations").body["items"] if i["own"])
    path = f"/stations/{station['id']}/craft"
    added = liaison.post(path, {"name": "新艇", "kind": "boat", "plate": "浙1"})
    boat = next(craft for craft in added.body["craft"] if craft["name"] == "新艇")
    retired = {"name": "新艇", "kind": "boat", "plate": "浙1", "active": False}
    assert liaison.put(f"{path}/{boat['id']}", retired, version=added.version).status == 200
    mine = liaison.get(f"/stations/{station['id']}").body["craft"]
    theirs = world.as_("yixing-liaison").get(f"/stations/{station['id']}").body["craft"]
    assert boat["id"] in {craft["id"] for craft in mine}
    assert boat["id"] not in {craft["id"] for craft in theirs}


def test_unknown_fields_are_refused(world):
    assert _add(world, owner_bureau_id="x").status == 422


def test_the_list_is_filtered_and_paged(world):
    liaison = world.as_("wuxing-liaison")
    for number in range(3):
        _add(world, name=f"百分%{number}")
    assert _names(liaison, q="百分%") == {"百分%0", "百分%1", "百分%2"}
    assert _names(liaison, q="百_") == set()
    first = liaison.get("/stations", q="百分", limit=2).body
    second = liaison.get("/stations", q="百分", limit=2, cursor=first["next"]).body
    assert [len(first["items"]), len(second["items"]), second["next"]] == [2, 1, None]


def test_stations_are_points_of_a_map(world):
    features = world.as_("wuxing-officer1").get("/stations.geojson").body["features"]
    assert {f["geometry"]["type"] for f in features} == {"Point"}
    _add(world, name="旧站", active=False)
    liaison = world.as_("wuxing-liaison")
    for query in ({"q": "旧站"}, {"active": "false"}, {"q": "没有"}, {}):
        narrowed = liaison.get("/stations.geojson", **query).body["features"]
        assert {f["properties"]["name"] for f in narrowed} == _names(liaison, **query), query


def test_administrators_see_no_stations(world):
    assert world.as_("wuxing-sysadmin").get("/stations").status == 403


def test_a_spreadsheet_takes_no_cell_for_a_formula(world):
    _add(world, name="=1+1")
    body = world.as_("wuxing-officer1").get("/stations.csv").body
    assert "'=1+1" in body
    assert "丁蜀" not in body
