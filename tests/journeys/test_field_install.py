"""The field app as a phone's system sees it: it can be installed, and it spares the battery."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.test_field_app import OFFICER, make_ready, open_patrol, patrol_today, phone
from tests.journeys.test_field_kill import phone_on
from tests.support.browser import Person, open_browsers
from tests.support.field import inside, zone_of
from tests.support.live import LiveHub
from tests.support.scaled import wait_until
from tests.support.world import World

ASKED = """(() => {
    window.asked = 0;
    const { getCurrentPosition } = Geolocation.prototype;
    Geolocation.prototype.getCurrentPosition = function (...values) {
        window.asked += 1;
        return getCurrentPosition.apply(this, values);
    };
})()"""


@pytest.mark.once
def test_the_browser_finds_nothing_that_keeps_the_app_from_being_installed(
    world: World, live_hub: LiveHub, tmp_path: Path
) -> None:
    patrol = patrol_today(world)
    live_hub.start()
    # A profile of its own: in a private window no app can be installed.
    with phone_on(tmp_path / "phone", inside(zone_of(world, patrol), "330502")) as app:
        person = Person(app.context, app.page, live_hub.url).sign_in(OFFICER)
        make_ready(person.page, live_hub.url, patrol)
        devtools = app.context.new_cdp_session(app.page)
        found = devtools.send("Page.getAppManifest")
        assert found["errors"] == []
        manifest = json.loads(found["data"])
        assert (manifest["start_url"], manifest["display"]) == ("/field/", "standalone")
        assert devtools.send("Page.getInstallabilityErrors")["installabilityErrors"] == []


@pytest.mark.once
def test_a_phone_that_stands_still_is_asked_for_its_place_twice_a_minute_only(
    world: World, live_hub: LiveHub
) -> None:
    patrol = patrol_today(world)
    lon, lat = inside(zone_of(world, patrol), "330502")
    live_hub.start()
    with open_browsers(live_hub.url) as browsers:
        person = phone(browsers, (lon, lat))
        page = person.page
        make_ready(page, live_hub.url, patrol)
        page.add_init_script(ASKED)
        page.clock.install()
        open_patrol(page, live_hub.url, patrol)
        mode = page.locator("#field-mode")
        expect(mode).to_have_attribute("data-mode", "moving")
        page.clock.fast_forward("02:05")

        def stands_still() -> bool:
            # A receiver that runs tells the same place again and again.
            shift = 1e-6 * (1 + page.evaluate("performance.now()") % 2)
            here = {"longitude": lon + shift, "latitude": lat, "accuracy": 6}
            person.context.set_geolocation(here)  # type: ignore[arg-type]
            return mode.get_attribute("data-mode") == "still"

        wait_until(stands_still, "the phone to find that it stands still")
        before = page.evaluate("asked")
        page.clock.run_for(60_000)
        assert page.evaluate("asked") - before == 2
        far = {"longitude": lon + 0.002, "latitude": lat, "accuracy": 6}
        person.context.set_geolocation(far)  # type: ignore[arg-type]
        page.clock.run_for(30_000)
        expect(mode).to_have_attribute("data-mode", "moving")
        browsers.check()
