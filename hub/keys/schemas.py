"""Input and output of the keys API."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from hub.accounts.schemas import Strict
from sharing.signing import Purpose


class KeyIn(Strict):
    """What the new key may sign."""

    purpose: Purpose


class RevokeIn(Strict):
    """Why a key is no longer believed."""

    reason: str = Field(min_length=1, max_length=500)


class KeyFileIn(Strict):
    """A partner's key file, as text."""

    key_file: str = Field(min_length=1, max_length=1_000_000)


class ConfirmIn(Strict):
    """The fingerprint that the partner told, in any grouping."""

    fingerprint: str = Field(min_length=1, max_length=100)


class KeyOut(BaseModel):
    """A public key."""

    id: str | None = None
    purpose: Purpose
    fingerprint: str
    state: Literal["current", "future", "ended", "revoked"]
    valid_from: datetime
    valid_to: datetime | None
    revoked_at: datetime | None
    reason: str = ""


class KeySetOut(BaseModel):
    """The keys of one bureau of this hub."""

    bureau_id: str
    bureau_name: str
    adcode: str
    own: bool
    fingerprint: str | None
    keys: list[KeyOut]


class KeyImportOut(BaseModel):
    """A partner's key file; the fingerprint shows once it was compared."""

    id: str
    adcode: str
    name: str
    state: Literal["pending", "confirmed", "withdrawn"]
    fingerprint: str | None
    imported_by: str
    imported_by_name: str
    imported_at: datetime
    answered_by_name: str | None
    answered_at: datetime | None
    reason: str
    keys: list[KeyOut]


class KeysOut(BaseModel):
    """All that the caller's bureau can check signatures with."""

    bureaus: list[KeySetOut]
    imports: list[KeyImportOut]
