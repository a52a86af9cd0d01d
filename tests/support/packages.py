"""Packages for tests: whole ones, and ways to spoil them."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sharing.canonical import canonical
from sharing.manifest import Manifest, PackageKind, Party
from sharing.package_records import PackedRecord
from sharing.package_writer import PackageWriter
from sharing.signing import PrivateKey, Purpose, new_key, sign

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
WUXING, WUJIANG = "330502", "320509"
KEY = new_key(WUXING, Purpose.PACKAGE, NOW - timedelta(days=1), NOW + timedelta(days=90))
FOLDER = "lianfang-330502-1"
Files = dict[str, bytes]


def record(number: int, **changes: Any) -> PackedRecord:
    """A case as a partner sees it."""
    view = {"id": f"case-{number}", "title": f"案件{number}"}
    return replace(PackedRecord("case", f"case-{number}", 1, WUXING, 2, view), **changes)


def manifest(**changes: Any) -> Manifest:
    """What the package says, before it is filled in."""
    plain = Manifest(
        id="01a00000-0000-7000-8000-000000000001",
        kind=PackageKind.EXCHANGE,
        sender=Party(WUXING, "吴兴分局"),
        recipient=Party(WUJIANG, "吴江局"),
        created_at=NOW,
        expires_at=NOW + timedelta(days=30),
    )
    return replace(plain, **changes)


def package(
    records: Iterable[PackedRecord] = (record(1), record(2), record(3)),
    files: dict[str, bytes] | None = None,
    key: PrivateKey = KEY,
    at: datetime = NOW,
    *,
    sm3: bool = False,
    **head: Any,
) -> bytes:
    """A whole, signed package."""
    out = io.BytesIO()
    with PackageWriter(out, FOLDER, sm3=sm3) as writer:
        writer.add_records("case", records)
        for name, data in (files or {}).items():
            writer.add(f"files/{name}", [data], media_type="text/plain", record="case:case-1")
        writer.close(manifest(**head), key, at)
    return out.getvalue()


def unzipped(data: bytes) -> Files:
    """Its files by their path in the bag."""
    with zipfile.ZipFile(io.BytesIO(data)) as bag:
        return {name.split("/", 1)[1]: bag.read(name) for name in bag.namelist()}


def zipped(files: Files, folder: str = FOLDER) -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bag:
        for path, data in files.items():
            bag.writestr(f"{folder}/{path}", data)
    return out.getvalue()


def resealed(files: Files, key: PrivateKey = KEY, at: datetime = NOW) -> Files:
    """The same with digests and signature made anew, as a dishonest sender would."""

    def listing(paths: Iterable[str]) -> bytes:
        return "".join(
            f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(paths)
        ).encode()

    files = dict(files)
    files["manifest-sha256.txt"] = listing(p for p in files if p.startswith("data/"))
    tags = ("bag-info.txt", "bagit.txt", "manifest-sha256.txt", "manifest-sm3.txt")
    files["tagmanifest-sha256.txt"] = listing(p for p in tags if p in files)
    signed = sign(key, files["tagmanifest-sha256.txt"], at)
    return files | {"signature.json": canonical(signed.to_dict())}


def spoiled(change: Callable[[Files], None], *, sealed: bool = False, **made: Any) -> bytes:
    """A package in which something was changed; sealed: with digests and signature that fit."""
    files = unzipped(package(**made))
    change(files)
    return zipped(resealed(files) if sealed else files)


def restated(**fields: Any) -> Callable[[Files], None]:
    """Change what the manifest says."""

    def change(files: Files) -> None:
        body = json.loads(files["data/manifest.json"])
        files["data/manifest.json"] = canonical(body | fields)

    return change


def edit_record(files: Files) -> None:
    """Change one word of one record."""
    path = "data/records/case.jsonl"
    files[path] = files[path].replace("案件2".encode(), "案件9".encode())
