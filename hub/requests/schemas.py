"""Input and output of the requests API."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from hub.accounts.schemas import Strict
from hub.cases.schemas import Category, PreviewOut, PreviewPerson
from hub.patrols.field_schemas import FileOut
from hub.requests.machine import ACTS, STATES

RequestKind = Literal["assistance", "referral", "transfer", "joint_handling", "police"]
Line = Annotated[str, Field(max_length=500)]
UserId = Annotated[str, Field(max_length=36)]
ActName = Annotated[str, Field(max_length=30, json_schema_extra={"enum": list(ACTS)})]
StateName = Annotated[str, Field(max_length=30, json_schema_extra={"enum": list(STATES)})]


class LeadIn(Strict):
    """The facts of a lead; what is not given comes from the finding or case. WGS 84."""

    category: Category | None = None
    description: str | None = Field(default=None, max_length=8000)
    place: str | None = Field(default=None, max_length=300)
    party_name: str | None = Field(default=None, max_length=200)
    pollutant: str | None = Field(default=None, max_length=200)
    lon: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    lat: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)


class RequestFields(Strict):
    """What may be changed in a draft; what is not given stays."""

    body: str | None = Field(default=None, max_length=8000, description="what happened, why")
    legal_basis: str | None = Field(default=None, max_length=1000)
    questions: list[Line] | None = Field(default=None, max_length=30)
    wanted: list[Line] | None = Field(default=None, max_length=30, description="documents")
    contact_name: str | None = Field(default=None, max_length=100)
    contact_phone: str | None = Field(default=None, max_length=40)
    addressee: str | None = Field(default=None, max_length=200, description="police: its name")
    due_at: AwareDatetime | None = None
    classification: int | None = Field(default=None, ge=1, le=4)
    opens_case: bool | None = Field(
        default=None, description="open the case to the receiver, as far as the terms allow"
    )
    lead: LeadIn | None = None
    major: bool | None = Field(
        default=None, description="referral, transfer: a grave matter, to be taken up in 24 hours"
    )
    team: list[UserId] | None = Field(default=None, max_length=20, description="own handlers")
    absent: dict[Literal["goods", "opinion"], Line] | None = Field(
        default=None, description="police: why a document does not exist"
    )


class RequestIn(RequestFields):
    """A new draft of the caller's bureau."""

    kind: RequestKind
    title: str = Field(min_length=1, max_length=200)
    receiver_bureau_id: str | None = Field(default=None, max_length=36)
    case_id: str | None = Field(default=None, max_length=36)
    finding_id: str | None = Field(default=None, max_length=36)
    opinion_at: AwareDatetime | None = Field(
        default=None, description="when the prosecutor's opinion to transfer came"
    )


class RequestPatch(RequestFields):
    """A change of a draft."""

    title: str | None = Field(default=None, max_length=200)


class ActIn(Strict):
    """An act of the state machine; `acts` of the request says which are open and what they take."""

    act: ActName
    text: str | None = Field(default=None, max_length=4000)
    code: Literal["not_in_powers", "unlawful", "blocks_own_duty"] | None = None
    answers: list[Annotated[str, Field(max_length=4000)]] | None = Field(
        default=None, max_length=30
    )
    document_number: str | None = Field(default=None, max_length=100)
    file_id: str | None = Field(default=None, max_length=36)
    bureau_id: str | None = Field(default=None, max_length=36)
    handlers: list[UserId] | None = Field(default=None, max_length=20)
    addressee: str | None = Field(
        default=None, max_length=200, description="police: to which body it was forwarded"
    )
    at: AwareDatetime | None = Field(
        default=None, description="police: when it happened, if not now; terms count from then"
    )


class RequestFilterQuery(BaseModel):
    """Which requests."""

    model_config = ConfigDict(extra="forbid")

    direction: Literal["in", "out"] | None = None
    kind: RequestKind | None = None
    state: StateName | None = None
    waiting: bool = Field(default=False, description="only what you can act on next")
    overdue: bool = False
    open_only: bool = False
    bureau: str | None = Field(default=None, max_length=36, description="the other side")
    case: str | None = Field(default=None, max_length=36)
    finding: str | None = Field(default=None, max_length=36)
    q: str | None = Field(default=None, max_length=100)


class CaseRef(BaseModel):
    """A case as far as this reader sees it."""

    id: str | None
    number: str
    title: str | None
    stage: str | None
    own: bool
    owner_name: str | None


class Rung(BaseModel):
    """A rung of the ladder of receipts."""

    state: str
    label: str
    at: str | None
    who: str | None
    mark: str | None


class StepOut(BaseModel):
    """One act; `hidden`: the terms do not show its words now."""

    act: str
    label: str
    state: str
    state_name: str
    bureau_id: str
    bureau_name: str
    own: bool
    who: str
    at: str
    happened_at: str | None
    text: str | None
    hidden: bool
    ground: str | None
    document_number: str | None
    file_id: str | None


class ActOut(BaseModel):
    """An act that this reader may do now, and what it takes."""

    act: str
    label: str
    words: str
    form: str
    timed: bool
    danger: bool


class RequestFileOut(FileOut):
    """A file and whose it is."""

    bureau_id: str


class LetterOut(FileOut):
    """A letter as Word or PDF: the request's own (act `send`) or that of an answer."""

    number: str
    bureau_id: str
    act: str
    label: str


class HandlerOut(BaseModel):
    """A person."""

    id: str
    name: str


class RequestOut(BaseModel):
    """A request as this reader may see it."""

    id: str
    number: str
    version: int
    kind: str
    kind_name: str
    state: str
    state_name: str
    tone: str
    direction: str
    sender_bureau_id: str
    sender_name: str
    receiver_bureau_id: str | None
    receiver_name: str
    title: str
    body: str
    legal_basis: str
    questions: list[str]
    wanted: list[str]
    contact_name: str
    contact_phone: str
    due_at: str | None
    overdue: bool
    waits_for: str | None
    classification: int
    answers: list[str] | None
    document_number: str | None
    signed_by_name: str | None
    clause: str | None
    agreement_number: str | None
    sent_at: str | None
    created_at: str
    created_by_name: str | None
    finding_id: str | None
    opens_case: bool | None
    case: CaseRef | None
    result_case: CaseRef | None
    ladder: list[Rung]
    steps: list[StepOut]
    files: list[RequestFileOut]
    letters: list[LetterOut]
    clocks: list[dict[str, Any]]
    acts: list[ActOut]
    lead: dict[str, Any] | None
    handlers: dict[str, list[HandlerOut]]
    dispute: dict[str, Any] | None
    checklist: dict[str, str]
    absent: dict[str, str]
    missing: list[str]
    opinion_at: str | None
    major: bool
    escalated_at: str | None


class RequestPreview(BaseModel):
    """What the receiver would get of a draft if it were sent at this moment."""

    receiver_bureau_id: str
    receiver_name: str
    may_send: bool
    reason: str
    reason_text: str | None
    clause: str | None
    people: list[PreviewPerson]
    lead: dict[str, Any] | None
    files: list[str]
    opens_case: bool
    gives_case: bool
    case: PreviewOut | None


class RequestsOut(BaseModel):
    """A page of requests, newest first."""

    items: list[RequestOut]
    next: str | None
