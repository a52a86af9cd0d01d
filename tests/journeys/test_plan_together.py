"""Two planners of different bureaus in two browsers: a route along a line, one draft of both."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.support.browser import PHONE, Browsers, Person, serious_faults
from tests.support.meetings import in_days
from tests.support.patrols import guide_body, propose_patrol
from tests.support.story import binding_zone
from tests.support.world import World

pytestmark = pytest.mark.once


def opened(browsers: Browsers, who: str, path: str) -> Person:
    """A planner at the form of the plan, with the feed live."""
    person = browsers.person(who)
    person.open(path)
    person.await_line()
    expect(person.page.locator("#plan-snap input[value=boundary]")).to_be_checked()
    return person


def saved(page: Page) -> None:
    """Wait until the hub has all that is on the screen."""
    expect(page.locator("#plan-together")).to_have_attribute("data-state", "saved")


def follow_the_boundary(page: Page) -> None:
    """Append a stretch of the line that runs through the middle of the map."""
    corners = page.locator(".route-knob:not(.route-knob--between)")
    before = corners.count()
    box = page.locator("#plan-map").bounding_box()
    assert box is not None
    page.click("#route-follow")
    expect(page.locator("#route-follow")).to_have_attribute("aria-pressed", "true")
    hint = page.locator(".map-tools__hint")
    # The line is found by walking over the map: one press begins, the next on the same line ends.
    for step in range(-120, 140, 12):
        page.mouse.click(box["x"] + box["width"] / 2 + step, box["y"] + box["height"] / 2)
        if hint.inner_text() == "再点同一条线上的终点。":
            break
    missed = ("请点在一条吸附线上。", "再点同一条线上的终点。")
    for step in range(-120, 140, 12):
        page.mouse.click(box["x"] + box["width"] / 2 + step, box["y"] + box["height"] / 2 + 70)
        if hint.inner_text() not in missed:
            break
    expect(page.locator(".toasts")).to_contain_text("沿")
    page.click("#route-follow")
    expect(page.locator("#route-follow")).to_have_attribute("aria-pressed", "false")
    expect(corners.nth(before)).to_be_attached()


def add_waypoint(page: Page, name: str, **fields: str) -> None:
    """A waypoint in the middle of the map."""
    page.click("#waypoint-here")
    page.fill("#w-name", name)
    for field, value in fields.items():
        control = page.locator(f"#w-{field}")
        if control.evaluate("node => node.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    page.click("#waypoint-form .btn--primary")
    expect(page.locator("#waypoint-form")).to_have_count(0)


def rename(page: Page, name: str) -> None:
    """Open the first waypoint and give it another name, without pressing the button yet."""
    page.click("#plan-waypoints .waypoint .waypoint__acts button:has(use[href$='#edit'])")
    page.fill("#w-name", name)


def drag(page: Page, knob: Locator, right: int, down: int) -> None:
    """Move a corner of the route by so many pixels."""
    knob.scroll_into_view_if_needed()
    box = knob.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for part in (0.5, 1):
        page.mouse.move(x + right * part, y + down * part, steps=4)
    page.mouse.up()


def merge_corners(a: Page, b: Page) -> None:
    """A moves the first corner while B's move of the last one is still on its way."""
    knobs = ".route-knob:not(.route-knob--between)"
    held: list[Route] = []
    b.route(re.compile(r"/draft$"), lambda route: held.append(route))
    drag(b, b.locator(knobs).last, 30, 40)
    expect(b.locator("#plan-together")).to_have_attribute("data-state", "saving")
    expect(a.locator(".panel__head .onlooker--editing")).to_contain_text("吴江")
    drag(a, a.locator(knobs).first, -30, -30)
    saved(a)
    expect(b.locator(".toasts")).to_contain_text("不同折点，已合并")
    for route in held:
        route.continue_()
    b.unroute(re.compile(r"/draft$"))
    saved(b)
    expect(b.locator("#plan-conflicts")).to_have_count(0)
    read = """async (id) => {
        const answer = await fetch(`/api/v1/patrols/${id}/draft`);
        return (await answer.json()).units.route.coordinates;
    }"""
    patrol_id = b.url.split("/patrols/")[1].split("/")[0]
    assert b.evaluate(read, patrol_id) == a.evaluate(read, patrol_id)
    merge = """async ([base, mine, theirs]) => {
        const { mergeRoutes } = await import("/static/js/pages/route-merge.js");
        return mergeRoutes(base, mine, theirs);
    }"""
    base = [[0, 0], [1, 0], [2, 0], [3, 0]]
    for mine, theirs, merged in (
        ([[0, 9], *base[1:]], [*base[:3], [3, 9]], [[0, 9], *base[1:3], [3, 9]]),
        (
            [base[0], [1, 9], *base[2:]],
            [*base[:2], [2, 9], base[3]],
            [[0, 0], [1, 9], [2, 9], [3, 0]],
        ),
        ([*base, [4, 0]], base[1:], [*base[1:], [4, 0]]),
        ([base[0], [0.5, 0], *base[1:]], base[:3], [[0, 0], [0.5, 0], *base[1:3]]),
        ([[0, 9], *base[1:]], [[0, 8], *base[1:]], None),
        ([*base, [4, 0]], [*base, [5, 0]], None),
    ):
        assert b.evaluate(merge, [base, mine, theirs]) == merged


