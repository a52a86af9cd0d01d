"""Digests of files by name: those of Python, and SM3 (GB/T 32905), which not every Python has."""

from __future__ import annotations

import hashlib
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

SM3 = "sm3"


class Digest(Protocol):
    """What takes bytes and tells their digest."""

    def update(self, data: bytes, /) -> None:
        """Take further bytes."""

    def hexdigest(self) -> str:
        """The digest (hex) of all that was taken."""


class _Sm3:
    def __init__(self) -> None:
        self._hash = hashes.Hash(hashes.SM3())

    def update(self, data: bytes, /) -> None:
        self._hash.update(data)

    def hexdigest(self) -> str:
        return self._hash.copy().finalize().hex()


def new_digest(algorithm: str) -> Digest:
    """A fresh digest of that name: ``sm3``, or one of hashlib."""
    return _Sm3() if algorithm == SM3 else hashlib.new(algorithm, usedforsecurity=False)


def has_sm3() -> bool:
    """Whether this machine's OpenSSL knows SM3; one built without it does not."""
    try:
        _Sm3()
    except UnsupportedAlgorithm:
        return False
    return True
