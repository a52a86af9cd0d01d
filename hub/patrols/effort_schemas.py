"""What is asked about patrol effort, and the answer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel, Field, model_validator

from hub.clock import FIRST_DAY, LAST_DAY

LONGEST = timedelta(days=1_100)


class EffortQuery(BaseModel):
    """Days of the bureaus' calendar, both counted, and how near counts as seen (metres)."""

    since: date | None = Field(None, ge=FIRST_DAY, le=LAST_DAY)
    until: date | None = Field(None, ge=FIRST_DAY, le=LAST_DAY)
    reach_m: float = Field(100.0, ge=10, le=1000, allow_inf_nan=False)

    @model_validator(mode="after")
    def _in_order(self) -> EffortQuery:
        if self.since and self.until and not self.since <= self.until <= self.since + LONGEST:
            raise ValueError("since must not be after until, and at most three years before it")
        return self


class BureauEffort(BaseModel):
    """One party: hours observed, metres, findings that the reader may see."""

    bureau_id: str
    bureau_name: str
    side: str
    patrols: int
    units: int
    hours: float
    distance_m: int
    findings: int
    findings_per_hour: float | None


class EffortOut(BaseModel):
    """Patrol effort in a zone; shares 0 to 1, metres, seconds; gaps as GeoJSON, largest first."""

    zone_id: str
    since: str
    until: str
    reach_m: float
    share: float
    error_share: float
    patrols: int
    distance_m: int
    observed_s: int
    most_s: int
    last_at: str | None
    bounds: tuple[float, float, float, float]
    bureaus: list[BureauEffort]
    gaps: dict[str, Any]
