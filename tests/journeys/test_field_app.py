"""The field app in a real browser: no network, cuts, kills, other people, a full phone."""

from __future__ import annotations

import hashlib
import io
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Route

from tests.support.browser import (
    ARGS,
    CHROMIUM,
    PHONE,
    Browsers,
    Person,
    driver,
    open_browsers,
    serious_faults,
)
from tests.support.field import fetch, inside, zone_of
from tests.support.live import LiveHub, newer_release
from tests.support.patrols import approved_patrol, soon
from tests.support.scaled import wait_until
from tests.support.world import World

OFFICER = "wuxing-officer1"
PIECE = 128 * 1024


def patrol_today(world: World) -> dict[str, Any]:
    """An approved patrol that may start now."""
    return approved_patrol(
        world, starts_at=soon(minutes=1).isoformat(), ends_at=soon(hours=2).isoformat()
    )


def here(place: tuple[float, float]) -> dict[str, Any]:
    """How a browser is told where it is."""
    return {"longitude": place[0], "latitude": place[1], "accuracy": 6}


def big_photo(folder: Path) -> Path:
    """A picture of several pieces: noise does not compress."""
    dice = random.Random(7)  # noqa: S311 - the same picture each time
    out = io.BytesIO()
    Image.frombytes("RGB", (800, 600), dice.randbytes(800 * 600 * 3)).save(out, "JPEG", quality=95)
    path = folder / "photo.jpg"
    path.write_bytes(out.getvalue())
    assert len(out.getvalue()) > 3 * PIECE
    return path


@contextmanager
def phone_on_disk(
    folder: Path, place: tuple[float, float], *, offline: bool = False
) -> Iterator[BrowserContext]:
    """A browser whose store outlives it, as a phone's does."""
    context = driver().chromium.launch_persistent_context(
        str(folder),
        executable_path=CHROMIUM,
        args=ARGS,
        viewport=PHONE,  # type: ignore[arg-type]
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        geolocation=here(place),  # type: ignore[arg-type]
        permissions=["geolocation"],
        offline=offline,
    )
    try:
        context.set_default_timeout(40_000)
        yield context
    finally:
        context.close()


def phone(browsers: Browsers, place: tuple[float, float], who: str = OFFICER) -> Person:
    """A signed-in officer's phone."""
    return browsers.person(
        who, viewport=PHONE, geolocation=here(place), permissions=["geolocation"]
    )


def make_ready(page: Page, url: str, patrol: dict[str, Any]) -> None:
    """Open the field app with a network and wait until the patrol needs none."""
    page.goto(url + "/field/")
    page.wait_for_selector(f"[data-patrol='{patrol['id']}'][data-ready=true]")


def open_patrol(page: Page, url: str, patrol: dict[str, Any]) -> None:
    """The patrol's screen, located."""
    page.goto(f"{url}/field/?patrol={patrol['id']}")
    page.wait_for_selector("#field-side[data-side]")


def begin(page: Page) -> None:
    """Press start."""
    page.click("#start")
    page.click("dialog[open] .btn--primary")
    page.wait_for_selector("#record")


def record(page: Page, text: str = "", photo: Path | None = None, ph: float | None = None) -> None:
    """Three presses: open, category, save; words, a photo and a fact if there are any."""
    page.click("#record")
    page.click(".tile:has(input[value=outfall])")
    if text:
        page.fill("#finding-text", text)
    if photo is not None:
        page.set_input_files("#finding-camera", str(photo))
    if ph is not None:
        page.fill("#fact-ph", str(ph))
    page.click("#finding-save")
    page.wait_for_selector("#finding:not([open])", state="attached")


def press(page: Page, selector: str) -> None:
    """Press and wait until the phone has kept it."""
    seq = "async () => (await import('/static/js/field/store.js')).read('items', s => s.count())"
    before = page.evaluate(seq)
    page.click(selector)
    wait_until(lambda: page.evaluate(seq) > before, "what was pressed to be kept")


def all_sent(page: Page) -> None:
    """Wait until the hub has everything."""
    page.wait_for_selector(
        "#field-queue[data-waiting='0'][data-fixes='0'][data-line=idle]", timeout=90_000
    )


def flicker(page: Page) -> None:
    """From now on the phone thinks every moment that the network is back, and tries again."""
    page.evaluate("void setInterval(() => dispatchEvent(new Event('online')), 300)")


def store(page: Page, name: str) -> list[dict[str, Any]]:
    """What one store of the phone holds, photos left out."""
    return list(
        page.evaluate(
            """async (name) => {
                const { read } = await import("/static/js/field/store.js");
                const rows = await read(name, (store) => store.getAll());
                return rows.map(({ blob, ...row }) => row);
            }""",
            name,
        )
    )


