"""Input and output of findings, positions and results."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from hub.accounts.schemas import Strict
from hub.patrols.finding_closure_models import FindingState
from hub.patrols.schemas import FixIn, Offset


class BatchIn(Strict):
    """Fixes of the caller; the key makes a repeated batch harmless."""

    key: str = Field(min_length=8, max_length=64)
    fixes: list[FixIn] = Field(min_length=1, max_length=500)
    # What the device added to its own clock to get these times.
    clock_offset_s: Offset | None = None


class StoredOut(BaseModel):
    """Whether the batch was new, and how many of its fixes bear an impossible time."""

    stored: bool
    flagged: int


class FindingIn(Strict):
    """What was seen, where and when; degrees WGS 84."""

    category: str = Field(max_length=40)
    text: str = Field(min_length=1, max_length=4000)
    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)
    accuracy_m: float | None = Field(default=None, ge=0, le=100_000, allow_inf_nan=False)
    found_at: AwareDatetime | None = None
    placed_by: Literal["gps", "pin"] = "gps"
    # What the device added to its own clock to get `found_at`.
    clock_offset_s: Offset | None = None
    # What the category asks for, as the field kit's `forms` say: codes, numbers, texts.
    details: dict[str, Any] = Field(default_factory=dict, max_length=20)


class FindingPatch(Strict):
    """Fields to put right, the facts whole; a reason once something is overwritten."""

    category: str | None = Field(default=None, max_length=40)
    text: str | None = Field(default=None, min_length=1, max_length=4000)
    lon: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    lat: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    found_at: AwareDatetime | None = None
    details: dict[str, Any] | None = Field(default=None, max_length=20)
    reason: str | None = Field(default=None, max_length=500)


class ReferIn(Strict):
    """Words for the bureau on whose side it lies."""

    note: str | None = Field(default=None, max_length=500)


class CheckIn(Strict):
    """A tick at one point of the checklist, counted from 0."""

    index: int = Field(ge=0, le=1000)
    done: bool


class FileOut(BaseModel):
    """A file of a record; what the camera knew is for the owner alone."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    at: str
    uploaded_by_name: str
    carried: bool = False
    url: str
    thumb_url: str | None
    original_url: str | None = None
    captured_at: str | None = None
    captured_lon: float | None = None
    captured_lat: float | None = None


class FactOut(BaseModel):
    """A fact that the category asks for: its code, number or text, and in words."""

    name: str
    label: str
    value: float | str
    text: str


class CorrectionOut(BaseModel):
    """What was put right at once: {name, label, before, after} in words; before null: was empty."""

    at: str
    by_name: str
    reason: str
    changes: list[dict[str, Any]]


class FindingOut(BaseModel):
    """A finding as the reader may see it; what the agreement keeps closed is absent."""

    model_config = ConfigDict(extra="allow")

    id: str
    version: int
    number: str
    patrol_id: str
    patrol_number: str
    bureau_id: str
    bureau_name: str
    category: str | None = None
    category_name: str | None = None
    text: str | None = None
    details: list[FactOut] | None = None
    details_text: str | None = None
    firm_name: str | None = None
    firm_uscc: str | None = None
    corrections: list[CorrectionOut] | None = None
    place_corrections: list[CorrectionOut] | None = None
    firm_corrections: list[CorrectionOut] | None = None
    found_at: str | None = None
    clock_offset_s: float | None = None
    has_case: bool | None = None
    referred_to_id: str | None = None
    adcode: str | None = None
    certain: bool | None = None
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    files: list[FileOut] | None = None
    state: str | None = None
    state_name: str | None = None
    due_on: str | None = None
    overdue: bool | None = None
    taken_by_id: str | None = None
    taken_by_name: str | None = None
    closed_at: str | None = None
    closed_by_name: str | None = None
    close_note: str | None = None
    no_photo_reason: str | None = None
    after_files: list[FileOut] | None = None
    task_firm: str | None = None
    task_text: str | None = None


class TaskIn(Strict):
    """What a firm has to put right, by the end of a local day (Asia/Shanghai)."""

    firm: str = Field(min_length=1, max_length=200)
    task: str = Field(min_length=1, max_length=2000)
    due_on: date


class CloseIn(Strict):
    """What was found when it was looked at again, and why there is no photo if there is none."""

    note: str = Field(min_length=1, max_length=2000)
    no_photo_reason: str | None = Field(default=None, max_length=500)


class ReopenIn(Strict):
    """Why a closed finding is taken up again."""

    reason: str = Field(min_length=1, max_length=2000)


class FindingsOut(BaseModel):
    """A page of findings."""

    items: list[FindingOut]
    next: str | None


class FindingsQuery(BaseModel):
    """Filters of the list."""

    patrol_id: str | None = Field(default=None, max_length=36)
    category: str | None = Field(default=None, max_length=40)
    adcode: str | None = Field(default=None, max_length=6)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    open_only: bool = False
    state: FindingState | None = None
    overdue: bool = False
    zone_id: str | None = Field(default=None, max_length=36)
    q: str = Field(default="", max_length=100)


class CaseOpenedOut(BaseModel):
    """The case that a finding became."""

    case_id: str


class CoverageQuery(BaseModel):
    """How near counts as seen, metres."""

    reach_m: float = Field(100.0, gt=0, le=1000, allow_inf_nan=False)


class CoverageOut(BaseModel):
    """What the patrol did, as far as the reader sees its tracks; metres, seconds, square metres."""

    patrol_id: str
    reach_m: float
    share: float
    area_m2: float
    covered_m2: float
    gaps: dict[str, Any]
    units: int
    distance_m: float
    duration_s: int | None
    unobserved_s: float
    sides: list[dict[str, Any]]
    findings: int


class PositionsOut(BaseModel):
    """Latest place of each unit under way; one not heard for `lost_after_s` counts as lost."""

    items: list[dict[str, Any]]
    lost_after_s: float
    # The hub's clock, by which ages are told.
    now: str
    next: str | None = None


class PositionsQuery(BaseModel):
    """Of one patrol only."""

    patrol_id: str | None = Field(default=None, max_length=36)


class FileQuery(BaseModel):
    """Which copy: without metadata, the small one, or the sealed original (owner only)."""

    copy_: Literal["clean", "thumb", "original"] = Field("clean", alias="copy")


class TrackOut(BaseModel):
    """GeoJSON: a feature for each unit."""

    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]]


class CheckOut(BaseModel):
    """The checklist as it stands."""

    version: int
    checklist: list[dict[str, Any]]


class ReasonOut(BaseModel):
    """One thing looked at: what it says in a sentence, its figures (metres, seconds, shares)."""

    code: str
    name: str
    stand: Literal["supports", "questions", "silent"]
    stand_name: str
    cost: int
    text: str
    unit_id: str | None
    unit_name: str | None
    bureau_name: str | None
    side: str | None
    values: dict[str, Any]


class TruthOut(BaseModel):
    """What speaks for a patrol's evidence and what questions it; score 0 to 100 or null."""

    patrol_id: str
    score: int | None
    level: Literal["sound", "look", "doubtful", "unknown"]
    level_name: str
    reasons: list[ReasonOut]


class TrackImportOut(BaseModel):
    """What a track file brings: fixes of the patrol's time, others, metres, seconds in the zone."""

    known: bool
    fixes: int
    outside: int
    dropped: int
    first_at: str
    last_at: str
    distance_m: float
    seconds_inside: int
    sha256: str
