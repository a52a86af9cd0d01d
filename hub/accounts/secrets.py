"""Passwords, tokens and one-time codes: making and checking, nothing else."""

from __future__ import annotations

import base64
import hashlib
import secrets

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_HASHER = PasswordHasher()  # Argon2id with the library's current defaults (RFC 9106, low memory)
TOKEN_PREFIX = "lfp_"  # noqa: S105 - lets secret scanners recognise a leaked token
TOTP_STEP_SECONDS = 30
CODE_PURPOSE = b"lianfang sign-in code 1"
# Without the letters and digits that are mistaken for one another.
CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def hash_password(password: str) -> str:
    """Argon2id hash with its parameters."""
    return _HASHER.hash(password)


# Verified against when there is no such user, so that both answers take the same time.
_DECOY = hash_password(secrets.token_hex(8))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password is right; takes as long for an unknown user (stored None)."""
    try:
        return _HASHER.verify(stored or _DECOY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def new_code() -> tuple[str, str]:
    """The halves of a sign-in code, each for another person to hand over; about 80 random bits."""
    first, second = ("".join(secrets.choice(CODE_LETTERS) for _ in range(8)) for _half in range(2))
    return first, second


def plain_code(typed: str) -> str:
    """A sign-in code as it is hashed, however it was typed."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())


def new_session_token() -> str:
    """256 random bits for a cookie."""
    return secrets.token_urlsafe(32)


def new_access_token() -> str:
    """256 random bits for a program, recognisable by their prefix."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """SHA-256 (hex). Tokens are random, so a fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _cipher(secret_key: str, purpose: bytes = b"lianfang totp 1") -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=purpose).derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def seal_half(secret_key: str, half: str) -> str:
    """Encrypt half of a sign-in code for the database."""
    return _cipher(secret_key, CODE_PURPOSE).encrypt(half.encode()).decode()


def open_half(secret_key: str, sealed: str) -> str:
    """Decrypt it for whoever confirms."""
    return _cipher(secret_key, CODE_PURPOSE).decrypt(sealed.encode()).decode()


def seal_totp(secret_key: str, secret: str) -> str:
    """Encrypt a TOTP secret for the database."""
    return _cipher(secret_key).encrypt(secret.encode()).decode()


def open_totp(secret_key: str, sealed: str) -> str:
    """Decrypt a TOTP secret from the database."""
    return _cipher(secret_key).decrypt(sealed.encode()).decode()


def new_totp_secret() -> str:
    """A fresh base32 secret (RFC 6238)."""
    return pyotp.random_base32()


def totp_uri(secret: str, username: str) -> str:
    """The otpauth address that authenticator apps read from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name="Lianfang 联防")


def match_totp(secret: str, code: str, *, now: float, last_step: int) -> int | None:
    """The 30-second step for which the code is right, or None.

    A step at or before `last_step` is refused, so that a code works once (RFC 6238, 5.2); one step
    either way is tolerated for clock drift.
    """
    totp = pyotp.TOTP(secret)
    current = int(now) // TOTP_STEP_SECONDS
    for step in (current - 1, current, current + 1):
        expected = totp.at(step * TOTP_STEP_SECONDS)
        if step > last_step and secrets.compare_digest(expected, code):
            return step
    return None
