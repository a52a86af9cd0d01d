"""From a cookie or a token to the person who is acting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right, Role, rights_of
from hub.accounts.models import AccessToken, LoginSession, User
from hub.accounts.secrets import token_hash
from hub.db import utc_now
from hub.errors import NotFound

# Rights that a token without the `write` scope keeps.
READ_RIGHTS = frozenset({Right.WORK_VIEW, Right.FEED_READ, Right.AUDIT_READ, Right.STORE_READ})


@dataclass(frozen=True)
class SessionRules:
    """How long a session lives and whether it owes a second factor."""

    idle: timedelta
    require_totp: bool


class SessionFacts(Protocol):
    """What decides whether a session counts; a whole row has it, and so has a light one."""

    @property
    def revoked_at(self) -> datetime | None: ...
    @property
    def expires_at(self) -> datetime: ...
    @property
    def last_seen_at(self) -> datetime: ...
    @property
    def second_factor_at(self) -> datetime | None: ...


class TokenFacts(Protocol):
    """What decides whether an access token counts."""

    @property
    def id(self) -> str: ...
    @property
    def scopes(self) -> list[str]: ...
    @property
    def revoked_at(self) -> datetime | None: ...
    @property
    def expires_at(self) -> datetime | None: ...


@lru_cache(maxsize=256)
def _roles_and_rights(values: tuple[str, ...]) -> tuple[frozenset[Role], frozenset[Right]]:
    roles = frozenset(Role(value) for value in values)
    return roles, rights_of(roles)


def make_actor(
    user: User, *, session_id: str | None = None, token: TokenFacts | None = None
) -> Actor:
    """The actor for a person; a token's scopes narrow the person's rights, never widen them."""
    roles, rights = _roles_and_rights(tuple(user.roles))
    read_only = token is not None and "write" not in token.scopes
    if read_only:
        rights &= READ_RIGHTS
    return Actor(
        user_id=user.id,
        name=user.name,
        bureau_id=user.bureau_id,
        bureau_name=user.bureau.name,
        roles=roles,
        clearance=user.clearance,
        rights=rights,
        session_id=session_id,
        token_id=token.id if token else None,
        read_only=read_only,
    )


def live_session(session: Session, raw_token: str, rules: SessionRules) -> LoginSession | None:
    """The session of a cookie if it still counts."""
    row = session.scalar(
        select(LoginSession).where(LoginSession.token_hash == token_hash(raw_token))
    )
    return row if row is not None and session_counts(row, row.user, rules) else None


def session_counts(row: SessionFacts, user: User, rules: SessionRules) -> bool:
    """Whether a session row still lets its person in (the second factor aside)."""
    now = utc_now()
    if row.revoked_at is not None:
        return False
    if row.expires_at <= now:
        return False
    if row.last_seen_at + rules.idle <= now:
        return False
    return user.active


def owes_second_factor(row: SessionFacts, user: User, rules: SessionRules) -> bool:
    """Whether the session may do nothing but give (or enrol) its second factor."""
    if row.second_factor_at is not None:
        return False
    return rules.require_totp or user.totp_secret is not None


def owes_password(user: User) -> bool:
    """Whether the person may do nothing but set a password: others handed out the one he has."""
    return user.password_until is not None


def may_act(row: SessionFacts, user: User, rules: SessionRules) -> bool:
    """Whether a session that counts owes nothing any more."""
    return not owes_second_factor(row, user, rules) and not owes_password(user)


def actor_of_session(session: Session, session_id: str, rules: SessionRules) -> Actor | None:
    """The actor of a session by id, with the rights of this moment; None once it ended."""
    row = session.get(LoginSession, session_id)
    if row is None or not session_counts(row, row.user, rules):
        return None
    if not may_act(row, row.user, rules):
        return None
    return make_actor(row.user, session_id=row.id)


def live_token(session: Session, raw_token: str) -> AccessToken | None:
    """The access token if it still counts."""
    row = session.scalar(select(AccessToken).where(AccessToken.token_hash == token_hash(raw_token)))
    return row if row is not None and token_counts(row, row.user) else None


def token_counts(row: TokenFacts, user: User) -> bool:
    """Whether a token row still lets its person in."""
    if row.revoked_at is not None:
        return False
    if row.expires_at is not None and row.expires_at <= utc_now():
        return False
    return user.active


def actor_of_token(session: Session, token_id: str) -> Actor | None:
    """The actor of a token by id, with the rights of this moment; None once it has ended."""
    row = session.get(AccessToken, token_id)
    if row is None or not token_counts(row, row.user):
        return None
    return make_actor(row.user, token=row)


def refresh(session: Session, actor: Actor, rules: SessionRules) -> Actor | None:
    """The same actor with the rights of this moment; None when he may not act any more."""
    if actor.session_id is not None:
        return actor_of_session(session, actor.session_id, rules)
    if actor.token_id is not None:
        return actor_of_token(session, actor.token_id)
    return None


def access_user(session: Session, actor: Actor, user_id: str, *, for_update: bool = False) -> User:
    """A person of the actor's own bureau.

    Args:
        for_update: hold the row until the transaction ends (PostgreSQL), as it is stored now.

    Raises:
        NotFound: absent, or of another bureau.
    """
    lock = {"of": User} if for_update else None
    user = session.get(User, user_id, with_for_update=lock, populate_existing=for_update)
    if user is None:
        raise NotFound
    if user.bureau_id != actor.bureau_id:
        raise NotFound
    return user
