"""Input and output of the accounts API."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from hub.access import Role


class Strict(BaseModel):
    """Input in which an unknown field is an error, never ignored (no mass assignment)."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class TokenIn(Strict):
    """A new personal access token."""

    name: str = Field(min_length=1, max_length=200)
    scopes: list[str] = Field(min_length=1, max_length=2)
    days: int | None = Field(default=90, ge=1, le=3650)


class TokenOut(BaseModel):
    """A token as its owner sees it."""

    id: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked: bool


class NewTokenOut(TokenOut):
    """A token just made; `token` is shown this once, and null when the request is repeated."""

    token: str | None


class TokensOut(BaseModel):
    """Own tokens."""

    items: list[TokenOut]
    next: str | None = None


class PersonIn(Strict):
    """A new, disabled account (system administrator)."""

    username: str = Field(min_length=3, max_length=64)
    name: str = Field(min_length=1, max_length=200)
    password: str = Field(min_length=12, max_length=200)
    license_no: str | None = Field(default=None, max_length=40)
    clearance: int = Field(default=2, ge=1, le=4)


class LicenseIn(Strict):
    """A person's enforcement certificate (system administrator)."""

    license_no: str | None = Field(default=None, max_length=40, description="null: taken back")
    license_until: date | None = Field(
        default=None, description="last day on which it holds, local; null: no end known"
    )


class RolesIn(Strict):
    """Exactly these roles (security administrator)."""

    roles: list[Role] = Field(min_length=1, max_length=7)


class ActiveIn(Strict):
    """Enable or disable (security administrator)."""

    active: bool


class PersonOut(BaseModel):
    """A person as the administrators of his bureau see him."""

    id: str
    username: str
    name: str
    roles: list[str]
    clearance: int
    license_no: str | None
    license_until: date | None
    licensed: bool
    active: bool
    totp: bool
    version: int


class PeopleOut(BaseModel):
    """People of one bureau."""

    items: list[PersonOut]
    next: str | None = None


class MeOut(BaseModel):
    """Who the caller is."""

    user_id: str
    name: str
    bureau_id: str
    bureau_name: str
    roles: list[str]
    rights: list[str]
    clearance: int