def findings(world: World, patrol: dict[str, Any]) -> list[dict[str, Any]]:
    """What the hub has, oldest first."""
    items = world.as_(OFFICER).get("/findings", patrol_id=patrol["id"]).body["items"]
    return list(reversed(items))


@pytest.mark.once
def test_a_day_without_a_network_outlives_its_browser_and_arrives_once_in_order(
    world: World, live_hub: LiveHub, tmp_path: Path
) -> None:
    patrol = patrol_today(world)
    lon, lat = inside(zone_of(world, patrol), "330502")
    live_hub.start()
    with phone_on_disk(tmp_path / "phone", (lon, lat)) as context:
        person = Person(context, context.pages[0], live_hub.url).sign_in(OFFICER)
        make_ready(person.page, live_hub.url, patrol)
    live_hub.kill()
    with phone_on_disk(tmp_path / "phone", (lon, lat)) as context:
        page = context.pages[0]
        open_patrol(page, live_hub.url, patrol)
        begin(page)
        page.wait_for_selector("#field-queue[data-fixes='1']")
        press(page, "#pause")
        press(page, "#resume")
        kept = int(page.get_attribute("#field-queue", "data-fixes") or 0)
        record(page, "第一处", big_photo(tmp_path))
        page.click("#checks")
        press(page, "input[data-index='1']")
    with phone_on_disk(tmp_path / "phone", (lon + 0.0004, lat)) as context:
        page = context.pages[0]
        open_patrol(page, live_hub.url, patrol)
        # The way so far is drawn again; another place may have been kept since it was counted.
        page.wait_for_function("(n) => Number(map.dataset.kept) >= n", arg=kept)
        page.wait_for_function(
            "(n) => Number(document.querySelector('#field-queue').dataset.fixes) > n", arg=kept
        )
        record(page, "第二处")
        page.click("#end")
        press(page, "dialog[open] .btn--primary")
        # The receiver rests, and where one was is not told as where one is.
        page.wait_for_selector("[data-mode=off]")
        page.wait_for_selector("#field-side", state="hidden")
        page.wait_for_selector("#field-queue[data-line=offline]")
        walked = int(page.get_attribute("#field-queue", "data-fixes") or 0)
        live_hub.start()
        page.reload()
        all_sent(page)
        kinds = [item["kind"] for item in store(page, "items")]
        assert kinds == ["start", "entry", "entry", "finding", "photo", "entry", "finding", "end"]
        assert {item["state"] for item in store(page, "items")} == {"sent"}
    first, second = findings(world, patrol)
    assert (first["text"], second["text"]) == ("第一处", "第二处")
    assert first["found_at"] < second["found_at"]
    assert len(first["files"]) == 1
    officer = world.as_(OFFICER)
    log = officer.get(f"/patrols/{patrol['id']}/log").body["items"]
    assert [one["kind"] for one in log] == ["pause", "resume", "check_in"]
    ended = officer.get(f"/patrols/{patrol['id']}").body
    assert ended["state"] == "completed"
    assert ended["started_at"] < log[0]["at"] < log[2]["at"] < ended["ended_at"]
    (unit,) = officer.get(f"/patrols/{patrol['id']}/track").body["features"]
    assert unit["properties"]["fixes"] == walked >= 2


@pytest.mark.once
def test_a_photo_cut_in_the_middle_is_sent_on_from_there(
    world: World, live_hub: LiveHub, tmp_path: Path
) -> None:
    patrol = patrol_today(world)
    live_hub.start()
    photo = big_photo(tmp_path)
    sent: list[int] = []

    def meddle(route: Route) -> None:
        if route.request.method != "PUT":
            route.continue_()
            return
        offset = int(route.request.url.rpartition("offset=")[2])
        sent.append(offset)
        if len(sent) == 2:
            route.abort()  # cut before the hub had it
        elif len(sent) == 4:
            route.fetch()  # the hub has it, its answer is lost
            route.abort()
        else:
            route.continue_()

    with open_browsers(live_hub.url) as browsers:
        person = phone(browsers, inside(zone_of(world, patrol), "330502"))
        make_ready(person.page, live_hub.url, patrol)
        person.context.route("**/api/v1/uploads/*", meddle)
        open_patrol(person.page, live_hub.url, patrol)
        begin(person.page)
        flicker(person.page)
        record(person.page, photo=photo)
        all_sent(person.page)
        browsers.check()
    size = photo.stat().st_size
    pieces = range(0, size, PIECE)
    again = sent[1]
    assert sent == sorted([*pieces, again])  # the piece that never arrived, and no other, twice
    (finding,) = findings(world, patrol)
    (file,) = finding["files"]
    original = fetch(world.as_(OFFICER), file["original_url"])[1]
    assert hashlib.sha256(original).digest() == hashlib.sha256(photo.read_bytes()).digest()


