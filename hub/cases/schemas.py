"""Input and output of the cases API."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from hub.accounts.schemas import Strict
from hub.cases.models import CaseStage, Outcome

Category = Literal[
    "water", "air", "solid_waste", "hazardous_waste", "noise", "soil", "permit", "other"
]


class CaseFields(Strict):
    """What an officer may write into a case; what is not given stays, null empties a text."""

    party_name: str | None = Field(default=None, max_length=200)
    party_uscc: str | None = Field(default=None, max_length=24, description="GB 32100 code")
    pollutant: str | None = Field(default=None, max_length=200)
    waste_code: str | None = Field(default=None, max_length=20, description="e.g. 336-064-17")
    description: str | None = Field(default=None, max_length=8000)
    place: str | None = Field(default=None, max_length=300)
    own_number: str | None = Field(
        default=None, max_length=100, description="its number in the bureau's own system; internal"
    )
    classification: int | None = Field(default=None, ge=1, le=4)
    handlers: list[str] | None = Field(default=None, max_length=20, description="user ids")
    criminal_suspected: bool | None = Field(
        default=None, description="then it goes to the police before anything is decided here"
    )


class CaseIn(CaseFields):
    """A new case of the caller's bureau; the place is lon, lat in WGS 84."""

    title: str = Field(min_length=1, max_length=200)
    category: Category
    stage: Literal["lead", "filed"] = "lead"
    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)


class CasePatch(CaseFields):
    """A change of a case."""

    title: str | None = Field(default=None, max_length=200)
    category: Category | None = None
    stage: CaseStage | None = None
    lon: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    lat: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)


class StepIn(Strict):
    """A step to another stage."""

    to: CaseStage
    at: AwareDatetime | None = Field(default=None, description="when it was done; now if absent")
    reason: str = Field(default="", max_length=1000)
    document_number: str = Field(default="", max_length=100)
    outcome: Outcome | None = Field(default=None, description="for the decision")
    reviewer_id: str | None = Field(
        default=None, max_length=36, description="who reviewed it; the caller if absent"
    )
    chair_id: str | None = Field(default=None, max_length=36, description="who chairs the hearing")
    hearing_waived: bool = Field(
        default=False, description="the party gave up its hearing before the term was over"
    )


class StepOut(BaseModel):
    """A step that was taken."""

    id: str
    from_stage: str
    to_stage: str
    stage_name: str
    at: str
    entered_at: str
    late_entry: bool
    by_name: str
    reason: str
    document_number: str


class StepsOut(BaseModel):
    """The steps of an own case, oldest first, and its deadlines, soonest first."""

    items: list[StepOut]
    next: str | None
    clocks: list[dict[str, Any]]
    allowed: list[CaseStage]
    # Stage -> what must be put right before it: the rule's code and words.
    obstacles: dict[str, list[dict[str, str]]]


class ReopenIn(Strict):
    """Why an ended case is taken up again."""

    reason: str = Field(min_length=1, max_length=1000)


class TimelineQuery(BaseModel):
    """Which events; all if not told."""

    model_config = ConfigDict(extra="forbid")

    kind: (
        Literal[
            "step", "note", "measure", "file", "share", "receipt", "request", "deadline", "link",
            "edit",
        ]
        | None
    ) = None  # fmt: skip


class EventOut(BaseModel):
    """Something that happened to a case, or will be due (`ahead`)."""

    kind: str
    kind_name: str
    at: str
    title: str
    text: str
    who: str | None
    url: str | None
    tone: str
    bureau: str | None
    ahead: bool


class TimelineOut(BaseModel):
    """Events, newest first."""

    items: list[EventOut]
    next: str | None


