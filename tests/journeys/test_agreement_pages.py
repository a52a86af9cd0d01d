"""Signing a memorandum and approving a zone, on the pages, with the other side looking on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, Browsers, Person
from tests.support.story import memorandum, propose_zone
from tests.support.world import World

pytestmark = pytest.mark.once


def turn_key(person: Person, opener: str) -> None:
    """Open the dialog that repeats what is confirmed, and confirm."""
    person.page.click(f'[data-dialog-open="{opener}"]')
    person.page.click(f"{opener}[open] .btn--primary")


def test_a_signature_reaches_the_other_side_while_it_looks(world: World, browsers: Browsers):
    found = memorandum(world)
    wuxing = browsers.person("wuxing-official")
    wujiang = browsers.person("wujiang-official", viewport=PHONE)
    for person in (wuxing, wujiang):
        person.open(f"/agreements/{found['id']}")
        person.await_line()

    wuxing.page.click('[data-dialog-open="#sign"]:visible')
    expect(wuxing.page.locator("#sign")).to_contain_text(found["content_hash"])
    wuxing.page.click("#sign .btn--primary")
    signed = wujiang.page.locator(".keys__item", has_text="吴兴")
    expect(signed).to_contain_text("已签署")
    expect(wujiang.page.locator(".page-head")).to_contain_text("待签署")

    turn_key(wujiang, "#sign")
    for person in (wuxing, wujiang):
        expect(person.page.locator(".page-head")).to_contain_text("生效")
        expect(person.page.locator('[data-dialog-open="#sign"]')).to_have_count(0)

    wuxing.page.click('[data-dialog-open="#suspend"]')
    wuxing.page.fill("#suspend textarea", "核对界线")
    wuxing.page.click("#suspend .btn--danger")
    expect(wujiang.page.locator("#agreement")).to_contain_text("已中止")


def test_a_zone_binds_when_both_have_confirmed_it_on_the_page(world: World, browsers: Browsers):
    zone = propose_zone(world, memorandum(world)["id"])
    wuxing = browsers.person("wuxing-planner")
    wujiang = browsers.person("wujiang-planner")
    for person in (wuxing, wujiang):
        person.open(f"/zones/{zone['id']}")
        person.await_line()
        expect(person.page.locator("#zone-figures")).to_contain_text("4,600")

    turn_key(wuxing, "#approve")
    expect(wujiang.page.locator(".keys__item", has_text="吴兴")).to_contain_text("已确认")
    turn_key(wujiang, "#approve")
    for person in (wuxing, wujiang):
        expect(person.page.locator("#zone-head h1 + .badge")).to_have_text(re.compile("有效"))
        expect(person.page.locator("#zone-versions")).to_contain_text("第1版")


def test_who_may_not_sign_is_offered_nothing_and_a_stranger_sees_nothing(world: World):
    found = memorandum(world)
    zone = propose_zone(world, found["id"])
    officer = world.as_("wuxing-officer1")
    assert found["content_hash"] in officer.page(f"/agreements/{found['id']}").body
    assert 'id="sign"' not in officer.page(f"/agreements/{found['id']}").body
    assert 'id="approve"' not in officer.page(f"/zones/{zone['id']}").body
    stranger = world.as_("nanxun-official")
    for path in (f"/agreements/{found['id']}", f"/zones/{zone['id']}", f"/map?zone={zone['id']}"):
        assert stranger.page(path).status == 404, path
    for path in ("/agreements", "/zones", "/api/v1/agreements.csv", "/api/v1/zones.csv"):
        assert found["number"] not in stranger.page(path).body, path


def test_lists_go_to_a_spreadsheet(world: World):
    found = memorandum(world)
    propose_zone(world, found["id"])
    planner = world.as_("wuxing-planner")
    agreements = planner.get("/agreements.csv").body
    assert found["number"] in agreements
    assert "待签署" in agreements
    zones = planner.get("/zones.csv").body
    assert zones.count(found["number"]) == 2
