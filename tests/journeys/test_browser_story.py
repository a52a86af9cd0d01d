"""The story in real browsers: two officials sign, planners cut and approve a zone, all live."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import PATIENCE_MS, PHONE, Browsers, Person, serious_faults
from tests.support.story import binding_zone
from tests.support.world import World

pytestmark = pytest.mark.browser


def open_memorandum(person: Person) -> None:
    page = person.open("/agreements")
    page.click("text=吴兴—吴江跨区域")
    page.wait_for_url("**/agreements/*")
    page.wait_for_selector("body[data-ready]")


def sign(person: Person) -> None:
    person.page.click("[data-dialog-open='#sign']:visible")
    person.page.click("#sign .btn--primary")


@pytest.mark.once
def test_two_officials_sign_and_the_other_sees_it_without_reloading(browsers: Browsers):
    wujiang = browsers.person("wujiang-official")
    wuxing = browsers.person("wuxing-official")
    for person in (wujiang, wuxing):
        open_memorandum(person)
        person.await_line()
    sign(wujiang)
    # Wuxing's page shows Wujiang's key by itself.
    wuxing.page.wait_for_selector("#agreement >> text=顾建国")
    sign(wuxing)
    for person in (wuxing, wujiang):
        person.page.wait_for_selector("#agreement >> .badge--ok >> text=生效")


@pytest.mark.once
def test_a_planner_cuts_a_zone_on_the_map_and_both_approve_it(browsers: Browsers):
    officials = [browsers.person(f"{b}-official") for b in ("wujiang", "wuxing")]
    for official in officials:
        open_memorandum(official)
        sign(official)
        official.page.wait_for_selector("#sign", state="detached")
    planner = browsers.person("wuxing-planner")
    page = planner.open("/map")
    page.click("#tab-build")
    page.select_option("#zone-form select[name=adcode_a]", "330502")
    page.select_option("#zone-form select[name=adcode_b]", "320509")
    page.wait_for_selector("#preview-figures >> text=平方公里")
    page.fill("#zone-form input[name=from_m]", "1000")
    page.fill("#zone-form input[name=to_m]", "5600")
    page.fill("#zone-form input[name=width_m]", "1000")
    page.wait_for_selector("#preview-figures >> text=4,600")
    page.fill("#zone-form input[name=name]", "吴兴—吴江交叉联合执法区域")
    page.click("#zone-submit")
    page.wait_for_url("**/zones/*")
    other = browsers.person("wujiang-planner")
    other.open(page.url.removeprefix(browsers.url))
    other.await_line()
    for person in (planner, other):
        person.page.click("[data-dialog-open='#approve']")
        person.page.click("#approve .btn--primary")
        person.page.wait_for_selector("#approve", state="detached")
    planner.page.wait_for_selector(".badge--ok")


PAGES = ["/", "/map", "/agreements", "/zones", "/patrols", "/cases", "/stations", "/locate"]


@pytest.mark.once
@pytest.mark.parametrize("viewport", [None, PHONE], ids=["wide", "phone"])
def test_pages_have_no_serious_accessibility_fault_and_do_not_overflow(
    browsers: Browsers, world: World, viewport: dict[str, int] | None
):
    binding_zone(world)
    person = browsers.person("wuxing-planner", viewport=viewport)
    faults = {}
    for path in [*PAGES, "/findings"]:
        page = person.open(path)
        page.wait_for_load_state("networkidle")
        if found := serious_faults(page):
            faults[path] = found
        wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wider > 1:
            faults.setdefault(path, []).append(f"overflows by {wider} px")
    assert not faults


@pytest.mark.once
def test_the_description_of_the_api_has_no_serious_accessibility_fault(browsers: Browsers):
    page = browsers.person("wuxing-planner").page
    page.goto(f"{browsers.url}/docs")
    # The description of several hundred doors is drawn in one go.
    page.wait_for_selector(".info .title", timeout=3 * PATIENCE_MS)
    page.wait_for_selector("#servers[aria-label]")
    assert serious_faults(page) == []


@pytest.mark.once
def test_the_other_language_is_one_click_away(browsers: Browsers):
    person = browsers.person("wuxing-planner")
    page = person.open("/")
    assert page.get_attribute("html", "lang") == "zh-CN"
    page.click("form[action='/locale'] button")
    page.wait_for_selector("html[lang=en]")
    for path in PAGES:
        page = person.open(path)
        assert page.get_attribute("html", "lang") == "en"


@pytest.mark.once
def test_a_signed_out_browser_loses_its_line_and_its_pages(browsers: Browsers):
    person = browsers.person("wuxing-planner")
    person.open("/")
    person.await_line()
    second = person.context.new_page()
    second.goto(browsers.url + "/")
    second.wait_for_selector("body[data-ready]")
    second.evaluate("document.querySelector(\"form[action='/logout']\").submit()")
    second.wait_for_url("**/login")
    person.page.wait_for_selector("body:not([data-line=live])")
    person.page.goto(browsers.url + "/cases")
    assert "/login" in person.page.url


def test_an_administrators_pages_ask_for_nothing_that_is_refused(world: World, browsers: Browsers):
    """Administrators have no feed; each asking for it would stand in the audit as a refusal."""
    page = browsers.person("wuxing-sysadmin").open("/people")
    page.wait_for_selector("body[data-line=stopped]")
    found = world.as_("wuxing-auditor").get("/audit", action="access.denied").body["items"]
    assert found == []


@pytest.mark.once
def test_two_persons_let_a_third_in_who_then_sets_a_password(browsers: Browsers):
    def half(page: Page) -> str:
        return page.locator("#code-half:not([hidden]) code").inner_text()

    page = browsers.person("wuxing-sysadmin").open("/people")
    page.click("tr:has-text('wuxing-officer1') [data-dialog-open^='#code-']")
    page.click("dialog[open] .btn--primary")
    first = half(page)
    page = browsers.person("wuxing-official").open("/people")
    page.click("#account-changes .btn--primary")
    code = f"{first} {half(page)}"
    officer = browsers.person()
    officer.page.goto(browsers.url + "/login")
    officer.page.fill("[name=username]", "wuxing-officer1")
    officer.page.fill("[name=password]", code)
    officer.page.click("#login-form button")
    officer.page.wait_for_url("**/login/new-password")
    officer.page.fill("[name=password]", "my-own-words-2026")
    officer.page.fill("[name=repeat]", "my-own-words-2026")
    officer.page.click("main .btn--primary")
    officer.open("/account")
    officer.page.fill("[name=current]", "my-own-words-2026")
    officer.page.fill("[name=new]", "other-own-words-26")
    officer.page.fill("[name=repeat]", "other-own-words-26")
    officer.page.click("#password-form .btn--primary")
    expect(officer.page.locator(".toast")).to_contain_text("密码已修改")
    assert serious_faults(officer.page) == []
