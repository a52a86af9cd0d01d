"""The nightly check of the store: page by page, told to administrators, entered in the chain."""

from __future__ import annotations

import csv
import io
import os
import shutil
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hub.clock import SHANGHAI, local_day
from hub.db import utc_now
from hub.files import checking
from hub.files.check_models import FileCheck, FileFault
from hub.files.store import FileStore
from hub.files.uploads import PartFolder
from hub.jobs.runner import Runner
from tests.conftest import Template
from tests.support.clocks import run_due
from tests.support.field import OFFICER, fetch, find, photo, upload
from tests.support.patrols import started_patrol
from tests.support.world import World

ADMINS = ("wuxing-sysadmin", "wuxing-auditor")


@pytest.fixture
def stored(world: World, demo_template: Template) -> list[dict[str, Any]]:
    """Three photos of a finding by Wuxing, beside those of the demo."""
    finding = find(world, started_patrol(world))
    shutil.copytree(demo_template.folder / "files", Path(world.data_dir) / "files")
    return [
        upload(world.as_(OFFICER), finding["id"], photo(colour=colour)).body
        for colour in ("olive", "navy", "teal")
    ]


def path_of(world: World, file: dict[str, Any]) -> Path:
    """Where the sealed original lies."""
    return FileStore(Path(world.data_dir) / "files").path(file["sha256"])


def spoil(path: Path, data: bytes) -> None:
    """Change a file on the disk, as a failing disk or an intruder does."""
    path.chmod(0o640)
    path.write_bytes(data)


def in_nights(nights: int) -> datetime:
    """Three in the morning (Asia/Shanghai), more than a day from now."""
    day = local_day(utc_now()) + timedelta(days=1 + nights)
    return datetime.combine(day, time(3), SHANGHAI)


def check(world: World, nights: int = 1) -> None:
    """The clock's work of a later night, until nothing is left of it."""
    late = in_nights(nights)
    job = tuple(job for job in Runner(world.app, world.app.extensions["hub.db"]).jobs
                if job.name == "store.check")  # fmt: skip
    runner = Runner(world.app, world.app.extensions["hub.db"], clock=lambda: late, jobs=job)
    while runner.run_due():
        pass


def told(world: World, who: str) -> dict[str, Any]:
    """What an administrator is shown."""
    answer = world.as_(who).get("/store/faults")
    assert answer.status == 200, answer.body
    return dict(answer.body)


def entries(world: World, **query: Any) -> list[dict[str, Any]]:
    """The bureau's audit trail."""
    return list(world.as_("wuxing-auditor").get("/audit", **query).body["items"])


def test_what_is_missing_or_altered_is_told_to_administrators_and_entered(world, stored):
    check(world)
    whole = told(world, ADMINS[0])["check"]
    assert (whole, whole["broken"]) == (told(world, ADMINS[1])["check"], 0)
    assert whole["checked"] >= 3
    altered, missing, sound = stored
    original = path_of(world, altered).read_bytes()
    spoil(path_of(world, altered), original[:-1] + b"!")
    path_of(world, missing).unlink()
    check(world, 2)
    for who in ADMINS:
        found = told(world, who)
        assert {item["id"]: item["what"] for item in found["items"]} == {
            altered["id"]: "altered",
            missing["id"]: "missing",
        }
        assert (found["check"]["checked"], found["check"]["broken"]) == (whole["checked"], 2)
        page = world.as_(who).page("/store").body
        assert altered["id"] in page
        assert "photo.jpg" not in page  # an administrator is told which, not what
        assert "夜间核验发现2个文件" in world.as_(who).page("/").body
    (entry,) = entries(world, record=altered["id"])[:1]
    assert (entry["action"], entry["detail"]) == ("stored_file.altered", {})
    (night,) = entries(world, action="store.checked")[:1]
    assert night["detail"] == {"checked": whole["checked"], "broken": 2}
    # Found again it is no news; put back from a backup it is over.
    check(world, 3)
    assert len([e for e in entries(world, record=altered["id"]) if "altered" in e["action"]]) == 1
    spoil(path_of(world, altered), original)
    check(world, 4)
    assert [item["id"] for item in told(world, ADMINS[0])["items"]] == [missing["id"]]
    assert entries(world, record=altered["id"])[0]["action"] == "stored_file.intact"
    sheet = world.as_(ADMINS[0]).get("/store/faults.csv").body.lstrip("\ufeff")
    assert [row[0] for row in csv.reader(io.StringIO(sheet))][1:] == [missing["id"]]
    status, book, _headers = fetch(world.as_(ADMINS[0]), "/api/v1/store/faults.xlsx?what=missing")
    assert (status, book[:2]) == (200, b"PK")
    assert "/api/v1/store/faults.xlsx" in world.as_(ADMINS[0]).page("/store").body
    assert world.as_(ADMINS[0]).get("/store/faults", what="altered").body["items"] == []
    assert sound["id"] not in world.as_(ADMINS[0]).page("/store").body


