"""Many persons at once with the rights of this moment: for open sockets and what they bring."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor
from hub.accounts.access import (
    SessionRules,
    make_actor,
    may_act,
    session_counts,
    token_counts,
)
from hub.accounts.models import AccessToken, LoginSession, RightsStamp, User

CHUNK = 500
SESSIONS = select(
    LoginSession.id,
    LoginSession.user_id,
    LoginSession.revoked_at,
    LoginSession.expires_at,
    LoginSession.last_seen_at,
    LoginSession.second_factor_at,
)
TOKENS = select(
    AccessToken.id,
    AccessToken.user_id,
    AccessToken.scopes,
    AccessToken.revoked_at,
    AccessToken.expires_at,
)


def door_of(actor: Actor) -> str:
    """Id of the session or the token by which an actor came in."""
    return actor.session_id or actor.token_id or ""


@dataclass(frozen=True)
class Held:
    """Who comes in by a door, and until when it holds by the clock alone (None: no end is set)."""

    actor: Actor
    until: datetime | None


def rights_stamp(session: Session) -> int:
    """The number that rises whenever a person, session or token may do more or less than before."""
    return session.connection().scalars(select(RightsStamp.number)).one()


def actors_now(session: Session, actors: Iterable[Actor], rules: SessionRules) -> dict[str, Actor]:
    """The same actors with the rights of this moment, by `door_of`; who may not act is absent."""
    return {door: held.actor for door, held in doors_now(session, actors, rules).items()}


def doors_now(session: Session, actors: Iterable[Actor], rules: SessionRules) -> dict[str, Held]:
    """The same with the time until which each holds, should nothing be changed.

    Light rows, because there is one for every socket.
    """
    asked = list(actors)
    users = {
        user.id: user
        for chunk in _chunks({actor.user_id for actor in asked})
        for user in session.scalars(select(User).where(User.id.in_(chunk)))
    }
    found: dict[str, Held] = {}
    for chunk in _chunks({actor.session_id for actor in asked if actor.session_id}):
        for row in session.execute(SESSIONS.where(LoginSession.id.in_(chunk))):
            user = users[row.user_id]
            if session_counts(row, user, rules) and may_act(row, user, rules):
                until = min(row.expires_at, row.last_seen_at + rules.idle)
                found[row.id] = Held(make_actor(user, session_id=row.id), until)
    for chunk in _chunks({actor.token_id for actor in asked if actor.token_id}):
        for token in session.execute(TOKENS.where(AccessToken.id.in_(chunk))):
            if token_counts(token, users[token.user_id]):
                actor = make_actor(users[token.user_id], token=token)
                found[token.id] = Held(actor, token.expires_at)
    return found


class Looked(Protocol):
    """Something that a person brings who was looked at before, as the socket's door does.

    `stamp`: the stamp of rights at which he was; `until`: when his session or token ends by the
    clock, None: no end is set.
    """

    @property
    def actor(self) -> Actor: ...

    @property
    def stamp(self) -> int | None: ...

    @property
    def until(self) -> datetime | None: ...


def actors_held(
    session: Session, asked: Collection[Looked], rules: SessionRules, now: datetime
) -> dict[str, Actor]:
    """Who brings it with the rights of this transaction, by `door_of`; who may not act is absent.

    Whoever was looked at while the stamp stood as it does is as he was; others are read anew.
    """
    if not asked:
        return {}
    stamp = rights_stamp(session)
    held = {
        door_of(one.actor): one.actor
        for one in asked
        if one.stamp == stamp and (one.until is None or now < one.until)
    }
    doubtful = [one.actor for one in asked if door_of(one.actor) not in held]
    return held | (actors_now(session, doubtful, rules) if doubtful else {})


def _chunks(ids: set[str] | set[str | None]) -> Iterator[list[str]]:
    ordered = sorted(one for one in ids if one)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]
