"""Records as lines of a package: canonical JSON, one a line, each the leaf of a Merkle tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from sharing.canonical import canonical
from sharing.errors import PackageRefused
from sharing.wire import load_object, only_keys, optional, typed

# A record with its longest texts stays far below.
MOST_LINE = 1 << 20


@dataclass(frozen=True)
class PackedRecord:
    """One record as its recipient may see it, or the word that he may see it no longer."""

    kind: str
    id: str
    version: int
    # The bureau that owns it, by adcode.
    owner: str
    # Readers need this clearance (0-4).
    classification: int
    # None: withdrawn, what was received of it is to be purged.
    view: Mapping[str, Any] | None
    # Until when it may be kept, RFC 3339; None: no end is agreed.
    keep_until: str | None = None

    def to_line(self) -> bytes:
        """The canonical line, without its line end; raises NotCanonical, PackageRefused."""
        line = canonical(
            {
                "kind": self.kind,
                "id": self.id,
                "version": self.version,
                "owner": self.owner,
                "classification": self.classification,
                "view": dict(self.view) if self.view is not None else None,
                "keep_until": self.keep_until,
            }
        )
        if len(line) > MOST_LINE:
            raise PackageRefused("record_too_long", id=self.id, limit=MOST_LINE)
        return line


def read_line(line: bytes) -> PackedRecord:
    """Read a line; raises Malformed, or PackageRefused ``record_not_canonical``."""
    found = load_object(line, MOST_LINE)
    only_keys(found, ("kind", "id", "version", "owner", "classification", "view", "keep_until"))
    record = PackedRecord(
        typed(found, "kind", str),
        typed(found, "id", str),
        typed(found, "version", int),
        typed(found, "owner", str),
        typed(found, "classification", int),
        optional(found, "view", dict),
        optional(found, "keep_until", str),
    )
    if record.to_line() != line:
        raise PackageRefused("record_not_canonical", id=record.id)
    return record


def read_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a records file without their ends; raises PackageRefused for endless ones."""
    while line := stream.readline(MOST_LINE + 2):
        if not line.endswith(b"\n"):
            raise PackageRefused("record_line_end")
        yield line[:-1]
