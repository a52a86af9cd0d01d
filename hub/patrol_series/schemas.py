"""Input and output of the API of patrol series."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from hub.accounts.schemas import Strict
from hub.patrols.schemas import Item, Ref

Minutes = Annotated[int, Field(ge=15, le=1440)]


class SeriesChange(Strict):
    """What is to be otherwise; what is left out stays."""

    # Takes zone, route, people, craft and checklist anew from a patrol.
    patrol_id: Ref | None = None
    title: str | None = Field(default=None, min_length=1, max_length=200)
    # RRULE value; or before holidays.
    rule: str | None = Field(default=None, max_length=200)
    before_holidays: bool = False
    starts_at: AwareDatetime | None = None
    minutes: Minutes | None = None
    lead_days: int | None = Field(default=None, ge=1, le=90)
    checklist: list[Item] | None = Field(default=None, max_length=50)
    note: str | None = Field(default=None, max_length=4000)


class SeriesIn(SeriesChange):
    """A new series: its template is a patrol, and it has a rule or comes before holidays."""

    patrol_id: Ref
    rule: str = Field(default="FREQ=WEEKLY;INTERVAL=2", max_length=200)


class ProposeIn(Strict):
    """Which date, as it is by the rule."""

    original: AwareDatetime


class ApproveIn(Strict):
    """Which text was read."""

    plan_version: int = Field(ge=1, le=1_000_000)
    content_hash: str = Field(pattern=r"^[0-9a-f]{64}$")


class ExceptionIn(Strict):
    """One date: skipped, moved or changed; all left out: as by the rule."""

    original: AwareDatetime
    skipped: bool = False
    starts_at: AwareDatetime | None = None
    minutes: Minutes | None = None
    title: str | None = Field(default=None, max_length=200)
    reason: str | None = Field(default=None, max_length=500)


class DatesQuery(BaseModel):
    """Which of the dates that are over."""

    # Only those that are not as by the rule.
    exceptions: bool = False


class DatesOut(BaseModel):
    """A page of the dates that are over, the latest first."""

    items: list[dict[str, Any]]
    next: str | None


class SeriesOut(BaseModel):
    """A series as its parties see it."""

    model_config = ConfigDict(extra="allow")

    id: str
    version: int
    title: str
    state: str
    rule: str
    rule_name: str
    next: list[dict[str, Any]]


class PreviewOut(BaseModel):
    """What a change would do; `becomes` is stays, renewed or called_off."""

    changes: list[dict[str, Any]]
    withdrawn: list[dict[str, Any]]
    dates: list[dict[str, Any]]
    patrols: list[dict[str, Any]]


class SeriesListOut(BaseModel):
    """The series of the own bureau."""

    items: list[SeriesOut]
