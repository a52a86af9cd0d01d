"""What a request for features asks: which part of space and time, how many, in which system."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import shapely
from flask_babel import lazy_gettext as _l
from shapely.geometry import shape

from hub.errors import FieldError, Invalid
from hub.ogc.crs import CRS84, Box, checked, to_lon_lat
from hub.ogc.errors import BadQuery
from hub.web.paging import decode_cursor

DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000
PARAMETERS = frozenset({"bbox", "bbox-crs", "crs", "cursor", "datetime", "f", "limit"})
Span = tuple[datetime | None, datetime | None]


@dataclass(frozen=True)
class Window:
    """A request for features.

    Attributes:
        boxes: west, south, east, north in EPSG:4326; two where the box crosses the antimeridian,
            none for no limit in space.
        span: first and last moment, None being open; None for no limit in time.
        before: features come in descending order of their ids; those below this one are wanted.
    """

    boxes: tuple[Box, ...] = ()
    span: Span | None = None
    limit: int = DEFAULT_LIMIT
    before: str | None = None
    crs: str = CRS84

    def takes(self, feature: Mapping[str, Any], times: tuple[str, str] | None) -> bool:
        """Whether a feature (EPSG:4326) lies in the window.

        Args:
            times: the names of the properties that hold its first and last moment; a feature
                without a time is in every span (OGC 17-069r4, 7.15.4).
        """
        return self._in_space(feature["geometry"]) and self._in_time(feature["properties"], times)

    def _in_space(self, geometry: dict[str, Any] | None) -> bool:
        if not self.boxes:
            return True
        if geometry is None:
            return False
        drawn = shape(geometry)
        return any(drawn.intersects(shapely.box(*box)) for box in self.boxes)

    def _in_time(self, properties: Mapping[str, Any], times: tuple[str, str] | None) -> bool:
        if self.span is None or times is None:
            return True
        first, last = (properties.get(name) for name in times)
        start, end = self.span
        if end is not None and first is not None and _moment(first) > end:
            return False
        return not (start is not None and last is not None and _moment(last) < start)


def window_of(args: Mapping[str, str]) -> Window:
    """The window that a query string describes.

    Raises:
        BadQuery: a parameter is unknown or cannot be used; says which and what would be right.
    """
    unknown = sorted(set(args) - PARAMETERS)
    if unknown:
        text = _l("没有这个参数；可用：%(known)s。", known="、".join(sorted(PARAMETERS)))
        raise BadQuery([FieldError(name, text) for name in unknown])
    return Window(
        boxes=_boxes(args.get("bbox"), checked("bbox-crs", args.get("bbox-crs"))),
        span=_span(args.get("datetime")),
        limit=_limit(args.get("limit")),
        before=_before(args.get("cursor")),
        crs=checked("crs", args.get("crs")),
    )


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit() and int(text[:9]) >= 1 and len(text) <= 9):
        raise BadQuery([FieldError("limit", _l("应为正整数，例如 100。"))])
    # A larger number is no error: the server may hand out fewer (17-069r4, 7.15.2).
    return min(int(text), MAX_LIMIT)


def _before(cursor: str | None) -> str | None:
    try:
        key = decode_cursor(cursor, 1)
    except Invalid as error:
        raise BadQuery(error.errors) from error
    return key[0] if key else None


def _boxes(text: str | None, uri: str) -> tuple[Box, ...]:
    if not text:
        return ()
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise _bad_box() from error
    if len(numbers) == 6:  # with heights, which nothing here has
        numbers = [numbers[i] for i in (0, 1, 3, 4)]
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)):
        raise _bad_box()
    west, south, east, north = to_lon_lat((numbers[0], numbers[1], numbers[2], numbers[3]), uri)
    # transform_bounds answers with infinities for what the system does not cover.
    if not all(map(math.isfinite, (west, south, east, north))) or south > north:
        raise _bad_box()
    if west > east:
        return (west, south, 180.0, north), (-180.0, south, east, north)
    return ((west, south, east, north),)


def _bad_box() -> BadQuery:
    text = _l("应为四个数：两个最小值、两个最大值，例如 120.3,30.8,120.6,31.0。")
    return BadQuery([FieldError("bbox", text)])


def _span(text: str | None) -> Span | None:
    if not text:
        return None
    first, slash, last = text.partition("/")
    try:
        start = _moment(first) if first not in ("", "..") else None
        end = start if not slash else _moment(last) if last not in ("", "..") else None
    except ValueError as error:
        raise _bad_span() from error
    if (start is None and end is None) or (start and end and start > end):
        raise _bad_span()
    return start, end


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _bad_span() -> BadQuery:
    text = _l("应为时刻或时段，例如 2026-03-01T00:00:00Z/..。")
    return BadQuery([FieldError("datetime", text)])
