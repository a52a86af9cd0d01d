"""Days of the bureaus' clock as moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from flask_babel import lazy_gettext as _l

from hub.clock import FIRST_DAY, LAST_DAY, SHANGHAI
from hub.errors import field_error


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


def known_day(name: str, day: date) -> date:
    """A day of the calendar that the hub counts by, for which work can have been done.

    Raises:
        Invalid: of no year of ours; `name` is the field.
    """
    if not FIRST_DAY <= day <= LAST_DAY:
        raise field_error(name, _l("年份应在2000年至2100年之间。"))
    return day


def stretch(
    first: date, last: date, names: tuple[str, str] = ("since", "until")
) -> tuple[datetime, datetime]:
    """From the first moment of a local day to the first one after another (UTC).

    Raises:
        Invalid: a day of no year of ours; `names` are the fields.
    """
    days = [known_day(name, day) for name, day in zip(names, (first, last), strict=True)]
    begins, last_begins = (datetime.combine(day, time.min, SHANGHAI) for day in days)
    return begins.astimezone(UTC), (last_begins + timedelta(days=1)).astimezone(UTC)


def day_of(text: str | None) -> date | None:
    """The day that a text names (ISO 8601), or None for none and for what is no day."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
