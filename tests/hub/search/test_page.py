"""The search box and the page of results in a real browser."""

from __future__ import annotations

import pytest

from tests.support.browser import PHONE, open_browsers
from tests.support.cases import new_case

pytestmark = pytest.mark.once


def test_from_the_key_to_the_record_without_a_mouse(world, live_hub):
    case = new_case(world, title="芦苇荡旁偷排").body
    live_hub.start()
    with open_browsers(live_hub.url) as browsers:
        officer = browsers.person("changxing-officer1")
        page = officer.open("/stations")
        page.keyboard.press("/")
        page.keyboard.type("芦苇荡")
        page.wait_for_selector(".topsearch__list li")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/cases/{case['id']}")
        page = officer.open("/search?q=芦苇荡")
        assert page.inner_text(".found mark") == "芦苇荡"
        page.click(".found__facet a[href*='category=water']")
        page.wait_for_selector(".found__facet a[aria-current=true]")
        assert "category=water" in page.url
        partner = browsers.person("yixing-liaison", viewport=PHONE)
        assert "芦苇荡" in partner.open("/search?q=芦苇荡").inner_text(".found__list")
        stranger = browsers.person("nanxun-officer1")
        assert "没有找到" in stranger.open("/search?q=芦苇荡").inner_text("main")
        browsers.check()
