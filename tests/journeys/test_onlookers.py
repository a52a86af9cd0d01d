"""Two people with one memorandum open see each other on the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, Browsers, serious_faults
from tests.support.story import memorandum
from tests.support.world import World

pytestmark = pytest.mark.once


def test_who_else_looks_on_is_named_until_he_leaves(world: World, browsers: Browsers):
    path = f"/agreements/{memorandum(world)['id']}"
    wuxing = browsers.person("wuxing-official")
    wujiang = browsers.person("wujiang-official", viewport=PHONE)
    wuxing.open(path)
    strip = wuxing.page.locator("#onlookers")
    wuxing.await_line()
    expect(strip).to_be_hidden()

    wujiang.open(path)
    name = world.as_("wujiang-official").get("/me").body["name"]
    expect(strip).to_contain_text(name)
    expect(wujiang.page.locator("#onlookers .onlooker--b")).to_have_count(1)
    assert not serious_faults(wuxing.page)

    wujiang.open("/agreements")
    expect(strip).to_be_hidden()
    browsers.check()
