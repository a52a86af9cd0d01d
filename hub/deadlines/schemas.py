"""Input and output of the deadlines API."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, Field

from hub.accounts.schemas import Strict


class RuleIn(Strict):
    """A new version of a rule. `apply_to_running`: clocks under way go on by it too."""

    name: str = Field(min_length=1, max_length=200)
    name_en: str = Field(default="", max_length=200)
    trigger: str = Field(min_length=1, max_length=300)
    trigger_en: str = Field(default="", max_length=300)
    amount: int = Field(ge=1, le=3650)
    unit: Literal["minute", "hour", "day", "workday", "year"]
    direction: Literal["after", "before"] = "after"
    rolls: bool = True
    max_extension: int | None = Field(default=None, ge=1, le=3650)
    collective_above: int | None = Field(
        default=None, ge=0, le=3650, description="beyond so much collective discussion is needed"
    )
    pausable: bool = False
    warn_percent: int = Field(default=20, ge=0, le=100)
    legal_ref: str = Field(min_length=1, max_length=300)
    source: str = Field(min_length=1, max_length=500)
    mark: Literal["verified", "secondary", "unverified", "model", "proposed"]
    note: str | None = Field(default=None, max_length=2000)
    valid_from: dt.date
    valid_to: dt.date | None = None
    apply_to_running: bool = False


class RuleOut(BaseModel):
    """A version of a rule."""

    code: str
    version: int
    name: str
    name_en: str
    trigger: str
    trigger_en: str
    amount: int
    unit: str
    unit_name: str
    direction: str
    rolls: bool
    max_extension: int | None
    collective_above: int | None
    pausable: bool
    warn_percent: int
    legal_ref: str
    source: str
    mark: str
    mark_name: str
    note: str
    valid_from: dt.date
    valid_to: dt.date | None
    entered_by_name: str | None
    entered_at: dt.datetime


class RulesOut(BaseModel):
    """The newest version of every rule."""

    items: list[RuleOut]
    next: str | None


class HistoryOut(BaseModel):
    """All versions of a rule, newest first."""

    items: list[RuleOut]
    next: str | None


class ClockFilterQuery(BaseModel):
    """Filters of the list of clocks."""

    state: Literal["open", "overdue", "running", "paused", "met", "cancelled", "all"] = "open"
    kind: str | None = Field(default=None, max_length=32)
    side: Literal["own"] | None = Field(
        default=None, description="own: what your bureau has to keep, not what it follows"
    )


class ClockOut(BaseModel):
    """A clock at this moment."""

    id: str
    kind: str
    subject_id: str
    rule_code: str
    rule_name: str
    state: str
    state_name: str
    starts_at: dt.datetime
    due_at: dt.datetime
    near: bool
    remaining: str
    late: bool
    extended: bool
    legal_ref: str
    mark: str
    mark_name: str
    provisional: bool
    provisional_reason: str | None
    bureau_id: str
    person_id: str | None
    overdue: bool


class ClocksOut(BaseModel):
    """A page of clocks, soonest first."""

    items: list[ClockOut]
    next: str | None
