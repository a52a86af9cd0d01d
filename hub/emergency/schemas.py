"""Input and output of emergency access."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from hub.accounts.schemas import Strict


class BeginIn(Strict):
    """Which case of the own bureau, and what the emergency is."""

    case: str = Field(min_length=1, max_length=60, description="number or id of the case")
    reason: str = Field(min_length=1, max_length=1000)


class ReviewIn(Strict):
    """What the review came to; a verdict against it needs a remark."""

    verdict: Literal["justified", "not_justified"]
    remark: str = Field(default="", max_length=1000)


class ListQuery(Strict):
    """Which uses; `since` and `until` bound the beginning, `until` excluded."""

    verdict: Literal["waiting", "justified", "not_justified"] | None = None
    overdue: bool = False
    running: bool = False
    user_id: str | None = Field(default=None, max_length=36)
    since: datetime | None = None
    until: datetime | None = None


class PagedQuery(ListQuery):
    """A page of them."""

    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=500)


class UseOut(BaseModel):
    """A use of emergency access; of the case its number alone."""

    id: str
    version: int
    case_id: str
    number: str
    user_id: str
    user_name: str
    reason: str
    begun_at: str
    until: str
    running: bool
    ended_at: str | None
    ended_by_name: str | None
    readings: int
    last_read_at: str | None
    verdict: str
    verdict_name: str
    tone: str
    remark: str
    reviewed_by_name: str | None
    reviewed_at: str | None
    review_due: str
    overdue: bool
    may_end: bool | None = None
    may_review: bool | None = None


class UsesOut(BaseModel):
    """Uses, newest first."""

    items: list[UseOut]
    next: str | None
