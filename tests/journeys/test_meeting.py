"""A joint meeting in two browsers: series, invitation, agenda from live data, minutes by two,
a decision with two keys, an action item, the next agenda, closed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import Browsers
from tests.support.meetings import closed, countersign, in_days
from tests.support.world import World


def begin_series(page) -> None:
    """A quarterly series by the form."""
    page.click("text=新建系列")
    page.fill("#f-title", "季度例会")
    # Further away than the thirty days in which the hub itself calls the next meeting.
    page.fill("#f-starts_at", in_days(50).strftime("%Y-%m-%dT09:00"))
    page.click("#series-form .btn--primary")
    page.wait_for_selector("h2:has-text('季度例会')")


def confirmed(page, button: str) -> None:
    """Press a button that asks first, and confirm."""
    page.click(button)
    page.click("dialog[open] .dialog__foot .btn:last-child")


@pytest.mark.once
def test_two_bureaus_hold_a_meeting_and_keep_their_word(world: World, browsers: Browsers):
    host, guest = browsers.person("changxing-liaison"), browsers.person("yixing-official")
    page = host.open("/meetings/series")
    begin_series(page)
    panel = page.locator("section.panel", has_text="季度例会")
    panel.locator("text=召集下一次会议").click()
    page.wait_for_selector("#meeting-agenda")
    path = page.url.removeprefix(browsers.url)
    meeting_id = path.rsplit("/", 1)[1]

    page.click("aside .list form button >> nth=0")
    expect(page.locator(".agenda__item")).to_have_count(1)
    confirmed(page, "text=确定议程并发出通知")
    expect(page.locator("#meeting-head .badge").first).to_have_text("议程已定")

    other = guest.open("/")
    expect(other.locator("#home-todo")).to_contain_text("季度例会")
    guest.open(path)
    other.click("text=参加 >> visible=true >> nth=-1")
    expect(other.locator(".notice--warn")).to_have_count(0)
    for person in (guest, host):
        seen = person.open(f"{path}?tab=people")
        seen.locator("button:text-is('签到')").first.click()
        expect(seen.locator("button:text-is('撤销签到')").first).to_be_visible()
    chair = browsers.person("changxing-official")
    confirmed(chair.open(path), "text=开会 >> visible=true >> nth=-1")
    chair.page.wait_for_selector("#sections textarea")

    # Two write the same section at once: neither is lost.
    page, other = host.open(f"{path}?tab=minutes"), guest.open(f"{path}?tab=minutes")
    for person in (host, guest):
        person.await_line()
    page.locator("#sections textarea").first.focus()
    expect(other.locator(".minutes__writers").first).to_contain_text("正在写")
    other.locator("#sections textarea").first.fill("宜兴通报水质。")
    page.locator("#sections textarea").first.fill("长兴通报巡查。")
    other.locator("#sections textarea").first.blur()
    expect(other.locator(".minutes__foot").first).to_contain_text("已保存")
    page.locator("#sections textarea").first.blur()
    merge = page.locator(".minutes__merge textarea")
    expect(merge).to_have_value(re.compile("长兴通报巡查(.|\\n)*宜兴通报水质"))
    # Who writes on beside the question finds that in it too, not gone with his choice.
    page.locator("#sections textarea").first.press_sequentially("另报台账。")
    merge.focus()
    expect(merge).to_have_value(re.compile("长兴通报巡查。另报台账。(.|\\n)*宜兴通报水质"))
    merge.fill("宜兴通报水质。长兴通报巡查。")
    page.click("text=保存合并结果")
    expect(other.locator("#sections textarea").first).to_have_value("宜兴通报水质。长兴通报巡查。")

    page.click("text=提出议定事项")
    page.fill("#decision-new textarea", "夜间巡查每月两次。")
    page.click("#decision-new .btn--primary")
    for person in (guest, chair):
        seen = person.open(f"{path}?tab=minutes")
        confirmed(seen, "[data-decision] button:has-text('确认')")
        expect(seen.locator("[data-decision]")).to_contain_text(
            person.page.inner_text(".who > span")
        )
    expect(seen.locator("[data-decision]")).to_contain_text("已议定")
    page.click("text=交办一项 >> nth=0")
    page.fill("#action-new input[name=title]", "封堵混接雨水口")
    page.select_option("#action-new select[name=bureau_id]", world.bureau_id("yixing"))
    page.fill("#action-new input[name=due_on]", in_days(15).strftime("%Y-%m-%d"))
    page.click("#action-new .btn--primary")
    expect(page.locator("#meeting-decisions")).to_contain_text("封堵混接雨水口")

    confirmed(chair.open(path), "text=散会，起草纪要")
    expect(chair.page.locator("#meeting-head .badge").first).to_have_text("纪要起草中")
    assert countersign(world, meeting_id).body["state"] == "actions_open"
    expect(page.locator("#meeting-signing")).to_contain_text(".docx")

    host.open("/meetings/series")
    page.locator("section.panel", has_text="季度例会").locator("text=召集下一次会议").click()
    page.wait_for_selector("#meeting-agenda")
    row = page.locator("aside .list__item", has_text="封堵混接雨水口")
    row.locator("button").click()
    expect(page.locator(".agenda")).to_contain_text("封堵混接雨水口")
    item = world.as_("changxing-liaison").get("/action-items", meeting=meeting_id).body["items"][0]
    closed(world, item["id"])
    done = world.as_("yixing-official").get(f"/meetings/{meeting_id}").body
    assert done["state"] == "actions_closed"
