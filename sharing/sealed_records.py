"""Sealed records of inspections: what a signed document says of itself, checked without a hub.

The body of the document holds the text, its SHA-256, one signature per person with the SHA-256 of
the text it was given to, and the digests of every picture, photo and document.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sharing.canonical import canonical
from sharing.documents import read_document
from sharing.errors import Malformed
from sharing.signing import PublicKey, Purpose, Signature
from sharing.wire import typed


@dataclass(frozen=True)
class SealedRecord:
    """The body of a sealed record, which may have been touched since."""

    body: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of all that was sealed: what the record's page and its papers name."""
        return digest(self.body)

    @property
    def text_holds(self) -> bool:
        """Whether the text is the one whose hash was sealed."""
        sealed: str = self.body["text_sha256"]
        return digest(self.body["text"]) == sealed

    @property
    def others_signed(self) -> list[str]:
        """Names of those whose signature was given to another text than this one."""
        text = digest(self.body["text"])
        return [one["name"] for one in self.body["signatures"] if one["text_sha256"] != text]

    @property
    def files(self) -> dict[str, str]:
        """SHA-256 (hex) of each sealed file, with its name or whose signature it shows."""
        body = self.body
        return (
            {one["picture_sha256"]: one["name"] for one in body["signatures"]}
            | {one["sha256"]: one["name"] for one in body["text"]["photos"]}
            | {one["sha256"]: one["name"] for one in body["documents"]}
        )


@dataclass(frozen=True)
class Verified:
    """A sealed record whose signature holds, and who sealed it."""

    record: SealedRecord
    signature: Signature
    key: PublicKey


def digest(value: Any) -> str:
    """SHA-256 (hex) of the canonical form of a value."""
    return hashlib.sha256(canonical(value)).hexdigest()


def unchecked(sealed_text: str) -> SealedRecord:
    """What a stored document says, whoever signed it."""
    return SealedRecord(json.loads(sealed_text)["body"])


def verify_sealed(data: bytes, keys: Iterable[PublicKey], now: datetime) -> Verified:
    """Check a sealed record as its bureau exports it.

    Raises:
        Malformed, UnknownFormat: it is no sealed record.
        SignatureRefused: signed by none of the keys, or touched since.
    """
    found = read_document(data, keys, Purpose.RECORD, now)
    body, text = found.body, typed(found.body, "text", dict)
    typed(text, "number", str)
    typed(body, "text_sha256", str)
    _listed(body, "signatures", ("name", "text_sha256", "picture_sha256"))
    _listed(body, "documents", ("name", "sha256"))
    _listed(text, "photos", ("name", "sha256"))
    return Verified(SealedRecord(body), found.signature, found.key)


def _listed(value: Mapping[str, Any], name: str, fields: Iterable[str]) -> None:
    for one in typed(value, name, list):
        if not isinstance(one, dict):
            raise Malformed("field_wrong", field=name)
        for field in fields:
            typed(one, field, str)
