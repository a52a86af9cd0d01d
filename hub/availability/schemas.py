"""Input and output of the availability API."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, Field, field_validator

from hub.accounts.schemas import Strict
from hub.availability.models import Reason
from hub.patrols.schemas import Ref


class AbsenceIn(Strict):
    """That a person or craft of the own bureau is not available."""

    subject: Literal["officer", "craft"]
    subject_id: Ref
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    reason: Reason = Reason.OTHER
    note: str | None = Field(default=None, max_length=300)


class AbsencesOut(BaseModel):
    """Absences of the own bureau."""

    items: list[dict[str, Any]]


class FreeQuery(BaseModel):
    """What is needed; ids with commas between them."""

    officers: str = Field(default="", max_length=3000)
    craft: str = Field(default="", max_length=1000)
    patrol_id: str | None = Field(default=None, max_length=36)
    since: AwareDatetime | None = None
    days: int = Field(default=14, ge=1, le=90)
    minutes: int = Field(default=120, ge=15, le=1440)
    from_hour: int = Field(default=8, ge=0, le=23)
    to_hour: int = Field(default=18, ge=1, le=24)
    workdays: bool = False

    @field_validator("patrol_id", mode="before")
    @classmethod
    def _none(cls, value: object) -> object:
        return value or None


class FreeOut(BaseModel):
    """Stretches in which all are free."""

    items: list[dict[str, str]]
