"""Back to a backup: all is verified and made ready beside, then put in place at one stroke."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub import changes, migrations
from hub.accounts.models import LoginSession
from hub.backup.checking import Checked
from hub.backup.holdings import audit_roots, file_digests, package_ids
from hub.backup.making import Source
from hub.backup.manifest import FILES, PACKAGES, BackupRefused, Manifest
from hub.backup.places import Place, place_of
from hub.backup.snapshots import Told, silent
from hub.bureaus.models import Bureau
from hub.db import Database, utc_now
from hub.exchange.sealing import path_of
from hub.files.store import FileStore, sync
from hub.notifications.models import Mail, MailState, NotificationWish
from sharing import feed, verification
from sharing.trees import CHUNK, Tree

# Beside what is unpacked, something has to be left to work with.
SPARE_BYTES = 64 << 20
# Why a mail that waited was not sent, in its row.
RESTORED = "the hub was restored from a backup"


@dataclass(frozen=True)
class Restored:
    """What a restore brought back."""

    manifest: Manifest
    # Revision of the schema that it has now.
    schema: str
    files: int
    # Files that were here and that no record names any more.
    removed: int


def occupied(source: Source) -> bool:
    """Whether something lives here that a restore would replace."""
    return place_of(source.database).occupied()


def restore(
    source: Source, backup: Checked, *, replace: bool, other_key: bool = False, tell: Told = silent
) -> Restored:
    """Put a verified backup in place of what is here; all of it, or nothing.

    Args:
        replace: whether what is here may go.
        other_key: go on with another secret key; what was sealed with the old one stays closed.

    Raises:
        BackupRefused: it may not be restored here; nothing was changed.
    """
    place = place_of(source.database)
    _refuse(place, source, backup, replace, other_key)
    with ExitStack() as undo:
        with place.made(lambda target: _extract(backup, target, tell)) as fresh:
            after = _make_ready(fresh, backup.manifest)
            # Files are named by what they hold, so those of the backup can lie beside those that
            # are here. Which of them count is said by the database, and that changes at one stroke.
            _put_files(backup, source.data_dir, undo, tell)
        undo.pop_all()
    removed = _sweep(source, after)
    return Restored(backup.manifest, after.schema, len(after.digests), removed)


def _refuse(place: Place, source: Source, backup: Checked, replace: bool, other_key: bool) -> None:
    here = "sqlite" if source.database.is_sqlite else "postgresql"
    if backup.manifest.database != here:
        raise BackupRefused(
            f"the backup is of {backup.manifest.database}, this hub uses {here}: "
            "set HUB_DATABASE_URL to a database of that kind"
        )
    if not backup.own_key and not other_key:
        raise BackupRefused(
            "HUB_SECRET_KEY is not the one of this backup (its fingerprint is "
            f"{backup.manifest.key_fingerprint}): signing keys, second factors and reporters of "
            "petitions would stay closed. Set the right one, or add --other-key"
        )
    place.refuse_running()
    if place.occupied() and not replace:
        raise BackupRefused("this hub is not empty; --replace puts the backup in its place")
    need = sum(one.size for one in backup.manifest.members.values()) + SPARE_BYTES
    if shutil.disk_usage(source.data_dir).free < need:
        raise BackupRefused(f"{need >> 20} MB are needed in {source.data_dir}, and not free there")


@dataclass(frozen=True)
class _Ready:
    """The database to come, as far as the rest has to know it."""

    schema: str
    digests: frozenset[str]
    packages: frozenset[str]


def _make_ready(fresh: Database, manifest: Manifest) -> _Ready:
    """Migrate and verify the database to come, and enter in it that it was restored."""
    with fresh.engine.connect() as connection:
        if migrations.current(connection) != manifest.schema:
            raise BackupRefused("the database has another schema than the manifest says")
    migrations.upgrade(fresh)
    with fresh.read_only() as session:
        _verify(session, manifest)
        digests, packages = file_digests(session), frozenset(package_ids(session))
    _refuse_lacking(manifest, digests, packages)
    fresh.before_commit.append(changes.write_pending)
    with fresh.unit_of_work() as session:
        _begin_anew(session, manifest)
    with fresh.engine.connect() as connection:
        return _Ready(migrations.current(connection), digests, packages)


def _verify(session: Session, manifest: Manifest) -> None:
    for report in verification.verify_all(session, witnessed=manifest.checkpoints):
        if not report.ok:
            name = manifest.roots[report.chain].name if report.chain in manifest.roots else ""
            raise BackupRefused(
                f"the audit chain of {name or report.chain} is broken at entry "
                f"{report.first_broken}: {report.what}"
            )
    if audit_roots(session) != manifest.roots:
        raise BackupRefused("the audit roots are not those of the manifest")


def _refuse_lacking(manifest: Manifest, digests: frozenset[str], packages: frozenset[str]) -> None:
    named = {f"{FILES}/{sha256[:2]}/{sha256}" for sha256 in digests}
    named |= {f"{PACKAGES}/{package_id}.zip" for package_id in packages}
    lacking = sorted(named - manifest.members.keys() - set(manifest.damaged))
    if lacking:
        raise BackupRefused(f"a record names {lacking[0]}, which is not in the backup")


def _begin_anew(session: Session, manifest: Manifest) -> None:
    now = utc_now()
    bureaus = session.scalars(select(Bureau.id)).all()
    feed.leap(session, bureaus, now)
    # Sessions that were ended since the backup would live again.
    open_ones = update(LoginSession).where(LoginSession.revoked_at.is_(None))
    session.execute(open_ones.values(revoked_at=now))
    _send_no_mail_again(session, now)
    changes.record_act(
        session,
        changes.SYSTEM,
        action="hub.restored",
        kind="hub",
        record_id="hub",
        chains=bureaus,
        detail={"as_of": manifest.at, "audit_root": manifest.audit_root},
    )


def _send_no_mail_again(session: Session, now: datetime) -> None:
    """What waited when the backup was made has most likely gone out since, and must not come twice.
    What it told of is unread in the notifications of its person as before."""
    waiting = update(Mail).where(Mail.state == MailState.WAITING)
    session.execute(waiting.values(state=MailState.GIVEN_UP.value, error=RESTORED))
    session.execute(update(NotificationWish).values(mail_since=now))


def _extract(backup: Checked, target: Path, tell: Told) -> None:
    tell("database", 0, 1)
    _copy(backup.tree, backup.manifest.database_member, target)
    tell("database", 1, 1)


def _put_files(backup: Checked, data_dir: Path, undo: ExitStack, tell: Told) -> None:
    members = sorted(backup.manifest.members.keys() - {backup.manifest.database_member})
    store = FileStore(data_dir / FILES)
    folders: set[Path] = set()
    for number, member in enumerate(members):
        tell("files", number + 1, len(members))
        target = data_dir / member
        sha256 = target.name
        if member.startswith(f"{FILES}/") and store.intact(sha256):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            undo.callback(target.unlink, missing_ok=True)
        _copy(backup.tree, member, target, mode=0o440)
        folders |= {target.parent, target.parent.parent}
    for folder in sorted(folders):
        sync(folder)


def _copy(tree: Tree, member: str, target: Path, mode: int = 0o600) -> None:
    """Unpack a member in pieces; at its place it is whole and durable, or not there."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix="tmp-")
    with ExitStack() as undo:
        undo.callback(Path(name).unlink, missing_ok=True)
        with os.fdopen(handle, "wb") as into, tree.open(member) as stream:
            shutil.copyfileobj(stream, into, CHUNK)
            into.flush()
            os.fchmod(into.fileno(), mode)
            os.fsync(into.fileno())
        Path(name).replace(target)


def _sweep(source: Source, after: _Ready) -> int:
    """Remove what belonged to records that are no longer here; the hub does not run meanwhile."""
    folder = source.data_dir / FILES
    removed = FileStore(folder).sweep(after.digests, 0) if folder.exists() else 0
    kept = {path_of(source.data_dir / PACKAGES, one) for one in after.packages}
    for path in (source.data_dir / PACKAGES).glob("*.zip"):
        if path not in kept:
            path.unlink()
            removed += 1
    return removed
