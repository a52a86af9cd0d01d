"""Input and output of the patrols API and of the position event."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class FixIn(BaseModel):
    """One fix of a device: WGS 84 degrees, seconds since 1970 by the device's clock."""

    model_config = ConfigDict(extra="forbid")

    t: float = Field(gt=0, lt=4_102_444_800, allow_inf_nan=False)
    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)
    accuracy_m: float | None = Field(default=None, ge=0, le=100_000, allow_inf_nan=False)


class PositionReport(BaseModel):
    """Fixes of one unit of a patrol under way; the key makes a repeated batch harmless."""

    model_config = ConfigDict(extra="forbid")

    patrol_id: str = Field(min_length=36, max_length=36)
    key: str = Field(min_length=8, max_length=64)
    fixes: list[FixIn] = Field(min_length=1, max_length=500)
