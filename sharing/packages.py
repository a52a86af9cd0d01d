"""Opening a package: everything is checked before the first record is handed out.

Nothing is unpacked to the disk. The order is from cheap to dear: the zip's directory, the names,
the signature over the bag's own digests, then every byte of the payload against them, then what
the manifest claims. Who sent it is what the registry of keys says (``sharing.signing.verify``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sharing.bagit import check_bag, declared, read_tag_file
from sharing.canonical import utc_text
from sharing.errors import PackageRefused
from sharing.manifest import Manifest, read_manifest
from sharing.merkle import MerkleRoot
from sharing.package_records import PackedRecord, read_line, read_lines
from sharing.package_writer import MANIFEST, SIGNATURE, SM3_LISTING
from sharing.signing import SKEW, PublicKey, Purpose, Signature, verify
from sharing.trees import Tree, check_names
from sharing.wire import load_object
from sharing.xml_safety import check_xml

TAG_FILES = {
    "bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", SIGNATURE,
}  # fmt: skip
# A sender may list the payload by SM3 too; the signature covers that list like the other.
MAY_TAG_FILES = {SM3_LISTING}
ALLOWED = re.compile(
    r"data/(manifest\.json|README\.txt|records\.gpkg|records/[a-z_]{1,32}\.jsonl"
    r"|tables/[a-z_]{1,32}\.csv|files/[^/]{1,200}\.(jpg|jpeg|png|webp|pdf|docx|gpx|kml))"
)
XML = (".gpx", ".kml")


@dataclass(frozen=True)
class Package:
    """A package that holds: what it says, who signed it, and its content to read."""

    tree: Tree
    manifest: Manifest
    key: PublicKey
    signature: Signature
    # By which digests the payload was checked: sha256, perhaps sm3.
    algorithms: tuple[str, ...] = ("sha256",)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of what is signed; it names this very package."""
        return self.signature.digest

    def lines(self) -> Iterator[bytes]:
        """The records' canonical lines, in the order of the Merkle tree."""
        for entry in self.manifest.files:
            if entry.path.startswith("data/records/"):
                with closing(self.tree.open(entry.path)) as stream:
                    yield from read_lines(stream)

    def records(self) -> Iterator[PackedRecord]:
        """The records, one by one."""
        return (read_line(line) for line in self.lines())

    def open(self, path: str) -> BinaryIO:
        """A payload file to read."""
        return self.tree.open(path)


def open_package(
    tree: Tree, keys: Iterable[PublicKey], *, now: datetime, recipient: str | None = None
) -> Package:
    """Check a package from end to end.

    ``recipient``: the adcode of who wants to import it; None: only to verify. Raises
    PackageRefused, SignatureRefused or Malformed, whose code says what is wrong.
    """
    _check_files(tree)
    listing = read_tag_file(tree, "tagmanifest-sha256.txt")
    signature = Signature.from_dict(load_object(read_tag_file(tree, SIGNATURE), 10_000))
    key = verify(keys, signature, listing, purpose=Purpose.PACKAGE, now=now)
    bag = check_bag(tree)
    if bag.warnings or "sha256" not in bag.payload or set(bag.tags) != {"sha256"}:
        raise PackageRefused("bag_untidy", warnings=bag.warnings)
    listed = TAG_FILES - {SIGNATURE, "tagmanifest-sha256.txt"}
    if bag.tags["sha256"].keys() != listed | (MAY_TAG_FILES & set(tree.names())):
        raise PackageRefused("tag_not_listed")
    manifest = read_manifest(read_tag_file(tree, MANIFEST))
    package = Package(tree, manifest, key, signature, tuple(sorted(bag.payload)))
    _check_manifest(package, bag.payload["sha256"])
    _check_content(package)
    if recipient is not None:
        _check_for(package, recipient, now)
    return package


def _check_files(tree: Tree) -> None:
    names = tree.names()
    check_names(names)
    for name in names:
        if name not in TAG_FILES | MAY_TAG_FILES and not ALLOWED.fullmatch(name):
            raise PackageRefused("file_extra", path=name)
    bag = declared(tree)
    if bag.version != (1, 0) or bag.encoding.upper() != "UTF-8":
        raise PackageRefused("no_bag")


def _check_manifest(package: Package, listed: dict[str, str]) -> None:
    manifest = package.manifest
    if package.key.adcode != manifest.sender.adcode:
        raise PackageRefused("sender_differs", sender=manifest.sender.adcode)
    named = {entry.path: entry.sha256 for entry in manifest.files}
    if len(named) != len(manifest.files):
        raise PackageRefused("manifest_differs")
    if named != {path: digest for path, digest in listed.items() if path != MANIFEST}:
        raise PackageRefused("manifest_differs")
    if any(entry.size != package.tree.size(entry.path) for entry in manifest.files):
        raise PackageRefused("manifest_differs")


def _check_content(package: Package) -> None:
    for entry in package.manifest.files:
        if entry.path.lower().endswith(XML):
            with closing(package.open(entry.path)) as stream:
                check_xml(stream, entry.path)
    merkle = MerkleRoot()
    seen: set[tuple[str, str]] = set()
    for line in package.lines():
        merkle.add(line)
        record = read_line(line)
        if record.owner != package.manifest.sender.adcode:
            raise PackageRefused("owner_differs", id=record.id, owner=record.owner)
        if (record.kind, record.id) in seen:
            raise PackageRefused("record_twice", id=record.id)
        seen.add((record.kind, record.id))
    stated = (package.manifest.records, package.manifest.root)
    if (merkle.size, merkle.root().hex()) != stated:
        raise PackageRefused("root_differs")


def _check_for(package: Package, recipient: str, now: datetime) -> None:
    manifest = package.manifest
    if manifest.recipient is None or manifest.recipient.adcode != recipient:
        named = manifest.recipient.name if manifest.recipient else ""
        raise PackageRefused("wrong_recipient", recipient=named)
    if manifest.expires_at is not None and now >= manifest.expires_at:
        raise PackageRefused("expired", at=utc_text(manifest.expires_at))
    if manifest.created_at > now + SKEW:
        raise PackageRefused("from_the_future", at=utc_text(manifest.created_at))
