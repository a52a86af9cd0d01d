"""The phone's browser is killed in the middle of a patrol: all is there and goes out once."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from tests.journeys.test_field_app import (
    OFFICER,
    PIECE,
    all_sent,
    begin,
    big_photo,
    findings,
    make_ready,
    open_patrol,
    patrol_today,
    phone_on_disk,
    press,
    record,
    store,
)
from tests.support.browser import Person, open_browsers
from tests.support.field import fetch, inside, zone_of
from tests.support.live import LiveHub
from tests.support.scaled import wait_until
from tests.support.world import World


def processes_of(folder: Path) -> list[int]:
    """The browser that runs on a profile, and the script that started it where one did."""
    mark = f"--user-data-dir={folder}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue  # it ended meanwhile
        if mark in words and not any(word.startswith(b"--type=") for word in words):
            found.append(int(entry.name))
    return found


class Phone:
    """A browser on a profile of its own, which can die at once."""

    def __init__(self, folder: Path, context: BrowserContext) -> None:
        self.folder, self.context = folder, context
        self.page: Page = context.pages[0]

    def kill(self) -> None:
        """SIGKILL of the browser and all of its processes: nothing is written any more."""
        (group,) = {os.getpgid(one) for one in processes_of(self.folder)}
        assert group != os.getpgid(0)
        # Who drives it has to have seen it go, or closing it afterwards is an error.
        with self.context.expect_event("close"):
            os.killpg(group, signal.SIGKILL)
        wait_until(lambda: not processes_of(self.folder), "the browser to be gone")


@contextmanager
def phone_on(folder: Path, place: tuple[float, float], *, offline: bool = False) -> Iterator[Phone]:
    """The phone's browser, opened on what its disk holds."""
    with phone_on_disk(folder, place, offline=offline) as context:
        yield Phone(folder, context)


@pytest.mark.once
def test_a_browser_killed_in_the_middle_of_a_patrol_loses_nothing_and_sends_once(
    world: World, live_hub: LiveHub, tmp_path: Path
) -> None:
    patrol = patrol_today(world)
    lon, lat = inside(zone_of(world, patrol), "330502")
    live_hub.start()
    url, folder = live_hub.url, tmp_path / "phone"
    photo = big_photo(tmp_path)
    with phone_on(folder, (lon, lat)) as phone:
        person = Person(phone.context, phone.page, url).sign_in(OFFICER)
        make_ready(person.page, url, patrol)
        open_patrol(phone.page, url, patrol)
        phone.context.set_offline(offline=True)
        begin(phone.page)
        phone.page.wait_for_selector("#field-queue[data-fixes='1']")
        record(phone.page, "第一处", photo)
        press(phone.page, "#pause")
        press(phone.page, "#resume")
        phone.page.click("#record")
        phone.page.click(".tile:has(input[value=outfall])")
        phone.page.fill("#fact-ph", "15")
        phone.page.click("#finding-save")
        phone.page.wait_for_selector("#finding-error:has-text('0到14之间')")
        phone.page.click("#finding [aria-label=关闭]")
        record(phone.page, "第二处", ph=9.4)
        before = store(phone.page, "items")
        fixes = len(store(phone.page, "fixes"))
        phone.kill()
    with phone_on(folder, (lon, lat), offline=True) as phone:
        open_patrol(phone.page, url, patrol)
        after = store(phone.page, "items")
        assert [(row["seq"], row["key"], row["body"]) for row in after[: len(before)]] == [
            (row["seq"], row["key"], row["body"]) for row in before
        ]
        assert len(store(phone.page, "blobs")) == 1
        assert len(store(phone.page, "fixes")) >= fixes
        # It goes on where it was: the patrol runs, the way walked is drawn, more can be recorded.
        phone.page.wait_for_function("(n) => Number(map.dataset.kept) >= n", arg=fixes)
        record(phone.page, "第三处")
        phone.kill()
    pieces: list[int] = []
    with phone_on(folder, (lon, lat)) as phone:
        # A sign-in of the last half minute may be lost with the browser; the log is not.
        Person(phone.context, phone.page, url).sign_in(OFFICER)
        phone.context.route(
            "**/api/v1/uploads/*", lambda route: _die_at_the_third(route, pieces, phone)
        )
        with phone.context.expect_event("close"):
            phone.page.goto(f"{url}/field/?patrol={patrol['id']}", wait_until="commit")
    with phone_on(folder, (lon, lat)) as phone:
        phone.context.route("**/api/v1/uploads/*", lambda route: _count(route, pieces))
        if not phone.context.cookies():
            Person(phone.context, phone.page, url).sign_in(OFFICER)
        open_patrol(phone.page, url, patrol)
        all_sent(phone.page)
        items = store(phone.page, "items")
    # In the order in which it was done, each once; of the photo no piece twice that the hub had.
    assert [item["kind"] for item in items if item["kind"] != "positions"] == [
        "start", "finding", "photo", "entry", "entry", "finding", "finding"
    ]  # fmt: skip
    assert {item["state"] for item in items} == {"sent"}
    assert pieces == list(range(0, photo.stat().st_size, PIECE))
    found = findings(world, patrol)
    assert [one["text"] for one in found] == ["第一处", "第二处", "第三处"]
    assert [one["details_text"] for one in found] == ["", "pH值：9.4", ""]
    assert [len(one["files"]) for one in found] == [1, 0, 0]
    officer = world.as_(OFFICER)
    original = fetch(officer, found[0]["files"][0]["original_url"])[1]
    assert hashlib.sha256(original).digest() == hashlib.sha256(photo.read_bytes()).digest()
    log = officer.get(f"/patrols/{patrol['id']}/log").body["items"]
    assert [one["kind"] for one in log] == ["pause", "resume"]
    (unit,) = officer.get(f"/patrols/{patrol['id']}/track").body["features"]
    assert unit["properties"]["fixes"] >= fixes


@pytest.mark.once
def test_signing_out_at_the_desk_takes_the_field_app_from_its_person(
    world: World, live_hub: LiveHub
) -> None:
    patrol = patrol_today(world)
    live_hub.start()
    with open_browsers(live_hub.url) as browsers:
        person = browsers.person(OFFICER)
        make_ready(person.page, live_hub.url, patrol)
        person.open("/")
        person.page.evaluate("document.querySelector('form[action=\"/logout\"]').requestSubmit()")
        person.page.wait_for_url("**/login**")
        person.context.set_offline(offline=True)
        person.page.goto(live_hub.url + "/field/")
        person.page.wait_for_selector("text=需要先登录")
        browsers.check()


def _count(route: Route, pieces: list[int]) -> None:
    if route.request.method == "PUT":
        pieces.append(int(route.request.url.rpartition("offset=")[2]))
    route.continue_()


def _die_at_the_third(route: Route, pieces: list[int], phone: Phone) -> None:
    """The hub has the third piece of the photo; the phone dies before it hears of it."""
    if route.request.method != "PUT" or len(pieces) < 2:
        _count(route, pieces)
        return
    pieces.append(int(route.request.url.rpartition("offset=")[2]))
    route.fetch()
    phone.kill()
