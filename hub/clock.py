"""The bureaus' clock: moments are stored in UTC, days and hours are those of Shanghai."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local_day(moment: datetime) -> date:
    """The day of the bureaus' clock on which an aware moment falls."""
    return moment.astimezone(SHANGHAI).date()
