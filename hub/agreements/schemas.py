"""Input and output of the agreements API."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, BaseModel, Field

from hub.accounts.schemas import Strict


class AgreementFilterQuery(BaseModel):
    """Filters of the list."""

    state: str | None = Field(default=None, max_length=20)


class DraftIn(Strict):
    """One text of an agreement; times are moments, normally local midnights."""

    valid_from: AwareDatetime
    valid_to: AwareDatetime = Field(description="first moment that is not covered any more")
    terms: dict[str, Any] = Field(description="wire format 1 of the sharing terms")
    text: dict[str, Any] = Field(
        description="preamble, purpose, clauses, line, acts, powers, contacts"
    )
    note: str = Field(default="", max_length=1000, description="why, for the other parties")


class VersionIn(DraftIn):
    """A new text of an agreement; title and parties can change in a private draft only."""

    title: str | None = Field(default=None, min_length=1, max_length=200)
    title_en: str | None = Field(default=None, min_length=1, max_length=200)
    party_ids: list[str] | None = Field(default=None, min_length=2, max_length=20)


class AgreementIn(DraftIn):
    """A new agreement."""

    title: str = Field(min_length=1, max_length=200)
    title_en: str = Field(min_length=1, max_length=200)
    party_ids: list[str] = Field(min_length=2, max_length=20)
    draft: bool = Field(default=False, description="keep it from the other parties for now")


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


class HistoryOut(BaseModel):
    """One text in an agreement's history."""

    number: int
    state: str
    holds: bool
    amends: int | None
    valid_from: str
    valid_to: str
    content_hash: str
    created_at: str
    proposed_by: str
    proposed_by_name: str
    note: str
    signed_at: str | None
    begun_at: str | None
    withdrawn_reason: str | None


class VersionOut(HistoryOut):
    """One text with its content and its keys."""

    agreement_id: str
    agreement_number: str
    terms: dict[str, Any]
    text: dict[str, Any]
    parties: list[PartyOut]


class AgreementOut(BaseModel):
    """An agreement as its parties see it."""

    id: str
    version: int
    number: str
    title: str
    title_en: str
    state: str
    state_reason: str | None
    state_by_name: str | None
    state_by_bureau: str | None
    state_at: str | None
    text_version: int
    valid_from: str
    valid_to: str
    content_hash: str
    terms: dict[str, Any]
    text: dict[str, Any]
    note: str
    parties: list[PartyOut]
    proposal: VersionOut | None
    coming: VersionOut | None
    versions: list[HistoryOut]
    proposed_by: str
    created_at: str


class AgreementsOut(BaseModel):
    """A page of agreements."""

    items: list[AgreementOut]
    next: str | None
