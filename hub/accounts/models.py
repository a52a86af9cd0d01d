"""People, their signed-in sessions and their personal access tokens."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hub.bureaus.models import Bureau
from hub.clock import SHANGHAI
from hub.db import Base, Id, JsonList, Moment, Name, PrimaryId
from sharing.models import UtcDateTime


class User(Base):
    """A person of one bureau."""

    __tablename__ = "user_account"

    id: Mapped[PrimaryId]
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"), index=True)
    # Name to sign in with; lower case.
    username: Mapped[str] = mapped_column(String(64), unique=True)
    # Name shown to people.
    name: Mapped[Name]
    # Argon2id, with its parameters.
    password_hash: Mapped[str] = mapped_column(String(200))
    # It is a sign-in code that others handed out: it works until then, and only to set a password
    # of one's own. None: the person chose it.
    password_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Values of hub.access.Role.
    roles: Mapped[JsonList]
    # Highest classification (1-4) the person may read.
    clearance: Mapped[int] = mapped_column(default=2)
    # Number of the enforcement certificate 执法证号; a licensed officer has one.
    license_no: Mapped[str | None] = mapped_column(String(40))
    # Last local day on which the certificate holds; None: no end was recorded.
    license_until: Mapped[date | None]
    phone: Mapped[str | None] = mapped_column(String(40))
    # TOTP secret, encrypted with a key derived from the hub's secret key; None: not enrolled.
    totp_secret: Mapped[str | None] = mapped_column(String(300))
    # Last 30-second step that was used, so that a code works once.
    totp_last_step: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    # Language chosen by the person; None: the hub's default.
    locale: Mapped[str | None] = mapped_column(String(5))
    created_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)

    bureau: Mapped[Bureau] = relationship(lazy="joined")

    def licensed_at(self, at: datetime) -> bool:
        """Whether the person holds an enforcement certificate that is valid at the moment."""
        if self.license_no is None:
            return False
        return self.license_until is None or at.astimezone(SHANGHAI).date() <= self.license_until


class ChangeState(StrEnum):
    """What became of a change of an account that takes two persons."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    # Another change of the same person and kind came after it.
    REPLACED = "replaced"


class AccountChange(Base):
    """A change of somebody's account that one person proposes and another confirms.

    What is proposed never changes: whoever confirms it by its id confirms what he read.
    """

    __tablename__ = "account_change"

    id: Mapped[PrimaryId]
    bureau_id: Mapped[str] = mapped_column(ForeignKey("bureau.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    # `rights` or `sign_in`.
    kind: Mapped[str] = mapped_column(String(10))
    # Of `rights`: what the person held when it was proposed, and is to hold.
    roles_before: Mapped[JsonList]
    clearance_before: Mapped[int]
    roles: Mapped[JsonList]
    clearance: Mapped[int]
    # Of `sign_in`: whether the authenticator is released too; Argon2id of the whole code; its
    # second half, encrypted until somebody confirms.
    release_totp: Mapped[bool] = mapped_column(default=False)
    code_hash: Mapped[str | None] = mapped_column(String(200))
    sealed_half: Mapped[str | None] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(12), default=ChangeState.WAITING)
    proposed_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    proposed_by_name: Mapped[Name]
    proposed_at: Mapped[Moment]
    decided_by_name: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_account_change_waiting", "bureau_id", "state", "id"),)


class LoginSession(Base):
    """A signed-in browser. The cookie holds a random token; the row says whether it counts."""

    __tablename__ = "login_session"

    id: Mapped[PrimaryId]
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    # SHA-256 (hex) of the token in the cookie.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Moment]
    last_seen_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    # When the second factor was given; None while it is still owed.
    second_factor_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="joined")


class SignInFailures(Base):
    """Failed sign-ins under one name, an account's or nobody's; forgotten after a while."""

    __tablename__ = "sign_in_failures"

    # SHA-256 (hex) of the name as typed, lower case.
    name_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    # When the name was last tried.
    last_at: Mapped[Moment] = mapped_column(index=True)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AccessToken(Base):
    """A personal access token for programs; shown once, kept as a hash."""

    __tablename__ = "access_token"

    id: Mapped[PrimaryId]
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[Name]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # `read` or `read` and `write`.
    scopes: Mapped[JsonList]
    created_at: Mapped[Moment]
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="joined")


class CalendarFeed(Base):
    """A secret address under which calendar programs read; shown once, kept as a hash."""

    __tablename__ = "calendar_feed"

    id: Mapped[PrimaryId]
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    # person or bureau: whose calendar.
    scope: Mapped[str] = mapped_column(String(10))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Moment]
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="joined")


class RightsStamp(Base):
    """One row, whose number rises in every transaction that changes what an open door may do.

    Triggers raise it (see its migration), so that no way of writing gets past it.
    """

    __tablename__ = "rights_stamp"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)


class IdempotencyKey(Base):
    """Which record a write made or changed, kept so that a repeated request makes no second one.

    Nothing of its content: what that person may read of it is asked when the request is repeated.
    """

    __tablename__ = "idempotency_key"

    user_id: Mapped[Id] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    # SHA-256 (hex) of method, path and body: the same key for another request is refused.
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    # A JSON object of hub.web.replays.FACTS (of positions: their answer); empty: an empty answer.
    facts: Mapped[str]
    etag: Mapped[str | None] = mapped_column(String(20))
    at: Mapped[Moment] = mapped_column(index=True)
