"""Records as lines of a package: canonical JSON, one a line, each the leaf of a Merkle tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from typing import Any, BinaryIO, cast

from sharing.canonical import canonical
from sharing.errors import Malformed, PackageRefused
from sharing.trees import CHUNK
from sharing.wire import counted, load_object, named, only_keys, optional, optional_moment

# A record with its longest texts stays far below.
MOST_LINE = 1 << 20
KIND = re.compile("[a-z_]{1,32}")


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
    keep_until = optional_moment(found, "keep_until")
    record = PackedRecord(
        named(found, "kind", 32),
        named(found, "id"),
        counted(found, "version"),
        named(found, "owner", 6),
        counted(found, "classification", most=4),
        optional(found, "view", dict),
        found["keep_until"] if keep_until else None,
    )
    if not KIND.fullmatch(record.kind):
        raise Malformed("field_wrong", field="kind")
    if record.to_line() != line:
        raise PackageRefused("record_not_canonical", id=record.id)
    return record


def read_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a records file without their ends; raises PackageRefused for endless ones.

    ``stream`` is closed with the last line. A member of a zip is read by the megabyte: asked for
    lines itself, it copies what it holds for every piece of one.
    """
    with BufferedReader(cast(RawIOBase, stream), CHUNK) as buffered:
        while line := buffered.readline(MOST_LINE + 2):
            if not line.endswith(b"\n"):
                raise PackageRefused("record_line_end")
            yield line[:-1]
