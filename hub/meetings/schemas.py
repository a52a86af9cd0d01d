"""Input and output of the meetings API."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from hub.accounts.schemas import Strict
from hub.meetings.labels import CODES, STATES
from hub.meetings.machine import ACTS
from hub.patrols.field_schemas import FileOut

Id = Annotated[str, Field(max_length=36)]
StateName = Annotated[str, Field(max_length=20, json_schema_extra={"enum": list(STATES)})]
Code = Annotated[str, Field(max_length=40, json_schema_extra={"enum": list(CODES)})]
ActName = Annotated[str, Field(max_length=30, json_schema_extra={"enum": list(ACTS)})]
Quorum = Annotated[int, Field(ge=1, le=50, description="people of each party that must be present")]
Hash = Annotated[str, Field(min_length=64, max_length=64, pattern=r"^[0-9a-f]+$")]


class MeetingFields(Strict):
    """What may be changed before it begins; what is not given stays."""

    title: str | None = Field(default=None, max_length=200)
    place: str | None = Field(default=None, max_length=300)
    note: str | None = Field(default=None, max_length=4000)
    bring: str | None = Field(
        default=None, max_length=2000, description="what the invited are to bring, a line each"
    )
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    host_bureau_id: Id | None = None
    chair_bureau_id: Id | None = None
    quorum: Quorum | None = None
    classification: int | None = Field(default=None, ge=1, le=4)


class MeetingIn(MeetingFields):
    """A meeting of the parties of an agreement in force."""

    agreement_id: Id
    title: str = Field(min_length=1, max_length=200)
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class MeetingPatch(MeetingFields):
    """A change of its arrangements."""


class SeriesFields(Strict):
    """What may be changed in a series."""

    title: str | None = Field(default=None, max_length=200)
    rule: str | None = Field(
        default=None, max_length=200, description="RFC 5545, e.g. FREQ=MONTHLY;INTERVAL=3"
    )
    starts_at: AwareDatetime | None = None
    minutes: int | None = Field(default=None, ge=15, le=4320)
    rotation: list[Id] | None = Field(
        default=None, max_length=20, description="parties in the order in which they host"
    )
    chair_shift: int | None = Field(
        default=None, ge=0, le=19, description="0: the host chairs; 1: the bureau after it; ..."
    )
    places: dict[Id, Annotated[str, Field(max_length=300)]] | None = None
    quorum: Quorum | None = None


class SeriesIn(SeriesFields):
    """A new series."""

    agreement_id: Id
    title: str = Field(min_length=1, max_length=200)
    rule: str = Field(min_length=6, max_length=200)
    starts_at: AwareDatetime


class ActIn(Strict):
    """An act of the state machine; `acts` of the meeting says which are open."""

    act: ActName
    text: str | None = Field(default=None, max_length=2000)
    content_hash: Hash | None = Field(
        default=None, description="countersign: `content_hash` of the minutes that were read"
    )


class PersonIn(Strict):
    """A colleague (`user_id`), or a guest by name."""

    user_id: Id | None = None
    role: Literal["chair", "member", "recorder"] | None = None
    name: str | None = Field(default=None, max_length=100)
    organisation: str | None = Field(default=None, max_length=200)


class PersonPatch(Strict):
    """An answer, a role, or that he is here."""

    answer: Literal["accepted", "declined", "substituted"] | None = None
    note: str | None = Field(default=None, max_length=500)
    substitute_id: Id | None = None
    role: Literal["chair", "member", "recorder"] | None = None
    present: bool | None = None


class SourceIn(Strict):
    """What the hub proposed."""

    code: Code
    kind: str = Field(max_length=40)
    id: Id


class ItemFields(Strict):
    """What a point of the agenda has."""

    title: str | None = Field(default=None, max_length=200)
    note: str | None = Field(default=None, max_length=4000)
    minutes: int | None = Field(default=None, ge=1, le=600)
    bureau_id: Id | None = None
    person_id: Id | None = None


class ItemIn(ItemFields):
    """A point of one's own, or one that the hub proposed (`source`)."""

    source: SourceIn | None = None


class OrderIn(Strict):
    """All points in their new order."""

    ids: list[Id] = Field(max_length=100)


class SectionIn(Strict):
    """A new section of the minutes."""

    heading: str = Field(min_length=1, max_length=200)


class SectionPut(Strict):
    """The text of a section; If-Match names the version it was written on."""

    heading: str | None = Field(default=None, max_length=200)
    text: str = Field(max_length=20000)


class DecisionIn(Strict):
    """The words of a decision."""

    text: str = Field(min_length=1, max_length=4000)


class ApprovalIn(Strict):
    """The key of a party on the words that were read."""

    content_hash: Hash


