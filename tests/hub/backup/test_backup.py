"""A backup made while others write, brought back in another place; and all that is refused."""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from hub import migrations
from hub.app import create_app
from hub.files.store import FileStore
from sharing import ledger
from tests.conftest import settings_for
from tests.hub.accounts.test_sign_in import sign_in
from tests.support.cases import case_body, in_zone, new_case
from tests.support.field import fetch, photo, upload
from tests.support.live import LiveHub
from tests.support.world import World

WRITER, LIAISON = "changxing-officer1", "yixing-liaison"
OTHER_KEY = "another-secret-key-0123456789-abcdefghijklmnop"


@pytest.fixture
def source(world, demo_template):
    """A hub with all its files, the demo's own included, and a case with a photo."""
    shutil.copytree(demo_template.folder / "files", Path(world.data_dir) / "files",
                    dirs_exist_ok=True)  # fmt: skip
    return world


@pytest.fixture
def elsewhere(databases, tmp_path) -> Iterator[Callable[..., World]]:
    """Makes hubs on empty databases with folders of their own."""
    made = []

    def make(**settings: object) -> World:
        folder = tmp_path / f"new-{len(made)}"
        folder.mkdir()
        url = databases.fresh_url(folder)
        databases.create(url)
        app = create_app(replace(settings_for(url, folder / "data"), **settings))
        made.append((app, url))
        return World(app, url, str(folder / "data"))

    yield make
    for app, url in made:
        app.extensions["hub.db"].dispose()
        databases.drop(url)


def run(world: World, *args: object, code: int = 0, text_in: str | None = None) -> str:
    """A command's output; it must end with the code."""
    found = world.app.test_cli_runner().invoke(args=[str(one) for one in args], input=text_in)
    assert found.exit_code == code, (found.output, found.exception)
    return str(found.output)


def roots(world: World) -> dict[str, tuple[int, str]]:
    with world.app.extensions["hub.db"].read_only() as session:
        ends = [ledger.checkpoint(session, chain) for chain in ledger.chains(session)]
    return {end.chain: (end.number, end.hash) for end in ends}


def manifest_of(archive: Path) -> dict:
    with zipfile.ZipFile(archive) as members:
        return json.loads(members.read("lianfang-backup/manifest.json"))


def with_photo(world: World) -> tuple[str, dict]:
    case = new_case(world).body["id"]
    sent = upload(world.as_(WRITER), case, photo(), kind="cases")
    assert sent.status == 201, sent.body
    return case, sent.body


def heads(world: World, username: str) -> int:
    return int(world.as_(username).get("/changes", after=0, limit=1).body["head"])


def test_a_backup_made_while_others_write_is_whole_and_comes_back_in_a_new_place(
    source, elsewhere, tmp_path
):
    case, photo_sent = with_photo(source)
    writer = source.as_(WRITER)
    place = in_zone(source)
    made: list[str] = []
    begun, ended = threading.Event(), threading.Event()

    def write() -> None:
        while not ended.is_set() and len(made) < 500:
            answer = writer.post("/cases", case_body(place, title=f"案件{len(made)}"))
            assert answer.status == 201, answer.body
            made.append(answer.body["id"])
            begun.set()

    thread = threading.Thread(target=write)
    thread.start()
    assert begun.wait(30)
    archive = tmp_path / "hub.backup"
    said = run(source, "backup", archive)
    before_end = len(made)
    ended.set()
    thread.join(60)
    assert "written" in said
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []

    there = elsewhere()
    told = run(there, "restore", archive)
    assert "Restored as of" in told
    # Of each chain nothing but the restore itself follows its end in the manifest.
    ends = manifest_of(archive)["roots"]
    assert {name: one["number"] for name, one in ends.items()} == {
        name: number - 1 for name, (number, _hash) in roots(there).items() if name in ends
    }
    # By the form, as a person does.
    with there.app.test_client() as client:
        assert sign_in(client, WRITER).status_code == 302
        assert case in client.get(f"/cases/{case}").get_data(as_text=True)
        kept = client.get(f"{photo_sent['url']}?copy=original")
        assert hashlib.sha256(kept.data).hexdigest() == photo_sent["sha256"]
    # What was acknowledged before it began is there; what came later is there up to one moment.
    known = [there.as_(WRITER).get(f"/cases/{one}").status == 200 for one in made]
    assert known[0]
    assert known == sorted(known, reverse=True)
    assert sum(known) <= before_end + 1
    assert "BROKEN" not in run(there, "audit", "verify")
    assert "0 broken" in run(there, "files", "verify")


