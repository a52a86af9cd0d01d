"""Canonical JSON bytes: the same value gives the same bytes, today and in ten years.

Rules: UTF-8, keys sorted by code point, no white space, no NaN or infinity, keys are text, times
are RFC 3339 in UTC with six decimals and ``Z``, dates are ISO 8601. Anything else is refused
rather than guessed at, because what is hashed or signed must be reproducible by others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime

from sharing.errors import NaiveDatetime, NotCanonical

_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


def utc_text(moment: datetime) -> str:
    """Write an aware time as RFC 3339 in UTC, e.g. ``2026-11-23T06:29:32.000000Z``.

    Raises NaiveDatetime when the time has no zone.
    """
    if moment.tzinfo is None:
        raise NaiveDatetime(value=moment.isoformat())
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _key(key: object) -> str:
    # json would turn 1 and "1" into the same key without a word.
    if not isinstance(key, str):
        raise NotCanonical(key=repr(key))
    return key


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {_key(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    raise NotCanonical(type=type(value).__name__)


def canonical_text(value: object) -> str:
    """Return the canonical JSON of a value as text.

    Raises NotCanonical for values without a canonical form, NaiveDatetime for zoneless times.
    """
    try:
        return _ENCODER.encode(_plain(value))
    except ValueError as error:  # NaN and infinity
        raise NotCanonical(reason=str(error)) from error


def canonical(value: object) -> bytes:
    """Return the canonical JSON of a value as UTF-8 bytes; raises as ``canonical_text`` does."""
    try:
        return canonical_text(value).encode("utf-8")
    except UnicodeEncodeError as error:  # a lone surrogate is not text
        raise NotCanonical(reason=error.reason) from error
