"""Input and output of the shares API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from hub.accounts.schemas import Strict
from hub.web.paging import DEFAULT_LIMIT, MAX_LIMIT

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class ShareIn(Strict):
    """To whom, and until when (null: as long as the agreement lasts)."""

    bureau_id: str = Field(max_length=36)
    until: AwareDatetime | None = None


class ReasonIn(Strict):
    """Why."""

    reason: Reason


class ActedIn(Strict):
    """What was done with it."""

    reason: Reason | None = None


class AskIn(Strict):
    """What more of it is needed for, and why."""

    purpose: Literal["joint_enforcement", "information"]
    reason: Reason


class GrantIn(Strict):
    """Which field groups, and until when."""

    field_groups: list[Annotated[str, Field(max_length=40)]] = Field(max_length=20)
    until: AwareDatetime


class Nothing(Strict):
    """An act that needs no words."""


class SharesQuery(BaseModel):
    """Which shares."""

    model_config = ConfigDict(extra="forbid")

    direction: Literal["received", "given"] | None = None
    state: Literal["active", "recalled", "expired"] | None = None
    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)
    cursor: str | None = Field(default=None, max_length=300)


class Step(BaseModel):
    """A rung of the ladder; without a time it was not reached."""

    rung: str
    label: str
    at: datetime | None
    who: str | None
    reason: str | None
    state: str | None


class AccessRequestOut(BaseModel):
    """A partner's request to see what is only announced to him, and the owner's answer."""

    state: Literal["open", "granted", "refused", "withdrawn"]
    purpose: str
    purpose_name: str
    reason: str
    asked_by_name: str
    asked_at: datetime
    due_at: datetime
    overdue: bool
    answered_by_name: str | None
    answered_at: datetime | None
    answer: str | None
    field_groups: list[str] | None
    until: datetime | None


class OnwardIn(Strict):
    """To which bureau a received case is to be passed on, and why."""

    bureau_id: str = Field(max_length=36)
    reason: Reason


class ConsentIn(Strict):
    """The owner's consent, for as long as the share or until an earlier moment."""

    until: AwareDatetime | None = None


class OnwardQuery(BaseModel):
    """For which bureau."""

    model_config = ConfigDict(extra="forbid")

    bureau: str = Field(max_length=36)


class OnwardOut(BaseModel):
    """A wish to pass a share on, and what came of it."""

    id: str
    to_bureau_id: str
    to_name: str
    reason: str
    asked_by_name: str
    asked_at: str
    due_at: str | None
    overdue: bool
    state: str
    open_now: bool
    answered_by_name: str | None
    answered_at: str | None
    answer: str | None


class ShareOut(BaseModel):
    """One record opened to one bureau, and how far that bureau came with it."""

    id: str
    version: int
    kind: str
    record_id: str
    record_number: str | None
    owner_bureau_id: str
    owner_name: str
    partner_bureau_id: str
    partner_name: str
    agreement_id: str
    agreement_number: str | None
    agreement_title: str | None
    agreement_version: int
    clause: str
    purpose: str
    purpose_name: str
    level: str
    field_groups: list[str]
    state: str
    running: bool
    created_at: datetime
    until: datetime | None
    keep_until: datetime | None
    ended_at: datetime | None
    ended_by_name: str | None
    end_reason: str | None
    receipts: list[Step]
    answer: str | None
    answer_due: datetime | None
    overdue: bool
    purged: bool
    access_request: AccessRequestOut | None
    onward_of: str | None
    passed_on_by: str | None
    onward: list[OnwardOut]


class SharesOut(BaseModel):
    """Shares, newest first."""

    items: list[ShareOut]
    next: str | None


class OpeningOut(BaseModel):
    """A reading or a copy by the partner; `copy`: it may still have one."""

    at: datetime
    who: str
    action: str
    text: str
    what: str | None
    copy_: bool = Field(alias="copy")


class OpenedOut(BaseModel):
    """Readings and copies, newest first."""

    items: list[OpeningOut]
    next: None = None
