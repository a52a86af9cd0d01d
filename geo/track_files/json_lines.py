"""In which line of a JSON text a value stands, told only once something is wrong with it."""

from __future__ import annotations

import json
import re

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()

Path = tuple[str | int, ...]


def line_of(text: str, path: Path) -> int:
    """The line (from 1) in which the value at a path of names and indices begins.

    Args:
        text: well-formed JSON.
        path: as far as it leads; where it leads nowhere, what it came to counts.
    """
    at = _skip(text, 0)
    for step in path:
        found = _member(text, at, step)
        if found is None:
            break
        at = found
    return text.count("\n", 0, at) + 1


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found is not None else at


def _member(text: str, at: int, step: str | int) -> int | None:
    """Where a member of the object or array at `at` begins; of members of one name the last."""
    closing = {"{": "}", "[": "]"}.get(text[at])
    if closing is None:
        return None
    found, index, at = None, 0, _skip(text, at + 1)
    while text[at] != closing:
        name: str | int = index
        if closing == "}":
            name, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)  # past the colon
        if name == step:
            found = at
        at = _skip(text, _DECODER.raw_decode(text, at)[1])
        at = _skip(text, at + 1) if text[at] == "," else at
        index += 1
    return found
