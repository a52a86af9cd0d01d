"""A finding at a desk: what is wrong is said at its field, what was typed stays, photos follow."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import Browsers
from tests.support.field import OFFICER, inside, photo, zone_of
from tests.support.patrols import started_patrol

pytestmark = [pytest.mark.browser, pytest.mark.once]


def test_a_finding_is_logged_and_put_right_at_a_desk(browsers: Browsers, world):
    patrol = started_patrol(world)
    lon, lat = inside(zone_of(world, patrol), "330502")
    page = browsers.person(OFFICER).open(f"/findings/new?patrol_id={patrol['id']}")
    page.select_option("[name=category]", "hazardous_waste")
    page.fill("[name=text]", "码头边堆放废桶")
    page.fill("#fact-waste_code", "900-1")
    page.set_input_files("#photos", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    page.click(".form-actions button")
    # Nothing was sent; each field says what is wrong.
    expect(page.locator("[data-field='details.waste_code'] .field__error")).to_contain_text("900-")
    expect(page.locator("[data-field=lon] .field__error")).not_to_be_empty()
    expect(page.locator("[name=text]")).to_have_value("码头边堆放废桶")
    page.fill("#fact-waste_code", "900-214-08")
    page.fill("[name=lon]", str(lon))
    page.fill("[name=lat]", str(lat))
    page.click(".form-actions button")
    page.wait_for_url(re.compile(r"/findings/[0-9a-f-]{36}$"))
    expect(page.locator("#finding-files img")).to_have_count(1)
    page.click("a[href$='/correct']")
    page.wait_for_selector("body[data-ready]")
    page.fill("#fact-waste_code", "900-039-49")
    page.click(".form-actions button")
    expect(page.locator("[data-field=reason] .field__error")).not_to_be_empty()
    page.fill("[name=reason]", "看错标签")
    page.click(".form-actions button")
    page.wait_for_url(re.compile(r"/findings/[0-9a-f-]{36}$"))
    expect(page.locator("#finding-facts del")).to_have_text("900-214-08")