@pytest.mark.once
def test_a_phone_that_changes_hands_keeps_the_log_and_shows_it_to_nobody_else(
    world: World, live_hub: LiveHub
) -> None:
    patrol = patrol_today(world)
    live_hub.start()
    with open_browsers(live_hub.url) as browsers:
        person = phone(browsers, inside(zone_of(world, patrol), "330502"))
        page = person.page
        make_ready(page, live_hub.url, patrol)
        open_patrol(page, live_hub.url, patrol)
        person.context.set_offline(offline=True)
        begin(page)
        record(page, "第一人的记录")
        # His sign-in ends while he is away; somebody else takes the phone.
        person.context.set_offline(offline=False)
        person.context.clear_cookies()
        page.wait_for_selector("#field-queue[data-line=signed-out]", timeout=60_000)
        assert store(page, "items")[1]["state"] in ("waiting", "sending")
        page.goto(live_hub.url + "/login")
        person.sign_in("wuxing-officer2")
        make_ready(page, live_hub.url, patrol)
        page.click("#field-queue")
        assert "第一人的记录" not in page.content()
        assert {row["owner"] for row in store(page, "kits")} == {
            world.as_("wuxing-officer2").user_id
        }
        assert findings(world, patrol) == []
        page.click("#queue [aria-label=关闭]")
        page.click(".app-header .menu summary")
        page.click("#sign-out")
        page.click("dialog[open] .btn--primary")
        page.wait_for_url("**/login**")
        assert store(page, "kits") == []
        person.sign_in(OFFICER)
        page.goto(live_hub.url + "/field/")
        all_sent(page)
        browsers.check()
    (finding,) = findings(world, patrol)
    assert (finding["text"], finding["recorded_by_name"]) == (
        "第一人的记录",
        world.as_(OFFICER).get("/me").body["name"],
    )


@pytest.mark.once
def test_a_patrol_cancelled_meanwhile_is_a_conflict_and_its_log_goes_out_as_a_file(
    world: World, live_hub: LiveHub, tmp_path: Path
) -> None:
    patrol = patrol_today(world)
    live_hub.start()
    with open_browsers(live_hub.url) as browsers:
        person = phone(browsers, inside(zone_of(world, patrol), "330502"))
        page = person.page
        make_ready(page, live_hub.url, patrol)
        open_patrol(page, live_hub.url, patrol)
        person.context.set_offline(offline=True)
        begin(page)
        record(page, "取消之前看到的", big_photo(tmp_path))
        world.as_("wuxing-planner").post(
            f"/patrols/{patrol['id']}/cancel", {"reason": "大风"}, version=patrol["version"]
        )
        person.context.set_offline(offline=False)
        page.wait_for_selector("#field-conflict:not([hidden])", timeout=60_000)
        page.click("#field-conflict button")
        assert "已取消" in page.inner_text("#queue")
        assert "留在本机" in page.inner_text("#queue")
        with page.expect_download() as waiting:
            page.click("#queue-export")
        waiting.value.save_as(tmp_path / "log.json")
        items = store(page, "items")
        other = phone(browsers, inside(zone_of(world, patrol), "330502"))
        other.page.goto(live_hub.url + "/field/")
        other.page.wait_for_selector("#field-queue[data-line=idle]")
        other.page.click("#field-queue")
        for _twice in range(2):
            other.page.set_input_files("#queue-import", str(tmp_path / "log.json"))
            other.page.wait_for_selector(".toast")
        taken = store(other.page, "items")
        assert [(i["kind"], i["key"]) for i in taken] == [
            (i["kind"], i["key"]) for i in items if i["state"] != "sent"
        ]
        assert len(store(other.page, "blobs")) == 1
        text = (tmp_path / "log.json").read_text()
        (tmp_path / "bad.json").write_text(text.replace("取消之前", "取消之後"))
        other.page.set_input_files("#queue-import", str(tmp_path / "bad.json"))
        other.page.wait_for_selector(".toast.notice--danger")
        stranger = phone(browsers, (120.3, 30.9), "wujiang-officer1")
        stranger.page.goto(live_hub.url + "/field/")
        stranger.page.wait_for_selector("#field-queue[data-line=idle]")
        stranger.page.click("#field-queue")
        stranger.page.set_input_files("#queue-import", str(tmp_path / "log.json"))
        stranger.page.wait_for_selector(".toast.notice--danger")
        assert store(stranger.page, "items") == []
        browsers.check()
    assert json.loads(json.loads(text)["content"])["user_id"] == world.as_(OFFICER).user_id


