"""Input and output of reports."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from hub.accounts.schemas import Strict


class ReportOut(BaseModel):
    """The content of a patrol's report and its SHA-256 (hex)."""

    sha256: str
    content: dict[str, Any]


class FiguresQuery(Strict):
    """Local days from and to (both included), and the partner; all by default."""

    since: date | None = None
    until: date | None = None
    partner_id: str | None = Field(default=None, max_length=36)


class FiguresOut(BaseModel):
    """Figures of a period: a row per partner and month, and the sums."""

    since: date
    until: date
    items: list[dict[str, Any]]
    total: dict[str, Any]
    reviews: dict[str, Any]
    zones: list[dict[str, Any]]
    next: str | None = None
