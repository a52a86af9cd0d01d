"""A letter goes over the border and its answer comes back: two browsers, nothing reloaded."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.hub.requests.test_letters import text_of_pdf
from tests.support.browser import Browsers, Person, serious_faults
from tests.support.cases import in_zone, new_case

pytestmark = pytest.mark.browser


def press(page: Page, name: str, **words: str) -> None:
    """Do an act: at once after confirming, or in its dialog."""
    page.locator(".acts").get_by_role("button", name=name, exact=True).click()
    dialog = page.locator("dialog[open]")
    for field, text in words.items():
        dialog.locator(f"[name={field}]").fill(text)
    dialog.locator(".dialog__foot .btn").last.click()
    expect(dialog).to_have_count(0)


def follow(page: Page, text: str, path: str) -> None:
    """Click what came in, and wait for its page."""
    page.locator("main").get_by_text(text).first.click()
    page.wait_for_url(f"**{path}")
    page.wait_for_selector("body[data-ready]")


def downloaded(person: Person, page: Page, number: str) -> str:
    """The text of the PDF of a letter, downloaded as a person does."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name=f"{number}.pdf").click()
    data = waiting.value.path().read_bytes()
    return re.sub(r"\s", "", text_of_pdf(data))


def drafted(officer: Person, page: Page) -> str:
    """Fill in the form of an assistance request; its page's path."""
    page.select_option("[name=receiver_bureau_id]", label="无锡市宜兴生态环境局")
    page.fill("[name=title]", "核实雨水口来水")
    page.fill("[name=body]", "界河南岸发现带色废水。")
    page.fill("[data-row=questions]", "上游企业当日是否排水")
    page.click("text=保存草稿")
    page.wait_for_url("**/requests/0*")
    page.wait_for_selector("body[data-ready]")
    return page.url.removeprefix(officer.url)


@pytest.mark.once
def test_an_assistance_request_is_answered_by_letter(browsers: Browsers, world):
    case = new_case(world, in_zone(world)).body
    officer, official = (browsers.person(f"changxing-{n}") for n in ("officer1", "official"))
    theirs = browsers.person("yixing-liaison")
    inbox = theirs.open("/requests")
    theirs.await_line()
    asking = officer.open(f"/requests/new?kind=assistance&case={case['id']}")
    path = drafted(officer, asking)
    asking.click("[data-preview]")
    expect(asking.locator("#preview-body")).to_contain_text("条款允许发函")
    expect(asking.locator("#preview-body table")).to_contain_text(case["number"])
    asking.keyboard.press("Escape")
    head = official.open(path)
    press(head, "批准发函")
    expect(head.locator("h1 ~ .badge").nth(1)).to_have_text("已批准")
    press(head, "发出")
    # It comes in at the other side, is taken on there, and the sender sees that.
    follow(inbox, "核实雨水口来水", path)
    theirs.await_line()
    officer.await_line()
    expect(asking.locator(".receipts__step--done").first).to_contain_text("已发出")
    press(inbox, "受理")
    expect(asking.locator(".receipts__step--done", has_text="已受理")).to_have_count(1)
    inbox.locator(".acts").get_by_role("button", name="回复", exact=True).click()
    inbox.fill("dialog[open] [data-answer]", "当日未排水")
    inbox.fill("dialog[open] [name=text]", "已现场核查")
    inbox.click("dialog[open] .btn--primary")
    # The answer's letter is there without a reload, and says what was answered.
    number = asking.locator("h3 .mono", has_text="宜兴环复").first
    expect(number).to_be_visible()
    text = downloaded(officer, asking, number.inner_text())
    assert "当日未排水" in text
    assert "已现场核查" in text
    press(asking, "确认回复")
    expect(inbox.locator(".receipts__step--done", has_text="已确认")).to_have_count(1)
    assert serious_faults(asking) == []


@pytest.mark.once
def test_a_case_changes_hands_with_its_receipt(browsers: Browsers, world):
    case = new_case(world, in_zone(world), title="偷排案件移送").body
    due = datetime.now(UTC) + timedelta(days=9)
    owner, taker = browsers.person("changxing-official"), browsers.person("yixing-official")
    listed = taker.open("/requests")
    taker.await_line()
    drafter = browsers.person("changxing-officer1")
    drafter.open("/requests")
    row = drafter.api(
        "POST", "/requests",
        {"kind": "transfer", "receiver_bureau_id": world.bureau_id("yixing"), "case_id": case["id"],
         "title": "偷排案件移送", "due_at": due.isoformat()},
    )  # fmt: skip
    page = owner.open(f"/requests/{row['id']}")
    owner.await_line()
    press(page, "批准发函")
    press(page, "发出")
    follow(listed, "偷排案件移送", f"/requests/{row['id']}")
    press(listed, "受理")
    receipt = page.locator("h3 .mono", has_text="宜兴环回").first
    expect(receipt).to_be_visible()
    assert "决定受理" in downloaded(owner, page, receipt.inner_text())
    follow(listed, case["number"], f"/cases/{case['id']}")
    expect(listed.locator("main")).to_contain_text("偷排案件移送")
    assert drafter.api("GET", f"/cases/{case['id']}")["own"] is False
