"""A Merkle tree over the records of a package (RFC 6962, section 2.1): one root for all of them.

A leaf is H(0x00 || data), a node H(0x01 || left || right), so that no node can be shown as a leaf.
Who has the root can check with a path of about log2(n) hashes that a record was among n others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of one record's bytes."""
    return hashlib.sha256(b"\0" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


class MerkleRoot:
    """Adds leaves one by one; memory grows with the logarithm of their number."""

    def __init__(self) -> None:
        self.size = 0
        # Roots of the full trees so far, the largest first; their sizes are the bits of `size`.
        self._full: list[bytes] = []

    def add(self, data: bytes) -> None:
        """Add the next record."""
        node, size = leaf_hash(data), self.size
        while size & 1:
            node = _node(self._full.pop(), node)
            size >>= 1
        self._full.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The root over all records added."""
        if not self._full:
            return EMPTY
        node = self._full[-1]
        for left in reversed(self._full[:-1]):
            node = _node(left, node)
        return node


def _split(size: int) -> int:
    """The largest power of two below a size of at least 2."""
    return 1 << (size - 1).bit_length() - 1


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaves[0]
    cut = _split(len(leaves))
    return _node(root_of(leaves[:cut]), root_of(leaves[cut:]))


def path_of(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes beside the way from a leaf to the root, from below; raises IndexError."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    cut = _split(len(leaves))
    if index < cut:
        return [*path_of(leaves[:cut], index), root_of(leaves[cut:])]
    return [*path_of(leaves[cut:], index - cut), root_of(leaves[:cut])]


def root_by_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a leaf at a place among ``size`` leaves leads to; None: no such path."""
    if not 0 <= index < size:
        return None
    if size == 1:
        return leaf if not path else None
    if not path:
        return None
    cut = _split(size)
    beside = path[-1]
    if index < cut:
        below = root_by_path(leaf, index, cut, path[:-1])
        return None if below is None else _node(below, beside)
    below = root_by_path(leaf, index - cut, size - cut, path[:-1])
    return None if below is None else _node(beside, below)
