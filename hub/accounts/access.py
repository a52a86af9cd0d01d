"""From a cookie or a token to the person who is acting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, Right, Role, rights_of
from hub.accounts.models import AccessToken, LoginSession, User
from hub.accounts.secrets import token_hash
from hub.db import utc_now
from hub.errors import NotFound

# Rights that a token without the `write` scope keeps.
READ_RIGHTS = frozenset({Right.WORK_VIEW, Right.FEED_READ, Right.AUDIT_READ})


@dataclass(frozen=True)
class SessionRules:
    """How long a session lives and whether it owes a second factor."""

    idle: timedelta
    require_totp: bool


def make_actor(
    user: User, *, session_id: str | None = None, token: AccessToken | None = None
) -> Actor:
    """The actor for a person; a token's scopes narrow the person's rights, never widen them."""
    roles = frozenset(Role(value) for value in user.roles)
    rights = rights_of(roles)
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
    return row if row is not None and session_counts(row, rules) else None


def session_counts(row: LoginSession, rules: SessionRules) -> bool:
    """Whether a session row still lets its person in (the second factor aside)."""
    now = utc_now()
    if row.revoked_at is not None:
        return False
    if row.expires_at <= now:
        return False
    if row.last_seen_at + rules.idle <= now:
        return False
    return row.user.active


def owes_second_factor(row: LoginSession, rules: SessionRules) -> bool:
    """Whether the session may do nothing but give (or enrol) its second factor."""
    if row.second_factor_at is not None:
        return False
    return rules.require_totp or row.user.totp_secret is not None


def actor_of_session(session: Session, session_id: str, rules: SessionRules) -> Actor | None:
    """The actor of a session by id, with the rights of this moment; None once it ended."""
    row = session.get(LoginSession, session_id)
    if row is None or not session_counts(row, rules) or owes_second_factor(row, rules):
        return None
    return make_actor(row.user, session_id=row.id)


def live_token(session: Session, raw_token: str) -> AccessToken | None:
    """The access token if it still counts."""
    row = session.scalar(select(AccessToken).where(AccessToken.token_hash == token_hash(raw_token)))
    return row if row is not None and token_counts(row) else None


def token_counts(row: AccessToken) -> bool:
    """Whether a token row still lets its person in."""
    if row.revoked_at is not None:
        return False
    if row.expires_at is not None and row.expires_at <= utc_now():
        return False
    return row.user.active


def actor_of_token(session: Session, token_id: str) -> Actor | None:
    """The actor of a token by id, with the rights of this moment; None once it has ended."""
    row = session.get(AccessToken, token_id)
    if row is None or not token_counts(row):
        return None
    return make_actor(row.user, token=row)


def refresh(session: Session, actor: Actor, rules: SessionRules) -> Actor | None:
    """The same actor with the rights of this moment; None when he may not act any more."""
    if actor.session_id is not None:
        return actor_of_session(session, actor.session_id, rules)
    if actor.token_id is not None:
        return actor_of_token(session, actor.token_id)
    return None


def access_user(session: Session, actor: Actor, user_id: str) -> User:
    """A person of the actor's own bureau.

    Raises:
        NotFound: absent, or of another bureau.
    """
    user = session.get(User, user_id)
    if user is None:
        raise NotFound
    if user.bureau_id != actor.bureau_id:
        raise NotFound
    return user
