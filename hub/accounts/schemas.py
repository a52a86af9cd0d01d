"""Input and output of the accounts API."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hub.access import Role
from hub.plain_texts import plain_within

# A text that may be longer is a file in JSON, whose bytes are its own.
LONGEST_TEXT = 99_999


class Strict(BaseModel):
    """Input in which an unknown field is an error, never ignored (no mass assignment), and every
    text is kept as people read it (hub/plain_texts.py)."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _as_it_is_read(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        texts = _texts_of(cls)
        return {
            name: plain_within(value) if name in texts else value for name, value in data.items()
        }


@cache
def _texts_of(schema: type[Strict]) -> frozenset[str]:
    """The fields of a schema that may hold texts as people type them; those of schemas within it
    see to themselves."""
    if not schema.model_config.get("str_strip_whitespace"):
        return frozenset()
    return frozenset(
        name
        for name, field in schema.model_fields.items()
        if re.search(r"\b(str|Any)\b", str(field.annotation))
        and max((getattr(rule, "max_length", 0) for rule in field.metadata), default=0)
        <= LONGEST_TEXT
    )


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
    license_no: str | None = Field(default=None, max_length=40)


class LicenseIn(Strict):
    """A person's enforcement certificate (system administrator)."""

    license_no: str | None = Field(default=None, max_length=40, description="null: taken back")
    license_until: date | None = Field(
        default=None, description="last day on which it holds, local; null: no end known"
    )


class PasswordIn(Strict):
    """A new password of one's own."""

    # As typed: a space at an end is part of a password.
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)

    current: str = Field(max_length=200)
    new: str = Field(max_length=200, description="at least 12 characters")


class RightsIn(Strict):
    """Exactly these roles and this clearance (security administrator)."""

    roles: list[Role] = Field(max_length=7, description="empty: all are taken back")
    clearance: int = Field(ge=1, le=4, description="highest classification the person may read")
    reason: str = Field(default="", max_length=500)


class SignInCodeIn(Strict):
    """A code by which a person signs in once and sets a password."""

    release_totp: bool = Field(
        default=False, description="release the authenticator too: its phone is lost"
    )
    reason: str = Field(default="", max_length=500)


class RefusalIn(Strict):
    """Why a change is not confirmed."""

    reason: str = Field(default="", max_length=500)


class ChangeOut(BaseModel):
    """A change of an account that waits for a second person, or what became of it."""

    id: str
    kind: str = Field(description="rights or sign_in")
    user_id: str
    username: str
    name: str
    roles_before: list[str]
    roles: list[str]
    clearance_before: int
    clearance: int
    release_totp: bool
    reason: str
    state: str = Field(description="waiting, confirmed, refused, withdrawn or replaced")
    proposed_by_name: str
    proposed_at: datetime
    until: datetime
    decided_by_name: str | None
    may_confirm: bool
    may_withdraw: bool


class ChangesOut(BaseModel):
    """Changes that wait for a second person."""

    items: list[ChangeOut]
    next: str | None = None


class CodeHalfOut(ChangeOut):
    """A change, and half of the code: shown this once, and null when the request is repeated."""

    code_half: str | None


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
    code_until: datetime | None = Field(
        description="has a sign-in code until then, and no password yet"
    )
    version: int


class RightsOut(PersonOut):
    """The person as he is now, and the change that waits for a second person, if one does."""

    change: ChangeOut | None


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
