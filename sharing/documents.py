"""Small signed documents: a receipt for a package, a checkpoint of an audit chain.

A document is one JSON object: format, version, body, signature; the signature covers the canonical
bytes of format, version and body.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sharing.canonical import canonical
from sharing.errors import UnknownFormat
from sharing.signing import PrivateKey, PublicKey, Purpose, Signature, sign, verify
from sharing.wire import load_object, only_keys, typed

VERSION = 1
FORMATS = {
    Purpose.RECEIPT: "lianfang-receipt",
    Purpose.CHECKPOINT: "lianfang-checkpoints",
    Purpose.RECORD: "lianfang-inspection-record",
}
MOST_BYTES = 4_000_000


@dataclass(frozen=True)
class Document:
    """A signed body, and the key that signed it."""

    body: dict[str, Any]
    signature: Signature
    key: PublicKey


def _content(purpose: Purpose, body: Mapping[str, Any]) -> bytes:
    return canonical({"body": body, "format": FORMATS[purpose], "version": VERSION})


def write_document(key: PrivateKey, body: Mapping[str, Any], at: datetime) -> bytes:
    """Sign a body with a key for its purpose; returns the file as UTF-8 bytes.

    Raises NotCanonical, SignatureRefused.
    """
    purpose = key.public.purpose
    signature = sign(key, _content(purpose, body), at)
    document = {
        "format": FORMATS[purpose],
        "version": VERSION,
        "body": body,
        "signature": signature.to_dict(),
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def read_document(
    data: bytes, keys: Iterable[PublicKey], purpose: Purpose, now: datetime
) -> Document:
    """Read a document and check who signed it.

    Raises Malformed, UnknownFormat, SignatureRefused.
    """
    found = load_object(data, MOST_BYTES)
    if (found.get("format"), found.get("version")) != (FORMATS[purpose], VERSION):
        raise UnknownFormat(format=found.get("format"), version=found.get("version"))
    only_keys(found, ("format", "version", "body", "signature"))
    body = typed(found, "body", dict)
    signature = Signature.from_dict(typed(found, "signature", dict))
    key = verify(keys, signature, _content(purpose, body), purpose=purpose, now=now)
    return Document(body, signature, key)
