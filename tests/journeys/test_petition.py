"""A complaint from across the line, settled by two; the same matter on both sides; an emergency."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from hub.accounts.models import User
from tests.support.browser import Browsers, Person, serious_faults
from tests.support.cases import in_zone, new_case
from tests.support.petitions import GUEST, MEDIATOR, OFFICIAL, ago, taken
from tests.support.world import World

pytestmark = pytest.mark.once


def does(person: Person, act: str, text: str | None = None) -> None:
    """Take an act on the page of a petition."""
    page = person.page
    page.click(f"[data-dialog-open='#do-{act}']")
    if text:
        page.fill(f"#do-{act} textarea", text)
    page.click(f"#do-{act} .dialog__foot .btn:last-child")
    expect(page.locator(f"#do-{act}")).to_have_count(0)


def test_a_complaint_is_taken_settled_with_the_neighbour_and_matched(
    world: World, browsers: Browsers
):
    theirs = taken(world, GUEST, title="河边酸臭味", occurred_at=ago(hours=20))
    lon, lat = in_zone(world)
    mediator = browsers.person(MEDIATOR)
    page = mediator.open("/petitions/new")
    page.fill("#f-title", "对岸工厂夜间异味")
    page.fill("#f-text", "夜间有酸臭味从河对岸飘来。")
    page.fill("[name='reporter.name']", "欧阳信芳")
    page.fill("[name='reporter.contact']", "13965438721")
    page.fill("#f-lon", str(lon))
    page.fill("#f-lat", str(lat))
    page.locator("#f-lat").blur()
    expect(page.locator("#verdict")).to_contain_text("属本单位辖区")
    page.click("#petition-form .btn--primary")
    page.wait_for_selector("#petition-live .leaflet-container")
    path = page.url.removeprefix(browsers.url)
    expect(page.locator("#reporter")).to_be_empty()
    page.click("#reveal")
    expect(page.locator("#reporter")).to_contain_text("欧阳信芳")
    does(mediator, "screen")

    guest = browsers.person(GUEST)
    guest.open("/")
    guest.await_line()
    official = browsers.person(OFFICIAL)
    official.open(path)
    does(official, "ask_joint")
    expect(guest.page.locator("#home-todo")).to_contain_text("对方商请共调")
    guest.open(path)
    mediator.open(path)
    mediator.await_line()
    does(guest, "join", "同意，周三到厂")
    expect(page.locator("#petition-live")).to_contain_text("同意，周三到厂")
    assert "欧阳信芳" not in guest.page.content()

    seen = guest.open("/matches")
    row = seen.locator("tr", has_text="对岸工厂夜间异味")
    expect(row).to_contain_text(theirs["title"])
    row.get_by_role("button", name="同一事项").click()
    expect(row.get_by_role("button", name="同一事项")).to_have_count(0)
    assert serious_faults(seen) == []


def test_in_an_emergency_one_case_is_read_told_at_once_and_reviewed(
    world: World, browsers: Browsers
):
    case = new_case(world).body
    with world.unit_of_work() as session:
        session.get_one(User, world.as_("changxing-officer2").user_id).clearance = 1
    guard = browsers.person("changxing-secadmin")
    guard.open("/emergencies")
    reader = browsers.person("changxing-officer2")
    page = reader.page
    page.goto(f"{browsers.url}/cases/{case['id']}")
    page.click("a[href^='/emergencies/new']")
    page.fill("#f-reason", "界河鱼类大量死亡，承办人失联，须立即确认排口位置")
    page.click("form .btn--danger")
    page.wait_for_selector("#emergency")
    expect(page.locator("h1")).to_contain_text(case["title"])

    watch = guard.open("/emergencies")
    watch.click(f"a:has-text('{case['number']}')")
    watch.click("text=立即结束")
    watch.check("input[value=justified]")
    watch.click("text=提交复核")
    expect(watch.locator("#review-h ~ .panel__body, #emergency-live")).to_contain_text("理由成立")
    page.goto(f"{browsers.url}/cases/{case['id']}")
    expect(page.locator("body")).not_to_contain_text(case["title"])
