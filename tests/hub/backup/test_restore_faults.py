"""A restore that is killed, and what may not happen after one: old numbers, mails sent twice."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, select, update
from sqlalchemy.orm import Session

from hub.cases.models import Case
from hub.files.models import StoredFile
from hub.files.store import FileStore
from hub.notifications.models import Mail
from sharing.ledger import verify_all
from tests.conftest import BOUNDARIES
from tests.hub.backup.test_backup import elsewhere, run, source, with_photo  # noqa: F401
from tests.hub.notifications.test_invitations import ready
from tests.hub.notifications.test_mail import set_mail
from tests.support import moments
from tests.support.cases import new_case
from tests.support.clocks import run_due
from tests.support.live import LiveHub
from tests.support.mail import MailServer
from tests.support.processes import fork_command
from tests.support.sockets import SocketReader
from tests.support.world import World

WHO = "changxing-liaison"
# Before the new database is made ready, when it is, among the files, before it takes its place.
MOMENTS = ("statement:3", "committed:1", "replace:2", "sync:6", "replace:4")


def titles(folder: Path) -> set[str]:
    """Which state a database is in, once it proved to be whole and to have its files."""
    engine = create_engine(f"sqlite:///{folder / 'hub.db'}", poolclass=NullPool)
    with Session(engine) as session:
        assert all(report.ok for report in verify_all(session))
        store = FileStore(folder / "data" / "files")
        for row in session.scalars(select(StoredFile)):
            assert store.intact(row.sha256), row.id
        found = set(session.scalars(select(Case.title).where(Case.title.like("状态%"))))
    engine.dispose()
    return found


@pytest.mark.once
def test_a_restore_killed_at_any_moment_leaves_the_old_state_or_the_new(
    source: World,  # noqa: F811
    tmp_path: Path,
):
    new_case(source, title="状态一")
    with_photo(source)
    archive = tmp_path / "hub.backup"
    run(source, "backup", archive)
    new_case(source, title="状态二")
    seen = []
    for number, moment in enumerate(MOMENTS):
        folder = tmp_path / f"place-{number}"
        shutil.copytree(source.data_dir, folder / "data")
        live = create_engine(source.url, poolclass=NullPool)
        with live.connect() as connection:
            connection.exec_driver_sql(f"VACUUM INTO '{folder / 'hub.db'}'")
        # What an intruder or a failing disk took: two files that the restore brings back. Until
        # then the old state lacks them, so they are put beside for the comparison.
        before = sorted((folder / "data" / "files").rglob("*"))
        gone = [path for path in before if path.is_file()][:2]
        kept = [(path, path.read_bytes()) for path in gone]
        for path in gone:
            path.unlink()
        env = os.environ | {
            "HUB_DEMO": "1",
            "HUB_DATABASE_URL": f"sqlite:///{folder / 'hub.db'}",
            "HUB_DATA_DIR": str(folder / "data"),
            "HUB_BOUNDARY_FILE": str(BOUNDARIES),
        }
        ask = ("restore", str(archive), "--replace", "--yes")
        log = folder / "log"
        fork_command(env | {moments.KILL_AT: moment}, log, *ask).wait(60)
        assert "Restored as of" not in log.read_text()  # killed indeed
        for path, data in kept:
            if not path.exists():
                path.write_bytes(data)
        seen.append(titles(folder))
        assert seen[-1] in ({"状态一"}, {"状态一", "状态二"}), moment
        left = list(folder.glob(".restore-*"))
        # Once more, to its end; nothing of the one that was killed lies about.
        fork_command(env, log, *ask).wait(60)
        assert "Restored as of" in log.read_text(), log.read_text()
        assert titles(folder) == {"状态一"}
        assert list(folder.glob(".restore-*")) == []
        assert left or moment == MOMENTS[-1]
    assert {"状态一", "状态二"} in seen


def test_a_real_socket_that_knows_later_numbers_is_told_to_load_afresh(
    source: World,  # noqa: F811
    live_hub: LiveHub,
    tmp_path: Path,
):
    archive = tmp_path / "hub.backup"
    run(source, "backup", archive)
    liaison = source.as_(WHO)
    for number in range(3):
        new_case(source, title=f"备份以后{number}")
    known = int(liaison.get("/changes", after=0, limit=1).body["head"])
    source.app.extensions["hub.db"].dispose()
    run(source, "restore", archive, "--replace", "--yes")
    source.app.extensions["hub.db"].dispose()
    live_hub.start(HUB_JOBS_SECONDS="0")
    reader = SocketReader(live_hub.url, {"token": liaison.token, "after": known}).connect()
    try:
        reader.wait(lambda r: bool(r.resyncs), "resync")
        assert reader.changes == []
        head = reader.resyncs[0]["head"]
        assert head > known
        new_case(source, title="恢复以后")
        reader.wait(lambda r: bool(r.changes), "what came after the restore")
        assert reader.changes[0]["seq"] == head + 1
        assert reader.changes[0]["view"]["title"] == "恢复以后"
    finally:
        reader.close()


def test_who_took_a_backup_and_who_restored_one_stands_in_every_chain(
    source: World,  # noqa: F811
    elsewhere,  # noqa: F811
    tmp_path: Path,
):
    archive = tmp_path / "hub.backup"
    run(source, "backup", archive)
    for bureau in ("changxing", "yixing"):
        (entry,) = (
            source.as_(f"{bureau}-auditor").get("/audit", action="hub.backed_up").body["items"]
        )
        assert set(entry["detail"]) == {"as_of", "audit_root"}
        assert "制作备份" in source.as_(f"{bureau}-auditor").page("/audit").body
    # A check takes nothing away; neither does a backup that is refused.
    run(source, "backup", archive, "--check")
    run(source, "backup", archive, code=1)
    assert (
        len(source.as_("yixing-auditor").get("/audit", action="hub.backed_up").body["items"]) == 1
    )
    new = elsewhere()
    run(new, "restore", archive)
    entries = new.as_("yixing-auditor").get("/audit", kind="hub").body["items"]
    assert [entry["action"] for entry in entries] == ["hub.restored"]


@pytest.fixture
def mails() -> Iterator[MailServer]:
    """A mail server of the test's own."""
    server = MailServer()
    yield server
    server.close()


