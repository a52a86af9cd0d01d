"""The bureaus' clock: moments are stored in UTC, days and hours are those of Shanghai."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

# Days outside are slips of the pen wherever something is counted or packed.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)


def local_day(moment: datetime) -> date:
    """The day of the bureaus' clock on which an aware moment falls."""
    return moment.astimezone(SHANGHAI).date()
