"""Which files the rows of a database name: what a backup has to hold beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.backup.manifest import FILES, PACKAGES, Root
from hub.bureaus.models import Bureau
from hub.exchange.building import OUT
from hub.exchange.models import ExchangePackage
from hub.exchange.received import received_digests
from hub.exchange.sealing import path_of
from hub.files.models import StoredFile
from hub.files.store import THUMB, FileStore
from sharing import ledger


@dataclass(frozen=True)
class Holding:
    """A file that a row names."""

    # In the archive.
    member: str
    path: Path
    # SHA-256 (hex) that its bytes must have; None: it is named otherwise.
    sha256: str | None
    # Made of another one, so nothing is lost without it.
    spare: bool = False


def file_digests(session: Session) -> frozenset[str]:
    """SHA-256 of every file in the store that a row names."""
    rows = session.execute(select(StoredFile.sha256, StoredFile.clean_sha256))
    named = frozenset(name for row in rows for name in row if name is not None)
    return named | received_digests(session)


def package_ids(session: Session) -> list[str]:
    """Ids of the sealed packages whose file is kept."""
    wanted = select(ExchangePackage.id).where(
        ExchangePackage.direction == OUT, ExchangePackage.digest.is_not(None)
    )
    return sorted(session.scalars(wanted))


def holdings(session: Session, data_dir: Path) -> Iterator[Holding]:
    """All files that rows name, in order."""
    store = FileStore(data_dir / FILES)
    for sha256 in sorted(file_digests(session)):
        shard = f"{FILES}/{sha256[:2]}/{sha256}"
        yield Holding(shard, store.path(sha256), sha256)
        small = store.path(sha256, THUMB)
        if small.exists():
            yield Holding(f"{shard}{THUMB}", small, None, spare=True)
    for package_id in package_ids(session):
        path = path_of(data_dir / PACKAGES, package_id)
        yield Holding(f"{PACKAGES}/{path.name}", path, None)


def audit_roots(session: Session) -> dict[str, Root]:
    """Where every audit chain ends."""
    names = {row.id: row.short_name for row in session.scalars(select(Bureau))}
    ends = [ledger.checkpoint(session, chain) for chain in ledger.chains(session)]
    return {end.chain: Root(end.number, end.hash, names.get(end.chain, end.chain)) for end in ends}
