"""Planning on the pages: a route drawn on the map, another time, both keys, before both eyes."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import PHONE, Browsers, Person, serious_faults
from tests.support.meetings import in_days
from tests.support.patrols import join, propose_patrol
from tests.support.scaled import wait_until
from tests.support.story import binding_zone
from tests.support.world import World

pytestmark = pytest.mark.once


def draw_route(person: Person) -> None:
    """Three points in the middle of the zone, the last with a double click."""
    page = person.page
    page.click('.map-tools button:has-text("画线")')
    box = page.locator("#plan-map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.click(x - 8, y - 8)
    page.mouse.move(x, y)
    page.mouse.click(x + 4, y + 2)
    page.mouse.dblclick(x + 10, y + 8)


def test_a_planner_draws_a_route_and_the_partner_sees_the_plan(world: World, browsers: Browsers):
    binding_zone(world)
    wuxing = browsers.person("wuxing-planner")
    wujiang = browsers.person("wujiang-planner")
    wujiang.open("/patrols")
    wujiang.await_line()
    page = wuxing.open("/patrols/new")
    draw_route(wuxing)
    expect(page.locator("#plan-preview")).to_contain_text("主办")
    expect(page.locator("#plan-preview .badge").first).to_have_text("待补")
    for number in (0, 1):
        page.locator("input[name=officers]").nth(number).check()
    page.fill("[name=title]", "界河首次联合巡查")
    page.fill("[name=checklist]", "排口\n船舶")
    assert serious_faults(page) == []
    page.click("#plan-form button.btn--primary")
    page.wait_for_url(re.compile(r"/patrols/[0-9a-f-]{36}$"))
    expect(page.locator("#patrol-keys")).to_contain_text("第1版")
    expect(wujiang.page.locator("#patrols-list")).to_contain_text("界河首次联合巡查")
    assert serious_faults(page) == []
    assert serious_faults(wujiang.page) == []


def test_a_route_is_drawn_and_changed_with_the_keyboard_alone(world: World, browsers: Browsers):
    binding_zone(world)
    page = browsers.person("wuxing-planner").open("/patrols/new")
    page.focus("#route-draw")
    page.keyboard.press("Enter")
    page.focus("#plan-map")
    expect(page.locator("#plan-map .map-keys")).to_be_in_viewport()
    for _corner in range(2):
        page.keyboard.press("Enter")
        before = page.inner_text(".map-readout output")
        page.keyboard.press("ArrowDown")
        page.wait_for_function(MOVED, arg=before)
    page.keyboard.press("Escape")
    length = page.locator("#plan-preview")
    expect(length).to_contain_text("全长")
    drawn = length.inner_text()
    page.focus(".route-knob[title=折点1]")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    expect(length).not_to_have_text(drawn)
    expect(page.locator(".route-knob--chosen")).to_be_focused()
    page.keyboard.press("Delete")
    expect(length).not_to_contain_text("全长")


def press_at(page: Page, mark: Locator) -> None:
    """Press with the mouse where a mark stands on the map, whoever takes the press."""
    page.locator("#plan-map").scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_a_press_on_a_corner_or_a_pin_does_what_was_asked_for(world: World, browsers: Browsers):
    """A waypoint on a corner of the route, a line on through a waypoint, a round to its start."""
    binding_zone(world)
    page = browsers.person("wuxing-planner").open("/patrols/new")
    page.click("#route-draw")
    box = page.locator("#plan-map").bounding_box()
    assert box is not None
    for right, down in ((-60, -20), (60, 20)):
        page.mouse.click(box["x"] + box["width"] / 2 + right, box["y"] + box["height"] / 2 + down)
    page.click("#route-draw")
    corners = page.locator(".route-knob:not(.route-knob--between)")
    expect(corners).to_have_count(2)
    page.click("#waypoint-add")
    press_at(page, corners.first)
    page.fill("#w-name", "东桥")
    page.click("#waypoint-form .btn--primary")
    expect(page.locator(".pin--number")).to_have_count(1)
    page.click("#waypoint-here")
    page.fill("#w-name", "西桥")
    page.click("#waypoint-form .btn--primary")
    page.click("#route-draw")
    press_at(page, page.locator(".pin--number").nth(1))
    expect(page.locator("#waypoint-form")).to_have_count(0)
    expect(corners).to_have_count(3)
    press_at(page, corners.first)
    expect(corners).to_have_count(4)
    # Two presses at one place of a line are no stretch of it: said before the hub is asked.
    page.click("#route-follow")
    hint = page.locator(".map-tools__hint")
    box = page.locator("#plan-map").bounding_box()
    assert box is not None
    for step in range(-120, 140, 12):
        place = (box["x"] + box["width"] / 2 + step, box["y"] + box["height"] / 2)
        page.mouse.click(*place)
        if hint.inner_text() == "再点同一条线上的终点。":
            page.mouse.click(*place)
            break
    expect(hint).to_contain_text("同一处")


def test_waypoints_come_from_a_file(world: World, browsers: Browsers, tmp_path: Path):
    binding_zone(world)
    page = browsers.person("wuxing-planner").open("/patrols/new")
    lon, lat = page.inner_text(".map-readout output").split(", ")
    file = tmp_path / "points.csv"
    file.write_text(f"name,lon,lat,task_name\n东桥,{lon},{lat},跳舞\n", encoding="utf-8")
    page.click("#waypoint-file")
    page.set_input_files("#places-file", file)
    expect(page.locator("#places-found")).to_contain_text("跳舞")
    expect(page.locator("#places-take")).to_be_disabled()
    file = tmp_path / "points.gpx"
    stop = f'<wpt lon="{lon}" lat="{lat}"><name>东桥</name></wpt>'
    corners = "".join(f'<rtept lon="{float(lon) + x}" lat="{lat}"/>' for x in (0, 0.001))
    file.write_text(f"<gpx>{stop}<rte>{corners}</rte></gpx>", encoding="utf-8")
    page.set_input_files("#places-file", file)
    page.click("#places-take")
    expect(page.locator("#plan-waypoints .waypoint")).to_contain_text("东桥")
    expect(page.locator("#plan-preview")).to_contain_text("全长")
    page.click("#route-undo")
    expect(page.locator("#plan-preview")).not_to_contain_text("全长")


MOVED = """(before) => document.querySelector(".map-readout output").textContent !== before
    && !document.querySelector(".leaflet-pan-anim")"""


def test_a_list_does_not_wait_until_changes_cease(world: World, browsers: Browsers):
    """Changes ten times a second, by the page's clock: each is told before its list was renewed."""
    zone = binding_zone(world)
    wujiang = browsers.person("wujiang-planner")
    page = wujiang.open("/patrols")
    wujiang.await_line()
    page.clock.install()
    page.clock.pause_at(time.time() + 5)
    patrol = propose_patrol(world, zone)
    for number in range(5):
        patrol = join(world, patrol, "officer1", f"officer{2 + number % 2}")
        head = world.as_("wujiang-planner").get("/changes", after=0, limit=1).body["head"]
        wait_until(lambda head=head: page.evaluate(HEARD, head), "the page to hear of it")
        page.clock.run_for(100)
    expect(page.locator("#patrols-list")).to_contain_text(patrol["title"])


