"""The map: strips that follow the dragged ends, and what others see of them at once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Request, Route, expect

from tests.support.browser import PHONE, Browsers
from tests.support.scaled import wait_until
from tests.support.story import binding_zone, memorandum, propose_zone, sign
from tests.support.world import World

pytestmark = pytest.mark.once


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


def test_the_map_opens_at_the_zone_and_a_link_to_it_shows_the_same_place(
    world: World, browsers: Browsers
):
    binding_zone(world)
    page = browsers.person("wuxing-officer1").open("/map")
    page.get_by_role("button", name="缩小").click()
    page.wait_for_url(re.compile(r"#\d+/30\.\d+/120\.\d+$"))
    zoom = int(page.url.split("#")[1].split("/")[0])
    assert zoom >= 11, "a district of 30 km, not the zone of 4.6 km"
    shown = page.url
    colleague = browsers.person("wujiang-officer1").open("/map" + shown[shown.index("#") :])
    colleague.get_by_role("button", name="放大").click()
    colleague.wait_for_url(re.compile(rf"#{zoom + 1}/"))
    place = [float(part) for part in colleague.url.split("#")[1].split("/")[1:]]
    assert place == pytest.approx(
        [float(part) for part in shown.split("#")[1].split("/")[1:]], abs=1e-3
    )


def test_a_press_asks_whose_place_it_is_on_a_phone_too(world: World, browsers: Browsers):
    zone = binding_zone(world)
    page = browsers.person("wuxing-officer1", viewport=PHONE).open("/map")
    page.click("#tab-locate")
    expect(page.get_by_role("button", name="用我的位置")).to_be_visible()
    # The middle of the map is in the zone, whose area must not answer instead of the hub.
    expect(page.locator("#map-layers")).to_contain_text(zone["name"])
    page.click("#map", position={"x": 195, "y": 250})
    expect(page.locator(".verdict__answer").first).to_have_text(re.compile(r"\S"))


READ = [
    ("120.3538, 30.8938", 120.3538, 30.8938, False),
    ("120.3538，30.8938", 120.3538, 30.8938, False),
    ("120.3538、30.8938", 120.3538, 30.8938, False),
    ("１２０．５ ３０．９", 120.5, 30.9, False),
    ("30.8938, 120.3538", 120.3538, 30.8938, True),
    ("东经120.4 北纬30.9", 120.4, 30.9, False),
    ("N30.9, E120.4", 120.4, 30.9, True),
    ("120°21'13.68\" E, 30°53'37.68\" N", 120.3538, 30.8938, False),
    ("120°21.228′ 30°53.628′", 120.3538, 30.8938, False),
    ("30°53'37.68\"N 120°21'13.68\"E", 120.3538, 30.8938, True),
    ("经度 120.4，纬度 30.9", 120.4, 30.9, False),
]
UNREAD = ["", "120.4", "here", "120.4, 30.9, 5", "120°75' 30°10'", "2.35, 48.85", "1e999, 30"]


def test_coordinates_are_read_as_people_type_them(browsers: Browsers):
    page = browsers.person("wuxing-officer1").open("/locate")
    results = page.evaluate(
        """async (texts) => {
            const { parseCoordinates } = await import("/static/js/pages/locate-coordinates.js");
            return texts.map((text) => {
                try { return parseCoordinates(text); } catch (error) { return error.message; }
            });
        }""",
        [text for text, *_rest in READ] + UNREAD,
    )
    for (text, lon, lat, swapped), found in zip(READ, results, strict=False):
        assert isinstance(found, dict), (text, found)
        assert abs(found["lon"] - lon) < 1e-4, text
        assert abs(found["lat"] - lat) < 1e-4, text
        assert found["swapped"] is swapped, text
    for text, found in zip(UNREAD, results[len(READ) :], strict=True):
        assert isinstance(found, str), (text, found)
        assert found, text


def test_a_swapped_order_is_said_and_nonsense_is_refused_in_words(browsers: Browsers):
    page = browsers.person("wuxing-officer1").open("/locate")
    page.locator("summary", has_text="输入坐标查询").click()
    typed = page.get_by_label("坐标", exact=True)
    typed.fill("30.8938, 120.3538")
    typed.press("Enter")
    expect(page.get_by_text("已按“纬度, 经度”读取。")).to_be_visible()
    typed.fill("在桥边")
    typed.press("Enter")
    expect(page.get_by_text("读不懂这个坐标")).to_be_visible()


def test_districts_chosen_anew_while_the_width_was_still_typed_show_no_fault(
    world: World, browsers: Browsers
):
    """The new choice's line is held back: without one no strips are asked for."""
    sign(world)
    page = browsers.person("wuxing-planner").open("/map?build=1")
    figures = page.locator("#preview-figures")
    expect(figures).to_contain_text("4,600.0")
    held: list[Route] = []
    page.route("**/api/v1/boundary-lines?*", lambda route: held.append(route))
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if "preview" in request.url else None)
    page.clock.install()
    page.evaluate(TYPED_THEN_CHOSEN)
    page.clock.run_for(1000)
    # What was asked before this answer is known to the test when it is there.
    page.evaluate("() => fetch('/healthz').then((answer) => answer.ok)")
    assert len(held) == 1
    assert asked == []
    held[0].continue_()
    expect(page.locator("#line-facts")).to_contain_text("公里")
    wait_until(lambda: page.clock.run_for(100) or asked, "strips of the new line")
    expect(page.locator("#toasts")).to_be_empty()


TYPED_THEN_CHOSEN = """() => {
    const { width_m: width, adcode_a: chosen } = document.getElementById("zone-form").elements;
    width.value = "900";
    width.dispatchEvent(new Event("input", { bubbles: true }));
    chosen.dispatchEvent(new Event("change", { bubbles: true }));
}"""
