"""Writing a package: a bag (RFC 8493) in one zip, in pieces, so that size costs no memory."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO

from sharing.canonical import canonical
from sharing.digests import SM3, Digest, new_digest
from sharing.errors import PackageRefused
from sharing.manifest import FileEntry, Manifest
from sharing.merkle import MerkleRoot
from sharing.package_records import PackedRecord
from sharing.signing import PrivateKey, sign
from sharing.trees import check_path

BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
SIGNATURE = "signature.json"
MANIFEST = "data/manifest.json"
SM3_LISTING = "manifest-sm3.txt"
# Pictures and PDFs are packed already.
_PACKED = (".jpg", ".jpeg", ".png", ".webp", ".pdf", ".docx")
# Readers of zip files have trouble above; a larger file is no evidence of this hub.
MOST_FILE = 2 << 30


@dataclass(frozen=True)
class Sealed:
    """A finished package: its full manifest, and the digest that is signed, which names it."""

    manifest: Manifest
    # SHA-256 (hex) of tagmanifest-sha256.txt.
    digest: str


class PackageWriter:
    """Adds files and records, then signs; nothing is kept in memory but names and digests.

    A context manager: what was begun is closed, whether it was finished or not.
    """

    def __init__(self, stream: IO[bytes], folder: str, *, sm3: bool = False) -> None:
        """``stream`` is seekable and stays open; ``folder`` names the bag inside the zip.

        ``sm3``: the payload is listed by SM3 (GB/T 32905) beside SHA-256.
        """
        check_path(folder)
        self._zip = zipfile.ZipFile(stream, "w", allowZip64=True)
        self._folder = folder
        self._entries: list[FileEntry] = []
        self._digests: dict[str, str] = {}
        # By SM3, as far as it is wanted.
        self._sm3: dict[str, str] | None = {} if sm3 else None
        self._sizes: dict[str, int] = {}
        self._merkle = MerkleRoot()

    def __enter__(self) -> PackageWriter:
        return self

    def __exit__(self, *_error: object) -> None:
        # The zip must not outlive its stream; what was begun in it is given up by the caller.
        self._zip.close()

    def _write(self, path: str, pieces: Iterable[bytes]) -> None:
        check_path(path)
        if path in self._digests:
            raise PackageRefused("duplicate_file", path=path)
        # The same content gives the same zip, whenever it is written.
        info = zipfile.ZipInfo(f"{self._folder}/{path}", (1980, 1, 1, 0, 0, 0))
        packed = path.lower().endswith(_PACKED)
        info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        info.external_attr = 0o100644 << 16
        digest, sm3, size = new_digest("sha256"), self._begin_sm3(path), 0
        with self._zip.open(info, "w", force_zip64=False) as target:
            for piece in pieces:
                digest.update(piece)
                if sm3 is not None:
                    sm3.update(piece)
                size += len(piece)
                if size >= MOST_FILE:
                    raise PackageRefused("too_large", limit_mb=MOST_FILE >> 20, path=path)
                target.write(piece)
        self._digests[path], self._sizes[path] = digest.hexdigest(), size
        if self._sm3 is not None and sm3 is not None:
            self._sm3[path] = sm3.hexdigest()

    def _begin_sm3(self, path: str) -> Digest | None:
        wanted = self._sm3 is not None and path.startswith("data/")
        return new_digest(SM3) if wanted else None

    def add(
        self,
        path: str,
        pieces: Iterable[bytes],
        *,
        media_type: str,
        name: str = "",
        record: str | None = None,
    ) -> FileEntry:
        """Add a payload file below ``data/``; ``record`` is ``kind:id``.

        Raises PackageRefused.
        """
        full = f"data/{path}"
        self._write(full, pieces)
        entry = FileEntry(
            full, self._digests[full], self._sizes[full], name or path, media_type, record
        )
        self._entries.append(entry)
        return entry

    def add_records(self, kind: str, records: Iterable[PackedRecord]) -> FileEntry:
        """Add the records of one kind; call in the order of the kinds' names."""
        return self.add(
            f"records/{kind}.jsonl", self._lines(records), media_type="application/jsonl"
        )

    def _lines(self, records: Iterable[PackedRecord]) -> Iterator[bytes]:
        for record in records:
            line = record.to_line()
            self._merkle.add(line)
            yield line + b"\n"

    def close(self, manifest: Manifest, key: PrivateKey, at: datetime) -> Sealed:
        """Write manifest, bag files and signature, and finish the zip.

        ``manifest`` is taken without files, records and root, which are filled in.
        """
        full = replace(
            manifest,
            files=tuple(self._entries),
            records=self._merkle.size,
            root=self._merkle.root().hex(),
        )
        self._write(MANIFEST, [full.to_bytes()])
        payload = dict(self._digests)
        oxum = f"{sum(self._sizes.values())}.{len(self._sizes)}"
        info = _bag_info(full, oxum)
        self._write("bagit.txt", [BAGIT])
        self._write("bag-info.txt", [info])
        self._write("manifest-sha256.txt", [_listing(payload)])
        if self._sm3 is not None:
            self._write(SM3_LISTING, [_listing(self._sm3)])
        tags = {path: self._digests[path] for path in self._digests.keys() - payload.keys()}
        listing = _listing(tags)
        self._write("tagmanifest-sha256.txt", [listing])
        self._write(SIGNATURE, [canonical(sign(key, listing, at).to_dict()) + b"\n"])
        self._zip.close()
        return Sealed(full, self._digests["tagmanifest-sha256.txt"])


def _listing(digests: dict[str, str]) -> bytes:
    return "".join(f"{digests[path]}  {path}\n" for path in sorted(digests)).encode()


def _bag_info(manifest: Manifest, oxum: str) -> bytes:
    lines = [
        f"Source-Organization: {manifest.sender.name}",
        f"Bagging-Date: {manifest.created_at.date().isoformat()}",
        f"External-Identifier: {manifest.id}",
        f"Payload-Oxum: {oxum}",
    ]
    return "".join(f"{line}\n" for line in lines).encode()
