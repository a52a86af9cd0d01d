"""Input and output of the schedule API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, Field

from hub.web.days import stretch

# A moment, or a local day (Asia/Shanghai), which means its first moment.
Point = AwareDatetime | date


def moment(point: datetime | date) -> datetime:
    """The moment that a point means.

    Raises:
        Invalid: a day of no year of ours.
    """
    return point if isinstance(point, datetime) else stretch(point, point, ("from", "to"))[0]


class StretchQuery(BaseModel):
    """A stretch of time; `to` is excluded."""

    since: Point = Field(alias="from")
    until: Point = Field(alias="to")


class ScheduleQuery(StretchQuery):
    """A stretch of time and what it is narrowed to."""

    # One state, or several with commas between them.
    state: str | None = Field(default=None, max_length=80)
    zone_id: str | None = Field(default=None, max_length=36)
    partner: str | None = Field(default=None, max_length=36)
    officer: str | None = Field(default=None, max_length=36)
    craft: str | None = Field(default=None, max_length=36)
    meetings: bool = True
    dues: bool = True


class ScheduleOut(BaseModel):
    """Entries in the order of their beginning."""

    items: list[dict[str, Any]]
