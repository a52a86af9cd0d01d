"""Input and output of the zones API."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from hub.accounts.schemas import Strict

Metres = Field(ge=0, le=1_000_000, allow_inf_nan=False)


class LineQuery(BaseModel):
    """Two jurisdictions."""

    a: str = Field(pattern="^[0-9]{6}$")
    b: str = Field(pattern="^[0-9]{6}$")


class MarkedIn(Strict):
    """A stretch of the line between two jurisdictions, and the width of the zone."""

    adcode_a: str = Field(pattern="^[0-9]{6}$")
    adcode_b: str = Field(pattern="^[0-9]{6}$")
    part: int = Field(default=0, ge=0, le=1000)
    from_m: float = Metres
    to_m: float = Metres
    width_m: float = Field(gt=0, le=20_000, allow_inf_nan=False)
    cap: Literal["flat", "round"] = "flat"


class ZoneVersionIn(MarkedIn):
    """A new version of a zone."""

    note: str = Field(default="", max_length=1000)


class ZoneIn(ZoneVersionIn):
    """A new zone."""

    name: str = Field(min_length=1, max_length=200)
    agreement_id: str = Field(min_length=36, max_length=36)


class ApproveIn(Strict):
    """The version and hash that were read."""

    version: int = Field(ge=1, le=100_000)
    content_hash: str = Field(pattern="^[0-9a-f]{64}$")


class LinePart(BaseModel):
    """One connected part of a line."""

    part: int
    length_m: float
    geometry: dict[str, Any]


class LineOut(BaseModel):
    """The line that two jurisdictions share."""

    a: dict[str, str]
    b: dict[str, str]
    length_m: float
    accuracy_m: float
    source: str
    parts: list[LinePart]


class StripOut(BaseModel):
    """One side."""

    adcode: str
    area_m2: float
    geometry: dict[str, Any]


class PreviewOut(BaseModel):
    """Strips as they would be."""

    line: dict[str, Any]
    line_length_m: float
    width_m: float
    cap: str
    strips: list[StripOut]
    area_elsewhere_m2: float
    construction_error_m: float
    boundary_accuracy_m: float
    error_m: float


class ZoneOut(BaseModel):
    """A zone as its parties see it."""

    id: str
    version: int
    name: str
    state: str
    agreement_id: str
    agreement_number: str
    agreement_title: str
    agreement_in_force: bool
    proposed_by: str
    created_at: str
    current_version: int
    binding_version: int | None
    current: dict[str, Any]
    binding: dict[str, Any] | None
    approvals: list[dict[str, Any]]


class ZonesOut(BaseModel):
    """Zones of the caller's bureau."""

    items: list[ZoneOut]
    next: str | None
