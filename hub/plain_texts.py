"""Text as people read it: what cannot be seen, and what turns other text around, is left out.

Every text of a body comes through here (`hub.accounts.schemas.Strict`), every cell of a sheet too;
so no feature has to think of it, and no screen, letter or file shows another name than is stored.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

LINES = frozenset("\n\t")
# Control characters, and invisible ones: direction marks, joiners, byte order mark.
UNSEEN = frozenset({"Cc", "Cf"})
# Halves of pairs: left out too where nobody is there to be told; a body that has one is refused.
HALVES = frozenset({"Cs"})
# In GeoJSON there are no texts below this, and perhaps a million numbers.
NUMBERS = "coordinates"


def plain(text: str, kept: frozenset[str] = LINES, unseen: frozenset[str] = UNSEEN) -> str:
    """A text in NFC without the characters of the classes `unseen`, but for those in `kept`."""
    if text.isascii() and text.isprintable():
        return text
    normal = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    return "".join(c for c in normal if c in kept or unicodedata.category(c) not in unseen)


def plain_within(value: Any) -> Any:
    """The same of every text in JSON, names of fields included; other values as they are."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [plain_within(one) for one in value]
    if isinstance(value, Mapping):
        return {
            plain(name): one if name == NUMBERS else plain_within(one)
            for name, one in value.items()
        }
    return value
