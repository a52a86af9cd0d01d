"""The live map with moving units, dragged and zoomed: frames, against a marker for each unit.

A real Chromium shows `/map` of a real hub. Units move once a second: their latest places are
written straight into the store, so that the hub tells them as always and its intake costs nothing.
The baseline is the same page with each unit told by itself (`position`) and drawn as a Leaflet
marker of the document, moved as it comes. BENCH_UNITS (default 200), BENCH_SECONDS (10).
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles

from playwright.sync_api import CDPSession, Page
from sqlalchemy import update

from benchmarks.hubs import PYTHON, ROOT, prepared, process, settings_of
from benchmarks.result import Result
from benchmarks.units import SECONDS, UNITS
from benchmarks.units_fill import fill
from hub.app import create_app
from hub.db import Database, utc_now
from hub.patrols.models import UnitPosition
from tests.support.browser import CHROMIUM, open_browsers
from tests.support.units import place_units

PATIENCE_MS = 120_000
WATCHER = "wujiang-planner"
STEP = 2e-5  # degrees a second, about two metres
FRAMES = """() => {
  const seen = window.benchFrames = { gaps: [], long: [] };
  let last = performance.now();
  const frame = (now) => { seen.gaps.push(now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) seen.long.push(one.duration);
  }).observe({ entryTypes: ["longtask"] });
}"""
HOLD_MAP = """Object.defineProperty(window, "L", {
  configurable: true,
  set(value) {
    Object.defineProperty(window, "L", { value, writable: true });
    value.Map.addInitHook(function () { window.benchMap = this; });
  },
});"""
MARKERS = """async (token) => {
  const { io } = await import("socket.io-client");
  const markers = new Map();
  const socket = io({ path: "/socket.io", transports: ["websocket"], auth: { token } });
  window.benchMarkers = markers;
  socket.on("position", (p) => {
    let marker = markers.get(p.unit_id);
    if (!marker) {
      const face = document.createElement("span");
      face.className = `pin side--${p.side}`;
      const icon = L.divIcon({ html: face, className: "", iconSize: [28, 28] });
      marker = L.marker([p.lat, p.lon], { icon });
      marker.addTo(window.benchMap);
      markers.set(p.unit_id, marker);
    }
    marker.setLatLng([p.lat, p.lon]);
  });
}"""


@contextmanager
def _moving(database: Database) -> Iterator[None]:
    """Move every unit once a second for as long as the block lasts."""
    over = threading.Event()

    def move() -> None:
        while not over.wait(1 - time.time() % 1):
            now = utc_now()
            way = now.timestamp() / 10
            changed = update(UnitPosition).values(
                lon=UnitPosition.lon + STEP * math.sin(way),
                lat=UnitPosition.lat + STEP * math.cos(way),
                at=now,
                received_at=now,
            )
            with database.unit_of_work() as session:
                session.execute(changed, execution_options={"synchronize_session": False})

    mover = threading.Thread(target=move)
    mover.start()
    try:
        yield
    finally:
        over.set()
        mover.join()


@dataclass
class Figures:
    """Milliseconds between frames, main thread's processor time and long tasks in a second."""

    median_ms: float
    p95_ms: float
    busy_ms: float
    long_ms: float


def _watch(url: str, token: str, *, markers: bool) -> Figures:
    with open_browsers(url) as browsers:
        person = browsers.person().sign_in(WATCHER).await_line()
        page = person.page
        page.add_init_script(HOLD_MAP)
        if markers:
            page.route("**/pages/live_units.js*", lambda route: route.abort())
        person.open("/map")
        if markers:
            page.evaluate(MARKERS, token)
            _wait_until(page, f"window.benchMarkers.size >= {UNITS}")
        else:
            page.wait_for_selector(".unit-list__row", state="attached", timeout=PATIENCE_MS)
        session = page.context.new_cdp_session(page)
        session.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})
        session.send("Performance.enable")
        before = _busy_s(session)
        page.evaluate(FRAMES)
        lasted = _drive(page)
        seen = page.evaluate("window.benchFrames")
        busy = _busy_s(session) - before
    gaps = seen["gaps"][1:]
    return Figures(
        median_ms=median(gaps),
        p95_ms=quantiles(gaps, n=20)[-1],
        busy_ms=busy * 1e3 / lasted,
        long_ms=sum(seen["long"]) / lasted,
    )


def _wait_until(page: Page, what: str) -> None:
    """Wait for an expression to hold; the page's policy forbids Playwright's own way."""
    limit = time.monotonic() + PATIENCE_MS / 1e3
    while not page.evaluate(what):
        assert time.monotonic() < limit, what
        page.wait_for_timeout(100)


def _busy_s(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))


def _drive(page: Page) -> float:
    """Drag the map about and zoom in and out for SECONDS; how long it took."""
    box = page.locator("#map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    began = time.perf_counter()
    turn = 0
    while time.perf_counter() < began + SECONDS:
        way = 1 if turn % 2 else -1
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + way * 200, y + way * 120, steps=20)
        page.mouse.up()
        page.mouse.wheel(0, way * 120)
        page.wait_for_timeout(500)
        turn += 1
    return time.perf_counter() - began


def run() -> Iterator[Result | str]:
    """Both pages by turns, on one hub."""
    if CHROMIUM is None:
        yield "skipped: no Chromium"
        return
    with prepared("wuxing-officer1") as hub:
        units, rooms = fill(hub, UNITS)
        app = create_app(settings_of(hub.folder))
        database = app.extensions["hub.db"]
        with database.unit_of_work() as session:
            place_units(session, units, utc_now())
        command = [PYTHON, str(ROOT / "run.py")]
        env = hub.env | {"HUB_JOBS_SECONDS": "0"}
        with process(command, f"{hub.url}/readyz", env), _moving(database):
            base = _watch(hub.url, rooms["wujiang"], markers=True)
            ours = _watch(hub.url, rooms["wujiang"], markers=False)
        database.dispose()
    for name, claim, unit in (
        ("median_ms", "between two frames, median", "ms"),
        ("p95_ms", "between two frames, p95", "ms"),
        ("busy_ms", "processor of the page's main thread", "ms/s"),
        ("long_ms", "in tasks longer than 50 ms", "ms/s"),
    ):
        yield Result(
            f"{UNITS} units on the map, dragged and zoomed: {claim}",
            getattr(ours, name),
            unit,
            "a marker for each unit",
            getattr(base, name),
            better="smaller",
        )
