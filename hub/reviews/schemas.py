"""Input and output of reviews."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from hub.accounts.schemas import Strict


class ReviewIn(Strict):
    """Marks by scale (1 to 5) and words."""

    ratings: dict[str, int] = Field(max_length=20)
    went_well: str | None = Field(default=None, max_length=4000)
    to_improve: str | None = Field(default=None, max_length=4000)
    next_step: str | None = Field(default=None, max_length=500)


class ReviewsOut(BaseModel):
    """The reviews of a patrol as far as the reader's side reads them."""

    model_config = ConfigDict(extra="allow")

    patrol_id: str
    open: bool
    opens_at: str | None
    version: int
    items: list[dict[str, Any]]
