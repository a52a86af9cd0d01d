"""Input and output of the stations API."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from hub.accounts.schemas import Strict


class StationFilterQuery(BaseModel):
    """Filters of the list."""

    q: str = Field(default="", max_length=100)
    bureau_id: str | None = Field(default=None, max_length=36)
    active: bool | None = None


class StationIn(Strict):
    """The facts of a station; degrees in WGS 84."""

    name: str = Field(min_length=1, max_length=200)
    name_en: str | None = Field(default=None, max_length=200)
    lon: float
    lat: float
    phone: str | None = Field(default=None, max_length=40)
    duty: str | None = Field(default=None, max_length=500)
    active: bool = True

    def facts(self) -> dict[str, Any]:
        """As the service takes them."""
        return self.model_dump() | {"name_en": self.name_en or "", "duty": self.duty or ""}


class CraftIn(Strict):
    """A boat or vehicle."""

    name: str = Field(min_length=1, max_length=200)
    kind: Literal["boat", "vehicle"]
    plate: str | None = Field(default=None, max_length=40)


class CraftChange(CraftIn):
    """The facts of a boat or vehicle, and whether it is in service."""

    active: bool = True


class CraftOut(BaseModel):
    """A boat or vehicle."""

    id: str
    station_id: str | None
    bureau_id: str
    name: str
    kind: str
    plate: str | None
    active: bool


class StationOut(BaseModel):
    """A station as the reader sees it."""

    id: str
    version: int
    name: str
    name_en: str
    bureau_id: str
    bureau_name: str
    bureau_short_name: str
    adcode: str
    own: bool
    lon: float
    lat: float
    phone: str | None
    duty: str
    active: bool
    craft: list[CraftOut]


class StationsOut(BaseModel):
    """A page of stations."""

    items: list[StationOut]
    next: str | None


class StationFeatures(BaseModel):
    """Stations as GeoJSON."""

    type: str
    features: list[dict[str, Any]]
