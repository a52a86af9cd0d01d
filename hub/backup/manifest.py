"""What a backup says of itself: `manifest.json`, the last member of its archive."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sharing.canonical import canonical_text
from sharing.verification import Checkpoint

FORMAT = "lianfang-backup"
FORMAT_VERSION = 1
# All members lie in one folder of the archive.
FOLDER = "lianfang-backup"
MANIFEST = "manifest.json"
SEAL = "manifest.seal"
SQLITE_MEMBER = "database.sqlite"
POSTGRES_MEMBER = "database.pgdump"
FILES, PACKAGES = "files", "packages"
NEEDS = (
    "The hub's HUB_SECRET_KEY, recognised by key_fingerprint: without it the signing keys, second "
    "factors and reporters of petitions that are sealed in the database cannot be opened. "
    "It is not in this archive; keep it elsewhere."
)


class BackupRefused(Exception):
    """A backup cannot be made, is not sound, or may not be restored here; the text says why."""


@dataclass(frozen=True)
class Member:
    """A file of the archive."""

    size: int
    # SHA-256 (hex) of its bytes.
    sha256: str


@dataclass(frozen=True)
class Root:
    """Where the audit chain of one bureau ended."""

    number: int
    hash: str
    # The bureau's name; the chain's own where it is no bureau's.
    name: str


@dataclass(frozen=True)
class Manifest:
    """All that is said of a backup."""

    hub_version: str
    # Revision of the database's schema.
    schema: str
    # sqlite or postgresql
    database: str
    # UTC, RFC 3339: as of when.
    at: str
    key_fingerprint: str
    roots: dict[str, Root]
    members: dict[str, Member] = field(default_factory=dict)
    # Members that rows name and whose bytes were missing or altered when the backup was taken.
    damaged: tuple[str, ...] = ()

    @property
    def database_member(self) -> str:
        """The archive's member with the database."""
        return SQLITE_MEMBER if self.database == "sqlite" else POSTGRES_MEMBER

    @property
    def checkpoints(self) -> list[Checkpoint]:
        """The audit roots as a verification takes them."""
        return [Checkpoint(chain, root.number, root.hash) for chain, root in self.roots.items()]

    @property
    def audit_root(self) -> str:
        """One hash (hex) over the ends of all chains."""
        ends = {chain: [root.number, root.hash] for chain, root in self.roots.items()}
        return hashlib.sha256(canonical_text(ends).encode()).hexdigest()

    def to_bytes(self) -> bytes:
        """As it is written."""
        head = {"format": FORMAT, "format_version": FORMAT_VERSION, "needs": NEEDS}
        told = head | {"audit_root": self.audit_root} | asdict(self)
        return json.dumps(told, ensure_ascii=False, indent=1).encode()


def read_manifest(data: bytes) -> Manifest:
    """A manifest from its bytes.

    Raises:
        BackupRefused: it is none, or of a later format.
    """
    try:
        told = json.loads(data)
        if told["format"] != FORMAT:
            raise BackupRefused("this is no backup of the hub")
        if told["format_version"] > FORMAT_VERSION:
            raise BackupRefused("the backup was made by a later release; update the hub first")
        return _manifest(told)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupRefused(f"the manifest cannot be read ({error})") from error


def _manifest(told: dict[str, Any]) -> Manifest:
    plain = ("hub_version", "schema", "database", "at", "key_fingerprint")
    return Manifest(
        **{name: str(told[name]) for name in plain},
        roots={chain: Root(**root) for chain, root in told["roots"].items()},
        members={path: Member(**one) for path, one in told["members"].items()},
        damaged=tuple(told["damaged"]),
    )


def _derived(secret: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(secret.encode())


def fingerprint(secret: str) -> str:
    """By which the right secret key is recognised; it leads back to no key."""
    return _derived(secret, b"lianfang key fingerprint 1").hex()[:16]


def seal(secret: str, manifest: bytes) -> bytes:
    """Proof that a manifest was written by somebody who has the hub's secret key, as text."""
    key = _derived(secret, b"lianfang backup seal 1")
    return hmac.new(key, manifest, hashlib.sha256).hexdigest().encode()
