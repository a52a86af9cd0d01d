"""Input and output of the locate API."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MAX_POINTS = 10_000
Act = Literal["host", "assist", "with_notice", "no"]


class LocateQuery(BaseModel):
    """One place, degrees in WGS 84; `datum=gcj02` for what AMap or Tencent shows."""

    lon: float
    lat: float
    accuracy_m: float | None = None
    datum: Literal["wgs84", "gcj02"] = "wgs84"


class PointsIn(BaseModel):
    """A GeoJSON FeatureCollection of points; `properties.accuracy_m` is read, the rest ignored."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]] = Field(max_length=MAX_POINTS)


class BureauBrief(BaseModel):
    """Who answers for a jurisdiction."""

    id: str
    name: str
    short_name: str
    duty_phone: str | None


class JurisdictionBrief(BaseModel):
    """A jurisdiction and its bureau, if that takes part."""

    adcode: str
    name: str
    parent_name: str
    province: str
    bureau: BureauBrief | None


class ZoneBrief(BaseModel):
    """A binding zone that covers the place."""

    id: str
    name: str
    version: int
    agreement_id: str
    agreement_number: str


class AgreementBrief(BaseModel):
    """The agreement that opens the zone."""

    id: str
    number: str
    title: str


class ClauseOut(BaseModel):
    """The clause that says who may act."""

    number: str
    text: str


class SideOut(BaseModel):
    """The answer if the place lies in this jurisdiction."""

    jurisdiction: JurisdictionBrief | None
    side: Literal["own", "partner", "other"] | None
    may_act: Act
    agreement: AgreementBrief | None
    clause: ClauseOut | None
    reason: str


class LineBrief(BaseModel):
    """The nearest line between two jurisdictions."""

    a: str
    a_name: str
    b: str
    b_name: str


class LocateOut(SideOut):
    """Whose side, and may the asking bureau act?

    With `certain` false `answers` has each side; with `zone_certain` false the fix is too near the
    zone's outer edge to say whether it is inside. `may_act` is then what every case allows.
    """

    lon: float
    lat: float
    accuracy_m: float
    certain: bool
    zone_certain: bool
    zones: list[ZoneBrief]
    distance_to_line_m: float | None
    line: LineBrief | None
    uncertainty_m: float
    answers: list[SideOut]


class LocatedOut(BaseModel):
    """The points, each with its answer as properties."""

    type: str
    features: list[dict[str, Any]]
