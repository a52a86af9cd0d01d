"""Output of the bureaus API."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class BureauOut(BaseModel):
    """A bureau; that it takes part is public knowledge."""

    id: str
    code: str
    name: str
    name_en: str
    short_name: str
    short_name_en: str
    adcode: str
    province: str
    duty_phone: str | None
    version: int


class BureausOut(BaseModel):
    """All bureaus of the hub."""

    items: list[BureauOut]
    next: str | None = None


class BureauBrief(BaseModel):
    """The bureau with powers in a jurisdiction."""

    id: str
    name: str
    short_name: str


class JurisdictionOut(BaseModel):
    """A unit of the boundary data in use, without its outline."""

    adcode: str
    name: str
    parent_name: str
    province: str
    accuracy_m: float
    source: str
    bbox: list[float]
    imported_at: str
    bureau: BureauBrief | None


class JurisdictionsOut(BaseModel):
    """All units in use."""

    items: list[JurisdictionOut]
    next: str | None = None


class BasemapOut(BaseModel):
    """A GeoJSON FeatureCollection of outlines and of the lines between bureaus."""

    type: str
    attribution: str
    accuracy_m: float | None
    features: list[dict[str, Any]]