def test_mail_that_waited_when_the_backup_was_made_is_not_sent_again(
    source: World,  # noqa: F811
    elsewhere,  # noqa: F811
    mails: MailServer,
    tmp_path: Path,
):
    """It went out after the backup; the restored hub knows nothing of that and sends nothing."""
    set_mail(source, smtp_url=mails.url, public_url="https://hub.example")
    ready(source)
    sent = len(mails.mails)
    assert sent
    with source.unit_of_work() as session:
        session.execute(update(Mail).values(state="waiting", sent_at=None))
    archive = tmp_path / "hub.backup"
    run(source, "backup", archive)
    new = elsewhere()
    run(new, "restore", archive)
    set_mail(new, smtp_url=mails.url, public_url="https://hub.example")
    assert run_due(new)["mail.send"] == 0
    assert len(mails.mails) == sent
    # What comes after the restore is mailed as ever; what was unread is so still.
    ready(new)
    assert len(mails.mails) > sent


def test_what_a_killed_backup_left_goes_with_a_later_one(
    source: World,  # noqa: F811
    tmp_path: Path,
):
    old, young = tmp_path / ".backup-old", tmp_path / ".backup-young"
    for folder in (old, young):
        folder.mkdir()
        (folder / "archive").write_bytes(b"everything")
    past = time.time() - 2 * 24 * 3600
    os.utime(old, (past, past))
    run(source, "backup", tmp_path / "hub.backup")
    assert not old.exists()
    assert young.exists()  # another backup may be under way
