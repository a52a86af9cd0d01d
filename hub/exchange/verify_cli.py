"""`flask --app hub package verify`: needs the package and a key file, no database, no network."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from hub.exchange.opening import opened
from hub.exchange.telling import Bars
from hub.exchange.words import reason
from sharing.errors import SharingError
from sharing.keyfile import read_keys
from sharing.packages import Package
from sharing.proofs import check_proof
from sharing.signing import PublicKey
from sharing.trees import FolderTree, Tree
from sharing.zip_tree import MEGABYTE, Limits, ZipTree

package_group = AppGroup("package", help="Signed packages.")
# On a machine of one's own, what a disk carries; the page takes less.
DISK_MB = 4096


def key_ring(files: tuple[Path, ...]) -> list[PublicKey]:
    """The keys of some key files.

    Raises:
        ClickException: one of them is none.
    """
    ring: list[PublicKey] = []
    for path in files:
        try:
            ring += read_keys(path.read_bytes()).keys
        except SharingError as error:
            raise click.ClickException(f"{path}: {reason(error)}") from error
    return ring


@contextmanager
def tree_of(path: Path, max_mb: int) -> Iterator[Tree]:
    """A package as a zip or as an unpacked folder."""
    if path.is_dir():
        yield FolderTree(path)
        return
    with path.open("rb") as stream:
        yield ZipTree(stream, Limits(total=max_mb * MEGABYTE, entries=20_000))


@package_group.command("verify")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--key", "-k", "keys", multiple=True, required=True, help="public key file",
              type=click.Path(exists=True, dir_okay=False, path_type=Path))  # fmt: skip
@click.option("--recipient", default=None, help="adcode of the bureau that wants to import it")
@click.option("--max-mb", default=DISK_MB, show_default=True, help="unpacked size at most")
def verify(file: Path, keys: tuple[Path, ...], recipient: str | None, max_mb: int) -> None:
    """Check a package or evidence bag offline: every byte, its signature, what it claims."""
    try:
        with tree_of(file, max_mb) as tree:
            now = datetime.now(UTC)
            found = opened(tree, key_ring(keys), Bars(), now=now, recipient=recipient)
            _tell(found)
    except SharingError as error:
        click.echo(f"REFUSED {error.code}: {reason(error)}")
        sys.exit(1)


def _tell(found: Package) -> None:
    manifest = found.manifest
    to = f"{manifest.recipient.name} ({manifest.recipient.adcode})" if manifest.recipient else "-"
    click.echo(f"OK {manifest.kind.value} {manifest.id}")
    click.echo(f"from:      {manifest.sender.name} ({manifest.sender.adcode})")
    click.echo(f"to:        {to}")
    click.echo(f"signed:    {found.signature.signed_at.isoformat()}")
    click.echo(f"key:       {found.key.fingerprint}")
    click.echo(f"package:   {found.digest}")
    click.echo(f"digests:   {', '.join(one.upper() for one in found.algorithms)}")
    click.echo(f"records:   {manifest.records}, root {manifest.root}")
    click.echo(f"files:     {len(manifest.files)}")


@package_group.command("verify-proof")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", "-k", "keys", multiple=True, required=True, help="public key file",
              type=click.Path(exists=True, dir_okay=False, path_type=Path))  # fmt: skip
def verify_proof(file: Path, keys: tuple[Path, ...]) -> None:
    """Check offline that a record was in a signed package."""
    try:
        found = check_proof(file.read_bytes(), key_ring(keys), datetime.now(UTC))
    except SharingError as error:
        click.echo(f"REFUSED {error.code}: {reason(error)}")
        sys.exit(1)
    click.echo(f"OK {found.record.kind} {found.record.id} version {found.record.version}")
    click.echo(f"in:        {found.manifest.id}, package {found.signature.digest}")
    click.echo(
        f"signed:    {found.signature.signed_at.isoformat()} by {found.manifest.sender.name}"
    )
    click.echo(f"key:       {found.key.fingerprint}")
    click.echo(found.record.to_line().decode())
