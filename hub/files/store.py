"""Files on the disk, named by their SHA-256: written whole and made durable, or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

THUMB = ".thumb"
# Nobody writes into a file that was kept, the hub included.
SEALED = 0o440
# A temporary or unreferenced file younger than this may belong to a request that still runs.
GRACE_S = 3600.0


class FileStore:
    """The folder of the sealed files: `ab/<sha256>`, and `ab/<sha256>.thumb` beside pictures."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str, suffix: str = "") -> Path:
        """Where a file lies."""
        return self.folder / sha256[:2] / f"{sha256}{suffix}"

    def put(self, data: bytes) -> str:
        """Keep bytes; durable when it returns. Returns their SHA-256 (hex)."""
        sha256 = hashlib.sha256(data).hexdigest()
        self._write(self.path(sha256), data)
        return sha256

    def put_thumbnail(self, sha256: str, data: bytes) -> None:
        """Keep a small picture beside the file it shows."""
        self._write(self.path(sha256, THUMB), data)

    def read(self, sha256: str, suffix: str = "") -> bytes | None:
        """The bytes of a file; None: missing, or no longer those that were sealed."""
        try:
            data = self.path(sha256, suffix).read_bytes()
        except FileNotFoundError:
            return None
        # A small picture is named after the file it shows, not by its own digest.
        sealed = suffix == THUMB or hashlib.sha256(data).hexdigest() == sha256
        return data if sealed else None

    def intact(self, sha256: str) -> bool:
        """Whether a file is there with the bytes that were sealed; read in pieces."""
        try:
            with self.path(sha256).open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest() == sha256
        except FileNotFoundError:
            return False

    def _write(self, target: Path, data: bytes) -> None:
        if target.exists():
            # Same name, same bytes. Its age starts anew, so that no sweep takes it meanwhile.
            os.utime(target)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.folder, prefix="tmp-")
        try:
            with os.fdopen(handle, "wb") as temporary:
                temporary.write(data)
                temporary.flush()
                os.fchmod(temporary.fileno(), SEALED)
                os.fsync(temporary.fileno())
            Path(name).replace(target)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        # The name is durable once its folders are.
        for folder in (target.parent, self.folder):
            sync(folder)

    def sweep(self, referenced: frozenset[str], older_than_s: float = GRACE_S) -> int:
        """Remove what no row refers to; returns how many files.

        Args:
            referenced: every SHA-256 (hex) that a row names.
        """
        limit = time.time() - older_than_s
        removed = 0
        for path in self._all():
            known = path.name.removesuffix(THUMB) in referenced
            if not known and path.stat().st_mtime <= limit:
                path.unlink()
                removed += 1
        return removed

    def drop(self, sha256: str, older_than_s: float = GRACE_S) -> bool:
        """Remove one file that no row refers to any more; whether it was there and old enough.

        A young one may just have been kept again, by a request whose row is still to come.
        """
        path = self.path(sha256)
        if not path.exists() or path.stat().st_mtime > time.time() - older_than_s:
            return False
        path.unlink()
        self.path(sha256, THUMB).unlink(missing_ok=True)
        return True

    def _all(self) -> Iterator[Path]:
        return (path for path in sorted(self.folder.rglob("*")) if path.is_file())


def sync(path: Path) -> None:
    """Make a file or a folder's names durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
