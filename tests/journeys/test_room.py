"""The shared screen of a meeting in two browsers: layers, range, pointer, latecomer, roaming."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Browsers
from tests.support.meetings import fixed
from tests.support.world import World


def boxes(page: Page) -> list[bool]:
    """Which layers are switched on."""
    return list(
        page.eval_on_selector_all("#map-layers [type=checkbox]", "all => all.map(b => b.checked)")
    )


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
