"""Input and output of the measures of a case."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field

from hub.accounts.schemas import Strict
from hub.cases.measure_models import MeasureKind, MeasureOutcome

MOST_YUAN = 100_000_000_000
Yuan = Annotated[
    Decimal,
    Field(ge=0, le=MOST_YUAN, decimal_places=2, allow_inf_nan=False),
]


class MeasureFields(Strict):
    """What of a measure can be changed."""

    document_number: str | None = Field(default=None, max_length=100)
    legal_ref: str | None = Field(default=None, max_length=300)
    description: str | None = Field(default=None, max_length=4000)
    amount: Yuan | None = Field(default=None, description="yuan; of a daily penalty for one day")


class MeasureIn(MeasureFields):
    """A measure that was taken; the clocks of its kind count from `starts_at`."""

    kind: MeasureKind
    starts_at: AwareDatetime | None = Field(
        default=None, description="taken, or its document served; now if absent"
    )
    days: int | None = Field(
        default=None,
        ge=0,
        le=3650,
        description="order to correct: within how many days, 0 at once; daily penalty: how many",
    )


class MeasurePatch(MeasureFields):
    """A change of a measure."""


class MeasureEnd(Strict):
    """How a measure ended; what was entered by mistake is ended as such."""

    outcome: MeasureOutcome
    at: AwareDatetime | None = Field(default=None, description="now if absent")
    text: str | None = Field(default=None, max_length=1000)


class MeasureOut(BaseModel):
    """A measure as this reader may see it."""

    id: str
    kind: MeasureKind
    kind_name: str
    active: bool
    starts_at: str
    document_number: str
    legal_ref: str
    description: str
    amount: float | None
    days: int | None
    total: float | None
    ended_at: str | None
    outcome: MeasureOutcome | None
    outcome_name: str | None
    outcome_text: str
    clocks: list[dict[str, Any]]
    entered_at: str | None = None
    entered_by_name: str | None = None


class MeasuresOut(BaseModel):
    """The measures that this reader may see, in the order in which they were entered."""

    items: list[MeasureOut]
    next: str | None
