"""Reading a backup from end to end before anything of it is believed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hub import migrations
from hub.backup.manifest import (
    FILES,
    MANIFEST,
    PACKAGES,
    SEAL,
    BackupRefused,
    Manifest,
    fingerprint,
    read_manifest,
    seal,
)
from hub.backup.snapshots import Told, silent
from hub.files.store import THUMB
from sharing.errors import PackageRefused
from sharing.trees import Tree, chunks
from sharing.zip_tree import READ_ERRORS, Limits, ZipTree

# Our own archive on our own machine: as large as the disk, packed as well as zip can.
LIMITS = Limits(total=1 << 50, entries=10_000_000, ratio=2000)
LARGEST_MANIFEST = 1 << 30


@dataclass(frozen=True)
class Checked:
    """A backup whose every byte is what its manifest says."""

    manifest: Manifest
    tree: Tree
    # Whether this hub's secret key is the one it was made with.
    own_key: bool


@contextmanager
def checked(path: Path, secret_key: str, tell: Told = silent) -> Iterator[Checked]:
    """Verify a backup and hold it open.

    Raises:
        BackupRefused: it is no backup, cut off, altered, or of a later release.
    """
    try:
        with path.open("rb") as stream:
            yield _check(stream, secret_key, tell)
    except PackageRefused as error:
        where = error.params.get("path")
        said = "cut off, or no backup at all" if error.code == "no_zip" else error.code
        raise BackupRefused(f"{path.name}: {said}{f' ({where})' if where else ''}") from error
    except READ_ERRORS as error:
        raise BackupRefused(f"{path.name}: damaged ({error})") from error


def _check(stream: object, secret_key: str, tell: Told) -> Checked:
    tree = ZipTree(stream, LIMITS)  # type: ignore[arg-type]
    written = _read(tree, MANIFEST, LARGEST_MANIFEST)
    manifest = read_manifest(written)
    own_key = hmac.compare_digest(fingerprint(secret_key), manifest.key_fingerprint)
    if own_key and not hmac.compare_digest(seal(secret_key, written), _read(tree, SEAL, 1000)):
        raise BackupRefused("the manifest was altered since this hub wrote it")
    if manifest.schema not in migrations.known():
        raise BackupRefused(
            f"the backup has schema {manifest.schema!r}, which release {manifest.hub_version} made "
            "and this one does not know; update the hub first"
        )
    _check_members(tree, manifest)
    _check_bytes(tree, manifest, tell)
    return Checked(manifest, tree, own_key)


def _read(tree: Tree, member: str, most: int) -> bytes:
    if member not in tree.names() or tree.size(member) > most:
        raise BackupRefused(f"the archive has no {member}: it is no backup of the hub")
    with tree.open(member) as stream:
        return stream.read()


def _check_members(tree: Tree, manifest: Manifest) -> None:
    found = set(tree.names()) - {MANIFEST, SEAL}
    for member in sorted(found ^ manifest.members.keys()):
        told = "is not in the manifest" if member in found else "is missing"
        raise BackupRefused(f"{member} {told}")
    if manifest.database_member not in found:
        raise BackupRefused("the archive holds no database")
    for member in sorted(found - {manifest.database_member}):
        _check_place(member, manifest)


def _check_place(member: str, manifest: Manifest) -> None:
    """A member lies where the hub looks for it, and nowhere else."""
    parts = member.split("/")
    if parts[0] == FILES and len(parts) == 3:
        sha256 = parts[2].removesuffix(THUMB)
        sealed = parts[2].endswith(THUMB) or manifest.members[member].sha256 == sha256
        if parts[1] == sha256[:2] and sealed:
            return
    elif parts[0] == PACKAGES and len(parts) == 2 and parts[1].endswith(".zip"):
        return
    raise BackupRefused(f"{member} has no place in a backup")


def _check_bytes(tree: Tree, manifest: Manifest, tell: Told) -> None:
    total, done = sum(one.size for one in manifest.members.values()), 0
    for member, told in manifest.members.items():
        if tree.size(member) != told.size:
            raise BackupRefused(f"{member} is not as long as the manifest says")
        digest = hashlib.sha256()
        try:
            with tree.open(member) as stream:
                for piece in chunks(stream):
                    digest.update(piece)
                    done += len(piece)
                    tell("verify", done, total)
        except READ_ERRORS as error:
            raise BackupRefused(f"{member} is damaged ({error})") from error
        if digest.hexdigest() != told.sha256:
            raise BackupRefused(f"{member} is damaged: its bytes are not those of the manifest")
