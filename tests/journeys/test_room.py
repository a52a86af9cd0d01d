"""The shared screen of a meeting in two browsers: layers, range, pointer, latecomer, roaming."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.support.browser import Browsers
from tests.support.meetings import fixed
from tests.support.scaled import wait_until
from tests.support.world import World


def boxes(page: Page) -> list[bool]:
    """Which layers are switched on."""
    return list(
        page.eval_on_selector_all("#map-layers [type=checkbox]", "all => all.map(b => b.checked)")
    )


def drawn(page: Page) -> tuple[int, int]:
    """How many pixels of the map are of the purple of boundary lines, and of an own area's teal."""
    picture = Image.open(io.BytesIO(page.locator("#map").screenshot())).convert("RGB")
    colours = picture.getcolors(1 << 24) or []
    lines = sum(n for n, (r, g, b) in colours if b - g > 45 and r - g > 15 and r < 130)
    areas = sum(n for n, (r, g, b) in colours if 205 < r < 232 and g - r > 10 and b - r > 10)
    return lines, areas


@pytest.mark.once
def test_what_the_chair_shows_stands_on_every_screen(world: World, browsers: Browsers):
    path = f"/meetings/{fixed(world)['id']}/room"
    chair, guest = browsers.person("changxing-official"), browsers.person("yixing-liaison")
    page, other = chair.open(path), guest.open(path)
    page.click("#room-lead button")
    expect(other.locator("#room-bar")).to_contain_text("跟随")
    for index in range(len(boxes(page))):
        box = page.locator("#map-layers [type=checkbox]").nth(index)
        box.uncheck()
        expect(other.locator("#map-layers [type=checkbox]").nth(index)).not_to_be_checked()
    page.locator("#map-layers [type=checkbox]").first.check()
    page.fill("#room-since", "2026-03-01")
    expect(other.locator("#room-since")).to_have_value("2026-03-01")
    expect(other.locator("#map-layers [type=checkbox]").first).to_be_checked()
    page.fill("#room-note input", "看这里")
    page.press("#room-note input", "Enter")
    expect(other.locator("#room-notes")).to_contain_text("看这里")

    page.click("#room-tools button:has-text('指点')")
    place = page.locator("#map").bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + 300, place["y"] + 300)
    page.mouse.move(place["x"] + 310, place["y"] + 300)
    name = page.inner_text(".who > span")
    expect(other.locator("#map .leaflet-tooltip", has_text=name).first).to_be_visible()

    other.click("#room-bar button")
    expect(page.locator("#room-people")).to_contain_text("自行浏览")
    other.locator("#map-layers [type=checkbox]").first.uncheck()
    late = browsers.person("yixing-official").open(path)
    expect(late.locator("#room-notes")).to_contain_text("看这里")
    expect(late.locator("#room-since")).to_have_value("2026-03-01")
    assert boxes(late) == boxes(page) != boxes(other)


@pytest.mark.once
def test_areas_that_are_switched_on_again_lie_below_the_lines(world: World, browsers: Browsers):
    page = browsers.person("changxing-official").open(f"/meetings/{fixed(world)['id']}/room")
    wait_until(lambda: min(drawn(page)) > 100, "lines and areas are drawn")
    areas = page.locator("#map-layers [type=checkbox]").first
    areas.uncheck()
    wait_until(lambda: drawn(page)[1] < 100, "the areas are gone")
    areas.check()
    wait_until(lambda: drawn(page)[1] > 100, "the areas are back")
    assert drawn(page)[0] > 100, "the areas that came back cover the lines"


@pytest.mark.once
def test_a_zoom_of_the_chair_is_shown_while_it_is_still_under_way(world: World, browsers: Browsers):
    path = f"/meetings/{fixed(world)['id']}/room"
    page = browsers.person("changxing-official").open(path)
    other = browsers.person("yixing-liaison").open(path)
    page.click("#room-lead button")
    expect(other.locator("#room-bar")).to_contain_text("跟随")
    scale = other.inner_text(".leaflet-control-scale-line")
    page.evaluate(
        """() => {
            const { send } = WebSocket.prototype;
            WebSocket.prototype.send = function (data) {
                if (String(data).includes('"view"') && document.querySelector(".leaflet-zoom-anim"))
                    document.body.dataset.early = "yes";
                return send.call(this, data);
            };
        }"""
    )
    page.click(".leaflet-control-zoom-in")
    expect(other.locator(".leaflet-control-scale-line")).not_to_have_text(scale)
    expect(page.locator("body")).to_have_attribute("data-early", "yes")


@pytest.mark.once
def test_a_press_that_draws_opens_nothing_that_lies_there(world: World, browsers: Browsers):
    path = f"/meetings/{fixed(world)['id']}/room"
    page = browsers.person("changxing-official").open(path)
    expect(page.locator("#room-lead button")).to_be_visible()
    pin = page.locator("#map .leaflet-marker-icon[title^='矿山堆场']")
    box = pin.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drawn(tool: str, text: str, *places: tuple[float, float]) -> None:
        page.fill("#room-text", text)
        page.click(f"#room-tools button:has-text('{tool}')")
        for dx, dy in places:
            page.mouse.move(x + dx, y + dy)
            page.mouse.click(x + dx, y + dy)
        expect(page.locator("#map .leaflet-tooltip", has_text=text)).to_be_visible()

    corners = ((-60, -60), (60, -60), (60, 60), (-60, 60))
    drawn("画面", "重点区", *corners, corners[0])
    drawn("标点", "区内", (30, 30))
    drawn("标点", "案上", (0, 0))
    expect(page.locator(".leaflet-popup")).to_have_count(0)
    expect(page.locator("#room-record h3")).to_have_count(0)
    page.mouse.click(x - 45, y + 45)
    page.locator(".leaflet-popup button:has-text('清除')").click()
    expect(page.locator("#map .leaflet-tooltip", has_text="重点区")).to_have_count(0)
    pin.click()
    expect(page.locator("#room-record h3")).to_be_visible()
