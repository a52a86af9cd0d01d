"""Keys by purpose, and signatures that can be checked anywhere with a public key alone.

Ed25519 (RFC 8032). What is signed is never a file's bytes but a short canonical statement: the
purpose, who signs with which key and when, and the SHA-256 of the content. A prefix keeps these
statements apart from any other use of the keys, and the purpose inside keeps, say, a receipt from
being shown as a package. A signature's time is the signer's word: it decides whether the key was
in its time, and is why a revoked key counts for nothing, whatever time stands in the signature.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sharing.canonical import canonical, utc_text
from sharing.errors import KeyUnreadable, Malformed, SignatureRefused
from sharing.wire import hex_digest, moment, only_keys, optional_moment, typed

PREFIX = b"lianfang-sign-1\0"
ALGORITHM = "Ed25519"
# How far two hubs' clocks may differ.
SKEW = timedelta(minutes=5)


class Purpose(StrEnum):
    """What a key may sign, and nothing else."""

    PACKAGE = "package"
    RECEIPT = "receipt"
    CHECKPOINT = "checkpoint"
    RECORD = "record"


@dataclass(frozen=True)
class PublicKey:
    """One public key of a bureau; the bureau is named by the GB/T 2260 code of its jurisdiction."""

    adcode: str
    purpose: Purpose
    raw: bytes
    valid_from: datetime
    valid_to: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the 32 bytes of the key; its name everywhere."""
        return hashlib.sha256(self.raw).hexdigest()

    def covers(self, at: datetime) -> bool:
        """Whether the key is in its time at a moment."""
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)

    def to_dict(self) -> dict[str, object]:
        """The form in a key file."""
        return {
            "algorithm": ALGORITHM,
            "fingerprint": self.fingerprint,
            "public_key": base64.b64encode(self.raw).decode(),
            "purpose": self.purpose.value,
            "revoked_at": utc_text(self.revoked_at) if self.revoked_at else None,
            "valid_from": utc_text(self.valid_from),
            "valid_to": utc_text(self.valid_to) if self.valid_to else None,
        }

    @classmethod
    def from_dict(cls, adcode: str, data: Mapping[str, Any]) -> PublicKey:
        """Read the form in a key file; raises Malformed."""
        only_keys(data, _KEY_FIELDS)
        if typed(data, "algorithm", str) != ALGORITHM:
            raise Malformed("algorithm_unknown", algorithm=data["algorithm"])
        key = cls(
            adcode,
            _purpose(data),
            _bytes(data, "public_key", 32),
            moment(data, "valid_from"),
            optional_moment(data, "valid_to"),
            optional_moment(data, "revoked_at"),
        )
        if key.fingerprint != hex_digest(data, "fingerprint"):
            raise Malformed("fingerprint_differs")
        return key


_KEY_FIELDS = (
    "algorithm", "fingerprint", "public_key", "purpose", "revoked_at", "valid_from", "valid_to",
)  # fmt: skip


@dataclass(frozen=True)
class PrivateKey:
    """A key that can sign; never written anywhere but sealed."""

    public: PublicKey
    key: Ed25519PrivateKey


@dataclass(frozen=True)
class Signature:
    """What a signer stated of a content, and the proof that he did."""

    purpose: Purpose
    adcode: str
    fingerprint: str
    signed_at: datetime
    # SHA-256 (hex) of the content.
    digest: str
    value: bytes

    def statement(self) -> bytes:
        """The bytes that were signed."""
        return PREFIX + canonical(self._stated())

    def _stated(self) -> dict[str, object]:
        return {
            "adcode": self.adcode,
            "digest": self.digest,
            "fingerprint": self.fingerprint,
            "purpose": self.purpose.value,
            "signed_at": utc_text(self.signed_at),
        }

    def to_dict(self) -> dict[str, object]:
        """The form in a file."""
        value = base64.b64encode(self.value).decode()
        return {"algorithm": ALGORITHM, "signature": value} | self._stated()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Signature:
        """Read the form in a file; raises Malformed."""
        only_keys(data, _SIGNATURE_FIELDS)
        if typed(data, "algorithm", str) != ALGORITHM:
            raise Malformed("algorithm_unknown", algorithm=data["algorithm"])
        return cls(
            _purpose(data),
            typed(data, "adcode", str),
            hex_digest(data, "fingerprint"),
            moment(data, "signed_at"),
            hex_digest(data, "digest"),
            _bytes(data, "signature", 64),
        )


