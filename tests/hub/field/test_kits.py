"""Kits, the shell and its worker: what a phone is given, and whom it says nothing of."""

from __future__ import annotations

import re

from tests.support.field import OFFICER, PARTNER, STRANGERS
from tests.support.patrols import approved_patrol, propose_patrol, soon
from tests.support.story import binding_zone
from tests.support.world import World


def shell_urls(world: World) -> list[str]:
    """What the service worker keeps."""
    text = world.app.test_client().get("/field/worker.js").get_data(as_text=True)
    found = re.search(r"const SHELL = \[(.*?)\];", text)
    assert found
    return [part.strip().strip('"') for part in found[1].split(",")]


def test_a_kit_holds_the_plan_and_the_ground_for_its_parties_alone(world: World):
    patrol = approved_patrol(world)
    kit = world.as_(OFFICER).get(f"/patrols/{patrol['id']}/field-kit").body
    assert kit["logs"] is True
    assert kit["patrol"]["plan_version"] == patrol["plan_version"]
    assert {unit["adcode"] for unit in kit["ground"]["units"]} >= {"330502", "320509"}
    partner = world.as_(PARTNER).get(f"/patrols/{patrol['id']}/field-kit").body
    assert partner["sides"]["320509"] == "a"
    for who in STRANGERS:
        assert world.as_(who).get(f"/patrols/{patrol['id']}/field-kit").status == 404


def test_who_is_no_crew_may_look_but_not_log(world: World):
    patrol = approved_patrol(world)
    kit = world.as_("wujiang-planner").get(f"/patrols/{patrol['id']}/field-kit").body
    assert kit["logs"] is False


def test_the_phone_lists_the_patrols_that_its_officer_goes_on(world: World):
    zone = binding_zone(world)
    near = propose_patrol(world, zone)
    far = propose_patrol(
        world,
        zone,
        starts_at=soon(days=40).isoformat(),
        ends_at=soon(days=40, hours=1).isoformat(),
    )
    ids = {item["id"] for item in world.as_(OFFICER).get("/field/patrols").body["items"]}
    assert near["id"] in ids
    assert far["id"] not in ids
    others = world.as_("nanxun-officer1").get("/field/patrols").body["items"]
    assert near["id"] not in {item["id"] for item in others}


def test_the_way_to_a_patrol_in_the_field_is_open_to_its_parties(world: World):
    patrol = approved_patrol(world)
    answer = world.as_(OFFICER).page(f"/patrols/{patrol['id']}/field")
    assert answer.status == 302
    assert answer.headers["Location"].endswith(f"/field/?patrol={patrol['id']}")
    assert world.as_("nanxun-officer1").page(f"/patrols/{patrol['id']}/field").status == 404


def test_every_file_of_the_shell_is_there_and_says_the_same_to_everybody(world: World):
    urls = shell_urls(world)
    assert "/static/js/field/app.js" in urls
    assert "/static/js/field/ground.js" in urls
    with world.app.test_client() as nobody:
        for url in urls:
            answer = nobody.get(url)
            assert answer.status_code == 200, url
            answer.close()
    mine = world.as_(OFFICER).page("/field/").body
    assert mine == world.as_("nanxun-planner").page("/field/").body
    assert not any(url.startswith("/api/") for url in urls)


def test_the_manifest_names_icons_that_exist(world: World):
    with world.app.test_client() as nobody:
        manifest = nobody.get("/field/manifest.webmanifest").get_json(force=True)
        sizes = {icon["sizes"] for icon in manifest["icons"]}
        assert manifest["start_url"] == "/field/"
        assert sizes >= {"192x192", "512x512"}
        for icon in manifest["icons"]:
            answer = nobody.get(icon["src"])
            assert answer.status_code == 200
            answer.close()


def test_here_names_the_caller_and_nobody_else(world: World):
    nobody = world.app.test_client().get("/api/v1/field/here").get_json()
    assert nobody["user"] is None
    assert nobody["csrf_token"]
    mine = world.as_(OFFICER).get("/field/here").body
    assert mine["user"]["id"] == world.as_(OFFICER).user_id
    assert mine["user"]["logs"] is True
    assert world.as_("wuxing-sysadmin").get("/field/here").body["feed_seq"] is None
