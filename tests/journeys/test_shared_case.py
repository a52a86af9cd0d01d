"""A case arrives at the neighbour, is signed for, is recalled: two browsers, nothing reloaded."""

from __future__ import annotations

import pytest

from tests.support.browser import Browsers, serious_faults
from tests.support.cases import case_body, in_zone, new_case

pytestmark = pytest.mark.browser


def test_a_case_arrives_is_accepted_and_recalled_live(browsers: Browsers, world):
    place = in_zone(world)
    liaison = browsers.person("yixing-liaison")
    page = liaison.open("/cases")
    liaison.await_line()
    officer = browsers.person("changxing-officer1")
    officer.open("/cases")
    made = officer.api("POST", "/cases", case_body(place, title="刚刚登记的案件"))
    page.wait_for_selector(f'[data-case="{made["id"]}"]')
    page.wait_for_selector(".toast")
    assert "刚刚登记的案件" in page.inner_text("#case-list")

    owner = browsers.person("changxing-official")
    panel = owner.open(f"/cases/{made['id']}")
    owner.await_line()
    liaison.open(f"/cases/{made['id']}")
    liaison.await_line()
    assert "第五条" in page.inner_text("#from-h >> xpath=../..")
    # The ladder moves on around what the owner is writing; no word of it is lost.
    panel.fill("#note-text", "正在写的记录")
    panel.evaluate("document.getElementById('note-text').dataset.mark = '1'")
    page.click("form[data-api$='/accept'] button")
    panel.wait_for_selector(".receipts__step--done:has-text('签收')")
    assert panel.evaluate("document.activeElement.dataset.mark") == "1"
    panel.click("h1")
    # His own page comes anew after the answer.
    page.wait_for_selector("form[data-api$='/accept']", state="detached")
    page.wait_for_load_state()
    share = panel.get_attribute("[data-recall]", "data-recall")
    liaison.api("POST", f"/shares/{share}/act", {"reason": "已在下游监测"})
    panel.wait_for_selector("text=已在下游监测")
    assert panel.input_value("#note-text") == "正在写的记录"

    panel.click("[data-preview]")
    panel.wait_for_selector("#preview-dialog[open]")
    assert "不可见" in panel.inner_text("#preview-body")
    assert "长兴县" in panel.inner_text("#preview-body")  # places by name, not by code
    panel.keyboard.press("Escape")
    found = liaison.context.new_page()
    found.goto(f"{liaison.url}/search?q=刚刚登记")
    found.wait_for_selector("body[data-line=live]")
    # A title is shown whole, wherever in it the words stand.
    assert found.inner_text(".list__title") == "刚刚登记的案件"
    panel.click("[data-recall]")
    panel.fill("#dialog-reason", "误共享")
    panel.click("dialog[open] .btn--danger")
    page.wait_for_selector("#tombstone")
    assert "刚刚登记的案件" not in page.inner_text("body")
    # What he had found before goes away too, with the counts beside it.
    found.wait_for_selector("text=没有找到")
    assert "刚刚登记的案件" not in found.inner_text("body")
    page.click("text=确认已清除")
    panel.wait_for_selector(".receipts__step--done:has-text('已清除')")
    # Shared anew, the same page shows it again.
    owner.api("POST", f"/cases/{made['id']}/shares", {"bureau_id": world.bureau_id("yixing")})
    page.wait_for_selector("h1:has-text('刚刚登记的案件')")
    # A ladder of five rungs stays inside its panel.
    ladder = "panel => panel.scrollWidth <= panel.clientWidth"
    assert panel.eval_on_selector("[data-partner]:has(.receipts)", ladder)


@pytest.mark.once
def test_a_measure_that_is_over_can_still_be_read(browsers: Browsers, world):
    made = new_case(world).body
    officer = browsers.person("changxing-officer1")
    path = f"/cases/{made['id']}"
    measure = {"kind": "production_stop", "document_number": "长环措〔2026〕9号"}
    officer.open("/cases")
    officer.api("POST", f"{path}/measures", measure)
    page = officer.open(path)
    page.click("[data-dialog-open^='#measure-end-']")
    page.select_option("dialog[open] [name=outcome]", "lifted")
    page.click("dialog[open] .btn--primary")
    page.wait_for_selector(".list__item--past")
    assert serious_faults(page) == []


# Pixels of an upright sheet of A4 between its margins.
PAPER = {"width": 688, "height": 1000}


@pytest.mark.once
def test_a_case_on_paper_fills_the_sheet_and_its_map_the_frame(browsers: Browsers, world):
    made = new_case(world).body
    page = browsers.person("changxing-officer1").open(f"/cases/{made['id']}")
    page.wait_for_selector("#map .leaflet-marker-icon")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)  # type: ignore[arg-type]
    assert page.evaluate("document.scrollingElement.scrollWidth") == PAPER["width"]
    drawn, frame = (
        page.eval_on_selector(one, "one => one.getBoundingClientRect().width")
        for one in ("#map", "section:has(#map)")
    )
    assert frame - 4 < drawn <= frame
    # Panels that have nothing but what one presses are not printed.
    assert not page.is_visible("#notes-h")


@pytest.mark.once
@pytest.mark.parametrize(
    ("username", "path"),
    [
        ("changxing-official", "/cases"),
        ("changxing-officer1", "/cases/new"),
        ("changxing-auditor", "/audit"),
        ("changxing-secadmin", "/people"),
        ("changxing-planner", "/account"),
        (None, "/login"),
    ],
)
def test_pages_have_no_serious_accessibility_faults(browsers: Browsers, username, path):
    person = browsers.person(username)
    assert serious_faults(person.open(path)) == []
