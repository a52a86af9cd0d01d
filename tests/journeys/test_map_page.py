"""The map: strips that follow the dragged ends, and what others see of them at once."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.support.browser import PHONE, Browsers
from tests.support.story import binding_zone, memorandum, propose_zone, sign
from tests.support.world import World


def test_the_preview_follows_an_end_that_is_dragged(world: World, browsers: Browsers):
    sign(world)
    page = browsers.person("wuxing-planner").open("/map?build=1")
    figures = page.locator("#preview-figures")
    expect(figures).to_contain_text("4,600.0")
    handle = page.locator(".zone-handle").first
    box = handle.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 14, box["y"] + 14)
    page.mouse.down()
    page.mouse.move(box["x"] + 14, box["y"] + 120, steps=6)
    page.mouse.up()
    expect(figures).not_to_contain_text("4,600.0")
    dragged = float(page.input_value("#f-from_m"))
    length = float(page.input_value("#f-to_m")) - dragged
    expect(figures).to_contain_text(f"{length:,.1f}")


def test_a_width_beyond_the_text_is_told_before_it_is_proposed(world: World, browsers: Browsers):
    sign(world)
    page = browsers.person("wuxing-planner").open("/map?build=1")
    expect(page.locator("#preview-figures")).to_contain_text("4,600.0")
    page.fill("#f-width_m", "1500")
    expect(page.locator("#preview-figures .notice--warn")).to_contain_text("1,000")


def test_a_zone_appears_on_the_neighbours_map_and_on_no_other(world: World, browsers: Browsers):
    found = memorandum(world)
    wujiang = browsers.person("wujiang-planner")
    nanxun = browsers.person("nanxun-planner")
    for person in (wujiang, nanxun):
        person.open("/map")
        person.await_line()
        expect(person.page.locator("#map-layers")).to_contain_text("还没有区域")
    zone = propose_zone(world, found["id"])
    expect(wujiang.page.locator("#map-layers")).to_contain_text(zone["name"])
    expect(nanxun.page.locator("#map-layers")).to_contain_text("还没有区域")


def test_a_zone_that_binds_is_changed_from_the_map(world: World, browsers: Browsers):
    zone = binding_zone(world)
    page = browsers.person("wujiang-planner").open(f"/map?zone={zone['id']}")
    expect(page.locator("#preview-figures")).to_contain_text("4,600.0")
    page.fill("#f-width_m", "800")
    page.click("#zone-submit")
    page.wait_for_url("**/zones/*")
    expect(page.locator("#zone-keys")).to_contain_text("第2版")
    expect(page.locator("#zone-head")).to_contain_text("第1版仍然有效")


def test_a_press_asks_whose_place_it_is_on_a_phone_too(world: World, browsers: Browsers):
    page = browsers.person("wuxing-officer1", viewport=PHONE).open("/map")
    page.click("#tab-locate")
    expect(page.get_by_role("button", name="用我的位置")).to_be_visible()
    page.click("#map", position={"x": 195, "y": 250})
    expect(page.locator(".verdict__answer")).to_have_text(re.compile(r"\S"))
