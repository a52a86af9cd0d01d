"""An upgrade while a patrol is under way: phones go on with what they hold; nothing comes twice."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import uuid
from typing import Any

import pytest

from hub import migrations
from tests.support.field import (
    OFFICER,
    PARTNER,
    batch,
    fix,
    inside,
    photo,
    seen,
    zone_of,
)
from tests.support.patrols import started_patrol
from tests.support.processes import ROOT
from tests.support.world import Answer, World

# The schema of a release that knew patrols, tracks, findings and photos in pieces, and kept whole
# answers under the keys of writes.
OLD = "0039"
KILLED = """
import sys
from tests.support import moments
from hub import migrations
from hub.db import Database
moments.arm({moments.KILL_AT: sys.argv[2]})
migrations.upgrade(Database(sys.argv[1]))
"""


def put(world: World, upload_id: str, offset: int, data: bytes) -> Answer:
    """Send one piece of a photo."""
    with world.app.test_client() as client:
        response = client.put(
            f"/api/v1/uploads/{upload_id}?offset={offset}",
            data=data,
            content_type="application/octet-stream",
            headers={"Authorization": f"Bearer {world.as_(OFFICER).token}"},
        )
        return Answer(response.status_code, response.get_json(), dict(response.headers))


def older(world: World) -> None:
    """The database as the older release left it."""
    database = world.app.extensions["hub.db"]
    database.dispose()
    migrations.downgrade(database, OLD)


def revision(world: World) -> str:
    """Where the schema stands."""
    with world.app.extensions["hub.db"].engine.connect() as connection:
        return migrations.current(connection)


def newer(world: World) -> None:
    """`flask --app hub db upgrade`."""
    told = world.app.test_cli_runner().invoke(args=["db", "upgrade"])
    assert told.exit_code == 0, told.output
    assert migrations.drift(world.app.extensions["hub.db"]) == []


def test_a_patrol_goes_on_over_an_upgrade_and_what_a_phone_repeats_comes_once(world: World):
    patrol = started_patrol(world)
    officer, path = world.as_(OFFICER), f"/patrols/{patrol['id']}"
    place = inside(zone_of(world, patrol), "330502")
    # Sent, answered; the answer to the finding was lost on the way to the phone.
    sent = batch(fix(*place, ago_s=20), fix(*place, ago_s=10))
    assert officer.post(f"{path}/positions", sent, key="positions-1-key").status == 200
    body, key = seen(place, text="升级前的发现"), uuid.uuid4().hex
    finding = officer.post(f"{path}/findings", body, key=key).body
    data = photo()
    announced: dict[str, Any] = {
        "key": uuid.uuid4().hex,
        "name": "a.jpg",
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    upload = officer.post(f"/findings/{finding['id']}/uploads", announced).body["id"]
    half = len(data) // 2
    assert put(world, upload, 0, data[:half]).body["received"] == half
    older(world)
    newer(world)
    # The phone's outbox, from its first unanswered record on.
    again = officer.post(f"{path}/positions", sent, key="positions-1-key")
    assert (again.status, again.body["stored"]) in ((200, False), (200, True))
    repeated = officer.post(f"{path}/findings", body, key=key)
    assert (repeated.status, repeated.body["id"]) == (201, finding["id"])
    assert officer.post(f"/findings/{finding['id']}/uploads", announced).body == {
        "id": upload, "size": len(data), "received": half, "file_id": None,
    }  # fmt: skip
    assert put(world, upload, half, data[half:]).body["file_id"]
    # And what was queued while the hub was down.
    queued = batch(fix(*place, ago_s=5), fix(*place))
    assert officer.post(f"{path}/positions", queued).body == {"stored": True, "flagged": 0}
    later = officer.post(f"{path}/findings", seen(place, text="升级后的发现"))
    assert later.status == 201, later.body
    units = officer.get(f"{path}/track").body["features"]
    assert sum(unit["properties"]["fixes"] for unit in units) == 4
    for who in (OFFICER, PARTNER):
        found = world.as_(who).get("/findings", limit=200).body["items"]
        mine = [one for one in found if one["patrol_id"] == patrol["id"]]
        assert sorted(one["text"] for one in mine) == ["升级前的发现", "升级后的发现"]
    assert len(officer.get(f"/findings/{finding['id']}").body["files"]) == 1
    ended = officer.post(f"{path}/end")
    assert (ended.status, ended.body["state"]) == (200, "completed"), ended.body


@pytest.mark.parametrize("moment", ["statement:12", "commit:1"])
def test_an_upgrade_killed_in_the_middle_leaves_the_old_schema_and_is_done_again(
    world: World, moment: str
):
    patrol = started_patrol(world)
    older(world)
    world.app.extensions["hub.db"].dispose()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, world.url, moment],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        start_new_session=True,
        timeout=120,
    )
    assert killed.returncode == -signal.SIGKILL
    assert revision(world) == OLD
    newer(world)
    assert world.as_(OFFICER).get(f"/patrols/{patrol['id']}").body["state"] == "in_progress"
