"""What a package says of itself: from whom, for whom, under what, with which files and records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sharing.canonical import canonical, utc_text
from sharing.errors import Malformed, PackageRefused
from sharing.wire import (
    LARGEST,
    counted,
    hex_digest,
    load_object,
    moment,
    named,
    only_keys,
    optional,
    optional_moment,
    typed,
)

FORMAT = "lianfang-package"
VERSION = 1
MOST_BYTES = 16 << 20
# It is kept with the package.
MOST_CONTEXT = 64 << 10


class PackageKind(StrEnum):
    """What a package is for."""

    # Records of one bureau for another, to be imported.
    EXCHANGE = "exchange"
    # The evidence of one case with its custody, to be kept and checked.
    EVIDENCE = "evidence"


@dataclass(frozen=True)
class Party:
    """A bureau, by the GB/T 2260 code of its jurisdiction."""

    adcode: str
    name: str

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Party:
        """Read the wire form; raises Malformed."""
        only_keys(data, ("adcode", "name"))
        return cls(named(data, "adcode", 6), named(data, "name", 200))

    def to_dict(self) -> dict[str, object]:
        """The wire form."""
        return {"adcode": self.adcode, "name": self.name}


@dataclass(frozen=True)
class FileEntry:
    """One file of the payload, and the record it belongs to, if any."""

    path: str
    sha256: str
    size: int
    name: str
    media_type: str
    record: str | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> FileEntry:
        """Read the wire form; raises Malformed."""
        only_keys(data, ("path", "sha256", "size", "name", "media_type", "record"))
        return cls(
            typed(data, "path", str),
            hex_digest(data, "sha256"),
            counted(data, "size", most=LARGEST),
            named(data, "name", 260),
            typed(data, "media_type", str),
            optional(data, "record", str),
        )

    def to_dict(self) -> dict[str, object]:
        """The wire form; ``record`` is ``kind:id``."""
        return {
            "path": self.path,
            "sha256": self.sha256,
            "size": self.size,
            "name": self.name,
            "media_type": self.media_type,
            "record": self.record,
        }


@dataclass(frozen=True)
class Manifest:
    """All that is known of a package without reading its records."""

    id: str
    kind: PackageKind
    sender: Party
    # None: the sender's own, for its archive or a court.
    recipient: Party | None
    created_at: datetime
    # After this it is not imported any more.
    expires_at: datetime | None = None
    # The sender's count of packages to this recipient, and the digest of the one before.
    sequence: int = 1
    previous: str | None = None
    # In words and values for people and programs: agreement, selection, approvals.
    context: Mapping[str, Any] = field(default_factory=dict)
    records: int = 0
    # Merkle root (hex) over the lines of the records, in the order of their files.
    root: str = ""
    files: tuple[FileEntry, ...] = ()

    def to_bytes(self) -> bytes:
        """The canonical bytes that stand in the package."""
        return canonical(
            {
                "format": FORMAT,
                "version": VERSION,
                "id": self.id,
                "kind": self.kind.value,
                "sender": self.sender.to_dict(),
                "recipient": self.recipient.to_dict() if self.recipient else None,
                "created_at": utc_text(self.created_at),
                "expires_at": utc_text(self.expires_at) if self.expires_at else None,
                "sequence": self.sequence,
                "previous": self.previous,
                "context": dict(self.context),
                "records": self.records,
                "root": self.root,
                "files": [entry.to_dict() for entry in self.files],
            }
        )


_FIELDS = (
    "format", "version", "id", "kind", "sender", "recipient", "created_at", "expires_at",
    "sequence", "previous", "context", "records", "root", "files",
)  # fmt: skip


def read_manifest(data: bytes) -> Manifest:
    """Read the bytes of a manifest.

    Raises Malformed, and PackageRefused ``future_version`` for what this version does not know.
    """
    found = load_object(data, MOST_BYTES)
    if found.get("format") != FORMAT:
        raise Malformed("field_wrong", field="format")
    if found.get("version") != VERSION:
        raise PackageRefused("future_version", version=found.get("version"), known=VERSION)
    only_keys(found, _FIELDS)
    recipient = optional(found, "recipient", dict)
    kind = typed(found, "kind", str)
    if kind not in set(PackageKind):
        raise Malformed("field_wrong", field="kind")
    context = typed(found, "context", dict)
    if len(canonical(context)) > MOST_CONTEXT:
        raise Malformed("field_wrong", field="context")
    listed = typed(found, "files", list)
    if not all(isinstance(item, dict) for item in listed):
        raise Malformed("field_wrong", field="files")
    return Manifest(
        id=named(found, "id"),
        kind=PackageKind(kind),
        sender=Party.from_dict(typed(found, "sender", dict)),
        recipient=Party.from_dict(recipient) if recipient is not None else None,
        created_at=moment(found, "created_at"),
        expires_at=optional_moment(found, "expires_at"),
        sequence=counted(found, "sequence", least=1),
        previous=None if found.get("previous") is None else hex_digest(found, "previous"),
        context=context,
        records=counted(found, "records"),
        root=hex_digest(found, "root"),
        files=tuple(FileEntry.from_dict(item) for item in listed),
    )
