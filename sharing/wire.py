"""Reading JSON that somebody else wrote: strictly, or not at all."""

from __future__ import annotations

import json
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


def load_object(data: bytes, limit: int) -> dict[str, Any]:
    """Read one JSON object from UTF-8 bytes.

    Refused are more bytes than ``limit``, duplicate keys (two readers might take different ones),
    NaN and infinity, nesting without end, and anything that is not an object. Raises Malformed.
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
    return value


def typed(data: Mapping[str, Any], key: str, kind: type[T]) -> T:
    """The value of a key, of exactly this type; raises Malformed."""
    value = data.get(key)
    if type(value) is not kind:
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
