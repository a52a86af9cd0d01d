"""Input and output of the action items API."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hub.accounts.schemas import Strict
from hub.patrols.field_schemas import FileOut

Id = Annotated[str, Field(max_length=36)]


class FilterQuery(BaseModel):
    """Which action items."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["open", "reported", "closed", "dropped"] | None = None
    side: Literal["ours", "theirs"] | None = None
    bureau: Id | None = None
    meeting: Id | None = None
    agreement: Id | None = None
    overdue: bool = False
    open_only: bool = False
    waiting: bool = Field(default=False, description="only what waits for you")
    q: str | None = Field(default=None, max_length=100)


class CommitmentsQuery(BaseModel):
    """Which promises."""

    model_config = ConfigDict(extra="forbid")

    bureau: Id | None = Field(default=None, description="the partner")
    kind: Literal["action_item", "request", "share", "access_request"] | None = None
    side: Literal["ours", "theirs"] | None = None
    status: Literal["on_time", "late", "overdue", "open"] | None = None


class ActIn(Strict):
    """An act: note, report (needs evidence), assign, postpone; confirm, return (the other side)."""

    act: Literal["note", "report", "assign", "postpone", "confirm", "return"]
    text: str | None = Field(default=None, max_length=4000)
    due_on: date | None = None
    person_id: Id | None = None


class ActionItemOut(BaseModel):
    """An action item."""

    id: str
    number: str
    version: int
    title: str
    detail: str
    state: str
    state_name: str
    tone: str
    overdue: bool
    late: bool
    bureau_id: str
    bureau_name: str
    own: bool
    person_id: str | None
    person_name: str
    due_on: str
    first_due_on: str
    due_at: str
    meeting_id: str
    meeting_number: str
    meeting_title: str
    decision_id: str | None
    promised_to: list[str]
    reported_at: str | None
    closed_at: str | None
    closed_by_name: str | None
    created_at: str
    created_by_name: str
    clocks: list[dict[str, Any]]


class EvidenceOut(FileOut):
    """A file and whose it is."""

    bureau_id: str


class ActionItemDetail(ActionItemOut):
    """The same with its course, evidence and the acts that the caller may do."""

    notes: list[dict[str, Any]]
    files: list[EvidenceOut]
    acts: list[str]


class ActionItemsOut(BaseModel):
    """A page of action items, newest first."""

    items: list[ActionItemOut]
    next: str | None


class CommitmentsOut(BaseModel):
    """Counts of both sides in all, by partner and quarter, and the newest promises."""

    total: dict[str, Any]
    partners: list[dict[str, Any]]
    quarters: list[dict[str, Any]]
    items: list[dict[str, Any]]
    count: int
    next: str | None
