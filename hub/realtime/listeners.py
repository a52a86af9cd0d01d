"""The open sockets of this worker and how far each has been told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import Actor, ReaderClass, Right
from hub.accounts.access import (
    SessionRules,
    make_actor,
    owes_second_factor,
    session_counts,
    token_counts,
)
from hub.accounts.models import AccessToken, LoginSession, User

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


@dataclass
class Listener:
    """One open socket."""

    sid: str
    actor: Actor
    # Last number sent; everything up to it was sent exactly once.
    cursor: int
    # The client's number could not be served: it is told to fetch afresh before anything else.
    owes_resync: bool = False

    @property
    def reader(self) -> ReaderClass:
        """The class of readers it belongs to."""
        return self.actor.reader


class Listeners:
    """The sockets of one worker. Mutated by connect, disconnect and the publisher alone."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Listener] = {}

    def add(self, listener: Listener) -> None:
        """Begin to tell a socket."""
        self._by_sid[listener.sid] = listener

    def drop(self, sid: str) -> Listener | None:
        """Stop telling a socket."""
        return self._by_sid.pop(sid, None)

    def get(self, sid: str) -> Listener | None:
        """The listener of a socket, if it is still told."""
        return self._by_sid.get(sid)

    def all(self) -> list[Listener]:
        """A snapshot: sockets may come and go while it is walked."""
        return list(self._by_sid.values())

    def bureaus(self) -> frozenset[str]:
        """Bureaus with at least one socket here."""
        return frozenset(listener.actor.bureau_id for listener in self._by_sid.values())


def refreshed(
    session: Session, listeners: Iterable[Listener], rules: SessionRules
) -> tuple[list[Listener], list[Listener]]:
    """Split listeners by the rights of this moment: (may still hear, must be cut off).

    Logout, deactivation, a changed role or a revoked token all show here, because nothing about a
    person is remembered from the time the socket was opened.
    """
    everyone = list(listeners)
    actors = _actors(session, everyone, rules)
    keep, cut = [], []
    for listener in everyone:
        key = listener.actor.session_id or listener.actor.token_id or ""
        actor = actors.get(key)
        if actor is None or not actor.may(Right.FEED_READ):
            cut.append(listener)
        elif actor.bureau_id != listener.actor.bureau_id:
            cut.append(listener)  # its numbers belong to another feed
        else:
            listener.actor = actor
            keep.append(listener)
    return keep, cut


def _actors(session: Session, listeners: list[Listener], rules: SessionRules) -> dict[str, Actor]:
    """Actors by session or token id; light rows, because there is one for every socket."""
    users = {
        user.id: user
        for chunk in _chunks({x.actor.user_id for x in listeners})
        for user in session.scalars(select(User).where(User.id.in_(chunk)))
    }
    found: dict[str, Actor] = {}
    for chunk in _chunks({x.actor.session_id for x in listeners if x.actor.session_id}):
        for row in session.execute(SESSIONS.where(LoginSession.id.in_(chunk))):
            user = users[row.user_id]
            if session_counts(row, user, rules) and not owes_second_factor(row, user, rules):
                found[row.id] = make_actor(user, session_id=row.id)
    for chunk in _chunks({x.actor.token_id for x in listeners if x.actor.token_id}):
        for token in session.execute(TOKENS.where(AccessToken.id.in_(chunk))):
            if token_counts(token, users[token.user_id]):
                found[token.id] = make_actor(users[token.user_id], token=token)
    return found


def _chunks(ids: set[str] | set[str | None]) -> Iterator[list[str]]:
    ordered = sorted(one for one in ids if one)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]