class CasesQuery(BaseModel):
    """Which cases; a partner's case matches only by what is visible of it."""

    model_config = ConfigDict(extra="forbid")

    stage: CaseStage | None = None
    category: Category | None = None
    scope: Literal["own", "shared"] | None = None
    bureau: str | None = Field(default=None, max_length=36, description="owner's id")
    q: str | None = Field(default=None, max_length=100, description="text in visible fields")
    handler: str | None = Field(
        default=None, max_length=36, description="user id; finds own cases alone"
    )
    adcode: str | None = Field(default=None, max_length=6, description="GB/T 2260")
    zone: str | None = Field(default=None, max_length=36, description="id of a binding zone")
    overdue: bool | None = Field(
        default=None, description="a deadline that your bureau has to keep has passed"
    )
    opened_from: dt.date | None = Field(default=None, description="first day, in China")
    opened_to: dt.date | None = Field(default=None, description="last day, in China")
    sort: Literal["newest", "due"] | None = Field(
        default=None, description="due: by the soonest deadline of your bureau, then the rest"
    )


class CasesMapQuery(CasesQuery):
    """Which cases, in which frame of a map."""

    bbox: str | None = Field(
        default=None,
        pattern=r"^-?\d{1,3}(\.\d{1,16})?(,-?\d{1,3}(\.\d{1,16})?){3}$",
        description="west,south,east,north in WGS 84",
    )
    zoom: int | None = Field(
        default=None, ge=0, le=22, description="of the map; a full frame comes as counted cells"
    )

    def frame(self) -> tuple[float, float, float, float] | None:
        """The frame as numbers."""
        if self.bbox is None:
            return None
        west, south, east, north = map(float, self.bbox.split(","))
        return west, south, east, north


class PreviewQuery(BaseModel):
    """As which bureau to look; `anew`: as if it were shared now, whatever was shared before."""

    bureau: str = Field(max_length=36)
    anew: bool = False


class Access(BaseModel):
    """On what ground a partner sees the case."""

    level: str
    gray_groups: list[str]
    clause: str
    agreement_id: str
    agreement_number: str | None
    agreement_title: str | None
    share_id: str | None
    purpose: str | None
    until: str | None
    # Whether the receiver may pass on: rule, bureaus, field_groups.
    onward: list[dict[str, Any]]


class Emergency(BaseModel):
    """The emergency access under which a case is read."""

    id: str
    until: str


class CaseOut(BaseModel):
    """A case as this reader may see it: fields that are not open are absent."""

    id: str
    number: str
    version: int
    own: bool
    owner_bureau_id: str
    owner_name: str
    contact: str | None = None
    title: str | None = None
    category: str | None = None
    stage: str | None = None
    classification: int | None = None
    opened_at: str | None = None
    adcode: str | None = None
    zone: str | None = None
    lon: float | None = None
    lat: float | None = None
    place: str | None = None
    party_name: str | None = None
    party_uscc: str | None = None
    parties: list[dict[str, Any]] | None = None
    pollutant: str | None = None
    waste_code: str | None = None
    description: str | None = None
    files: list[dict[str, Any]] | None = None
    measures: list[dict[str, Any]] | None = None
    progress: list[dict[str, Any]] | None = None
    links: list[dict[str, Any]] | None = None
    handler_notes: list[dict[str, Any]] | None = None
    bureau_notes: list[dict[str, Any]] | None = None
    own_number: str | None = None
    handlers: list[str] | None = None
    finding_id: str | None = None
    reviewer_id: str | None = None
    chair_id: str | None = None
    outcome: str | None = None
    criminal_suspected: bool | None = None
    reopens_id: str | None = None
    created_by_name: str | None = None
    is_handler: bool | None = None
    shared_with: list[str] | None = None
    access: Access | None = None
    emergency: Emergency | None = None


class CasesOut(BaseModel):
    """Cases, newest first."""

    items: list[CaseOut]
    next: str | None


class PreviewField(BaseModel):
    """What becomes of one field on the other side, and under which clause."""

    field: str
    name: str
    level: str
    clause: str | None
    # Where the row of the terms behind it is read.
    rule_url: str | None


class PreviewPerson(BaseModel):
    """Somebody at the other bureau who will be able to open it."""

    name: str
    roles: list[str]


class PreviewOut(BaseModel):
    """The case as another bureau would see it at this moment."""

    bureau_id: str
    bureau_name: str
    level: str
    purpose: str
    reason: str
    reason_text: str
    clause: str | None
    agreement_number: str | None
    view: CaseOut | None
    fields: list[PreviewField]
    shared: bool
    people: list[PreviewPerson]