HEARD = """async (head) => {
    const { feedState } = await import("/static/js/feed.js");
    return feedState().last >= head;
}"""


def test_another_time_is_agreed_and_both_confirm(world: World, browsers: Browsers):
    patrol = join(world, propose_patrol(world, binding_zone(world)))
    wuxing = browsers.person("wuxing-planner")
    wujiang = browsers.person("wujiang-planner", viewport=PHONE)
    for person in (wuxing, wujiang):
        person.open(f"/patrols/{patrol['id']}")
        person.await_line()

    wujiang.page.click('[data-dialog-open="#propose-time"]')
    day = in_days(60).strftime("%Y-%m-%d")
    wujiang.page.fill("#propose-time [name=starts_at]", f"{day}T09:00")
    wujiang.page.fill("#propose-time [name=ends_at]", f"{day}T11:00")
    wujiang.page.click("#propose-time .btn--primary")
    wuxing.page.click("#patrol-head >> text=接受这一时间")
    for person in (wuxing, wujiang):
        expect(person.page.locator("#patrol-head")).to_contain_text(f"{day} 09:00")
        expect(person.page.locator("#patrol-keys")).to_contain_text("第3版")

    for person in (wuxing, wujiang):
        person.page.click("#patrol-keys >> text=代表本单位确认")
        person.page.click("dialog[open] .btn--primary")
        expect(person.page.locator("#patrol-keys >> text=代表本单位确认")).to_have_count(0)
    for person in (wuxing, wujiang):
        expect(person.page.locator("#patrol-head h1 + .badge")).to_have_text("已确认")


def test_a_refused_plan_says_why_on_the_form(world: World, browsers: Browsers):
    patrol = propose_patrol(world, binding_zone(world))
    wuxing = browsers.person("wuxing-planner")
    page = wuxing.open(f"/patrols/{patrol['id']}/plan")
    page.fill("[name=ends_at]", "2020-01-01T00:00")
    expect(page.locator("#plan-clashes")).to_contain_text("结束时间早于或等于开始时间")
    page.click("#plan-form button.btn--primary")
    expect(page.locator(".form-problem")).to_contain_text("结束时间早于或等于开始时间")