_SIGNATURE_FIELDS = (
    "adcode", "algorithm", "digest", "fingerprint", "purpose", "signature", "signed_at",
)  # fmt: skip


def _purpose(data: Mapping[str, Any]) -> Purpose:
    value = typed(data, "purpose", str)
    if value not in set(Purpose):
        raise Malformed("purpose_unknown", purpose=value)
    return Purpose(value)


def _bytes(data: Mapping[str, Any], key: str, length: int) -> bytes:
    try:
        raw = base64.b64decode(typed(data, key, str), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("field_wrong", field=key) from error
    if len(raw) != length:
        raise Malformed("field_wrong", field=key)
    return raw


def new_key(
    adcode: str, purpose: Purpose, valid_from: datetime, valid_to: datetime | None = None
) -> PrivateKey:
    """Make a key of a bureau for one purpose."""
    key = Ed25519PrivateKey.generate()
    raw = key.public_key().public_bytes_raw()
    return PrivateKey(PublicKey(adcode, purpose, raw, valid_from, valid_to), key)


def _cipher(secret: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"lianfang signing 1").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def seal(key: PrivateKey, secret: str) -> str:
    """The private half, encrypted and authenticated with a key derived from the hub's secret."""
    return _cipher(secret).encrypt(key.key.private_bytes_raw()).decode()


def unseal(public: PublicKey, sealed: str, secret: str) -> PrivateKey:
    """Open what ``seal`` made.

    Raises KeyUnreadable when the secret is another, or the private half is not this key's.
    """
    try:
        key = Ed25519PrivateKey.from_private_bytes(_cipher(secret).decrypt(sealed.encode()))
    except InvalidToken as error:
        raise KeyUnreadable(fingerprint=public.fingerprint) from error
    if key.public_key().public_bytes_raw() != public.raw:
        raise KeyUnreadable(fingerprint=public.fingerprint)
    return PrivateKey(public, key)


def sign(key: PrivateKey, content: bytes, at: datetime) -> Signature:
    """Sign a content at a moment (aware, UTC).

    Raises SignatureRefused when the key is revoked or not in its time.
    """
    public = key.public
    _check_time(public, at)
    digest = hashlib.sha256(content).hexdigest()
    bare = Signature(public.purpose, public.adcode, public.fingerprint, at, digest, b"")
    return replace(bare, value=key.key.sign(bare.statement()))


def _check_time(key: PublicKey, at: datetime) -> None:
    if key.revoked_at is not None:
        raise SignatureRefused("key_revoked", fingerprint=key.fingerprint)
    if not key.covers(at):
        raise SignatureRefused("key_out_of_time", fingerprint=key.fingerprint, at=utc_text(at))


def verify(
    keys: Iterable[PublicKey],
    signature: Signature,
    content: bytes,
    *,
    purpose: Purpose,
    now: datetime,
) -> PublicKey:
    """Check a signature against the keys one trusts; returns the key that made it.

    Who signed is what the registry of keys says, never what the content says. Raises
    SignatureRefused: ``signer_unknown``, ``purpose_differs``, ``signer_differs``, ``key_revoked``,
    ``key_out_of_time``, ``signed_in_future``, ``content_differs``, ``signature_wrong``.
    """
    key = next((k for k in keys if k.fingerprint == signature.fingerprint), None)
    if key is None:
        claimed = {"fingerprint": signature.fingerprint, "adcode": signature.adcode}
        raise SignatureRefused("signer_unknown", **claimed)
    if key.purpose != purpose or signature.purpose != purpose:
        raise SignatureRefused("purpose_differs", purpose=signature.purpose.value)
    if key.adcode != signature.adcode:
        raise SignatureRefused("signer_differs", adcode=signature.adcode)
    _check_time(key, signature.signed_at)
    if signature.signed_at > now + SKEW:
        raise SignatureRefused("signed_in_future", at=utc_text(signature.signed_at))
    if hashlib.sha256(content).hexdigest() != signature.digest:
        raise SignatureRefused("content_differs")
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature.value, signature.statement())
    except InvalidSignature as error:
        raise SignatureRefused("signature_wrong", fingerprint=key.fingerprint) from error
    return key
