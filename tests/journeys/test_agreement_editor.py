"""Drafting, proposing and amending in the browser: rows, undo, errors, what is typed is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.support.browser import PHONE, Browsers, serious_faults
from tests.support.story import sign
from tests.support.world import World

pytestmark = pytest.mark.once


def last_day(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def test_a_memorandum_is_drafted_and_proposed_in_the_browser(world: World, browsers: Browsers):
    wuxing = browsers.person("wuxing-planner")
    page = wuxing.open("/agreements/new")
    rows = page.locator(".rule")
    expect(rows).to_have_count(6)
    expect(page.locator("#preview")).to_contain_text("从不共享什么")

    page.locator("#add-rule").click()
    expect(rows).to_have_count(7)
    page.keyboard.press("Alt+d")
    expect(rows).to_have_count(8)
    page.keyboard.press("Alt+Backspace")
    expect(rows).to_have_count(7)
    page.keyboard.press("Control+z")
    expect(rows).to_have_count(8)
    page.keyboard.press("Control+Shift+z")
    expect(rows).to_have_count(7)

    page.fill("#f-title", "吴兴—南浔协作备忘录")
    page.fill("#f-title_en", "Wuxing–Nanxun memorandum")
    page.check(f'input[name=party_ids][value="{world.bureau_id("nanxun")}"]')
    page.fill("#f-valid_to", last_day(300))
    page.locator("#rule-6 [data-role=clause]").fill("第九条")
    page.click("button[data-act=propose]")
    wrong = page.locator('[data-field="terms.rules.6.levels"]')
    expect(wrong).to_contain_text("至少写明一项内容的共享程度")
    assert page.input_value("#f-title") == "吴兴—南浔协作备忘录"

    page.select_option('#rule-6 [data-group="basics"]', "white")
    expect(page.locator("#preview")).to_contain_text("第九条")
    page.click("button[data-act=draft]")
    page.wait_for_url("**/agreements/*-*")
    expect(page.locator(".page-head")).to_contain_text("草稿")
    assert world.as_("nanxun-official").get("/agreements").body["items"] == []

    page.click(".page-head a.btn--primary")
    page.wait_for_selector("#preview h3")
    assert page.locator(".rule").count() == 7
    page.click("button[data-act=propose]")
    page.wait_for_url(lambda url: not url.endswith("/edit"))
    expect(page.locator(".page-head")).to_contain_text("待签署")
    assert len(world.as_("nanxun-official").get("/agreements").body["items"]) == 1


def test_what_was_typed_survives_a_reload_and_a_faster_neighbour(world: World, browsers: Browsers):
    signed = sign(world)
    wuxing = browsers.person("wuxing-planner", viewport=PHONE)
    page = wuxing.open(f"/agreements/{signed['id']}/edit")
    page.wait_for_selector("#preview h3")
    page.fill("#f-text\\.line\\.max_width_m", "800")
    page.fill("#f-note", "收窄区域")
    expect(page.locator("#saved")).to_contain_text("已保存在本机")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.locator("#draft-notice .btn--primary").click()
    assert page.input_value("#f-text\\.line\\.max_width_m") == "800"

    text = {key: signed[key] for key in ("valid_from", "valid_to", "terms", "text")}
    faster = world.as_("wujiang-planner").put(
        f"/agreements/{signed['id']}", text | {"note": "我们先改"}, version=signed["version"]
    )
    assert faster.status == 200
    page.click("button[data-act=propose]")
    expect(page.locator(".form-problem")).to_contain_text("您填写的内容仍在本页")
    page.click(".form-problem button")
    page.click("button[data-act=propose]")
    page.wait_for_url(lambda url: not url.endswith("/edit"))
    expect(page.locator("#amendment")).to_contain_text("收窄区域")
    expect(page.locator("#amendment .changes")).to_contain_text("每侧宽度上限（米）由1000改为800")
    expect(page.locator(".page-head")).to_contain_text("生效")


def test_the_editor_and_the_pages_beside_it_can_be_used_by_everybody(
    world: World, browsers: Browsers
):
    signed = sign(world)
    official = browsers.person("wuxing-official")
    for path in ("edit", "compare?to=1", "exposure?version=1", "print?version=1", ""):
        page = official.open(f"/agreements/{signed['id']}/{path}".rstrip("/"))
        if path == "edit":
            page.wait_for_selector("#preview h3")
        assert serious_faults(page) == [], path
