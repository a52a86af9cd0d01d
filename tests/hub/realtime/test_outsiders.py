"""Whom a record does not concern hears nothing of it: not over an open socket, nor when he resumes.

A row of the table writes one record; the rest is the same for all. Whoever is to hear it has the
view in his hands before the others are looked at, and a change of their own (the fence) tells that
they have heard everything that came before it.
"""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from hub.accounts.models import User
from hub.changes import SYSTEM, record_change
from hub.db import utc_now
from tests.support.cases import case_body, new_case
from tests.support.exchange import approved, bring, built, carried, import_kept
from tests.support.field import inside
from tests.support.inspections import opened
from tests.support.patrols import approve, join, people, propose_patrol, soon
from tests.support.sockets import SocketReader
from tests.support.story import binding_zone
from tests.support.world import World

STRANGER = "nanxun-planner"
WORDS = "不可外传的字样"


@dataclass(frozen=True)
class Ground:
    """What the rows stand on: a zone, a plan on the table, a patrol under way."""

    world: World
    zone: dict[str, Any]
    proposed: dict[str, Any]
    started: dict[str, Any]

    def post(self, who: str, path: str, body: Any, status: int = 201) -> dict[str, Any]:
        """Write, and be sure that it was written."""
        answer = self.world.as_(who).post(path, body)
        assert answer.status == status, answer.body
        return dict(answer.body)


@pytest.fixture(scope="module")
def ground(running) -> Ground:
    """Made once for all rows, before anybody listens."""
    world: World = running.world
    zone = binding_zone(world)
    proposed = propose_patrol(world, zone, starts_at=soon(days=3).isoformat(),
                              ends_at=soon(days=3, hours=2).isoformat())  # fmt: skip
    patrol = join(world, propose_patrol(world, zone, starts_at=soon(minutes=1).isoformat(),
                                        ends_at=soon(hours=2).isoformat()))  # fmt: skip
    for who in ("wuxing-planner", "wujiang-planner"):
        assert approve(world, who, patrol).status == 200
    assert world.as_("wuxing-officer1").post(f"/patrols/{patrol['id']}/start").status == 200
    new_case(world, title=f"夜排碱液：{WORDS}")
    return Ground(world, zone, proposed, patrol)


def inspection(ground: Ground) -> str:
    return str(opened(ground.world, ground.started)["id"])


def absence(ground: Ground) -> str:
    body = {"subject": "officer", "subject_id": people(ground.world, "wuxing", "officer2")[0],
            "starts_at": soon(days=20).isoformat(), "ends_at": soon(days=21).isoformat(),
            "reason": "sick", "note": WORDS}  # fmt: skip
    ground.post("wuxing-planner", "/absences", body)
    stretch = {"from": soon(days=19).isoformat(), "to": soon(days=22).isoformat()}
    (row,) = ground.world.as_("wuxing-planner").get("/absences", **stretch).body["items"]
    return str(row["id"])


def series(ground: Ground) -> str:
    body = {"patrol_id": ground.proposed["id"], "title": WORDS, "rule": "FREQ=WEEKLY",
            "starts_at": soon(days=10).isoformat(), "lead_days": 14}  # fmt: skip
    return str(ground.post("wuxing-planner", "/patrol-series", body)["id"])


def roster(ground: Ground) -> str:
    caller = ground.world.as_("wuxing-liaison")
    station = next(one for one in caller.get("/stations").body["items"] if one["own"])
    starts = utc_now() + timedelta(days=30)
    body = {"user_id": ground.world.as_("wuxing-officer1").user_id,
            "starts_at": starts.isoformat(),
            "ends_at": (starts + timedelta(hours=8)).isoformat()}  # fmt: skip
    ground.post("wuxing-liaison", f"/stations/{station['id']}/duties", body)
    return str(station["id"])


def draft(ground: Ground) -> str:
    path = f"/patrols/{ground.proposed['id']}/draft"
    caller = ground.world.as_("wuxing-planner")
    version = caller.get(path).body["version"]
    answer = caller.patch(path, {"changes": {"note": WORDS}}, version=version)
    assert answer.status == 200, answer.body
    return str(ground.proposed["id"])


