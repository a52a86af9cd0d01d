"""What an audit entry's hash covers.

SHA-256 over a purpose prefix and the canonical JSON of every column but the hash itself. The
prefix keeps these hashes apart from any other use of SHA-256; its number changes when the fields
do. ``detail`` is hashed as the text that is stored, so reading it back cannot change it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from sharing.canonical import canonical

PURPOSE = b"lianfang-audit-1\0"

# What the first entry of a chain points back to.
GENESIS = "0" * 64

HASHED_FIELDS = (
    "chain",
    "number",
    "at",
    "actor_id",
    "actor_name",
    "actor_bureau_id",
    "action",
    "kind",
    "record_id",
    "detail",
    "prev_hash",
)


def entry_hash(entry: Mapping[str, object]) -> str:
    """Return the hash (hex) of an entry given as HASHED_FIELDS; raises NotCanonical."""
    return hashlib.sha256(PURPOSE + canonical(entry)).hexdigest()
