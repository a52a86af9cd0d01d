"""A record of an inspection on a phone: begun from a finding, kept through a lost line, a reload,
signed on the screen, sealed; the other side reads it at once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import PHONE, Browsers, serious_faults
from tests.support.field import find, photo, upload
from tests.support.patrols import started_patrol

pytestmark = [pytest.mark.browser, pytest.mark.once]


# Where a record is saved.
SAVING = re.compile(r"/api/v1/inspections/[0-9a-f-]{36}$")


def write(page: Page, **texts: str) -> None:
    """Fill fields by their name, `__` for a dot."""
    for name, text in texts.items():
        page.fill(f"[name='{name.replace('__', '.')}']", text)


def scribble(page: Page) -> None:
    """A signature on the pad, by the pointer, and its sending."""
    box = page.locator("#sign-canvas").bounding_box()
    assert box is not None
    left, middle = box["x"], box["y"] + box["height"] / 2
    page.mouse.move(left + 30, middle)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(left + 30 + 22 * step, middle + (25 if step % 2 else -25))
    page.mouse.up()
    with page.expect_navigation():
        page.click("#sign-go")
    page.wait_for_selector("body[data-ready]")


def test_a_record_is_made_on_a_phone(browsers: Browsers, world):
    patrol = started_patrol(world)
    finding = find(world, patrol)
    upload(world.as_("wuxing-officer1"), finding["id"], photo())
    world.as_("wuxing-officer1").post(f"/patrols/{patrol['id']}/end")
    partner = browsers.person("wujiang-officer1")
    partner.open("/inspections")
    partner.await_line()
    phone = browsers.person("wuxing-officer1", viewport=PHONE, has_touch=True)
    page = phone.open(f"/findings/{finding['id']}")
    page.click("#inspections-of button")
    page.wait_for_url(re.compile(r"/inspections/[0-9a-f-]{36}$"))
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#rows-items textarea")).to_have_value(finding["text"])
    expect(page.locator("#rows-items [data-photo]")).to_be_checked()
    # The line is gone: nothing typed is lost, not by the failed sending and not by a reload.
    write(page, place="界河东岸一号雨水口", party__name="演示印染厂", party__person="周某")
    expect(page.locator("#inspection-offline")).to_be_hidden()
    page.route(SAVING, lambda route: route.abort())
    phone.context.set_offline(True)
    expect(page.locator("#inspection-offline")).to_contain_text("请勿关闭")
    page.click("#inspection-save")
    expect(page.locator(".form-problem")).to_be_visible()
    expect(page.locator("#inspection-status")).to_contain_text("已存在本机")
    phone.context.set_offline(False)
    page.reload()
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#inspection-kept")).to_be_visible()
    expect(page.locator("[name=place]")).to_have_value("界河东岸一号雨水口")
    # With the line it is saved by itself.
    page.unroute(SAVING)
    phone.context.set_offline(True)
    write(page, weather="小雨")
    phone.context.set_offline(False)
    expect(page.locator("#inspection-status")).to_have_text("已保存")
    expect(page.locator("#inspection-offline")).to_be_hidden()
    page.click("button[value=sign]")
    expect(page.locator("#inspection-missing")).to_contain_text("执法证件")
    expect(page.locator("[data-field=identity_shown] .field__error")).to_contain_text("执法证件")
    assert serious_faults(page) == []
    starts = page.input_value("[name=starts_at]")
    write(page, starts_at=_earlier(starts), ends_at=starts, party__relation="环保负责人")
    for name in ("identity_shown", "rights_told"):
        page.check(f"[name={name}]")
    page.select_option("[name=avoidance]", "no")
    page.click("[data-add=answers]")
    page.fill("[data-cell=question]", "这股水从哪里来？")
    page.fill("[data-cell=answer]", "从车间地沟来。")
    page.click("button[value=sign]")
    page.wait_for_url(re.compile("view=sign"))
    for _signer in range(3):
        page.wait_for_selector("body[data-pad=ready]")
        page.locator("[data-sign]").first.click()
        scribble(page)
    expect(page.locator("img.signature")).to_have_count(3)
    assert serious_faults(page) == []
    page.click("form[data-api$='/seal'] button")
    page.click("dialog[open] button[value=ok]")
    expect(page.locator("#seal-state")).to_contain_text("未被改动")
    expect(page.locator("#seal-checks li")).to_have_count(4)
    # The other side reads it without loading anything anew: what was found, not who was asked.
    row = partner.page.locator("#inspection-list")
    expect(row).to_contain_text("吴兴环检")
    expect(row).not_to_contain_text("演示印染厂")


def _earlier(moment: str) -> str:
    """Ten years before, as an input of local time holds it: no day of a month is missing then."""
    return f"{int(moment[:4]) - 10}{moment[4:]}" if moment[5:10] != "02-29" else f"2016{moment[4:]}"
