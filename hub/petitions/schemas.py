"""Input and output of the petitions API."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from hub.accounts.schemas import Strict
from hub.petitions.machine import ACTS

Category = Literal["odour", "noise", "water", "air", "dust", "waste", "ecology", "other"]
Channel = Literal["12345", "12369", "visit", "letter", "phone", "online", "other"]
State = Literal[
    "registered", "screened", "own", "joint", "referred", "accepted", "investigating",
    "mediating", "agreed", "failed", "answered", "followed_up", "closed", "not_accepted",
]  # fmt: skip
ActName = Literal[
    "screen", "take_own", "ask_joint", "refer", "not_accept", "join", "decline_joint",
    "withdraw_joint", "accept", "investigate", "visit", "mediate", "mediation", "note", "agree",
    "fail", "answer", "follow_up", "approve_close", "close", "extend",
]  # fmt: skip
if set(ActName.__args__) != ACTS.keys():  # type: ignore[attr-defined]
    raise RuntimeError("the API names other acts than the state machine has")


class ReporterIn(Strict):
    """Who brought a petition; it is sealed and shown in no view."""

    name: str | None = Field(default=None, max_length=100)
    contact: str | None = Field(default=None, max_length=100)
    address: str | None = Field(default=None, max_length=300)


class PetitionFields(Strict):
    """What is written of a petition; only given fields change."""

    title: str | None = Field(default=None, max_length=200)
    category: Category | None = None
    channel: Channel | None = None
    text: str | None = Field(default=None, max_length=8000)
    classification: int | None = Field(default=None, ge=1, le=4)
    lon: float | None = Field(default=None, ge=-180, le=180)
    lat: float | None = Field(default=None, ge=-90, le=90)
    place: str | None = Field(default=None, max_length=300)
    occurred_at: AwareDatetime | None = None
    received_at: AwareDatetime | None = None
    firm_name: str | None = Field(default=None, max_length=200)
    firm_uscc: str | None = Field(default=None, max_length=24)
    handler_id: str | None = Field(default=None, max_length=36)


class PetitionIn(PetitionFields):
    """A complaint as it is taken in."""

    title: str = Field(min_length=1, max_length=200)
    category: Category
    channel: Channel
    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    reporter: ReporterIn | None = Field(default=None, description="sealed; never shared")


class PetitionPatch(PetitionFields):
    """Changed fields; the agreement while it is mediated, the reply until it is answered."""

    settlement: str | None = Field(default=None, max_length=8000)
    reply: str | None = Field(default=None, max_length=8000)


class ActIn(Strict):
    """An act with what belongs to it."""

    act: ActName
    text: str | None = Field(default=None, max_length=4000)
    partner_id: str | None = Field(default=None, max_length=36, description="for ask_joint")
    days: int | None = Field(default=None, ge=1, le=366, description="for extend")
    content_hash: str | None = Field(
        default=None, pattern="^[0-9a-f]{64}$", description="for approve_close: what you read"
    )


class FilterQuery(BaseModel):
    """Filters; days are local (Asia/Shanghai), the last one included."""

    scope: Literal["own", "joint", "received"] | None = None
    state: State | None = None
    category: Category | None = None
    channel: Channel | None = None
    handler: str | None = Field(default=None, max_length=36)
    bureau: str | None = Field(default=None, max_length=36)
    received_from: dt.date | None = None
    received_to: dt.date | None = None
    overdue: bool = False
    open_only: bool = False
    q: str | None = Field(default=None, max_length=100)


class StepOut(BaseModel):
    """One step, as the reader's side reads it."""

    act: str
    label: str
    state: str
    bureau_id: str
    bureau_name: str
    who: str
    at: dt.datetime
    text: str | None


class PetitionOut(BaseModel):
    """A petition as this reader may see it: fields that are not open are absent."""

    id: str
    number: str
    version: int
    own: bool
    owner_bureau_id: str
    owner_name: str
    contact: str | None = None
    partner_bureau_id: str | None = None
    partner_name: str | None = None
    joint_state: str | None = None
    joint_state_name: str | None = None
    joint_tone: str | None = None
    joint_asked_at: dt.datetime | None = None
    title: str | None = None
    category: str | None = None
    category_name: str | None = None
    state: str | None = None
    state_name: str | None = None
    tone: str | None = None
    classification: int | None = None
    occurred_at: dt.datetime | None = None
    received_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None
    adcode: str | None = None
    lon: float | None = None
    lat: float | None = None
    place: str | None = None
    firm_name: str | None = None
    firm_uscc: str | None = None
    text: str | None = None
    steps: list[StepOut] | None = None
    clocks: list[dict[str, Any]] | None = None
    overdue: bool | None = None
    settlement: str | None = None
    settlement_number: str | None = None
    reply: str | None = None
    reply_number: str | None = None
    answered_at: dt.datetime | None = None
    approvals: list[dict[str, Any]] | None = None
    content_hash: str | None = None
    closed_hash: str | None = None
    channel: str | None = None
    channel_name: str | None = None
    handler_id: str | None = None
    handler_name: str | None = None
    created_by_name: str | None = None
    created_at: dt.datetime | None = None
    has_reporter: bool | None = None
    access: dict[str, Any] | None = None


class ActOut(BaseModel):
    """An act that the caller may do now."""

    act: str
    label: str
    words: str
    form: str
    danger: bool


class RepeatOut(BaseModel):
    """Another petition of the same contact in the bureau's own register."""

    id: str
    number: str
    title: str
    state_name: str
    received_at: dt.datetime


class PetitionDetail(PetitionOut):
    """The same with what this person may do; `repeats` for those who may look at the reporter."""

    acts: list[ActOut]
    may_change: bool
    may_look: bool
    repeats: list[RepeatOut]


class PetitionsOut(BaseModel):
    """A page of petitions, newest first."""

    items: list[PetitionOut]
    next: str | None


class FeaturesOut(BaseModel):
    """GeoJSON (RFC 7946)."""

    model_config = ConfigDict(extra="allow")

    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]]


class ReporterOut(BaseModel):
    """Who brought a petition, for the intake alone."""

    name: str
    contact: str
    address: str
