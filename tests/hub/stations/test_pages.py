"""The pages of stations and of locating."""

from __future__ import annotations


def _first(world, username):
    return world.as_(username).get("/stations").body["items"][0]


def test_the_list_shows_own_and_partners_stations(world):
    body = world.as_("changxing-planner").page("/stations").body
    assert "夹浦生态联勤警务站" in body
    assert "丁蜀生态联勤警务站" in body
    assert "织里" not in body


def test_only_editors_of_the_owner_may_open_the_form(world):
    station = _first(world, "wuxing-liaison")
    path = f"/stations/{station['id']}/edit"
    assert world.as_("wuxing-liaison").page(path).status == 200
    assert world.as_("wuxing-officer1").page(path).status == 403
    assert world.as_("nanxun-liaison").page(path).status == 404
    assert world.as_("wuxing-liaison").page("/stations/new").status == 200


def test_a_station_page_is_for_those_who_see_the_station(world):
    station = _first(world, "wuxing-liaison")
    assert station["name"] in world.as_("wuxing-officer1").page(f"/stations/{station['id']}").body
    assert world.as_("nanxun-planner").page(f"/stations/{station['id']}").status == 404


def test_the_locate_page_names_zones_of_the_reader_alone(world):
    own = world.as_("changxing-officer1").page("/locate")
    assert own.status == 200
    assert "/api/v1/zones/" in own.body
    assert "/api/v1/zones/" not in world.as_("nanxun-officer1").page("/locate").body
    assert world.as_("wuxing-sysadmin").page("/locate").status == 403