def test_a_client_that_knows_later_numbers_loads_afresh_however_far_the_feed_has_come(
    source, elsewhere, tmp_path
):
    archive = tmp_path / "hub.backup"
    new_case(source)
    run(source, "backup", archive)
    for number in range(3):
        new_case(source, in_zone(source), title=f"之后{number}")
    lost = heads(source, LIAISON)
    there = elsewhere()
    run(there, "restore", archive)
    read = there.as_(LIAISON).get
    assert read("/changes", after=lost).body["resync"] is True
    start = heads(there, LIAISON)
    # As many changes as the lost ones, and more: their numbers are never given again.
    told = [new_case(there, in_zone(there), title=f"新{n}").body["id"] for n in range(5)]
    for old in (0, 1, lost, lost + 1):
        assert read("/changes", after=old).body["resync"] is True
    body = read("/changes", after=start, limit=500).body
    assert body["resync"] is False
    assert set(told) <= {one["id"] for one in body["items"]}
    # Restored once more: what the first restored hub gave out is refused in its turn.
    again = heads(there, LIAISON)
    second = elsewhere()
    run(second, "restore", archive)
    new_case(second, in_zone(second), title="再次")
    assert second.as_(LIAISON).get("/changes", after=again).body["resync"] is True


def test_restoring_ends_sessions_and_stands_in_every_chain(source, elsewhere, tmp_path):
    archive = tmp_path / "hub.backup"
    with source.app.test_client() as client:
        sign_in(client, WRITER)
        cookie = client.get_cookie("hub_session")
        assert client.get("/cases").status_code == 200
        run(source, "backup", archive)
    there = elsewhere()
    run(there, "restore", archive)
    with there.app.test_client() as client:
        client.set_cookie(cookie.key, cookie.value)
        assert client.get("/cases").status_code == 302
    for auditor in ("changxing-auditor", "wujiang-auditor"):
        items = there.as_(auditor).get("/audit", limit=20).body["items"]
        assert any(one["action"] == "hub.restored" for one in items)


def test_a_backup_never_overwrites_and_leaves_nothing_half_done(source, tmp_path):
    archive = tmp_path / "hub.backup"
    archive.write_text("mine")
    assert "never overwrites" in run(source, "backup", archive, code=1)
    assert archive.read_text() == "mine"
    assert "is no folder" in run(source, "backup", tmp_path / "no" / "where", code=1)
    assert not list(tmp_path.glob(".backup-*"))


def test_evidence_that_is_missing_or_altered_is_not_backed_up_as_if_it_were_whole(
    source, elsewhere, tmp_path
):
    _case, sent = with_photo(source)
    path = FileStore(Path(source.data_dir) / "files").path(sent["sha256"])
    path.chmod(0o640)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    archive = tmp_path / "hub.backup"
    assert sent["sha256"] in run(source, "backup", archive, code=1)
    assert not archive.exists()
    path.unlink()
    assert sent["sha256"] in run(source, "backup", archive, code=1)
    assert "MISSING OR ALTERED" in run(source, "backup", archive, "--allow-damaged")
    there = elsewhere()
    assert sent["sha256"] in run(there, "restore", archive)
    assert sent["id"] in run(there, "files", "verify", code=1)
    assert fetch(there.as_(WRITER), f"{sent['url']}?copy=original")[0] == 503