def emergency(ground: Ground) -> str:
    place = inside(ground.zone, "330502")
    case = ground.post("wuxing-officer1", "/cases", case_body(place))
    reader = ground.world.as_("wuxing-officer2")
    with ground.world.unit_of_work() as session:
        session.get_one(User, reader.user_id).clearance = 1
    body = {"case": case["number"], "reason": f"界河死鱼须立即查明：{WORDS}"}
    return str(ground.post("wuxing-officer2", "/emergencies", body)["id"])


def sealed_package(ground: Ground) -> str:
    return str(approved(ground.world, built(ground.world))["id"])


def kept_package(ground: Ground) -> str:
    """Checked, which leaves it on the hub for its person, and imported from there."""
    draft = built(ground.world, kinds=["case"])
    data = carried(ground.world, approved(ground.world, draft))
    with zipfile.ZipFile(io.BytesIO(data)) as bag:
        assert any(WORDS.encode() in bag.read(name) for name in bag.namelist())
    report = bring(ground.world, data, "check").body
    assert report["kept"] is True, report
    answer = import_kept(ground.world, report["digest"])
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


@dataclass(frozen=True)
class Row:
    """A record: its kind in the feed, who writes it, who hears it, who of the others only learns
    that something changed, and who hears nothing at all."""

    kind: str
    write: Callable[[Ground], str]
    hears: str
    nothing: tuple[str, ...]
    blank: tuple[str, ...] = ()


TABLE = [
    Row("inspection", inspection, "wuxing-officer1", (STRANGER, "wujiang-officer1")),
    Row("absence", absence, "wuxing-planner", (STRANGER, "wujiang-planner")),
    Row("patrol_series", series, "wujiang-planner", (STRANGER, "yixing-planner")),
    Row("station", roster, "wuxing-liaison", ("yixing-planner", "changxing-officer1")),
    Row("plan_draft", draft, "wujiang-planner", (STRANGER, "yixing-planner"),
        ("wuxing-officer1",)),
    Row("emergency", emergency, "wuxing-official", (STRANGER, "wujiang-official"),
        ("wuxing-officer1",)),
    Row("package", sealed_package, "changxing-official", (STRANGER, "yixing-liaison")),
    Row("package", kept_package, "yixing-official", (STRANGER, "changxing-planner")),
]  # fmt: skip


def head(world: World, username: str) -> int:
    return int(world.as_(username).get("/changes", after=0, limit=1).body["head"])


def fenced(world: World, usernames: tuple[str, ...]) -> str:
    """A change that all of these hear, after everything that was written before."""
    record_id = str(uuid.uuid4())
    bureaus = sorted({world.as_(username).bureau_id for username in usernames})
    with world.unit_of_work() as session:
        record_change(session, SYSTEM, kind="probe", record_id=record_id, version=1,
                      verb="created", bureaus=bureaus)  # fmt: skip
    return record_id


@pytest.mark.parametrize("row", TABLE, ids=[row.write.__name__ for row in TABLE])
def test_whom_it_does_not_concern_hears_nothing_live_or_resuming(running, ground, row):
    world: World = running.world
    others = (*row.nothing, *row.blank)
    before = {username: head(world, username) for username in others}
    with ExitStack() as stack:

        def listen(username: str, **more: Any) -> SocketReader:
            reader = SocketReader(running.hub.url, {"token": world.as_(username).token, **more})
            return stack.enter_context(closing(reader.connect()))

        hears = listen(row.hears)
        live = {username: listen(username) for username in others}
        record_id = row.write(ground)
        hears.wait(lambda r: any(about(c, row, record_id) and c["view"] for c in r.changes))
        fence = fenced(world, others)
        resumed = {username: listen(username, after=before[username]) for username in others}
        for username, reader in (*live.items(), *resumed.items()):
            reader.wait(lambda r: any(c["id"] == fence for c in r.changes), f"{username}'s fence")
            said = list(heard(reader, row, record_id))
            assert not any(change["view"] for change in said), username
            assert said == [] or username in row.blank, username
            assert WORDS not in json.dumps(reader.changes, ensure_ascii=False), username


def about(change: dict[str, Any], row: Row, record_id: str) -> bool:
    return bool(change["kind"] == row.kind and change["id"] == record_id)


def heard(reader: SocketReader, row: Row, record_id: str) -> Iterator[dict[str, Any]]:
    return (change for change in reader.changes if about(change, row, record_id))
