"""Input and output of the audit API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from hub.accounts.schemas import Strict


class AuditQuery(BaseModel):
    """Which entries of the own bureau's chain; the period is since ≤ at < until."""

    model_config = ConfigDict(extra="forbid")

    person: str | None = Field(default=None, max_length=100, description="part of a name")
    action: str | None = Field(default=None, max_length=64, description="part of an action")
    kind: str | None = Field(default=None, max_length=32)
    record: str | None = Field(default=None, max_length=36, description="id of a record")
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    oldest: bool = Field(default=False, description="oldest first")


class EntryOut(BaseModel):
    """One link of the chain."""

    number: int
    at: datetime
    actor_id: str | None
    actor_name: str
    bureau_id: str | None
    bureau_name: str | None
    action: str
    kind: str | None
    record_id: str | None
    detail: dict[str, Any]
    hash: str
    prev_hash: str


class AuditOut(BaseModel):
    """Entries, newest first."""

    items: list[EntryOut]
    next: str | None


class BrokenOut(BaseModel):
    """The first entry that is not sound, as it now stands."""

    number: int
    action: str
    actor_name: str


class VerifyOut(BaseModel):
    """Whether the chain is unbroken; otherwise the first entry that cannot be trusted, and why."""

    ok: bool
    entries: int
    first_broken: int | None
    what: str | None
    text: str
    entry: BrokenOut | None


class WitnessIn(Strict):
    """A partner's signed checkpoint, as text."""

    witness: str = Field(min_length=1, max_length=1_000_000)
    meeting_id: str | None = Field(default=None, max_length=36)


class WitnessOut(BaseModel):
    """A checkpoint that is kept."""

    id: str
    adcode: str
    chain: str
    number: int
    hash: str
    issued_at: datetime
    kept_at: datetime
    kept_by_name: str
    meeting_id: str | None


class WitnessesOut(BaseModel):
    """Checkpoints, newest first."""

    items: list[WitnessOut]
    next: None = None
