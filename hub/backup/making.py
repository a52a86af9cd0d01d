"""Making a backup: the database first, then the files that its rows name, in one archive."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.backup.holdings import Holding, audit_roots, holdings
from hub.backup.manifest import (
    FOLDER,
    MANIFEST,
    SEAL,
    BackupRefused,
    Manifest,
    Member,
    fingerprint,
    seal,
)
from hub.backup.snapshots import Told, silent, snapshot
from hub.bureaus.models import Bureau
from hub.changes import SYSTEM, record_act
from hub.db import Database, utc_now
from hub.files.store import sync
from hub.migrations import current
from sharing.canonical import utc_text
from sharing.trees import chunks

# Between the copy of the database and that of a file both the file and its row may rightly go.
TRIES = 3
# Beside the archive to come: the folder in which it is written. One as old as this is nobody's.
BESIDE, ABANDONED_S = ".backup-", 24 * 3600.0


@dataclass(frozen=True)
class Source:
    """The hub that is backed up."""

    database: Database
    data_dir: Path
    secret_key: str
    hub_version: str


class _Gone(Exception):
    """Files that the copied rows name and the store does not have."""

    def __init__(self, members: Sequence[str]) -> None:
        super().__init__()
        self.members = members


def make(
    source: Source, target: Path, *, allow_damaged: bool = False, tell: Told = silent
) -> Manifest:
    """Write a backup; it is there whole and durable, or not at all.

    Args:
        allow_damaged: go on where evidence is missing or altered; the manifest names it.

    Raises:
        BackupRefused: the target exists, the database or evidence is damaged, a program is missing.
    """
    if target.exists():
        raise BackupRefused(f"{target} exists; a backup never overwrites")
    if not target.parent.is_dir():
        raise BackupRefused(f"{target.parent} is no folder")
    _sweep(target.parent)
    with tempfile.TemporaryDirectory(prefix=BESIDE, dir=target.parent) as folder:
        beside = Path(folder) / "archive"
        made = _whole(source, beside, allow_damaged, tell)
        _enter(source.database, made)
        _put_in_place(beside, target)
    return made


def _sweep(folder: Path) -> None:
    """Remove what a backup that was killed left: a whole copy of everything."""
    for left in folder.glob(f"{BESIDE}*"):
        if left.stat().st_mtime < time.time() - ABANDONED_S:
            shutil.rmtree(left)


def _enter(database: Database, made: Manifest) -> None:
    """Whoever takes everything with him stands in every bureau's chain, before he has it."""
    with database.unit_of_work() as session:
        record_act(
            session,
            SYSTEM,
            action="hub.backed_up",
            kind="hub",
            record_id="hub",
            chains=session.scalars(select(Bureau.id)).all(),
            detail={"as_of": made.at, "audit_root": made.audit_root},
        )


def _whole(source: Source, beside: Path, allow_damaged: bool, tell: Told) -> Manifest:
    tolerated: frozenset[str] = frozenset()
    for _attempt in range(TRIES):
        try:
            return _write(source, beside, tolerated, tell)
        except _Gone as gone:
            with source.database.read_only() as session:
                named = {one.member for one in holdings(session, source.data_dir)}
            # What no row names any more went rightly; the next copy of the database knows of it.
            damaged = sorted(named & set(gone.members))
            if damaged and not allow_damaged:
                raise BackupRefused(_missing(damaged)) from gone
            tolerated |= set(damaged)
    raise BackupRefused("files keep going while the backup is made; try again in a while")


def _missing(members: Sequence[str]) -> str:
    named = ", ".join(members[:5]) + (" …" if len(members) > 5 else "")
    return (
        f"{len(members)} files that records name are missing or altered: {named}. Bring them back "
        "from an earlier backup, or take this one as it is with --allow-damaged"
    )


def _write(source: Source, beside: Path, tolerated: frozenset[str], tell: Told) -> Manifest:
    copy = beside.with_name("database")
    copy.unlink(missing_ok=True)
    at = utc_now()
    with snapshot(source.database, copy, tell) as session:
        manifest = _facts(session, source, utc_text(at))
        wanted = list(holdings(session, source.data_dir))
    members: dict[str, Member] = {}
    damaged: list[str] = []
    with zipfile.ZipFile(beside, "w", allowZip64=True) as archive:
        _add(archive, manifest.database_member, copy, members, pack=source.database.is_sqlite)
        for number, holding in enumerate(wanted):
            tell("files", number + 1, len(wanted))
            if not _add_holding(archive, holding, members):
                damaged.append(holding.member)
        if not tolerated.issuperset(damaged):
            raise _Gone(damaged)
        manifest = replace(manifest, members=members, damaged=tuple(damaged))
        written = manifest.to_bytes()
        archive.writestr(_info(MANIFEST, pack=True), written)
        archive.writestr(_info(SEAL, pack=False), seal(source.secret_key, written))
    return manifest


def _facts(session: Session, source: Source, at: str) -> Manifest:
    return Manifest(
        hub_version=source.hub_version,
        schema=current(session.connection()),
        database="sqlite" if source.database.is_sqlite else "postgresql",
        at=at,
        key_fingerprint=fingerprint(source.secret_key),
        roots=audit_roots(session),
    )


def _info(member: str, *, pack: bool) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(f"{FOLDER}/{member}")
    info.compress_type = zipfile.ZIP_DEFLATED if pack else zipfile.ZIP_STORED
    info.external_attr = (stat.S_IFREG | 0o600) << 16
    return info


def _add_holding(archive: zipfile.ZipFile, holding: Holding, members: dict[str, Member]) -> bool:
    """Add a file as it was sealed; whether it was. What can be made again may be missing."""
    try:
        if holding.sha256 is not None:
            # Read twice: nothing goes into the archive under a seal that does not hold.
            with holding.path.open("rb") as stream:
                if hashlib.file_digest(stream, "sha256").hexdigest() != holding.sha256:
                    return False
        _add(archive, holding.member, holding.path, members, pack=False)
    except FileNotFoundError:
        return holding.spare
    return True


def _add(
    archive: zipfile.ZipFile, member: str, path: Path, members: dict[str, Member], *, pack: bool
) -> None:
    with path.open("rb") as stream:
        members[member] = _stream(archive, _info(member, pack=pack), stream)


def _stream(archive: zipfile.ZipFile, info: zipfile.ZipInfo, stream: BinaryIO) -> Member:
    digest, size = hashlib.sha256(), 0
    with archive.open(info, "w", force_zip64=True) as into:
        for piece in chunks(stream):
            digest.update(piece)
            size += len(piece)
            into.write(piece)
    return Member(size, digest.hexdigest())


def _put_in_place(beside: Path, target: Path) -> None:
    beside.chmod(0o600)  # all that the hub holds: nobody else reads it
    sync(beside)
    try:
        os.link(beside, target)  # unlike a renaming, it never takes another's place
    except FileExistsError as error:
        raise BackupRefused(f"{target} exists; a backup never overwrites") from error
    except OSError:  # a file system without links
        beside.rename(target)
    sync(target.parent)
