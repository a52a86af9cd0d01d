"""Pages come back to a restarted hub each in its own time, and miss or repeat nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from benchmarks.storm import WAITS
from hub.changes import SYSTEM, record_change
from tests.support.live import LiveHub
from tests.support.world import World

pytestmark = pytest.mark.once

PAGES, CHANGES = 8, 3
READER = "wujiang-liaison"
CLIENT = Path(__file__).resolve().parents[3] / "benchmarks" / "storm_client.mjs"
SAMPLE = """
import { retryWait, askWait } from "./reconnect.mjs";
const many = (wait, failed) => Array.from({ length: 2000 }, () => wait(failed));
const drawn = (wait) => [0, 1, 4, 10, 60].map((failed) => many(wait, failed));
console.log(JSON.stringify([drawn(retryWait), drawn(askWait)]));
"""


@pytest.fixture
def waits(tmp_path: Path) -> Path:
    """A folder with the pages' waits as Node reads them."""
    shutil.copy(WAITS, tmp_path / "reconnect.mjs")
    return tmp_path


def test_waits_grow_to_a_limit_and_stay_spread_there(waits: Path):
    (waits / "sample.mjs").write_text(SAMPLE)
    asked = ["node", str(waits / "sample.mjs")]
    answer = subprocess.run(asked, check=True, capture_output=True, text=True, timeout=120)
    for drawn in json.loads(answer.stdout):
        assert all(500 <= wait <= 30_000 for sample in drawn for wait in sample)
        middles = [sorted(sample)[len(sample) // 2] for sample in drawn]
        assert middles[0] < middles[1] < middles[2]
        # Who has waited long must not end up in step with everybody else: no second of the longest
        # waits holds more than a small part of them.
        for sample in drawn[2:]:
            seconds = [int(wait // 1000) for wait in sample]
            assert max(map(seconds.count, set(seconds))) < len(sample) / 5


def test_after_a_restart_every_page_hears_each_change_once(
    live_hub: LiveHub, world: World, waits: Path
):
    reader = world.as_(READER)
    hub = live_hub.start(HUB_JOBS_SECONDS="0")
    plan = {"url": hub.url, "tokens": [reader.token] * PAGES, "goal": CHANGES}
    (waits / "plan.json").write_text(json.dumps(plan | {"folder": str(waits)}))
    command = ["node", str(CLIENT), str(waits / "plan.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as pages:
        assert pages.stdout is not None
        try:
            assert pages.stdout.readline() == "ready\n"
            hub.kill()
            with world.unit_of_work() as session:
                for number in range(CHANGES):
                    record_change(
                        session,
                        SYSTEM,
                        kind="probe",
                        record_id=str(number),
                        version=1,
                        verb="created",
                        bureaus=[world.bureau_id("wujiang")],
                    )
            hub.start(HUB_JOBS_SECONDS="0")
            told = json.loads(pages.stdout.readline())
        finally:
            pages.kill()
    assert len(told["connected"]) == len(told["caught_up"]) == PAGES
    assert told["doubled"] == 0
