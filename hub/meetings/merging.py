"""Merging two texts that grew out of one: what only one side changed is taken from that side."""

from __future__ import annotations

import re
from dataclasses import dataclass

from merge3 import Merge3

# Texts are compared sentence by sentence, so that two in one paragraph do not meet.
_SENTENCE = re.compile(r"(?<=[。！？；\n])")


@dataclass(frozen=True)
class Merged:
    """The merged text; where both changed the same sentence, both stand in it between marks."""

    text: str
    conflict: bool


def merge(base: str, mine: str, theirs: str, my_name: str, their_name: str) -> Merged:
    """A three-way merge (the algorithm of diff3) of texts."""
    ancestor, ours, other = (_SENTENCE.split(text) for text in (base, mine, theirs))
    merging = Merge3(ancestor, ours, other)
    out: list[str] = []
    conflict = False
    for group in merging.merge_groups():
        if group[0] != "conflict":
            out += group[1]
            continue
        conflict = True
        out += _both("".join(group[2]), my_name) + _both("".join(group[3]), their_name)
    return Merged("".join(out), conflict)


def _both(text: str, name: str) -> list[str]:
    return [f"\n【{name}】{text.strip()}\n"]
