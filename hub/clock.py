"""The bureaus' clock: moments are stored in UTC, days and hours are those of Shanghai."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

# Days outside are slips of the pen wherever something is counted or packed.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)


def local_day(moment: datetime) -> date:
    """The day of the bureaus' clock on which an aware moment falls."""
    return moment.astimezone(SHANGHAI).date()


def local_text(moment: datetime) -> str:
    """An aware moment in files for people, to the second: `2026-11-27 13:05:09+08:00`.

    By the bureaus' clock with its offset (ISO 8601 with a space), so that it says the same to who
    reads it and to whatever reads it back. What has no place on that clock stays as it is.
    """
    with suppress(OverflowError):
        moment = moment.astimezone(SHANGHAI)
    return moment.replace(microsecond=0).isoformat(sep=" ")
