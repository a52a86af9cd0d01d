"""A proof that a record was in a signed package: one small file, checked with public keys alone.

It carries the record's line, its path in the Merkle tree (``sharing.merkle``), and the three small
files by which the signature reaches the root: tagmanifest, manifest of digests, manifest.json. When
the package was signed is the signer's word; a receipt or checkpoint dates it from the other side.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sharing.bagit import read_tag_file
from sharing.errors import PackageRefused, UnknownFormat
from sharing.manifest import Manifest, read_manifest
from sharing.merkle import leaf_hash, path_of, root_by_path
from sharing.package_records import PackedRecord, read_line
from sharing.package_writer import MANIFEST
from sharing.packages import Package
from sharing.signing import PublicKey, Purpose, Signature, verify
from sharing.wire import load_object, only_keys, typed

FORMAT = "lianfang-proof"
VERSION = 1
MOST_BYTES = 40 << 20
_FIELDS = (
    "format", "version", "record", "index", "path", "manifest", "listing", "tags", "signature",
)  # fmt: skip
_LISTING = "manifest-sha256.txt"


@dataclass(frozen=True)
class Proved:
    """What a proof shows: this record, in that package, signed by this key."""

    record: PackedRecord
    manifest: Manifest
    key: PublicKey
    signature: Signature


def make_proof(package: Package, kind: str, record_id: str) -> bytes:
    """The proof for one record of a checked package; raises PackageRefused ``proof_wrong``."""
    lines = list(package.lines())
    records = [read_line(line) for line in lines]
    index = next((n for n, r in enumerate(records) if (r.kind, r.id) == (kind, record_id)), None)
    if index is None:
        raise PackageRefused("proof_wrong", id=record_id)
    path = path_of([leaf_hash(line) for line in lines], index)
    text = {name: read_tag_file(package.tree, name).decode() for name in (MANIFEST, _LISTING)}
    body = {
        "format": FORMAT,
        "version": VERSION,
        "record": lines[index].decode(),
        "index": index,
        "path": [beside.hex() for beside in path],
        "manifest": text[MANIFEST],
        "listing": text[_LISTING],
        "tags": read_tag_file(package.tree, "tagmanifest-sha256.txt").decode(),
        "signature": package.signature.to_dict(),
    }
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


def _listed(listing: str, name: str, content: str) -> None:
    digest = hashlib.sha256(content.encode()).hexdigest()
    if f"{digest}  {name}" not in listing.split("\n"):
        raise PackageRefused("proof_wrong")


def check_proof(data: bytes, keys: Iterable[PublicKey], now: datetime) -> Proved:
    """Check a proof from the signature down to the record.

    Raises PackageRefused ``proof_wrong``, SignatureRefused, Malformed, UnknownFormat.
    """
    body = load_object(data, MOST_BYTES)
    if (body.get("format"), body.get("version")) != (FORMAT, VERSION):
        raise UnknownFormat(format=body.get("format"), version=body.get("version"))
    only_keys(body, _FIELDS)
    tags, listing = typed(body, "tags", str), typed(body, "listing", str)
    signature = Signature.from_dict(typed(body, "signature", dict))
    key = verify(keys, signature, tags.encode(), purpose=Purpose.PACKAGE, now=now)
    _listed(tags, _LISTING, listing)
    _listed(listing, MANIFEST, typed(body, "manifest", str))
    manifest = read_manifest(body["manifest"].encode())
    line = typed(body, "record", str).encode()
    record = read_line(line)
    path = [_hash(beside) for beside in typed(body, "path", list)]
    root = root_by_path(leaf_hash(line), typed(body, "index", int), manifest.records, path)
    if root is None or root.hex() != manifest.root:
        raise PackageRefused("proof_wrong", id=record.id)
    if {key.adcode, record.owner} != {manifest.sender.adcode}:
        raise PackageRefused("proof_wrong", id=record.id)
    return Proved(record, manifest, key, signature)


def _hash(text: object) -> bytes:
    try:
        return bytes.fromhex(str(text))
    except ValueError as error:
        raise PackageRefused("proof_wrong") from error