class ActionItemIn(Strict):
    """What is laid on a bureau."""

    title: str = Field(min_length=1, max_length=200)
    detail: str | None = Field(default=None, max_length=4000)
    bureau_id: Id
    person_id: Id | None = None
    due_on: date
    decision_id: Id | None = None


class ActionItemPatch(Strict):
    """A change while the minutes are not sealed."""

    title: str | None = Field(default=None, max_length=200)
    detail: str | None = Field(default=None, max_length=4000)
    person_id: Id | None = None
    due_on: date | None = None


class FilterQuery(BaseModel):
    """Which meetings."""

    model_config = ConfigDict(extra="forbid")

    state: StateName | None = None
    agreement: Id | None = None
    series: Id | None = None
    bureau: Id | None = None
    upcoming: bool = False
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    q: str | None = Field(default=None, max_length=100)


class ProposalsQuery(BaseModel):
    """What counts as a gap."""

    model_config = ConfigDict(extra="forbid")

    gap_days: int = Field(default=30, ge=1, le=3650, description="days without a patrol")


class Party(BaseModel):
    """A bureau that takes part."""

    bureau_id: str
    name: str
    short_name: str
    own: bool


class MeetingBrief(BaseModel):
    """A meeting in lists and the feed."""

    id: str
    number: str
    version: int
    title: str
    state: str
    state_name: str
    tone: str
    starts_at: str
    ends_at: str
    place: str
    note: str
    bring: str
    quorum: int
    classification: int
    agreement_id: str
    agreement_number: str
    agreement_title: str
    series_id: str | None
    host_bureau_id: str
    host_name: str
    chair_bureau_id: str
    chair_name: str
    hosts: bool
    chairs: bool
    parties: list[Party]
    people_count: int
    agenda_count: int
    minutes_allotted: int
    sequence: int
    invited_at: str | None
    convened_at: str | None
    ended_at: str | None
    notice_number: str | None
    document_number: str | None
    minutes_version: int
    sealed_at: str | None
    sealed_hash: str | None
    created_at: str
    created_by_name: str


class MeetingsOut(BaseModel):
    """A page of meetings."""

    items: list[MeetingBrief]
    next: str | None


class MaterialOut(FileOut):
    """A file and whose it is."""

    bureau_id: str


class AgendaItemOut(BaseModel):
    """A point; of a record that the reader may not see (`hidden`) only why it is here."""

    id: str
    title: str
    note: str
    minutes: int
    bureau_id: str
    bureau_name: str
    own: bool
    person_id: str | None
    person_name: str
    code: str | None
    code_name: str | None
    kind: str | None
    record_id: str | None
    url: str | None
    hidden: bool
    files: list[MaterialOut]
    created_by_name: str


class SectionOut(BaseModel):
    """A section of the minutes."""

    id: str
    agenda_item_id: str | None
    heading: str
    text: str
    version: int
    changed_by_name: str
    changed_by_bureau: str
    own: bool
    changed_at: str


class RevisionOut(BaseModel):
    """A text that a section had."""

    version: int
    heading: str
    text: str
    by_name: str
    by_bureau: str
    at: str


class RevisionsOut(BaseModel):
    """All of them, newest first."""

    items: list[RevisionOut]
    next: str | None


class MeetingOut(MeetingBrief):
    """A whole meeting as this reader may see it."""

    people: list[dict[str, Any]]
    present: list[dict[str, Any]]
    agenda: list[AgendaItemOut]
    sections: list[SectionOut]
    decisions: list[dict[str, Any]]
    action_items: list[dict[str, Any]]
    content_hash: str | None
    signatures: list[dict[str, Any]]
    documents: list[FileOut]
    notices: list[FileOut]
    notice_outdated: bool
    steps: list[dict[str, Any]]
    acts: list[dict[str, Any]]
    may: dict[str, bool]


class ProposalOut(BaseModel):
    """A record that should be talked about."""

    code: str
    code_name: str
    kind: str
    id: str
    title: str
    url: str
    why: str
    bureau_id: str
    bureau_name: str
    since: str
    on_agenda: bool
    on_last: bool


class SinceLast(BaseModel):
    """What changed between the parties since the last meeting."""

    since: str | None
    last: dict[str, Any] | None
    counts: list[dict[str, Any]]
    items: list[dict[str, Any]]


class ProposalsOut(BaseModel):
    """What the live data propose, and what changed."""

    items: list[ProposalOut]
    next: str | None
    since_last: SinceLast


class SeriesOut(BaseModel):
    """A series."""

    id: str
    version: int
    title: str
    agreement_id: str
    agreement_number: str
    rule: str
    rule_name: str
    starts_at: str
    minutes: int
    rotation: list[dict[str, Any]]
    chair_shift: int
    quorum: int
    made: int
    ended_at: str | None
    created_by_name: str
    next: list[dict[str, Any]]


class SeriesListOut(BaseModel):
    """All series; they are few."""

    items: list[SeriesOut]
    next: str | None
