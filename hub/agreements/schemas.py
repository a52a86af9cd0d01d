"""Input and output of the agreements API."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, BaseModel, Field

from hub.accounts.schemas import Strict


class AgreementsQuery(BaseModel):
    """Filters of the list."""

    state: str | None = Field(default=None, max_length=20)
    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = Field(default=None, max_length=200)


class VersionIn(Strict):
    """One text of an agreement; times are moments, normally local midnights."""

    valid_from: AwareDatetime
    valid_to: AwareDatetime
    terms: dict[str, Any] = Field(description="wire format 1 of the sharing terms")
    text: dict[str, Any] = Field(description="preamble and clauses, zh and en")


class AgreementIn(VersionIn):
    """A new agreement."""

    title: str = Field(min_length=1, max_length=200)
    title_en: str = Field(min_length=1, max_length=200)
    party_ids: list[str] = Field(min_length=2, max_length=20)


class SignIn(Strict):
    """The hash of the content that was read."""

    content_hash: str = Field(pattern="^[0-9a-f]{64}$")


class ReasonIn(Strict):
    """Why."""

    reason: str = Field(min_length=1, max_length=500)


class PartyOut(BaseModel):
    """A party and its key."""

    bureau_id: str
    bureau_name: str
    short_name: str
    adcode: str
    signed: bool
    signed_by: str | None
    signed_at: str | None


class AgreementOut(BaseModel):
    """An agreement as its parties see it."""

    id: str
    version: int
    number: str
    title: str
    title_en: str
    state: str
    text_version: int
    valid_from: str
    valid_to: str
    content_hash: str
    terms: dict[str, Any]
    text: dict[str, Any]
    parties: list[PartyOut]
    proposed_by: str
    created_at: str


class AgreementsOut(BaseModel):
    """A page of agreements."""

    items: list[AgreementOut]
    next: str | None
