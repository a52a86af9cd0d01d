"""Checkpoints of audit chains, signed and kept by partners, so that no side rewrites unseen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sharing.canonical import canonical, utc_text
from sharing.documents import Document, read_document, write_document
from sharing.errors import Malformed
from sharing.signing import PrivateKey, PublicKey, Purpose
from sharing.verification import Checkpoint
from sharing.wire import hex_digest, moment, typed


@dataclass(frozen=True)
class Witness:
    """Where chains stood at a moment, by the word and the key of the bureau whose they are."""

    adcode: str
    at: datetime
    checkpoints: tuple[Checkpoint, ...]
    document: Document


def write_witness(key: PrivateKey, checkpoints: Sequence[Checkpoint], at: datetime) -> bytes:
    """The signed file; raises SignatureRefused."""
    body = {
        "adcode": key.public.adcode,
        "at": utc_text(at),
        "checkpoints": [
            {"chain": c.chain, "number": c.number, "hash": c.hash} for c in checkpoints
        ],
    }
    return write_document(key, body, at)


def read_witness(data: bytes, keys: Iterable[PublicKey], now: datetime) -> Witness:
    """Check a file and read its checkpoints; raises Malformed, UnknownFormat, SignatureRefused."""
    found = read_document(data, keys, Purpose.CHECKPOINT, now)
    if found.body.get("adcode") != found.key.adcode:
        raise Malformed("field_wrong", field="adcode")
    points = []
    for item in typed(found.body, "checkpoints", list):
        if not isinstance(item, dict):
            raise Malformed("field_wrong", field="checkpoints")
        points.append(
            Checkpoint(typed(item, "chain", str), typed(item, "number", int),
                       hex_digest(item, "hash"))
        )  # fmt: skip
    return Witness(found.key.adcode, moment(found.body, "at"), tuple(points), found)


def common_root(points: Mapping[str, Checkpoint]) -> str:
    """One SHA-256 (hex) over where several bureaus' chains stood, by adcode.

    Each side makes it of its own chain and of what it keeps of the others: when it is alike on
    both sides, both hold the same past.
    """
    plain = [
        {"adcode": adcode, "chain": point.chain, "number": point.number, "hash": point.hash}
        for adcode, point in sorted(points.items())
    ]
    return hashlib.sha256(canonical(plain)).hexdigest()
