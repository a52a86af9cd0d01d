"""Two hundred units on the live map: counted, filtered, found, followed, lost, gone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from hub.db import utc_now
from hub.patrols.models import Patrol
from tests.support.browser import open_browsers
from tests.support.live import LiveHub
from tests.support.patrols import started_patrol
from tests.support.units import METRE, add_units, place_units
from tests.support.world import World

pytestmark = pytest.mark.once
COUNT = 200


def status(page: Page, text: str) -> None:
    """The list says how many there are."""
    expect(page.locator("#map-units [role=status]")).to_contain_text(re.compile(text))


def test_two_hundred_units_on_the_map_and_in_words(world: World, live_hub: LiveHub):
    patrol = started_patrol(world)
    with world.unit_of_work() as session:
        units = add_units(session, session.get_one(Patrol, patrol["id"]), COUNT)
        place_units(session, units, utc_now())
        place_units(session, [units[7]], utc_now() - timedelta(minutes=20))
    live_hub.start()
    with open_browsers(live_hub.url) as browsers:
        person = browsers.person().sign_in("wuxing-planner").await_line()
        page = person.open("/map")
        rows = page.locator(".unit-list__row")
        expect(rows).to_have_count(10)
        bureaus = page.locator("#map-units select").first
        bureaus.select_option(label="吴兴")
        status(page, f"^{COUNT // 2}个单元|^{COUNT // 2 + 1}个单元")
        bureaus.select_option(label="吴江")
        status(page, f"^{COUNT // 2}个单元")
        bureaus.select_option("")

        # One is found by his name, chosen by the keyboard, and kept in view as he goes.
        one = units[0]
        page.locator("#map-units input[type=search]").fill(one.name)
        mine = rows.filter(has_text=one.name)
        expect(mine).to_have_count(1)
        mine.focus()
        page.keyboard.press("Enter")
        card = page.locator(".leaflet-popup")
        expect(card).to_contain_text(one.name)
        expect(card).to_contain_text("±6米")
        follow = card.get_by_role("button", name="跟随")
        follow.click()
        expect(follow).to_have_attribute("aria-pressed", "true")
        before = page.locator(".map-readout output").inner_text()
        one.lat += 3000 * METRE
        with world.unit_of_work() as session:
            place_units(session, [one], utc_now())
        expect(page.locator(".map-readout output")).not_to_have_text(before)
        expect(card).to_be_in_viewport()

        # Who fell silent is counted, and found by that.
        page.locator("#map-units input[type=search]").fill("")
        page.get_by_label("状态").select_option("lost")
        expect(rows.filter(has_text=units[7].name)).to_have_count(1)
        status(page, "失联 ")

        # A patrol that ends takes its units with it.
        page.get_by_label("状态").select_option("")
        page.locator("#map-units input[type=search]").fill(units[15].name)
        expect(rows.filter(has_text=units[15].name)).to_have_count(1)
        with world.unit_of_work() as session:
            row = session.get_one(Patrol, units[15].patrol_id)
            row.move("end")
            row.ended_at = utc_now()
        expect(rows.filter(has_text=units[15].name)).to_have_count(0)
        browsers.check()
