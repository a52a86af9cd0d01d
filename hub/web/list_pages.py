"""Pages of lists: what their address asks for, as filters and for the links of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from hub.web.days import day_begins, day_of
from sharing.canonical import utc_text


def period_of(args: Mapping[str, str]) -> dict[str, datetime | None]:
    """The days `from` to `to` of an address, the last one included, as `since` and `until`."""
    return {
        "since": day_begins(day_of(args.get("from"))),
        "until": day_begins(day_of(args.get("to")), after=1),
    }


def queried(args: Mapping[str, str]) -> dict[str, str]:
    """What an address narrows its list to, for the links to other pages of the list."""
    return {name: value for name, value in args.items() if value and name != "cursor"}


def as_query(wanted: Any) -> dict[str, Any]:
    """What a filter (a dataclass) has beside its defaults, as a query of the API."""
    asked = {one.name: (getattr(wanted, one.name), one.default) for one in fields(wanted)}
    return {name: _text(value) for name, (value, unset) in asked.items() if value != unset}


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return utc_text(value)
    return str(value).lower() if isinstance(value, bool) else value
