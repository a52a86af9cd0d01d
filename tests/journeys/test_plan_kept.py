"""A planner without a network, whose page is closed: nothing that was typed into a plan is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Browsers, Person
from tests.support.patrols import propose_patrol
from tests.support.scaled import wait_until
from tests.support.story import binding_zone
from tests.support.world import World

pytestmark = pytest.mark.once


def opened(person: Person, path: str) -> Page:
    """The form of a plan, ready."""
    page = person.open(path)
    expect(page.locator("#plan-snap input[value=boundary]")).to_be_checked()
    return page


def expect_kept(page: Page, text: str) -> None:
    """Wait until the browser's own storage has it."""
    read = "() => JSON.stringify(Object.values(localStorage))"
    wait_until(lambda: text in page.evaluate(read), "what was typed to be kept")


def closed_and_back(person: Person, path: str) -> Page:
    """Close the tab without asking, and open the form in another one with the network back."""
    person.page.close(run_before_unload=False)
    person.context.set_offline(False)
    person.page = person.context.new_page()
    return opened(person, path)


def test_what_was_typed_without_network_comes_back_and_meets_the_partners_changes(
    world: World, browsers: Browsers
):
    patrol = propose_patrol(world, binding_zone(world))
    path = f"/patrols/{patrol['id']}/plan"
    ours = browsers.person("wuxing-planner")
    page = opened(ours, path)
    ours.await_line()
    ours.context.set_offline(True)
    page.fill("[name=note]", "带采样瓶")
    page.fill("[name=title]", "界河夜查")
    page.locator("[name=officers]:not(:checked)").first.check()
    chosen = page.locator("[name=officers]:checked").count()
    expect(page.locator("#plan-together")).to_contain_text("没有网络")
    expect_kept(page, "界河夜查")
    # Meanwhile the partner changes the same title, and another thing.
    theirs = browsers.person("wujiang-planner")
    opened(theirs, path)
    theirs.await_line()
    theirs.page.fill("[name=title]", "界河晨查")
    theirs.page.fill("[name=checklist]", "码头油污")
    expect(theirs.page.locator("#plan-together")).to_have_attribute("data-state", "saved")

    page = closed_and_back(ours, path)
    asked = page.locator("#plan-conflicts")
    expect(asked).to_contain_text("界河夜查")
    expect(asked).to_contain_text("界河晨查")
    asked.locator("input[value=mine]").check()
    asked.locator(".btn--primary").click()
    expect(page.locator("#plan-together")).to_have_attribute("data-state", "saved")
    expect(page.locator("#plan-kept")).to_be_visible()
    expect(page.locator("[name=title]")).to_have_value("界河夜查")
    expect(page.locator("[name=checklist]")).to_have_value("码头油污")
    expect(page.locator("[name=officers]:checked")).to_have_count(chosen)
    expect(theirs.page.locator("[name=note]")).to_have_value("带采样瓶")
    expect(theirs.page.locator("[name=title]")).to_have_value("界河夜查")


def test_a_plan_that_is_not_proposed_yet_outlives_its_page(world: World, browsers: Browsers):
    binding_zone(world)
    ours = browsers.person("wuxing-planner")
    page = opened(ours, "/patrols/new")
    ours.context.set_offline(True)
    page.fill("[name=title]", "太湖西岸")
    page.fill("[name=note]", "两船并行")
    page.click("#waypoint-here")
    page.fill("#w-name", "东桥排口")
    page.click("#waypoint-form .btn--primary")
    expect_kept(page, "东桥排口")
    page = closed_and_back(ours, "/patrols/new")
    expect(page.locator("#plan-kept")).to_be_visible()
    expect(page.locator("[name=title]")).to_have_value("太湖西岸")
    expect(page.locator("#plan-waypoints .waypoint")).to_contain_text("东桥排口")
    # Whoever wants none of it begins anew.
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("#plan-drop-kept")
    expect(page.locator("[name=title]")).to_have_value("")
    expect(page.locator("#plan-kept")).to_be_hidden()
    assert re.search(r"/patrols/new$", page.url)
