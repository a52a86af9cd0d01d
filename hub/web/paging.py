"""Cursors of lists: `{"items": [...], "next": cursor or null}`."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import orjson
from flask_babel import lazy_gettext as _l

from hub.errors import field_error

T = TypeVar("T")
DEFAULT_LIMIT = 50
MAX_LIMIT = 200


def encode_cursor(key: Sequence[str]) -> str:
    """An opaque cursor for the sort key of a page's last row."""
    return base64.urlsafe_b64encode(orjson.dumps(list(key))).decode().rstrip("=")


def decode_cursor(cursor: str | None, length: int) -> list[str] | None:
    """The sort key in a cursor, or None for the first page.

    Raises:
        Invalid: it was not made by `encode_cursor`.
    """
    if not cursor:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        key = orjson.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, binascii.Error) as error:
        raise field_error("cursor", _l("游标无效，请从第一页重新开始。")) from error
    if not isinstance(key, list) or len(key) != length or not all(isinstance(k, str) for k in key):
        raise field_error("cursor", _l("游标无效，请从第一页重新开始。"))
    return key


def page(
    rows: Sequence[T],
    limit: int,
    key: Callable[[T], Sequence[str]],
    view: Callable[[T], Any],
) -> dict[str, Any]:
    """A page from `limit + 1` fetched rows; rows whose view is None are left out."""
    shown = rows[:limit]
    more = len(rows) > limit
    items = [item for item in map(view, shown) if item is not None]
    return {"items": items, "next": encode_cursor(key(shown[-1])) if more else None}
