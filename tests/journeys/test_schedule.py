"""The schedule on the pages: drag, be asked, undo; the other side proposes; both see it live."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import PHONE, Browsers, serious_faults
from tests.support.patrols import approve, join, propose_patrol
from tests.support.story import binding_zone
from tests.support.world import World

pytestmark = pytest.mark.once
SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(SHANGHAI)


def drag_to_day(page: Page, title: str, day: str) -> None:
    """From where the patrol stands in the month to another day of it."""
    page.locator(".fc-event", has_text=title).hover()
    page.mouse.down()
    box = page.locator(f'td[data-date="{day}"]').bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=8)
    page.mouse.up()


def test_a_patrol_is_moved_on_the_calendar(world: World, browsers: Browsers):
    # A morning, whatever the time is now: over midnight it would lie on two days.
    morning = (datetime.now(SHANGHAI) + timedelta(days=2)).replace(
        hour=9, minute=0, second=0, microsecond=0
    )
    planned = {
        "starts_at": morning.isoformat(),
        "ends_at": (morning + timedelta(hours=3)).isoformat(),
    }
    patrol = join(world, propose_patrol(world, binding_zone(world), **planned))
    approve(world, "wuxing-planner", patrol)
    own = next(one for one in patrol["crew"] if one["bureau_id"] == world.bureau_id("wuxing"))
    day = local(patrol["starts_at"]).date()
    target = day + timedelta(days=1)  # the month shows the first days of the next one too
    wuxing = browsers.person("wuxing-planner")
    wujiang = browsers.person("wujiang-planner", viewport=PHONE)
    page = wuxing.open(f"/schedule?view=month&date={day}")
    phone = wujiang.open(f"/schedule?view=list&date={day}")
    for person in (wuxing, wujiang):
        person.await_line()
        expect(person.page.locator(".fc-event")).to_have_count(1)
        assert serious_faults(person.page) == []

    drag_to_day(page, patrol["title"], target.isoformat())
    expect(page.locator("dialog[open]")).to_contain_text("吴兴的确认会撤回")
    page.click("dialog[open] button[value=ok]")
    expect(page.locator(".toast")).to_contain_text("已改到")
    expect(page.locator(f'td[data-date="{target}"] .fc-event')).to_have_count(1)
    page.click(".toast >> text=撤销")
    expect(page.locator(f'td[data-date="{day}"] .fc-event')).to_have_count(1)

    phone.locator(".fc-event").click()
    later = local(patrol["starts_at"]) + timedelta(hours=3)
    phone.fill("#entry-ends_at", (later + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"))
    phone.fill("#entry-starts_at", later.strftime("%Y-%m-%dT%H:%M"))
    phone.click("#schedule-entry >> text=建议改期")
    phone.click("dialog[open] button[value=ok]")
    page.locator(".fc-event.entry--asked").click()
    page.click("#schedule-entry >> text=接受这一时间")
    moved = re.compile(re.escape(later.strftime("%H:%M")))
    expect(page.locator(f'td[data-date="{later.date()}"] .fc-event')).to_contain_text(moved)
    expect(phone.locator(".fc-event").first).to_contain_text(patrol["title"])

    page.click("[data-view=officers]")
    expect(page.locator("#schedule-board")).to_contain_text(patrol["crew"][0]["name"])
    assert serious_faults(page) == []

    page.click('[data-dialog-open="#absence-dialog"]')
    page.select_option("#absence-subject", label=own["name"])
    page.fill("#absence-form [name=starts_at]", f"{later.date()}T00:00")
    page.fill("#absence-form [name=ends_at]", f"{later.date()}T23:59")
    page.click("#absence-form .btn--primary")
    expect(page.locator("#schedule-board .entry--absence")).to_have_text("休假")
    expect(page.locator(".toast").last).to_contain_text(patrol["number"])
    # Over midnight it lies on two days, and each part has the sign.
    expect(phone.locator(".fc-event .icon").first).to_be_visible()
    page.click('[data-dialog-open="#free-dialog"]')
    page.locator("#free-form [name=officers]").first.check()
    page.fill("#free-form [name=to_hour]", "24")
    page.click("#free-form .btn--primary")
    page.locator("#free-found button").last.click()
    page.click("dialog[open] button[value=ok]")
    page.wait_for_url(re.compile(r"/patrols/new\?starts="))


@pytest.mark.once
def test_the_hours_of_a_week_stay_in_sight_on_a_phone(browsers: Browsers) -> None:
    page = browsers.person("wujiang-planner", viewport=PHONE).open("/schedule?view=week")
    hour = page.locator(".fc-timegrid-slot-label:not(.fc-timegrid-slot-minor)").nth(9)
    for where in ("0", "pane.scrollWidth"):
        page.evaluate(f"pane = document.querySelector('.schedule'); pane.scrollLeft = {where}")
        # What lies there on the screen is the hour itself, not a day that was moved over it.
        assert hour.evaluate(
            """(cell) => {
                cell.scrollIntoView({ block: "center", inline: "nearest" });
                const box = cell.getBoundingClientRect();
                const seen = document.elementFromPoint(box.x + box.width / 2, box.y + 5);
                return box.x >= 0 && box.right < 120 && cell.contains(seen);
            }"""
        )
    browsers.check()
