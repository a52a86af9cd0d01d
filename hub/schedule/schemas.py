"""Input and output of the schedule API."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, BaseModel, Field


class ScheduleQuery(BaseModel):
    """A stretch of time (`to` is excluded) and what it is narrowed to."""

    since: AwareDatetime = Field(alias="from")
    until: AwareDatetime = Field(alias="to")
    # One state, or several with commas between them.
    state: str | None = Field(default=None, max_length=80)
    zone_id: str | None = Field(default=None, max_length=36)
    partner: str | None = Field(default=None, max_length=36)
    officer: str | None = Field(default=None, max_length=36)
    craft: str | None = Field(default=None, max_length=36)
    meetings: bool = True


class ScheduleOut(BaseModel):
    """Entries in the order of their beginning."""

    items: list[dict[str, Any]]
