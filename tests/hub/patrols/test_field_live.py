"""The field in the wild: a phone in Chromium, a lost line, a killed hub."""

from __future__ import annotations

import time
import uuid
from typing import Any

from tests.support.browser import PHONE, Browsers, Person, open_browsers
from tests.support.live import LiveHub
from tests.support.patrols import middle_of, started_patrol
from tests.support.sockets import SocketReader
from tests.support.world import World


def _place(world: World, patrol: dict[str, Any]) -> tuple[float, float]:
    zone = world.as_("wuxing-planner").get(f"/zones/{patrol['zone_id']}").body
    middle = middle_of(zone)
    return middle.x, middle.y


def _phone(browsers: Browsers, place: tuple[float, float]) -> Person:
    where = {"longitude": place[0], "latitude": place[1], "accuracy": 6}
    return browsers.person(
        "wuxing-officer1", viewport=PHONE, geolocation=where, permissions=["geolocation"]
    )


def _record(person: Person) -> None:
    """Three presses: open, category, save."""
    person.page.click("#record")
    person.page.click(".tile:has(input[value=outfall])")
    person.page.click("#finding-save")


def test_a_finding_is_recorded_in_three_presses_and_its_position_is_reported(
    world: World, live_hub: LiveHub
) -> None:
    patrol = started_patrol(world)
    live_hub.start()
    with open_browsers(live_hub.url) as browsers:
        phone = _phone(browsers, _place(world, patrol))
        page = phone.open(f"/patrols/{patrol['id']}/field")
        page.wait_for_selector("#field-side[data-side]")
        assert "误差" in page.inner_text("#field-side")
        _record(phone)
        page.wait_for_function("() => document.querySelector('#finding-count').textContent === '1'")
        browsers.check()
    wujiang = world.as_("wujiang-officer1")
    assert [f["category"] for f in wujiang.get("/findings").body["items"]] == ["outfall"]
    assert len(wujiang.get("/positions").body["items"]) == 1
    assert world.as_("nanxun-officer1").get("/positions").body["items"] == []


def test_what_was_recorded_without_a_line_arrives_once_after_a_reload(
    world: World, live_hub: LiveHub
) -> None:
    patrol = started_patrol(world)
    live_hub.start()
    with open_browsers(live_hub.url) as browsers:
        phone = _phone(browsers, _place(world, patrol))
        page = phone.open(f"/patrols/{patrol['id']}/field")
        page.wait_for_selector("#field-side[data-side]")
        live_hub.kill()
        _record(phone)
        page.wait_for_selector("#field-queue[data-waiting='1']")
        live_hub.start()
        phone.open(f"/patrols/{patrol['id']}/field")
        page.wait_for_function("() => document.querySelector('#finding-count').textContent === '1'")
        page.wait_for_selector("#field-queue[data-waiting='0']", state="attached")
    assert len(world.as_("wuxing-officer2").get("/findings").body["items"]) == 1


def test_a_hub_killed_after_its_answer_has_kept_the_positions(
    world: World, live_hub: LiveHub
) -> None:
    patrol = started_patrol(world)
    lon, lat = _place(world, patrol)
    live_hub.start()
    officer = world.as_("wuxing-officer1")
    reader = SocketReader(live_hub.url, {"token": officer.token}).connect()
    fixes = [
        {"t": time.time() - 5 + n, "lon": lon, "lat": lat, "accuracy_m": 5.0} for n in range(5)
    ]
    batch = {"patrol_id": patrol["id"], "key": uuid.uuid4().hex, "fixes": fixes}
    assert reader.call("position", batch) == {"ok": True}
    live_hub.kill()
    live_hub.start()
    again = SocketReader(live_hub.url, {"token": officer.token}).connect()
    assert again.call("position", batch) == {"ok": True}
    again.close()
    tracks = world.as_("wujiang-planner").get(f"/patrols/{patrol['id']}/track").body["features"]
    assert [unit["properties"]["fixes"] for unit in tracks] == [5]