def test_a_flipped_bit_in_any_member_and_a_cut_are_found(source, elsewhere, tmp_path):
    archive = tmp_path / "hub.backup"
    run(source, "backup", archive)
    assert "every byte" in run(source, "backup", archive, "--check")
    whole = archive.read_bytes()
    there = elsewhere()
    with zipfile.ZipFile(archive) as members:
        starts = [one.header_offset + 200 for one in members.infolist()]
    for position in {starts[0], starts[len(starts) // 2], starts[-2]}:
        broken = tmp_path / "broken.backup"
        broken.write_bytes(whole[:position] + bytes([whole[position] ^ 4]) + whole[position + 1 :])
        run(there, "restore", "--check", broken, code=1)
        run(there, "restore", broken, code=1)
    for length in (0, 100, len(whole) // 2, len(whole) - 1):
        broken.write_bytes(whole[:length])
        assert "cut off" in run(there, "restore", broken, code=1)
    assert not list(Path(there.data_dir).rglob("*.db"))
    assert "Restored" in run(there, "restore", archive)


def rewritten(
    archive: Path, target: Path, change: Callable[[dict, dict[str, bytes]], None]
) -> Path:
    """The archive with another manifest and other members, as somebody without the key makes it."""
    with zipfile.ZipFile(archive) as members:
        held = {one.filename: members.read(one) for one in members.infolist()}
    name = "lianfang-backup/manifest.json"
    manifest = json.loads(held.pop(name))
    change(manifest, held)
    with zipfile.ZipFile(target, "w") as out:
        for member, data in held.items():
            out.writestr(member, data)
        out.writestr(name, json.dumps(manifest))
    return target


def test_what_is_not_a_sound_backup_is_refused(source, elsewhere, tmp_path):
    archive, forged = tmp_path / "hub.backup", tmp_path / "forged.backup"
    run(source, "backup", archive)
    there = elsewhere()

    def refused(change: Callable[[dict, dict[str, bytes]], None]) -> str:
        return run(there, "restore", "--other-key", rewritten(archive, forged, change), code=1)

    def stranger(manifest: dict, **changes: object) -> None:
        # Whoever has not the key cannot seal a manifest: he has to name another key.
        manifest.update({"key_fingerprint": "0" * 16} | changes)

    assert "was altered" in refused(lambda m, _held: m.update(at="2020-01-01T00:00:00Z"))
    assert "update the hub" in refused(lambda m, _held: stranger(m, schema="9999"))
    assert "later release" in refused(lambda m, _held: stranger(m, format_version=2))
    assert "no backup" in refused(lambda m, _held: stranger(m, format="other"))
    assert "cannot be read" in refused(lambda m, _held: m.pop("at"))

    def escape(m: dict, held: dict[str, bytes]) -> None:
        stranger(m)
        held["lianfang-backup/../../evil"] = b"x"

    def add(m: dict, held: dict[str, bytes], member: str) -> None:
        stranger(m)
        held[f"lianfang-backup/{member}"] = b"x"
        m["members"][member] = {"size": 1, "sha256": hashlib.sha256(b"x").hexdigest()}

    assert "path_escapes" in refused(escape)
    assert "no place" in refused(lambda m, held: add(m, held, "run.py"))
    assert "no place" in refused(lambda m, held: add(m, held, f"files/ab/ab{'0' * 62}"))
    dropped = next(name for name in manifest_of(archive)["members"] if name.startswith("files/"))

    def drop(m: dict, held: dict[str, bytes], *, told: bool) -> None:
        stranger(m)
        del held[f"lianfang-backup/{dropped}"]
        if told:
            del m["members"][dropped]

    assert "is missing" in refused(lambda m, held: drop(m, held, told=False))
    if not dropped.endswith(".thumb"):
        assert "not in the backup" in refused(lambda m, held: drop(m, held, told=True))

    def other_root(m: dict, _held: dict[str, bytes]) -> None:
        stranger(m)
        next(one for one in m["roots"].values() if one["number"])["hash"] = "0" * 64

    assert "audit chain" in refused(other_root)
    link = zipfile.ZipInfo("lianfang-backup/files/ab/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    shutil.copy(archive, forged)
    with zipfile.ZipFile(forged, "a") as out:
        out.writestr(link, "/etc/passwd")
    assert "link" in run(there, "restore", forged, code=1)
    # After all that nothing lies there, so the real one comes in without --replace.
    assert "Restored" in run(there, "restore", archive)


def test_a_hub_that_holds_something_is_replaced_only_when_that_is_said(source, elsewhere, tmp_path):
    archive = tmp_path / "hub.backup"
    run(source, "backup", archive)
    there = elsewhere()
    run(there, "restore", archive)
    later = new_case(there, in_zone(there)).body["id"]
    kept = upload(there.as_(WRITER), later, photo(colour="red"), kind="cases").body
    assert "--replace" in run(there, "restore", archive, code=1)
    run(there, "restore", archive, "--replace", code=1, text_in="n\n")
    assert there.as_(WRITER).get(f"/cases/{later}").status == 200
    assert "Restored" in run(there, "restore", archive, "--replace", text_in="y\n")
    there._callers.clear()  # their tokens are of after the backup
    assert there.as_(WRITER).get(f"/cases/{later}").status == 404
    assert not FileStore(Path(there.data_dir) / "files").path(kept["sha256"]).exists()
    assert "Restored" in run(there, "restore", archive, "--replace", "--yes")
    there._callers.clear()
    # A damaged backup takes nothing away from what is there.
    new = new_case(there, in_zone(there)).body["id"]
    whole = archive.read_bytes()
    archive.write_bytes(whole[:2000] + b"\0" + whole[2001:])
    run(there, "restore", archive, "--replace", "--yes", code=1)
    assert there.as_(WRITER).get(f"/cases/{new}").status == 200


def test_another_secret_key_is_told_and_needs_a_word(source, elsewhere, tmp_path):
    archive = tmp_path / "hub.backup"
    told = run(source, "backup", archive)
    assert source.app.extensions["hub.settings"].secret_key not in told
    there = elsewhere(secret_key=OTHER_KEY)
    assert "ANOTHER" in run(there, "restore", "--check", archive)
    assert manifest_of(archive)["key_fingerprint"] in run(there, "restore", archive, code=1)
    assert "Restored" in run(there, "restore", archive, "--other-key")


def test_an_older_schema_is_brought_to_the_newest(source, elsewhere, tmp_path):
    database = source.app.extensions["hub.db"]
    newest = max(migrations.known())
    older = f"{int(newest) - 1:04}"
    migrations.downgrade(database, older)
    archive = tmp_path / "hub.backup"
    run(source, "backup", archive)
    assert manifest_of(archive)["schema"] == older
    there = elsewhere()
    assert f"brought from {older} to {newest}" in run(there, "restore", archive)
    assert "every" in run(there, "backup", archive, "--check")


def test_a_running_hub_is_not_restored_over(source, live_hub, tmp_path):
    archive = tmp_path / "hub.backup"
    run(source, "backup", archive)
    source.app.extensions["hub.db"].dispose()
    live_hub.start(HUB_POLL_SECONDS="0.2")
    with live_on(live_hub) as there:
        assert "stop it first" in run(there, "restore", archive, "--replace", "--yes", code=1)
    live_hub.stop()
    with live_on(live_hub) as there:
        assert "Restored" in run(there, "restore", archive, "--replace", "--yes")


@contextmanager
def live_on(hub: LiveHub) -> Iterator[World]:
    """Commands on the database of a hub that runs in a process of its own."""
    url = hub.database_url()
    app = create_app(settings_for(url, hub.data_dir))
    yield World(app, url, str(hub.data_dir))
    app.extensions["hub.db"].dispose()


def test_a_damaged_database_is_found_and_can_be_replaced(source, elsewhere, tmp_path):
    if not source.app.extensions["hub.db"].is_sqlite:
        pytest.skip("PostgreSQL looks after its own pages")
    archive = tmp_path / "hub.backup"
    run(source, "backup", archive)
    there = elsewhere()
    run(there, "restore", archive)
    there.app.extensions["hub.db"].dispose()
    path = Path(there.url.removeprefix("sqlite:///"))
    data = bytearray(path.read_bytes())
    for page in range(20, len(data) // 4096, 7):
        data[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(data)
    assert "damaged" in run(there, "backup", tmp_path / "second.backup", code=1)
    assert not (tmp_path / "second.backup").exists()
    assert "Restored" in run(there, "restore", archive, "--replace", "--yes")
    assert "BROKEN" not in run(there, "audit", "verify")


def test_what_a_killed_restore_had_set_aside_is_put_back(source, elsewhere, tmp_path):
    there = elsewhere()
    database = there.app.extensions["hub.db"]
    if database.is_sqlite:
        pytest.skip("on SQLite the new database takes its place by one renaming")
    archive = tmp_path / "hub.backup"
    run(source, "backup", archive)
    run(there, "restore", archive)
    with database.engine.begin() as connection:
        connection.execute(text("ALTER SCHEMA public RENAME TO hub_before_restore"))
        connection.execute(text("CREATE SCHEMA public"))
    assert "not empty" in run(there, "restore", archive, code=1)
    assert there.as_(WRITER).get("/cases").status == 200


def test_without_the_client_programs_postgresql_says_what_to_install(source, tmp_path, monkeypatch):
    if source.app.extensions["hub.db"].is_sqlite:
        pytest.skip("SQLite needs no program")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "postgresql-client" in run(source, "backup", tmp_path / "hub.backup", code=1)


def test_a_backup_of_the_other_kind_of_database_is_refused(source, elsewhere, tmp_path):
    archive = tmp_path / "hub.backup"
    run(source, "backup", archive)

    def other(manifest: dict, held: dict[str, bytes]) -> None:
        manifest["key_fingerprint"] = "0" * 16
        names = ("database.sqlite", "database.pgdump")
        old, new = names if names[0] in manifest["members"] else names[::-1]
        manifest["database"] = "postgresql" if new == names[1] else "sqlite"
        manifest["members"][new] = manifest["members"].pop(old)
        held[f"lianfang-backup/{new}"] = held.pop(f"lianfang-backup/{old}")

    forged = rewritten(archive, tmp_path / "other.backup", other)
    assert "HUB_DATABASE_URL" in run(elsewhere(), "restore", "--other-key", forged, code=1)