def test_of_other_bureaus_files_and_without_the_role_nothing_is_told(world, stored):
    path_of(world, stored[0]).unlink()
    check(world)
    assert told(world, "wujiang-sysadmin")["items"] == []
    for who in ("wuxing-secadmin", "wuxing-official", OFFICER):
        assert world.as_(who).get("/store/faults").status == 403
        assert "夜间核验发现" not in world.as_(who).page("/").body


def test_a_token_that_only_reads_is_told_for_a_program_that_watches(world, stored):
    path_of(world, stored[0]).unlink()
    check(world)
    admin = world.as_(ADMINS[0])
    made = admin.post("/tokens", {"name": "watch", "scopes": ["read"]}).body
    watching = replace(admin, token=made["token"])
    assert [item["id"] for item in watching.get("/store/faults").body["items"]] == [stored[0]["id"]]


def test_a_store_of_many_pages_is_gone_through_and_goes_on_after_a_kill(world, stored, monkeypatch):
    """A page ends after a while, at least one file further; what it noted is not done again."""
    monkeypatch.setattr(checking, "PAGE", 2)
    monkeypatch.setattr(checking, "PAGE_S", 0.0)
    path_of(world, stored[2]).unlink()
    seen: list[int] = []
    late = in_nights(1)
    with world.app.app_context():
        database = world.app.extensions["hub.db"]
        while True:
            with database.read_only() as session:
                items = checking.due(session, late)
            if not items:
                break
            # As after a kill: each page is begun anew, by whoever comes first; two may come.
            assert checking.go_on(database, items[0], late)
            with database.read_only() as session:
                row = session.scalars(select(FileCheck).order_by(FileCheck.id.desc())).first()
                seen.append(sum(told["checked"] for told in row.counts.values()))
    # One by one; when the last page was full, one more is empty.
    assert seen in ([*range(1, seen[-1] + 1)], [*range(1, seen[-1] + 1), seen[-1]])
    assert [item["id"] for item in told(world, ADMINS[0])["items"]] == [stored[2]["id"]]


def test_it_runs_once_a_night_and_a_clock_that_ran_ahead_does_not_put_it_off(world, stored):
    assert run_due(world)["store.check"] == 0  # the night before it was done
    check(world)
    with world.unit_of_work() as session:
        assert len(session.scalars(select(FileCheck)).all()) == 2
        assert checking.due(session, in_nights(1) + timedelta(hours=1)) == []
        # Begun by a clock a year ahead: the right clock does not wait a year.
        newest = session.scalars(select(FileCheck).order_by(FileCheck.id.desc())).first()
        newest.started_at = utc_now() + timedelta(days=365)
        session.flush()
        assert checking.due(session, in_nights(1)) == [checking.NEW]
    check(world)
    with world.unit_of_work() as session:
        assert checking.due(session, in_nights(1)) == []


def test_what_no_row_names_goes_with_it_once_it_is_old(world, stored):
    store, parts = FileStore(Path(world.data_dir) / "files"), PartFolder(Path(world.data_dir))
    old, young = store.put(b"left by a kill, old"), store.put(b"left by a kill, young")
    for upload_id in ("forgotten", "just-begun"):
        parts.append(upload_id, 0, b"a piece")
    past = utc_now().timestamp() - 2 * checking.SWEEP_AGE_S
    for path in (store.path(old), parts.path("forgotten"), path_of(world, stored[0])):
        os.utime(path, (past, past))
    check(world)
    assert not store.path(old).exists()
    assert store.path(young).exists()
    assert [path.stem for path in parts.folder.iterdir()] == ["just-begun"]
    assert all(path_of(world, file).exists() for file in stored)
    with world.unit_of_work() as session:
        assert session.scalars(select(FileFault)).all() == []
