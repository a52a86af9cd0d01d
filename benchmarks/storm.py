"""2,000 pages come back to a hub that was killed and started again, and HTTP meanwhile.

The pages wait as the hub's own do (hub/static/js/reconnect.js is what they run), ask by HTTP while
their socket is away and acknowledge. While the hub is down, changes are recorded; each page must
hear each once, in order. BENCH_STORM sets how many pages (2,000), BENCH_DOWN_S for how long the hub
is away (5).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks.hubs import PYTHON, ROOT, Prepared, await_answer, prepared, settings_of
from benchmarks.processor import process_ms
from benchmarks.result import Result
from hub.app import create_app
from hub.changes import SYSTEM, record_change

PAGES = int(os.environ.get("BENCH_STORM", "2000"))
DOWN_S = float(os.environ.get("BENCH_DOWN_S", "5"))
CHANGES = 5
EVERY_S = 0.1
AIM_BACK_S, AIM_HTTP_MS = 30.0, 1_000.0
WAITS = ROOT / "hub" / "static" / "js" / "reconnect.js"
HERE = Path(__file__).resolve().parent


@contextmanager
def _hub(hub: Prepared) -> Iterator[subprocess.Popen[bytes]]:
    """run.py in a process group of its own, which is killed in the end."""
    command = [PYTHON, str(ROOT / "run.py")]
    with subprocess.Popen(command, cwd=ROOT, env=hub.env, start_new_session=True) as server:
        try:
            await_answer(f"{hub.url}/readyz")
            yield server
        finally:
            os.killpg(server.pid, signal.SIGKILL)


def _record(hub: Prepared) -> None:
    """Changes that nobody is there to hear."""
    database = create_app(settings_of(hub.folder)).extensions["hub.db"]
    with database.unit_of_work() as session:
        for _ in range(CHANGES):
            record_change(
                session,
                SYSTEM,
                kind="bench",
                record_id=str(uuid.uuid4()),
                version=1,
                verb="updated",
                bureaus=[hub.bureau_id],
            )
    database.dispose()


class _Visitor:
    """Asks for a list of cases again and again, as somebody at a page does."""

    def __init__(self, hub: Prepared) -> None:
        self._hub = hub
        self._over = threading.Event()
        self.took: list[float] = []
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self) -> _Visitor:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _ask(self) -> None:
        asked = urllib.request.Request(  # noqa: S310 - our own loopback address
            f"{self._hub.url}/api/v1/cases?limit=20",
            headers={"Authorization": f"Bearer {self._hub.tokens[0]}"},
        )
        while not self._over.wait(EVERY_S):
            began = time.perf_counter()
            with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
                answer.read()
            self.took.append((time.perf_counter() - began) * 1e3)


def _storm(hub: Prepared, folder: Path) -> Iterator[Result | str]:
    shutil.copy(WAITS, folder / "reconnect.mjs")
    plan = {"url": hub.url, "tokens": hub.tokens, "goal": CHANGES, "folder": str(folder)}
    (folder / "plan.json").write_text(json.dumps(plan))
    command = ["node", str(HERE / "storm_client.mjs"), str(folder / "plan.json")]
    with ExitStack() as first:
        first.enter_context(_hub(hub))
        pages = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert pages.stdout is not None
        try:
            assert pages.stdout.readline() == "ready\n", "not all pages could connect"
            first.close()
            _record(hub)
            time.sleep(DOWN_S)
            with _hub(hub) as server, _Visitor(hub) as visitor:
                back = time.time() * 1e3
                told = json.loads(pages.stdout.readline())
                worked = process_ms(server.pid)
        finally:
            pages.kill()
            pages.wait()
    yield from _told(told, visitor.took, back, worked)


def _told(
    told: dict[str, Any], took: list[float], back: float, worked: float
) -> Iterator[Result | str]:
    assert told["doubled"] == 0, f"{told['doubled']} changes arrived twice"
    for name, moments in (("connected", "connected"), ("caught up", "caught_up")):
        seconds = [max(0.0, at - back) / 1e3 for at in told[moments]]
        claim = f"{PAGES} pages, {name} again after the restart, p95"
        yield Result(claim, _p95(seconds), "s", "aim", AIM_BACK_S, better="smaller")
    claim = "a list of cases meanwhile, p95"
    yield Result(claim, _p95(took), "ms", "aim", AIM_HTTP_MS, better="smaller")
    yield (
        f"    {worked / PAGES:.1f} ms of the hub's processor a page; "
        f"{told['refused']} tries failed ({told['slow']} for want of an answer), "
        f"{told['asked']} times asked by HTTP"
    )


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def run() -> Iterator[Result | str]:
    """Times to be back and to know everything, and of answers meanwhile."""
    with prepared("wujiang-liaison", PAGES) as hub, tempfile.TemporaryDirectory() as folder:
        yield from _storm(hub, Path(folder))
