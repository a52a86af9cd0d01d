"""Reading JSON that somebody else wrote: strictly, or not at all."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from sharing.errors import Malformed

T = TypeVar("T")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("json_duplicate_key")
    return found


def _no_constant(name: str) -> object:
    raise Malformed("json_not_a_number", value=name)


# What a column of whole numbers holds.
MOST_COUNTED = (1 << 31) - 1
# Deeper than any view, and than readers with a stack of their own can follow.
DEEPEST = 32
# What every reader of JSON reads as the same number (RFC 8259, section 6), and no database refuses.
LARGEST = (1 << 53) - 1
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_HALVES = re.compile("[\ud800-\udfff]")


def _check_values(value: object) -> None:
    """Refuse what is JSON and yet breaks somebody who keeps, shows or hashes it."""
    waiting: list[tuple[object, int]] = [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        if depth > DEEPEST:
            raise Malformed("json_deep", limit=DEEPEST)
        if isinstance(one, dict):
            waiting += [(key, depth + 1) for key in one]
            waiting += [(item, depth + 1) for item in one.values()]
        elif isinstance(one, list):
            waiting += [(item, depth + 1) for item in one]
        else:
            _check_value(one)


def _check_value(value: object) -> None:
    if isinstance(value, str):
        if _HALVES.search(value):
            raise Malformed("json_unreadable")
        if _CONTROLS.search(value):
            raise Malformed("json_control")
    elif isinstance(value, float) and not math.isfinite(value):
        raise Malformed("json_not_a_number", value=str(value))
    elif isinstance(value, int) and abs(value) > LARGEST:
        raise Malformed("json_number", limit=LARGEST)


def load_object(data: bytes, limit: int) -> dict[str, Any]:
    """Read one JSON object from UTF-8 bytes.

    Refused are more bytes than ``limit``, duplicate keys (two readers might take different ones),
    NaN and infinity, numbers too large for some readers, control characters, nesting without end,
    and anything that is not an object. Raises Malformed.
    """
    if len(data) > limit:
        raise Malformed("json_too_long", limit=limit)
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_pairs, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise Malformed("json_unreadable") from error
    if not isinstance(value, dict):
        raise Malformed("json_no_object")
    _check_values(value)
    return value


def typed(data: Mapping[str, Any], key: str, kind: type[T]) -> T:
    """The value of a key, of exactly this type; raises Malformed."""
    value = data.get(key)
    if type(value) is not kind:
        raise Malformed("field_wrong", field=key)
    return value


def counted(data: Mapping[str, Any], key: str, least: int = 0, most: int = MOST_COUNTED) -> int:
    """A whole number between two bounds; raises Malformed."""
    value = typed(data, key, int)
    if not least <= value <= most:
        raise Malformed("field_wrong", field=key)
    return value


def named(data: Mapping[str, Any], key: str, most: int = 64) -> str:
    """One line that names something, not empty, at most so long; raises Malformed."""
    value = typed(data, key, str)
    if not 0 < len(value) <= most or not value.isprintable():
        raise Malformed("field_wrong", field=key)
    return value


def optional(data: Mapping[str, Any], key: str, kind: type[T]) -> T | None:
    """The same, or None where it is absent or null."""
    return None if data.get(key) is None else typed(data, key, kind)


def only_keys(data: Mapping[str, Any], known: Iterable[str]) -> None:
    """Refuse keys that this version does not know: one of them may be a restriction."""
    unknown = sorted(set(data) - set(known))
    if unknown:
        raise Malformed("field_unknown", field=unknown[0])


def moment(data: Mapping[str, Any], key: str) -> datetime:
    """A time with its zone; raises Malformed."""
    try:
        value = datetime.fromisoformat(typed(data, key, str))
    except ValueError as error:
        raise Malformed("field_wrong", field=key) from error
    if value.tzinfo is None:
        raise Malformed("field_wrong", field=key)
    return value


def optional_moment(data: Mapping[str, Any], key: str) -> datetime | None:
    """The same, or None where it is absent or null."""
    return None if data.get(key) is None else moment(data, key)


def hex_digest(data: Mapping[str, Any], key: str) -> str:
    """A SHA-256 as 64 lower-case hexadecimal digits; raises Malformed."""
    value = typed(data, key, str)
    if len(value) != 64 or set(value) - set("0123456789abcdef"):
        raise Malformed("field_wrong", field=key)
    return value
