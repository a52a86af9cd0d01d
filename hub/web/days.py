"""Days of the bureaus' clock as moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from hub.clock import SHANGHAI


def day_begins(day: date | None, *, after: int = 0) -> datetime | None:
    """When a local day begins (UTC), or one so many days after it; None stays None.

    The first day of the calendar begins, and its last one ends, where no moment can be written:
    as bounds of a list they leave nothing out, so they are none.
    """
    if day is None:
        return None
    try:
        local = datetime.combine(day, time.min, SHANGHAI) + timedelta(days=after)
        return local.astimezone(UTC)
    except OverflowError:
        return None


def day_of(text: str | None) -> date | None:
    """The day that a text names (ISO 8601), or None for none and for what is no day."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