def test_two_planners_write_one_plan_and_neither_loses_a_word(
    world: World, browsers: Browsers, tmp_path: Path
):
    zone = binding_zone(world)
    patrol = propose_patrol(world, zone)
    path = f"/patrols/{patrol['id']}/plan"
    ours, theirs = (opened(browsers, who, path) for who in ("wuxing-planner", "wujiang-planner"))
    a, b = ours.page, theirs.page
    expect(a.locator("#onlookers")).to_contain_text("正在一起修改")

    # The route: guide lines brought in, a stretch of the boundary, taken back and done again.
    file = tmp_path / "lines.geojson"
    file.write_text(json.dumps(guide_body(zone)["collection"]), encoding="utf-8")
    a.click("#guide-open")
    a.fill("#guide-name", "頔塘")
    a.set_input_files("#guide-file", str(file))
    a.click("dialog[open] .btn--primary")
    expect(a.locator("dialog[open] .list__title")).to_have_text("頔塘")
    a.keyboard.press("Escape")
    expect(a.locator("#plan-snap input[value=guide]")).to_be_checked()
    expect(b.locator("#plan-snap input[value=guide]")).to_be_disabled()
    corners = a.locator(".route-knob:not(.route-knob--between)")
    expect(corners).to_have_count(2)
    a.locator("#plan-map").scroll_into_view_if_needed()
    follow_the_boundary(a)
    drawn = corners.count()
    a.click("#route-undo")
    expect(corners).to_have_count(2)
    a.click("#route-redo")
    expect(corners).to_have_count(drawn)
    saved(a)
    expect(b.locator(".route-knob:not(.route-knob--between)")).to_have_count(drawn)
    corners.last.click()
    a.keyboard.press("Delete")
    expect(corners).to_have_count(drawn - 1)
    a.click("#route-turn")
    saved(a)
    expect(b.locator(".route-knob:not(.route-knob--between)")).to_have_count(drawn - 1)

    # One adds a waypoint while the other sets the time: both see both.
    add_waypoint(a, "东桥排口", task="sample", target_kind="outfall", target_name="东桥雨水口")
    day = in_days(60).strftime("%Y-%m-%d")
    b.fill("[name=starts_at]", f"{day}T09:00")
    b.fill("[name=ends_at]", f"{day}T09:05")
    b.fill("[name=note]", "带采样瓶")
    expect(b.locator("#plan-waypoints .waypoint")).to_contain_text("东桥排口")
    changed = b.locator("#plan-waypoints .onlooker:not(.onlooker--editing)")
    expect(changed).to_contain_text("吴兴")
    expect(a.locator("[name=starts_at]")).to_have_value(f"{day}T09:00")
    expect(a.locator("[name=note]")).to_have_value("带采样瓶")
    expect(a.locator("#plan-estimate")).to_contain_text("时段只有5分钟")
    b.fill("[name=ends_at]", f"{day}T11:00")
    expect(a.locator("[name=ends_at]")).to_have_value(f"{day}T11:00")
    saved(a)
    saved(b)

    # Who is at what shows while it is so: the bureau of the other side, no name of its people.
    b.locator("[name=note]").focus()
    editing = a.locator("[data-field=note] .onlooker--editing")
    expect(editing).to_contain_text("吴江")
    expect(a.locator("#onlookers")).to_contain_text("吴江")
    b.locator("[name=title]").focus()
    expect(editing).to_have_count(0)
    expect(a.locator("[data-field=title] .onlooker--editing")).to_have_count(1)

    # Both move a corner of the route, another one each: neither is asked, both corners have moved.
    merge_corners(a, b)

    # Both rename it: who is second is asked, sees both, and chooses.
    rename(a, "东桥西")
    rename(b, "东桥南")
    held: list[Route] = []
    b.route(re.compile(r"/draft$"), lambda route: held.append(route))
    b.click("#waypoint-form .btn--primary")
    expect(b.locator("#plan-together")).to_have_attribute("data-state", "saving")
    a.click("#waypoint-form .btn--primary")
    asked = b.locator("#plan-conflicts")
    expect(asked).to_be_visible()
    for route in held:
        route.continue_()
    b.unroute(re.compile(r"/draft$"))
    expect(asked).to_contain_text("东桥西")
    expect(asked).to_contain_text("东桥南")
    assert serious_faults(b) == []
    asked.locator("input[value=theirs]").check()
    asked.locator(".btn--primary").click()
    expect(b.locator("#plan-waypoints .waypoint")).to_contain_text("东桥西")
    saved(b)
    assert serious_faults(a) == []

    # The partner puts it on the table; the page of the plan shows it to both, on a phone too.
    b.click("#plan-form button.btn--primary")
    b.wait_for_url(re.compile(r"/patrols/[0-9a-f-]{36}$"))
    table = b.locator("#patrol-waypoints")
    expect(table).to_contain_text("东桥西")
    expect(table).to_contain_text("采样监测")
    expect(a.locator("#plan-together")).to_contain_text("双方可以同时修改")
    phone = browsers.person("wuxing-planner", viewport=PHONE)
    phone.open(f"/patrols/{patrol['id']}")
    expect(phone.page.locator("#patrol-waypoints")).to_contain_text("东桥雨水口")
    assert serious_faults(phone.page) == []
