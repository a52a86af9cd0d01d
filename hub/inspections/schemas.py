"""Input and output of records of inspections."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from hub.accounts.schemas import Strict
from hub.inspections.models import InspectionState


class OpenIn(Strict):
    """What a record begins with: a finding or a check-in of the patrol, or a place (WGS 84)."""

    patrol_id: str = Field(max_length=36)
    finding_id: str | None = Field(default=None, max_length=36)
    entry_id: str | None = Field(default=None, max_length=36)
    lon: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    lat: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)


class VoidIn(Strict):
    """Why it is given up."""

    reason: str = Field(max_length=500)


class InspectionsQuery(Strict):
    """What a list is narrowed to."""

    state: InspectionState | None = None
    patrol_id: str | None = Field(default=None, max_length=36)
    finding_id: str | None = Field(default=None, max_length=36)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    own: bool = False
    q: str = Field(default="", max_length=100)


class InspectionOut(BaseModel):
    """A record as the reader may see it; what the agreement keeps closed is absent."""

    model_config = ConfigDict(extra="allow")

    id: str
    version: int
    number: str
    bureau_id: str
    bureau_name: str
    state: Literal["draft", "sealed", "void"]
    sealed_at: str | None
    sealed_hash: str | None


class InspectionsOut(BaseModel):
    """A page of records."""

    items: list[InspectionOut]
    next: str | None


class CheckOut(BaseModel):
    """One thing that was checked."""

    code: str
    name: str
    ok: bool


class VerifyOut(BaseModel):
    """Whether a sealed record is unbroken."""

    id: str
    number: str
    sealed_hash: str | None
    unbroken: bool
    checks: list[CheckOut]


class SealFileOut(BaseModel):
    """The sealed document, signed by the bureau."""

    model_config = ConfigDict(extra="allow")


class AttachedOut(BaseModel):
    """The case that the record now is evidence of, and how many files went along."""

    case_id: str
    files: int


class OffersOut(BaseModel):
    """What of a patrol's log a record can begin with."""

    items: list[dict[str, Any]]
    next: str | None