# The browser of a phone whose clock is set, and whose disk is full, when the test says so.
PHONE_FAULTS = """(() => {
    const { now } = Date;
    Date.now = () => now() + Number(localStorage.getItem("test.clock") ?? 0);
    const { add } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.add = function (...values) {
        if (localStorage.getItem("test.full")) throw new DOMException("", "QuotaExceededError");
        return add.apply(this, values);
    };
})()"""


@pytest.mark.once
def test_a_clock_set_on_the_way_and_a_full_phone_cost_nothing(
    world: World, live_hub: LiveHub, tmp_path: Path
) -> None:
    patrol = patrol_today(world)
    live_hub.start()
    with open_browsers(live_hub.url) as browsers:
        person = phone(browsers, inside(zone_of(world, patrol), "330502"))
        page = person.page
        page.add_init_script(PHONE_FAULTS)
        make_ready(page, live_hub.url, patrol)
        open_patrol(page, live_hub.url, patrol)
        begin(page)
        record(page, "有网络时", big_photo(tmp_path))
        all_sent(page)
        person.context.set_offline(offline=True)
        page.evaluate("localStorage.setItem('test.clock', String(3 * 3600 * 1000))")
        record(page, "时钟拨快三小时之后")
        page.evaluate("localStorage.setItem('test.full', '1')")
        page.click("#record")
        page.click(".tile:has(input[value=air])")
        page.fill("#finding-text", "存储已满时写的")
        page.set_input_files("#finding-camera", str(big_photo(tmp_path)))
        page.click("#finding-save")
        page.wait_for_selector("#finding-error:has-text('存储已满')")
        assert store(page, "blobs") == []  # the photo that the hub has made room
        page.evaluate("localStorage.removeItem('test.full')")
        page.click("#finding-save")
        page.wait_for_selector("#finding:not([open])", state="attached")
        person.context.set_offline(offline=False)
        all_sent(page)
        browsers.check()
    _sent, first, second = findings(world, patrol)
    assert (first["text"], second["text"]) == ("时钟拨快三小时之后", "存储已满时写的")
    assert first["found_at"] < second["found_at"] < second["created_at"]
    assert first["clock_offset_s"] == pytest.approx(-3 * 3600, abs=60)
    assert len(second["files"]) == 1


@pytest.mark.once
def test_a_new_release_arrives_by_itself_and_keeps_what_was_not_sent(
    world: World, live_hub: LiveHub, tmp_path: Path
) -> None:
    patrol = patrol_today(world)
    live_hub.start()
    next_one = newer_release(tmp_path / "next")
    with open_browsers(live_hub.url) as browsers:
        person = phone(browsers, inside(zone_of(world, patrol), "330502"))
        page = person.page
        make_ready(page, live_hub.url, patrol)
        open_patrol(page, live_hub.url, patrol)
        live_hub.kill()
        begin(page)
        record(page, "升级前写的", big_photo(tmp_path))
        # The hub is back as a newer one, and what the phone writes does not get through yet.
        person.context.route(
            "**/api/v1/**",
            lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
        )
        live_hub.start(program=next_one)
        page.evaluate("dispatchEvent(new Event('online'))")
        page.click("#field-update")
        page.wait_for_selector("html[data-release=next] #record")
        kept = [item for item in store(page, "items") if item["kind"] != "positions"]
        assert [item["kind"] for item in kept] == ["start", "finding", "photo"]
        assert "sent" not in {item["state"] for item in kept}
        assert len(store(page, "blobs")) == 1
        assert page.evaluate("caches.keys().then(names => names.length)") == 1
        person.context.unroute_all()
        page.evaluate("dispatchEvent(new Event('online'))")
        record(page, "升级后写的")
        all_sent(page)
        browsers.check()
    first, second = findings(world, patrol)
    assert (first["text"], second["text"]) == ("升级前写的", "升级后写的")
    assert len(first["files"]) == 1


@pytest.mark.once
def test_the_field_app_is_reachable_for_everybody(world: World, live_hub: LiveHub) -> None:
    patrol = patrol_today(world)
    live_hub.start()
    with open_browsers(live_hub.url) as browsers:
        person = phone(browsers, inside(zone_of(world, patrol), "330502"))
        make_ready(person.page, live_hub.url, patrol)
        assert serious_faults(person.page) == []
        open_patrol(person.page, live_hub.url, patrol)
        begin(person.page)
        person.page.click("#record")
        for light in ("light", "dark"):
            person.page.emulate_media(color_scheme=light)  # type: ignore[arg-type]
            assert serious_faults(person.page) == []
        browsers.check()
