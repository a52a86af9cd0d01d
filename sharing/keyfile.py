"""The public keys of one bureau as a plain file: no secret, but with a fingerprint to check."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from sharing.canonical import canonical
from sharing.errors import Malformed, UnknownFormat
from sharing.signing import PublicKey
from sharing.wire import load_object, only_keys, typed

FORMAT = "lianfang-keys"
VERSION = 1
MOST_BYTES = 1_000_000
MOST_KEYS = 200


@dataclass(frozen=True)
class KeyFile:
    """Whose keys, and the keys: those of today, earlier ones, revoked ones."""

    adcode: str
    name: str
    keys: tuple[PublicKey, ...]

    @property
    def fingerprint(self) -> str:
        """One fingerprint for the set, short enough to be read out (128 bits as hex)."""
        return set_fingerprint(self.adcode, self.keys)


def set_fingerprint(adcode: str, keys: Iterable[PublicKey]) -> str:
    """The fingerprint of a bureau's keys together, whatever their order: 32 hex digits."""
    named = canonical({"adcode": adcode, "keys": sorted(key.fingerprint for key in keys)})
    return hashlib.sha256(b"lianfang-keys-1\0" + named).hexdigest()[:32]


def write_keys(adcode: str, name: str, keys: Iterable[PublicKey]) -> bytes:
    """The file as UTF-8 bytes, for people's eyes too."""
    body = {
        "format": FORMAT,
        "version": VERSION,
        "bureau": {"adcode": adcode, "name": name},
        "keys": [key.to_dict() for key in keys],
    }
    return (json.dumps(body, ensure_ascii=False, indent=2) + "\n").encode()


def read_keys(data: bytes) -> KeyFile:
    """Read what ``write_keys`` wrote; raises Malformed or UnknownFormat."""
    body = load_object(data, MOST_BYTES)
    if (body.get("format"), body.get("version")) != (FORMAT, VERSION):
        raise UnknownFormat(format=body.get("format"), version=body.get("version"))
    only_keys(body, ("format", "version", "bureau", "keys"))
    bureau = typed(body, "bureau", dict)
    adcode, listed = typed(bureau, "adcode", str), typed(body, "keys", list)
    if not 0 < len(listed) <= MOST_KEYS or not all(isinstance(item, dict) for item in listed):
        raise Malformed("field_wrong", field="keys")
    keys = tuple(PublicKey.from_dict(adcode, item) for item in listed)
    return KeyFile(adcode, typed(bureau, "name", str), keys)
