"""Input and output of the parties of a case."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from hub.accounts.schemas import Strict

Role = Literal["respondent", "legal_rep", "site_manager", "interested", "witness"]


class PartyFields(Strict):
    """What of a party can be changed; what is not given stays, null empties a text."""

    role: Role | None = None
    code: str | None = Field(
        default=None, max_length=30, description="firm: GB 32100 code; person: GB 11643 number"
    )
    phone: str | None = Field(default=None, max_length=40)
    address: str | None = Field(default=None, max_length=300)


class PartyIn(PartyFields):
    """A new party of a case; without `role` it is the one that must answer."""

    form: Literal["firm", "person"]
    name: str = Field(min_length=1, max_length=200)


class PartyPatch(PartyFields):
    """A change of a party."""

    name: str | None = Field(default=None, max_length=200)


class PartyOut(BaseModel):
    """A party in full, for a handler of its case."""

    id: str
    form: str
    role: str
    name: str
    code: str | None
    phone: str
    address: str
